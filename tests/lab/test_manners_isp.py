"""What a closer look at the provider sends, held against the list of targets and the etiquette."""

import pytest

from tests.lab.acts_portal import names_a_sign_in_server
from tests.lab.capture import Packet
from tests.lab.runner import run_agent
from tests.lab.test_manners import promised
from tests.lab.topology import ROUTER_LAN
from tests.lab.words import home

pytestmark = pytest.mark.lab
MOST_ERRORS_A_SECOND = 5
A_SECOND = 0.95  # moments are reserved a second apart; a busy machine sends a little after them
SHORT_LIVED = 10  # hops: what has no more is sent to be turned back on the way


def hops_left(packet: Packet) -> int:
    """The TTL or hop limit it was sent with."""
    return packet.data[7] if packet.is_ipv6 else packet.data[8]


def most_within_a_second(moments: list[float]) -> int:
    """The most of these that lie within any one second."""
    ordered = sorted(moments)
    return max(sum(start <= one < start + A_SECOND for one in ordered) for start in ordered)


def test_a_closer_look_at_the_provider_contacts_only_whom_the_list_names(world):
    run = run_agent(world, "--carrier", "att", "--stage", "isp", within_s=60)
    asked = {one["check"] for one in run.result["observations"] if one["outcome"] != "skipped"}
    assert {"hops-are-steady", "ways-arrive", "provider-is-known"} <= asked
    assert run.contacts - promised(world, "--carrier", "att") == set()


def test_no_router_is_asked_for_more_than_five_errors_a_second(dual_world):
    run = run_agent(dual_world, "--carrier", "att", "--stage", "isp", within_s=60)
    by_hop: dict[int, list[float]] = {}
    for packet in run.sent:
        if hops_left(packet) <= SHORT_LIVED and not packet.is_icmp_error:
            by_hop.setdefault(hops_left(packet), []).append(packet.time_s)
    assert {1, 2, 3} <= set(by_hop)
    on_the_way = {ttl: most_within_a_second(by_hop[ttl]) for ttl in (1, 2, 3)}
    assert max(on_the_way.values()) <= MOST_ERRORS_A_SECOND, on_the_way


def test_a_network_s_own_sign_in_server_is_asked_once_and_is_on_the_list(world):
    with home(dns=names_a_sign_in_server()).in_world(world):
        run = run_agent(world, "--carrier", "att")
        listed = promised(world, "--carrier", "att")
    asked = (ROUTER_LAN, 443, "tcp")
    assert asked in run.contacts
    assert run.contacts - listed - {asked} == set()
    said = str(run.result["observations"])
    assert "portal-lets-us-out" in said
    assert "hotel-wifi" not in said
