"""What the device really sent and received: every packet, kept by the kernel until asked for."""

import ipaddress
import socket
import struct
from dataclasses import dataclass
from pathlib import Path

from tests.lab.namespaces import Namespace

SO_RCVBUFFORCE, SO_TIMESTAMPNS, ETH_P_ALL = 33, 35, 3
IPV4, IPV6, ARP = 0x0800, 0x86DD, 0x0806
ICMP, TCP, UDP, ICMPV6, IGMP = 1, 6, 17, 58, 2
NAMES = {ICMP: "icmp", ICMPV6: "icmp", TCP: "tcp", UDP: "udp"}
# Neighbour, router and group messages are the kernel's own, not the agent's.
KERNELS_OWN = {133, 134, 135, 136, 143}
ICMP_ERRORS = {3, 4, 5, 11, 12}
BUFFER_BYTES = 32 * 1024 * 1024
PCAP_HEADER = struct.pack("<IHHiIII", 0xA1B23C4D, 2, 4, 0, 0, 65535, 101)


@dataclass(frozen=True, slots=True)
class Packet:
    """One IP packet as it passed the device's interface. `time_s` is the kernel's clock."""

    time_s: float
    interface: str
    outgoing: bool
    data: bytes

    @property
    def is_ipv6(self) -> bool:
        """Whether it is an IPv6 packet."""
        return self.data[0] >> 4 == 6

    @property
    def transport(self) -> tuple[int, bytes]:
        """The transport's number and bytes; of later fragments nothing is known."""
        if self.is_ipv6:
            return self.data[6], self.data[40:]
        fragment = int.from_bytes(self.data[6:8], "big") & 0x1FFF
        return self.data[9], b"" if fragment else self.data[(self.data[0] & 15) * 4 :]

    @property
    def destination(self) -> str:
        """Where it goes."""
        return str(ipaddress.ip_address(self.data[24:40] if self.is_ipv6 else self.data[16:20]))

    @property
    def contact(self) -> tuple[str, int | None, str]:
        """Address, port (None for ICMP) and protocol of what it speaks to."""
        number, payload = self.transport
        port = int.from_bytes(payload[2:4], "big") if number in (TCP, UDP) else None
        return self.destination, port, NAMES.get(number, str(number))

    @property
    def is_pure_ack(self) -> bool:
        """A TCP segment that only acknowledges."""
        number, payload = self.transport
        if number != TCP or len(payload) < 20:
            return False
        total = int.from_bytes(self.data[4:6] if self.is_ipv6 else self.data[2:4], "big")
        header = 0 if self.is_ipv6 else (self.data[0] & 15) * 4
        empty = total - header == (payload[12] >> 4) * 4
        return empty and payload[13] & 0b111 == 0

    @property
    def is_kernels_own(self) -> bool:
        """Sent by the kernel's own neighbour and group keeping, whoever runs."""
        number, payload = self.transport
        if number == IGMP or (self.is_ipv6 and number == 0):  # hop-by-hop: multicast reports
            return True
        return number == ICMPV6 and payload[:1] != b"" and payload[0] in KERNELS_OWN

    @property
    def is_icmp_error(self) -> bool:
        """An ICMP message that reports trouble with another packet."""
        number, payload = self.transport
        kind = payload[0] if payload else 0
        return (number == ICMP and kind in ICMP_ERRORS) or (number == ICMPV6 and 0 < kind < 128)


class Capture:
    """Opens at once; `drain` gives what passed since. Costs the measured run no time: nothing
    is read while it runs."""

    def __init__(self, place: Namespace) -> None:
        self.dropped = 0
        self._socket = place.call(self._open)

    @staticmethod
    def _open() -> socket.socket:
        ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(ETH_P_ALL))
        ear.setsockopt(socket.SOL_SOCKET, SO_RCVBUFFORCE, BUFFER_BYTES)
        ear.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        ear.setblocking(False)
        return ear

    def drain(self) -> list[Packet]:
        """The IP packets since the last call, loopback left out."""
        found = []
        while True:
            try:
                data, notes, _, sender = self._socket.recvmsg(65535, 64)
            except BlockingIOError:
                return found
            interface, kind, packet_type = sender[0], sender[1], sender[2]
            if interface == "lo" or kind not in (IPV4, IPV6) or not data:
                continue
            time_s = 0.0
            for level, option, value in notes:
                if level == socket.SOL_SOCKET and option == SO_TIMESTAMPNS:
                    seconds, nanos = struct.unpack("qq", value[:16])
                    time_s = seconds + nanos / 1e9
            outgoing = packet_type == socket.PACKET_OUTGOING
            found.append(Packet(time_s, interface, outgoing, data))

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()

    def __enter__(self) -> "Capture":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def save(packets: list[Packet], path: Path) -> None:
    """Write a capture file that tcpdump and Wireshark read."""
    with path.open("wb") as out:
        out.write(PCAP_HEADER)
        for packet in packets:
            seconds = int(packet.time_s)
            nanos = int((packet.time_s - seconds) * 1e9)
            size = len(packet.data)
            out.write(struct.pack("<IIII", seconds, nanos, size, size) + packet.data)
