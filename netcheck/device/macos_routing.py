"""Routing messages of macOS: bytes to rows and requests to bytes, no sockets.

Sources: route(4), XNU's bsd/net/route.h (`struct rt_msghdr`, RTM_VERSION 5), bsd/sys/socket.h and
bsd/net/if_dl.h for the addresses behind it, bsd/net/rtsock.c for their alignment: four bytes, and
four for an address without a length. IPv6 link-local addresses carry their interface in their
third and fourth byte, as KAME's do. A message that does not fit its buffer ends the table; an
address of another family is left out.
"""

import struct
from collections.abc import Iterator
from typing import NamedTuple

from netcheck.device.addresses import Literal
from netcheck.model.observation import Family

CTL_NET, PF_ROUTE = 4, 17
NET_RT_DUMP, NET_RT_FLAGS = 1, 2
FAMILY_NUMBERS = {Family.IPV4: 2, Family.IPV6: 30}
"""AF_INET and AF_INET6 as macOS numbers them, whatever system parses its messages."""

RTF_UP, RTF_GATEWAY, RTF_HOST, RTF_REJECT = 0x1, 0x2, 0x4, 0x8
RTF_LLINFO, RTF_BLACKHOLE, RTF_IFSCOPE, RTF_DEAD = 0x400, 0x1000, 0x1000000, 0x20000000

_VERSION, _GET = 5, 4
_AF_INET, _AF_INET6, _AF_LINK = 2, 30, 18
_DST, _GATEWAY, _NETMASK, _IFP, _IFA = 0x1, 0x2, 0x4, 0x10, 0x20
_PLACES = 8  # RTAX_MAX

# length, version, type, index, flags, addresses, process, sequence, errno, use, inits, 14 metrics
_HEADER = struct.Struct("=HBBHxxiiiiiiI14I")
_INET = struct.Struct("=BBH4s8x")
_INET6 = struct.Struct("=BBHI16sI")
_LINK = struct.Struct("=BBHBBBB12x")  # length, family, index, type, lengths of name, address, sel
_LINK_NAME_AT = 8


class RoutingRow(NamedTuple):
    """One route. `bits` is the length of its prefix; None: it is of one host.

    `resolved`: of a neighbour's entry, whether its hardware address is known; the address itself
    is not read. `source` and `name` are only in the answer to a request.
    """

    ifindex: int
    flags: int
    destination: Literal | None
    bits: int | None
    gateway: Literal | None
    resolved: bool | None
    source: Literal | None = None
    name: str | None = None
    process: int = 0
    sequence: int = 0
    errno: int = 0

    @property
    def is_default(self) -> bool:
        """Whether it is a usable route to everything."""
        usable = self.flags & RTF_UP and not self.flags & (RTF_REJECT | RTF_BLACKHOLE | RTF_DEAD)
        to_all = self.destination is not None and not any(self.destination.packed)
        return bool(usable) and to_all and not self.flags & RTF_HOST and not self.bits

    @property
    def leads_nowhere(self) -> bool:
        """Whether it says that there is no way. Of a neighbour RTF_REJECT means: it is silent."""
        closed = self.flags & (RTF_REJECT | RTF_BLACKHOLE)
        return bool(closed) and not self.flags & RTF_LLINFO


def table_name(family: Family, what: int, flags: int = 0) -> tuple[int, ...]:
    """The name of a routing table for sysctl(3): NET_RT_DUMP, or NET_RT_FLAGS for routes that have
    any of these flags."""
    return (CTL_NET, PF_ROUTE, 0, FAMILY_NUMBERS[family], what, flags)


def rows(table: bytes) -> Iterator[RoutingRow]:
    """The routes of a table, or of one answer, up to the first that does not fit in it."""
    offset = 0
    while offset + _HEADER.size <= len(table):
        length, version, kind, *_ = _HEADER.unpack_from(table, offset)
        if length < _HEADER.size or offset + length > len(table):
            return
        if (version, kind) == (_VERSION, _GET):
            yield _row(table[offset : offset + length])
        offset += length


def request(target: Literal, ifindex: int | None, process: int, sequence: int) -> bytes:
    """RTM_GET for one target, scoped to an interface where its index is given. The answer names
    the interface and the source address."""
    flags = RTF_UP | RTF_HOST | (RTF_IFSCOPE if ifindex is not None else 0)
    link = _LINK.pack(_LINK.size, _AF_LINK, 0, 0, 0, 0, 0)
    body = _sockaddr(target) + link
    metrics = (0,) * 14
    header = _HEADER.pack(
        _HEADER.size + len(body), _VERSION, _GET, ifindex or 0, flags, _DST | _IFP,
        process, sequence, 0, 0, 0, *metrics,
    )  # fmt: skip
    return header + body


def _row(message: bytes) -> RoutingRow:
    _, _, _, index, flags, present, process, sequence, errno, *_ = _HEADER.unpack_from(message)
    found = dict(_sockaddrs(message[_HEADER.size :], present))
    destination = _literal(found.get(_DST, b""))
    gateway = found.get(_GATEWAY, b"")
    bits = None
    if destination is not None and not flags & RTF_HOST:
        bits = _mask_bits(found.get(_NETMASK, b""), destination.family)
    return RoutingRow(
        ifindex=index,
        flags=flags,
        destination=destination,
        bits=bits,
        gateway=_literal(gateway) if flags & RTF_GATEWAY else None,
        resolved=_has_hardware_address(gateway),
        source=_literal(found.get(_IFA, b"")),
        name=_link_name(found.get(_IFP, b"")),
        process=process,
        sequence=sequence,
        errno=errno,
    )


def _sockaddrs(data: bytes, present: int) -> Iterator[tuple[int, bytes]]:
    """(RTA_ bit, address) in the order of the bits."""
    offset = 0
    for place in range(_PLACES):
        if not present & 1 << place:
            continue
        if offset >= len(data):
            return
        length = data[offset]
        yield 1 << place, data[offset : offset + length]
        offset += (length + 3) & ~3 if length else 4


def _literal(raw: bytes) -> Literal | None:
    if len(raw) < 2:
        return None
    if raw[1] == _AF_INET and len(raw) >= 8:
        return Literal(raw[4:8], Family.IPV4, None)
    if raw[1] != _AF_INET6 or len(raw) < 24:
        return None
    packed = raw[8:24]
    scope = int.from_bytes(packed[2:4], "big")
    link_local = packed[0] == 0xFE and packed[1] & 0xC0 == 0x80
    if not link_local:
        return Literal(packed, Family.IPV6, None)
    if not scope and len(raw) >= _INET6.size:
        (scope,) = struct.unpack_from("=I", raw, 24)
    plain = packed[:2] + b"\0\0" + packed[4:]
    return Literal(plain, Family.IPV6, str(scope) if scope else None)


def _mask_bits(raw: bytes, family: Family) -> int:
    """A mask ends with its last byte that is not zero; its family may be missing."""
    return sum(byte.bit_count() for byte in raw[4:8] if family is Family.IPV4) + sum(
        byte.bit_count() for byte in raw[8:24] if family is Family.IPV6
    )


def _has_hardware_address(raw: bytes) -> bool | None:
    if len(raw) < _LINK_NAME_AT or raw[1] != _AF_LINK:
        return None
    return raw[6] > 0


def _link_name(raw: bytes) -> str | None:
    if len(raw) < _LINK_NAME_AT or raw[1] != _AF_LINK:
        return None
    name = raw[_LINK_NAME_AT : _LINK_NAME_AT + raw[5]]
    return name.decode("utf-8", "replace") or None


def _sockaddr(target: Literal) -> bytes:
    if target.family is Family.IPV4:
        return _INET.pack(_INET.size, _AF_INET, 0, target.packed)
    packed = target.packed
    if target.link_local and target.ifindex is not None:
        packed = packed[:2] + struct.pack("!H", target.ifindex & 0xFFFF) + packed[4:]
    return _INET6.pack(_INET6.size, _AF_INET6, 0, 0, packed, 0)
