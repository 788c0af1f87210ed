"""Bare frames on a real link, in network namespaces of this test's own.

    dev0, dev1 (two cards of the device) ──veth── a bridge (one network) ── far (a neighbour)

Root makes the world and asks: bare frames are an administrator's. Nothing leaves the machine.
"""

import json
import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from netcheck.agent.targets import allowed_targets
from netcheck.catalog import load
from netcheck.model.target import LearnedFrom
from netcheck.probe import raw
from netcheck.probe.network import AllowList, Network
from netcheck.probe.raw_arp import Duplicates, probe_for
from netcheck.probe.raw_dhcp import Offer, discover
from tests.test_device_namespaces import HERE, THERE, bare, inside, ip

pytest.importorskip("scapy")
pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes namespaces"
    ),
]
__all__ = ["bare"]  # a fixture

OURS, OTHERS = "192.0.2.20", "192.0.2.30"
Reply = Callable[[int], list[bytes]]


@pytest.fixture
def one_network(bare: None) -> Iterator[None]:
    """Two cards of this device on one bridge, which is itself a neighbour."""
    ip("link", "add", "br0", "type", "bridge", at=THERE)
    for number in (0, 1):
        here, there = f"dev{number}", f"far{number}"
        ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", THERE)
        ip("link", "set", there, "master", "br0", "up", at=THERE)
        ip("link", "set", here, "up")
    ip("link", "set", "br0", "up", at=THERE)
    ip("address", "add", f"{OURS}/24", "dev", "dev0")
    ip("address", "add", "192.0.2.21/24", "dev", "dev1")
    ip("address", "add", f"{OTHERS}/24", "dev", "br0", at=THERE)
    yield


def net(*learned: str) -> Network:
    allowed = AllowList(allowed_targets(load(), ()))
    for address in learned:
        assert allowed.learned(LearnedFrom.OWN_ADDRESS, address)
    return Network(allowed)


def duplicates_of(address: str) -> Duplicates:
    return inside(HERE, lambda: probe_for(net(address), "dev0", address), uid=0)


def test_this_device_s_other_card_in_the_same_network_is_no_second_holder(one_network: None):
    assert duplicates_of(OURS) == Duplicates(3, 0)


def test_a_neighbour_with_the_same_address_is_one(one_network: None):
    ip("address", "add", f"{OURS}/24", "dev", "br0", at=THERE)
    assert duplicates_of(OURS) == Duplicates(3, 1)


def answers(number: int, server: str, *, six: bool = False) -> bytes:
    from scapy.layers.dhcp import BOOTP, DHCP
    from scapy.layers.inet import IP, UDP
    from scapy.layers.inet6 import IPv6
    from scapy.layers.l2 import Ether

    below = IPv6(src="fe80::1", dst="ff02::1") if six else IP(src=server, dst="255.255.255.255")
    options = [("message-type", "offer"), ("lease_time", 60), ("router", server)]
    options += [] if six else [("server_id", server)]
    return bytes(
        Ether(dst="ff:ff:ff:ff:ff:ff", src="02:00:00:00:00:09")
        / below
        / UDP(sport=67, dport=68)
        / BOOTP(op=2, xid=number)
        / DHCP(options=[*options, "end"])
    )


def offers_where(reply: Reply) -> tuple[int, tuple[Offer, ...]]:
    """What `discover` finds where that is sent for each question, by its number."""

    def play() -> None:
        with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as server:
            server.bind(("br0", 0x0800))
            server.settimeout(4)
            asked = 0
            while asked < 2:
                frame = server.recv(2048)
                if frame[23:24] == b"\x11" and frame[36:38] == b"\x00\x43":
                    asked += 1
                    for one in reply(int.from_bytes(frame[46:50], "big")):
                        server.send(one)

    serving = threading.Thread(target=lambda: inside(THERE, play, uid=0), daemon=True)
    serving.start()
    time.sleep(0.3)
    found = inside(HERE, lambda: discover(net(), "dev0"), uid=0)
    serving.join(5)
    return found


def test_an_offer_over_another_protocol_is_none(one_network: None):
    def both(number: int) -> list[bytes]:
        return [answers(number, "192.0.2.9", six=True), answers(number, "192.0.2.1")]

    assert offers_where(both) == (2, (Offer("192.0.2.1", "192.0.2.1", 60),))


def test_of_a_crowd_of_servers_sixteen_are_kept(one_network: None):
    def crowd(number: int) -> list[bytes]:
        return [answers(number, f"192.0.2.{100 + one}") for one in range(40)]

    _, offers = offers_where(crowd)
    assert len(offers) == 16


@pytest.mark.parametrize("kind", raw.FrameKind)
def test_frames_for_others_are_not_asked_for(one_network: None, kind: raw.FrameKind):
    def promiscuity() -> int:
        with raw.link_socket("dev0", kind):
            shown = subprocess.check_output(["ip", "-j", "-d", "link", "show", "dev0"], timeout=10)
        (found,) = json.loads(shown)
        return int(found["promiscuity"])

    assert inside(HERE, promiscuity, uid=0) == 0
