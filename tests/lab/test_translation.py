"""What a run tells of address translation: the address the internet sees, mappings, who shares."""

import pytest

from tests.lab.acts import drops
from tests.lab.acts_datagrams import maps_each_destination_anew, shows_its_hop_as
from tests.lab.acts_home import filters
from tests.lab.runner import run_agent
from tests.lab.topology import ROUTER_WAN
from tests.lab.words import NOTHING, home, provider

pytestmark = pytest.mark.lab


def facts_of(world, deviation, check, *arguments):
    """The facts of the one observation of this check, in a world that deviates so."""
    with deviation.in_world(world):
        result = run_agent(world, "--carrier", "att", *arguments).result
    return next(one["facts"] for one in result["observations"] if one["check"] == check)


def test_both_servers_see_the_routers_own_address_and_one_port(world):
    facts = facts_of(world, NOTHING, "stun-answers")
    assert [one["address"] for one in facts["servers"]] == [ROUTER_WAN, ROUTER_WAN]
    assert (facts["address_class"], facts["translated"]) == ("public", True)
    assert facts["mapping"] == "endpoint-independent"


def test_a_router_that_maps_each_destination_anew_is_seen(world):
    facts = facts_of(world, home(router=maps_each_destination_anew()), "stun-answers")
    assert facts["mapping"] == "endpoint-dependent"


@pytest.mark.parametrize(
    ("address", "second_router", "provider_shares"),
    [("77.68.20.1", False, False), ("192.168.0.1", True, False), ("100.64.0.1", False, True)],
)
def test_who_else_translates_is_read_from_the_second_hop(
    world, address, second_router, provider_shares
):
    hop = provider(access=shows_its_hop_as(address))
    facts = facts_of(world, hop, "address-is-routed")
    assert (facts["second_router"], facts["provider_shares"]) == (second_router, provider_shares)


def test_a_dns64_is_known_by_what_it_makes_up(world):

    made_up = home(dns=filters("ipv4only.arpa", answering="64:ff9b::c000:aa"))
    facts = facts_of(world, made_up, "translation-is-known", "--deep")
    assert (facts["dns64"], facts["prefix"]) == (True, "64:ff9b::/96")


def test_without_a_dns64_nothing_is_made_up(world):
    facts = facts_of(world, NOTHING, "translation-is-known", "--deep")
    assert (facts["dns64"], facts["prefix"], facts["ipv4"]) == (False, None, True)


def test_several_ways_end_behind_the_hop_that_lets_nothing_through(world):

    blocked = provider(core=drops(udp=(33434,)))
    facts = facts_of(world, blocked, "ways-arrive", "--deep")
    assert (facts["ends"], facts["behind"]) == ("behind-one-hop", 3)


def test_all_ways_arrive_where_nothing_is_wrong(world):
    facts = facts_of(world, NOTHING, "ways-arrive", "--deep")
    assert facts["ends"] == "nowhere"
