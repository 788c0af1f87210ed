"""Several ways out of the device, looked at one after the other and held beside each other."""

import pytest

from tests.lab.acts import dies, falls_silent
from tests.lab.acts_device import has_a_tether
from tests.lab.acts_home import is_in_a_vpn
from tests.lab.runner import run_agent
from tests.lab.scenarios import named
from tests.lab.words import carrier, home
from tests.test_agent_paths import validator

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


def judged(world, given, *args):
    with given.in_world(world):
        run = run_agent(world, *args, "--carrier", "att", "--all-paths", within_s=60)
    told = run.result
    assert [error.message for error in validator().iter_errors(told)] == []
    verdicts = {
        one["interface"]: (one["result"]["verdict"]["side"], one["result"]["verdict"]["fault"])
        for one in told["paths"]
    }
    return run, told["comparison"], verdicts


def test_a_dead_cable_does_not_hide_a_tether_that_works(world):
    given = home(device=has_a_tether(), router=dies())
    run, comparison, verdicts = judged(world, given)
    assert verdicts == {"eth0": ("local", "router-dead"), "eth1": ("none", "all-well")}
    assert comparison["id"] == "paths.some-work"
    assert comparison["meanwhile"] == "Until that is mended, use Cable (eth1)."
    assert run.exit_code == 10


def test_a_vpn_that_drops_ike_is_told_by_the_way_beneath_it(world):
    given = home(device=is_in_a_vpn(that_drops_ike=True))
    run, comparison, verdicts = judged(world, given)
    assert verdicts == {"vpn0": ("local", "vpn-blocks-ike"), "eth0": ("none", "all-well")}
    assert (comparison["id"], comparison["works"]) == ("paths.outside-works", ["eth0"])
    assert run.exit_code == 10


def test_a_gateway_that_is_silent_over_every_way_is_the_carriers(world):
    given = home(device=has_a_tether()) + carrier("att", epdg=falls_silent())
    run, comparison, verdicts = judged(world, given)
    assert verdicts == {
        "eth0": ("carrier", "carrier-gateway-outage"),
        "eth1": ("carrier", "carrier-gateway-outage"),
    }
    assert (comparison["id"], comparison["meanwhile"]) == ("paths.none-works-alike", None)
    assert run.exit_code == 12


def test_all_ways_together_leave_no_gateway_more_than_four_half_open_sas(world):
    run, comparison, _ = judged(world, home(device=has_a_tether()))
    assert comparison["id"] == "paths.all-work"
    initiators = {}
    for packet in run.sent:
        address, port, protocol = packet.contact
        if protocol == "udp" and port in (500, 4500):
            payload = packet.transport[1][8:]
            initiators.setdefault(address, set()).add(payload[4 * (port == 4500) :][:8])
    assert initiators
    assert max(len(spis) for spis in initiators.values()) <= 4
