"""A cable behind a router that drops IKE, and a tether beside it that does not."""

import pytest

from tests.lab.runner import run_agent
from tests.lab.scenarios import named

pytestmark = pytest.mark.lab


def test_each_path_is_judged_and_the_one_that_works_clears_the_carrier(world):
    with named("the home router drops IKE, seen over the cable beside a tether").given.in_world(
        world
    ):
        run = run_agent(world, "--carrier", "att", "--all-paths", within_s=60)
    told = run.result
    sides = {one["interface"]: one["result"]["verdict"]["side"] for one in told["paths"]}
    assert sides == {"eth0": "local", "eth1": "none"}
    assert [one["interface"] for one in told["paths"] if one["in_use"]] == ["eth0"]
    assert told["comparison"]["id"] == "paths.some-work"
    assert (told["comparison"]["works"], told["comparison"]["fails"]) == (["eth1"], ["eth0"])
    assert run.exit_code == 10
