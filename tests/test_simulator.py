"""The simulated worlds: honest about what they share, and what the checks see in them."""

import ast
from pathlib import Path

import pytest

from netcheck.checks import ALL
from netcheck.diagnosis.faults import BY_ID
from tests.simulator import (
    breaking,
    drawing,
    faults,
    faults_far,
    faults_near,
    faults_of_names,
    packets,
    probes,
    running,
    world,
)
from tests.simulator.drawing import Draw, world_of
from tests.simulator.faults import FAULTS, HELD_OUT
from tests.simulator.packets import Act, Box, End, Packet, Rule, carry
from tests.simulator.running import NOT_MODELLED, findings_in, patched

WELL = Draw({"all-well": 1})
MODULES = [
    *(breaking, drawing, faults, faults_far, faults_near, faults_of_names),
    *(packets, probes, running, world),
]
NOT_SIMULATED = {
    "gateway-needs-ipv4": "needs a home with IPv6 alone",
    "dnssec-refused": "needs a resolver on the device that speaks of itself",
    "encrypted-dns-blocked": "as above",
    "search-domain-misleads": "as above",
    "hotspot-without-data": "needs a device whose own link is a phone",
    "wifi-refused": "needs a radio that tells why it was not let in",
    "wifi-wrong-passphrase": "as above",
    "address-used-twice": "needs a second device on the link",
    "two-dhcp-servers": "needs an administrator's rights",
    "bufferbloat": "seen by deep checks only",
    "router-forgets-calls": "seen only beside a helper of one's own",
    "provider-forgets-calls": "as above",
    "provider-nat64-dead": "needs a home with IPv6 alone",
    "router-drops-fragments": "seen by deep checks only",
    "provider-drops-fragments": "seen by deep checks only",
    "all-well": "is what is left when nothing breaks",
    "unknown": "is no fault",
}


def states(seed: int, draw: Draw) -> set[str]:
    with patched():
        return {finding.id for finding in findings_in(world_of(seed, draw))}


@pytest.mark.parametrize("module", MODULES)
def test_the_simulator_knows_nothing_of_the_diagnosis(module):
    tree = ast.parse(Path(module.__file__).read_text())
    named = {
        node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)
    } | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import)
        for alias in node.names
    }  # fmt: skip
    assert [name for name in named if name.startswith("netcheck.diagnosis")] == []


def test_every_fault_of_the_tables_is_simulated_or_it_is_said_why_not():
    assert set(FAULTS) | set(NOT_SIMULATED) == set(BY_ID)
    assert not set(FAULTS) & set(NOT_SIMULATED)


def test_causes_held_out_are_no_faults_of_the_tables():
    assert not set(HELD_OUT) & set(BY_ID)


def test_the_checks_left_out_are_checks():
    assert {check.id for check in ALL} >= set(NOT_MODELLED)


def test_the_same_seed_is_the_same_world():
    assert states(7, WELL) == states(7, WELL)


def test_no_packet_is_sent(monkeypatch):
    import socket

    def refuse(*_: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "sendto", refuse)
    assert "anchors.answer" in states(3, WELL) | states(4, WELL)


SIGNS = [
    ("router-dead", {"beyond-gateway.silent"}),
    ("lan-blocks-ike", {"control-epdg.silent"}),
    ("provider-dead", {"gateway.answers", "beyond-gateway.silent"}),
    ("router-dns-dead", {"nameserver.silent-at-home"}),
    ("dns-filter-blocks-calling", {"own-zone.filtered"}),
    ("clock-wrong", {"clock.wrong", "anchors.wrong-time"}),
    ("carrier-gateway-outage", {"own-epdg.silent", "control-epdg.answers"}),
    ("carrier-names-outage", {"own-zone.fails"}),
    ("captive-portal", {"portal.present"}),
    ("tls-intercepted", {"anchors.untrusted"}),
    ("device-dns-dead", {"stub.fails"}),
]


@pytest.mark.parametrize(("fault", "signs"), SIGNS, ids=[fault for fault, _ in SIGNS])
def test_what_is_broken_shows_in_most_worlds(fault, signs):
    shown = sum(signs <= states(seed, Draw({fault: 1})) for seed in range(12))
    assert shown >= 6


# The fate of a packet

WAY = [Box("router", 1, "192.168.1.1"), Box("access", 2, "85.1.0.1")]


def fate(way, packet):
    import random

    return carry(way, packet, random.Random(1))


def test_a_packet_arrives_where_nothing_stops_it():
    assert fate(WAY, Packet("udp", 500, "60.1.1.1")).end is End.ARRIVED


def test_a_packet_expires_at_the_hop_its_ttl_names():
    ended = fate(WAY, Packet("udp", 500, "60.1.1.1", ttl=2))
    assert (ended.end, ended.at) == (End.EXPIRED, WAY[1])


def test_a_silent_box_lets_an_expired_packet_vanish():
    way = [Box("router", 1, "192.168.1.1", speaks=False)]
    assert fate(way, Packet("udp", 500, "60.1.1.1", ttl=1)).end is End.LOST


@pytest.mark.parametrize(
    ("act", "end"),
    [
        (Act.DROP, End.LOST),
        (Act.REJECT, End.REJECTED),
        (Act.RESET, End.RESET),
        (Act.FORBID, End.FORBIDDEN),
    ],
)
def test_a_rule_stops_what_it_is_about_and_nothing_else(act, end):
    way = [Box("router", 1, rules=[Rule(lambda packet: packet.port == 500, act)])]
    assert fate(way, Packet("udp", 500, "60.1.1.1")).end is end
    assert fate(way, Packet("udp", 53, "60.1.1.1")).end is End.ARRIVED


def test_a_dead_box_lets_nothing_pass():
    assert fate([Box("router", 1, dead=True)], Packet("tcp", 443, "60.1.1.1")).end is End.LOST


# A gateway that drops a group it does not know in silence was never late


def test_a_gateway_that_knows_the_second_group_only_is_prompt():
    for seed in range(60):
        drawn = world_of(seed, WELL)
        if drawn.own is None:
            continue
        for gateway in drawn.operators[drawn.own.id].gateways.values():
            gateway.only_group2, gateway.only_500 = True, False
        with patched():
            found = {finding.id for finding in findings_in(drawn)}
        if "own-epdg.answers" in found and "control-epdg.answers" in found:
            assert "own-epdg-pace.prompt" in found
            return
    raise AssertionError("no world with an answering gateway")
