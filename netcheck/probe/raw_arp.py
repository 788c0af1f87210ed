"""Does another device on this link have our IPv4 address? ARP probes (RFC 5227 2.1.1)."""

import time
from dataclasses import dataclass

from netcheck.model.target import Protocol
from netcheck.probe.network import Network, NotAllowed
from netcheck.probe.raw import (
    FrameKind,
    hardware_address,
    hear,
    link_socket,
    own_hardware_addresses,
)

_PROBES = 3  # PROBE_NUM
_EVERY_S = 0.4
_PATIENCE_S = 1.0


@dataclass(frozen=True, slots=True)
class Duplicates:
    """`others`: how many devices answered for the address or probed for it themselves. Their
    hardware addresses are counted and dropped."""

    sent: int
    others: int


def probe_for(net: Network, interface: str, address: str) -> Duplicates:
    """Ask the whole link who has this address. A probe names no sender's address, so that nobody
    learns a wrong one from it. Raises OSError where the system refuses.

    Silence proves nothing of a device that sleeps; an answer may also come from a router that
    answers for others (proxy ARP).
    """
    if not net.allowed.permits(address, None, Protocol.ARP):
        raise NotAllowed(f"{address} over arp")
    from scapy.layers.l2 import ARP, Ether
    from scapy.packet import Packet

    own = hardware_address(interface)
    ours = own_hardware_addresses() | {own}
    others: set[str] = set()

    def take(packet: Packet) -> None:
        if ARP not in packet or packet[ARP].hwsrc in ours:
            return
        told = packet[ARP]
        probing = told.psrc == "0.0.0.0" and told.pdst == address
        if told.psrc == address or probing:
            others.add(str(told.hwsrc))

    frame = Ether(dst="ff:ff:ff:ff:ff:ff", src=own) / ARP(
        op=1, hwsrc=own, psrc="0.0.0.0", hwdst="00:00:00:00:00:00", pdst=address
    )
    with link_socket(interface, FrameKind.ARP) as opened:
        for _ in range(_PROBES):
            opened.send(frame)
            net.count(1)
            hear(opened, time.monotonic() + _EVERY_S, take)
        hear(opened, time.monotonic() + _PATIENCE_S, take)
    return Duplicates(_PROBES, len(others))
