"""What the agent sends when it looks deep at names alone, held against its own list."""

import pytest

from tests.lab.runner import run_agent
from tests.lab.scenarios import named
from tests.lab.test_manners import promised

pytestmark = pytest.mark.lab


def test_a_deep_look_at_names_contacts_only_whom_the_list_names(world):
    run = run_agent(world, "--carrier", "att", "--stage", "dns")
    asked = {one["check"] for one in run.result["observations"] if one["outcome"] != "skipped"}
    assert {"resolver-asks-from-here", "name-service-is-known"} <= asked
    assert {"nobody-answers-elsewhere", "nameserver-serves-tcp", "bogus-names-fail"} <= asked
    assert run.contacts - promised(world, "--carrier", "att") == set()


def test_encrypted_questions_go_only_where_the_list_says(world):
    scenario = named("the device asks for names over TLS only, and the router shuts that port")
    with scenario.given.in_world(world):
        run = run_agent(world, *scenario.args)
        announced = promised(world, *scenario.args)
    private = {contact for contact in run.contacts if contact[1] == 853}
    assert {address for address, _, _ in private} == {"1.1.1.1", "8.8.8.8"}
    assert private - announced == set()


def test_a_close_look_at_wifi_calling_contacts_only_whom_the_list_names(world):
    run = run_agent(world, "--carrier", "att", "--stage", "carrier")
    asked = {one["check"] for one in run.result["observations"] if one["outcome"] != "skipped"}
    assert "gateways-are-named-alike" in asked
    assert run.contacts - promised(world, "--carrier", "att") == set()


def test_the_port_that_the_gateway_sees_is_told_and_its_hash_is_not(world):
    run = run_agent(world, "--carrier", "att", "--stage", "wifi-calling")
    kept = [one for one in run.result["observations"] if one["check"] == "ike-port-is-kept"]
    assert kept
    for one in kept:
        assert set(one["facts"]) == {"same_address", "kept", "seen_port"}
        assert one["facts"]["same_address"] is True  # the router's, as STUN sees it
        assert 0 < one["facts"]["seen_port"] < 65536
