"""ICMP echo messages, and the ICMP errors that Linux hands over through a socket's error queue.

Sources: RFC 792 and RFC 4443 (messages), RFC 1812 5.2.7.1 and RFC 4443 3.1 (what a code means),
Linux's `struct sock_extended_err` (ip(7), "IP_RECVERR").
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

# (level, type) of the control messages that carry an extended error. Python names neither.
IPPROTO_IP, IPPROTO_IPV6 = 0, 41
IP_RECVERR, IPV6_RECVERR = 11, 25

ORIGIN_LOCAL, ORIGIN_ICMP, ORIGIN_ICMP6 = 1, 2, 3

_EXTENDED_ERROR = struct.Struct("=IBBBBII")
_AF_INET, _AF_INET6 = 2, 10  # Linux's numbers: the structure exists nowhere else

_ECHO = struct.Struct("!BBHHH")
_V4_REQUEST, _V4_REPLY, _V6_REQUEST, _V6_REPLY = 8, 0, 128, 129


class IcmpKind(StrEnum):
    """What an ICMP error says, the same for both families."""

    TIME_EXCEEDED = "time-exceeded"
    PORT_UNREACHABLE = "port-unreachable"
    PROHIBITED = "prohibited"
    UNREACHABLE = "unreachable"
    TOO_BIG = "too-big"
    OTHER = "other"


_V4_UNREACHABLE = {
    3: IcmpKind.PORT_UNREACHABLE,
    4: IcmpKind.TOO_BIG,
    9: IcmpKind.PROHIBITED,
    10: IcmpKind.PROHIBITED,
    13: IcmpKind.PROHIBITED,
}
_V6_UNREACHABLE = {
    1: IcmpKind.PROHIBITED,
    4: IcmpKind.PORT_UNREACHABLE,
    5: IcmpKind.PROHIBITED,  # source address failed a policy
    6: IcmpKind.PROHIBITED,  # reject route
}


@dataclass(frozen=True, slots=True)
class IcmpError:
    """One error about a datagram of ours. `offender` is who says so; None: this machine itself.

    `errno` is the system's own reading; `quoted` how our datagram's content began, as far as the
    error gives it back (RFC 792 asks for nothing of it, RFC 1812 4.3.2.3 for most). The message is
    not authenticated: anybody on the path may have made it up, so it is evidence of a
    neighbourhood, not of a destination.
    """

    origin: int
    type: int
    code: int
    offender: str | None
    errno: int
    quoted: bytes = b""

    @property
    def kind(self) -> IcmpKind:
        """What it says, the same for both families."""
        if self.origin == ORIGIN_ICMP:
            if self.type == 3:
                return _V4_UNREACHABLE.get(self.code, IcmpKind.UNREACHABLE)
            if self.type == 11 and self.code == 0:
                return IcmpKind.TIME_EXCEEDED
        elif self.origin == ORIGIN_ICMP6:
            if self.type == 1:
                return _V6_UNREACHABLE.get(self.code, IcmpKind.UNREACHABLE)
            if self.type == 2:
                return IcmpKind.TOO_BIG
            if self.type == 3 and self.code == 0:
                return IcmpKind.TIME_EXCEEDED
        return IcmpKind.OTHER


def _offender(address: bytes) -> str | None:
    """The address in a `sockaddr`; a link-local one comes without its interface."""
    import ipaddress

    if len(address) < 8:
        return None
    (family,) = struct.unpack_from("=H", address)
    if family == _AF_INET:
        return str(ipaddress.IPv4Address(address[4:8]))
    if family == _AF_INET6 and len(address) >= 24:
        found = ipaddress.IPv6Address(address[8:24])
        return str(found.ipv4_mapped or found)
    return None


def parse_extended_error(ancillary: Iterable[tuple[int, int, bytes]]) -> IcmpError | None:
    """The extended error among a received message's control data; None if there is none."""
    for level, kind, data in ancillary:
        if (level, kind) not in ((IPPROTO_IP, IP_RECVERR), (IPPROTO_IPV6, IPV6_RECVERR)):
            continue
        if len(data) < _EXTENDED_ERROR.size:
            continue
        errno, origin, icmp_type, code, _, _, _ = _EXTENDED_ERROR.unpack_from(data)
        offender = None if origin == ORIGIN_LOCAL else _offender(data[_EXTENDED_ERROR.size :])
        return IcmpError(origin, icmp_type, code, offender, errno)
    return None


@dataclass(frozen=True, slots=True)
class EchoReply:
    """An answer to an echo request."""

    identifier: int
    sequence: int
    payload: bytes


def checksum(data: bytes) -> int:
    """The Internet checksum (RFC 1071)."""
    if len(data) % 2:
        data += b"\0"
    total: int = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def echo_request(identifier: int, sequence: int, payload: bytes, *, v6: bool) -> bytes:
    """An echo request. ICMPv6's checksum covers addresses, so the system fills it in."""
    kind = _V6_REQUEST if v6 else _V4_REQUEST
    message = _ECHO.pack(kind, 0, 0, identifier, sequence) + payload
    if v6:
        return message
    return message[:2] + struct.pack("!H", checksum(message)) + message[4:]


def parse_echo_reply(datagram: bytes, *, v6: bool) -> EchoReply | None:
    """The reply in an ICMP message; None for anything else. Takes no IP header."""
    if len(datagram) < _ECHO.size:
        return None
    kind, code, _, identifier, sequence = _ECHO.unpack_from(datagram)
    if kind != (_V6_REPLY if v6 else _V4_REPLY) or code != 0:
        return None
    if not v6 and checksum(datagram) != 0:
        return None
    return EchoReply(identifier, sequence, datagram[_ECHO.size :])


def without_ip_header(packet: bytes) -> bytes:
    """An ICMPv4 message from a packet that some systems (macOS) deliver with its IP header."""
    if len(packet) >= 20 and packet[0] >> 4 == 4:
        header = (packet[0] & 0xF) * 4
        # An echo reply itself begins with type 0, so a first nibble of 4 is surely IP.
        if header >= 20 and packet[9] == 1:
            return packet[header:]
    return packet
