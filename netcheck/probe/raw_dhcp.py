"""Who hands out addresses on this link? A DHCPDISCOVER whose offers are never taken (RFC 2131).

An offer binds nothing (RFC 2131 3.1): a server may keep the address aside for some seconds. The
device names itself as it is, so that most servers offer what it already has.
"""

import os
import time
from dataclasses import dataclass

from netcheck.model.target import Protocol
from netcheck.probe.network import Network, NotAllowed
from netcheck.probe.raw import FrameKind, hardware_address, hear, link_socket

EVERYBODY, SERVER_PORT, CLIENT_PORT = "255.255.255.255", 67, 68
_WANTED = (1, 3, 6, 51, 54)  # mask, router, DNS, lease time, server
_MOST_SERVERS = 16  # more are somebody's game
_TRIES = 2
_PATIENCE_S = 1.5  # servers may ping an address for a second before they offer it


@dataclass(frozen=True, slots=True)
class Offer:
    """What one server offers: itself, the router it names, and for how many seconds."""

    server: str
    router: str | None
    lease_s: int | None


def discover(net: Network, interface: str) -> tuple[int, tuple[Offer, ...]]:
    """(packets sent, one offer a server). Raises OSError where the system refuses.

    Silence: a network without DHCP, or one whose servers only answer devices they know.
    """
    if not net.allowed.permits(EVERYBODY, SERVER_PORT, Protocol.UDP):
        raise NotAllowed(f"{EVERYBODY} port {SERVER_PORT} over udp")
    from scapy.layers.dhcp import BOOTP, DHCP
    from scapy.layers.inet import IP, UDP
    from scapy.layers.l2 import Ether
    from scapy.packet import Packet

    own, number = hardware_address(interface), int.from_bytes(os.urandom(4), "big")
    offers: dict[str, Offer] = {}

    def take(packet: Packet) -> None:
        if any(layer not in packet for layer in (IP, BOOTP, DHCP)) or len(offers) >= _MOST_SERVERS:
            return
        if packet[BOOTP].xid != number:
            return
        said = {one[0]: one[1] for one in packet[DHCP].options if isinstance(one, tuple)}
        if packet[BOOTP].op == 2 and said.get("message-type") == 2:
            server = str(said.get("server_id") or packet[IP].src)
            router, lease_s = said.get("router"), said.get("lease_time")
            offers[server] = Offer(
                server, str(router) if router else None, lease_s if type(lease_s) is int else None
            )

    frame = (
        Ether(dst="ff:ff:ff:ff:ff:ff", src=own)
        / IP(src="0.0.0.0", dst=EVERYBODY)
        / UDP(sport=CLIENT_PORT, dport=SERVER_PORT)
        / BOOTP(op=1, chaddr=bytes.fromhex(own.replace(":", "")), xid=number, flags=0x8000)
        / DHCP(options=[("message-type", "discover"), ("param_req_list", list(_WANTED)), "end"])
    )
    with link_socket(interface, FrameKind.IPV4) as opened:
        for _ in range(_TRIES):
            opened.send(frame)
            net.count(1)
            hear(opened, time.monotonic() + _PATIENCE_S, take)
    return _TRIES, tuple(offers[server] for server in sorted(offers))
