"""What the agent sends when it looks deep at names alone, held against its own list."""

import pytest

from tests.lab.runner import run_agent
from tests.lab.test_manners import promised

pytestmark = pytest.mark.lab


def test_a_deep_look_at_names_contacts_only_whom_the_list_names(world):
    run = run_agent(world, "--carrier", "att", "--stage", "dns")
    asked = {one["check"] for one in run.result["observations"] if one["outcome"] != "skipped"}
    assert {"nobody-answers-elsewhere", "nameserver-serves-tcp", "bogus-names-fail"} <= asked
    assert run.contacts - promised(world, "--carrier", "att") == set()
