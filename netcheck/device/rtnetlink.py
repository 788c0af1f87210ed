"""Routing messages of the kernel: bytes to rows and requests to bytes, no sockets.

Sources: rtnetlink(7), linux/if_link.h, linux/if_addr.h, linux/rtnetlink.h, linux/neighbour.h.
A message too short for its fixed part gives None; an attribute of the wrong size is left out.
Rows are named tuples: they never leave this room, and frozen dataclasses cost 0.5 ms each at start.
"""

import math
import socket
import struct
from typing import NamedTuple

from netcheck.device.netlink import attribute, attributes

RTM_GETLINK = 18
RTM_GETADDR = 22
RTM_GETROUTE = 26
RTM_GETNEIGH = 30

IFF_UP = 0x1
IFF_LOWER_UP = 0x10000
ARPHRD_LOOPBACK = 772
OPERSTATE_DORMANT = 5  # RFC 2863: the lower layer waits, on Wi-Fi for its keys

RTN_UNICAST = 1
RTN_NOWHERE = frozenset({6, 7, 8, 9})  # blackhole, unreachable, prohibit, throw
RTPROT_RA, RTPROT_DHCP = 9, 16
RT_TABLE_MAIN = 254
RT_TABLE_LOCAL = 255
RTNH_F_DEAD = 0x1
RTM_F_CLONED = 0x200

NUD_INCOMPLETE = 0x01
NUD_REACHABLE = 0x02
NUD_FAILED = 0x20

_LINK = struct.Struct("=BxHiII")  # family, hardware type, index, flags, change mask
_ADDRESS = struct.Struct("=BBBBI")  # family, prefix length, flags, scope, index
_ROUTE = struct.Struct("=BBBBBBBBI")  # family, bits, source bits, tos, table, protocol, scope, ...
_NEIGHBOUR = struct.Struct("=BxxxiHBB")  # family, index, state, flags, type
_HOP = struct.Struct("=HBBi")  # length, flags, hops, index
_U32 = struct.Struct("=I")
_I32 = struct.Struct("=i")

_IFLA_ADDRESS = 1
_IFLA_IFNAME = 3
_IFLA_MTU = 4
_IFLA_MASTER = 10
_IFLA_OPERSTATE = 16
_IFLA_LINKINFO = 18
_IFLA_INFO_KIND = 1
_IFLA_EXT_MASK = 29
_IFLA_CARRIER = 33
_SKIP_STATISTICS = 1 << 3
_IFA_ADDRESS = 1
_IFA_LOCAL = 2
_IFA_LABEL = 3
_IFA_CACHEINFO = 6
_IFA_FLAGS = 8
_IFA_F_OPTIMISTIC = 0x04
_IFA_F_DADFAILED = 0x08
_IFA_F_TENTATIVE = 0x40
_FOR_EVER = 0xFFFFFFFF
_RTA_DST = 1
_RTA_OIF = 4
_RTA_GATEWAY = 5
_RTA_PRIORITY = 6
_RTA_PREFSRC = 7
_RTA_MULTIPATH = 9
_RTA_TABLE = 15
_RTA_VIA = 18
_NDA_DST = 1


class LinkRow(NamedTuple):
    """An interface. `master` is the bridge or bond that it is a port of.

    `hardware_address` only serves to recognise the interface in sysfs and is not kept.
    """

    ifindex: int
    name: str
    hardware_type: int
    flags: int
    kind: str | None
    operstate: int | None
    carrier: bool | None
    mtu: int | None
    hardware_address: str | None
    master: int | None = None


class AddressRow(NamedTuple):
    """An address. `usable` is False while it is being checked for duplicates, or is one
    (`duplicate`, IPv6 only: RFC 4862 5.4). `valid_s` is what is left of its term (a lease's, or a
    router advertisement's); infinite: it has none."""

    ifindex: int
    family: int
    address: str
    prefix_length: int
    usable: bool
    label: str | None
    duplicate: bool = False
    valid_s: float | None = None


class HopRow(NamedTuple):
    """One next hop. `gateway` None: on-link, or a link without addresses."""

    ifindex: int
    gateway: str | None


class RouteRow(NamedTuple):
    """A route, of a table or as looked up for one target. Several hops: equal-cost paths."""

    family: int
    destination_bits: int
    table: int
    kind: int
    flags: int
    metric: int
    hops: tuple[HopRow, ...]
    source: str | None
    protocol: int = 0  # RTPROT_: who set it


class NeighbourRow(NamedTuple):
    """A neighbour entry; `state` is the NUD_ bit."""

    ifindex: int
    address: str
    state: int


def link_request() -> bytes:
    """RTM_GETLINK for all interfaces, without the counters the kernel may leave out."""
    return _LINK.pack(socket.AF_UNSPEC, 0, 0, 0, 0) + attribute(
        _IFLA_EXT_MASK, _U32.pack(_SKIP_STATISTICS)
    )


def address_request() -> bytes:
    """RTM_GETADDR for both families."""
    return _ADDRESS.pack(socket.AF_UNSPEC, 0, 0, 0, 0)


def route_dump_request(family: int) -> bytes:
    """RTM_GETROUTE for all tables of a family."""
    return _ROUTE.pack(family, 0, 0, 0, 0, 0, 0, 0, 0)


def route_request(family: int, packed: bytes, index: int | None) -> bytes:
    """RTM_GETROUTE for one target: rules, tables and this user's own rules apply (ip-rule(8))."""
    body = _ROUTE.pack(family, len(packed) * 8, 0, 0, 0, 0, 0, 0, 0) + attribute(_RTA_DST, packed)
    return body if index is None else body + attribute(_RTA_OIF, _U32.pack(index))


def neighbour_request(family: int) -> bytes:
    """RTM_GETNEIGH for all neighbours of a family."""
    return _NEIGHBOUR.pack(family, 0, 0, 0, 0)


def link(payload: bytes) -> LinkRow | None:
    """An RTM_NEWLINK message without its netlink header."""
    if len(payload) < _LINK.size:
        return None
    _, hardware_type, index, flags, _ = _LINK.unpack_from(payload)
    found = attributes(payload[_LINK.size :])
    carrier = _u8(found.get(_IFLA_CARRIER))
    hardware = found.get(_IFLA_ADDRESS)
    return LinkRow(
        ifindex=index,
        name=_text(found.get(_IFLA_IFNAME)) or "",
        hardware_type=hardware_type,
        flags=flags,
        kind=_text(attributes(found.get(_IFLA_LINKINFO, b"")).get(_IFLA_INFO_KIND)),
        operstate=_u8(found.get(_IFLA_OPERSTATE)),
        carrier=None if carrier is None else bool(carrier),
        mtu=_u32(found.get(_IFLA_MTU)),
        hardware_address=hardware.hex(":") if hardware else None,
        master=_u32(found.get(_IFLA_MASTER)),
    )


def address(payload: bytes) -> AddressRow | None:
    """An RTM_NEWADDR message without its netlink header."""
    if len(payload) < _ADDRESS.size:
        return None
    family, prefix_length, short_flags, _, index = _ADDRESS.unpack_from(payload)
    found = attributes(payload[_ADDRESS.size :])
    # On a point-to-point link IFA_ADDRESS is the peer's and IFA_LOCAL is ours.
    text = _address(found.get(_IFA_LOCAL)) or _address(found.get(_IFA_ADDRESS))
    if text is None:
        return None
    long_flags = _u32(found.get(_IFA_FLAGS))
    flags = short_flags if long_flags is None else long_flags
    checking = flags & _IFA_F_TENTATIVE and not flags & _IFA_F_OPTIMISTIC
    return AddressRow(
        ifindex=index,
        family=family,
        address=text,
        prefix_length=prefix_length,
        usable=not (checking or flags & _IFA_F_DADFAILED),
        label=_text(found.get(_IFA_LABEL)),
        duplicate=bool(flags & _IFA_F_DADFAILED),
        valid_s=_valid_s(found.get(_IFA_CACHEINFO)),
    )


def route(payload: bytes) -> RouteRow | None:
    """An RTM_NEWROUTE message without its netlink header."""
    if len(payload) < _ROUTE.size:
        return None
    family, bits, _, _, short_table, protocol, _, kind, flags = _ROUTE.unpack_from(payload)
    found = attributes(payload[_ROUTE.size :])
    table = _u32(found.get(_RTA_TABLE))
    return RouteRow(
        family=family,
        destination_bits=bits,
        table=short_table if table is None else table,
        kind=kind,
        flags=flags,
        metric=_u32(found.get(_RTA_PRIORITY)) or 0,
        hops=_hops(found),
        source=_address(found.get(_RTA_PREFSRC)),
        protocol=protocol,
    )


def default_route(payload: bytes) -> RouteRow | None:
    """A route to everything; None for any other, found out before the cost of reading it."""
    return route(payload) if payload[1:2] == b"\0" else None


def neighbour(payload: bytes) -> NeighbourRow | None:
    """An RTM_NEWNEIGH message without its netlink header."""
    if len(payload) < _NEIGHBOUR.size:
        return None
    _, index, state, _, _ = _NEIGHBOUR.unpack_from(payload)
    text = _address(attributes(payload[_NEIGHBOUR.size :]).get(_NDA_DST))
    return None if text is None else NeighbourRow(index, text, state)


def _hops(found: dict[int, bytes]) -> tuple[HopRow, ...]:
    hops = []
    index = _i32(found.get(_RTA_OIF))
    if index is not None:
        hops.append(HopRow(index, _gateway(found)))
    data = found.get(_RTA_MULTIPATH, b"")
    offset = 0
    while offset + _HOP.size <= len(data):
        length, _, _, hop_index = _HOP.unpack_from(data, offset)
        if length < _HOP.size or offset + length > len(data):
            break
        inner = attributes(data[offset + _HOP.size : offset + length])
        hops.append(HopRow(hop_index, _gateway(inner)))
        offset += (length + 3) & ~3
    return tuple(hops)


def _gateway(found: dict[int, bytes]) -> str | None:
    """RTA_VIA holds a next hop of the other family, after its family (RFC 5549 routes)."""
    return _address(found.get(_RTA_GATEWAY)) or _address(found.get(_RTA_VIA, b"")[2:])


def _address(raw: bytes | None) -> str | None:
    if raw is None or len(raw) not in (4, 16):
        return None
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)


def _valid_s(raw: bytes | None) -> float | None:
    """The second number of struct ifa_cacheinfo: preferred, valid, and two time stamps."""
    valid = _u32(raw[4:8]) if raw else None
    return math.inf if valid == _FOR_EVER else valid


def _text(raw: bytes | None) -> str | None:
    return None if raw is None else raw.split(b"\0", 1)[0].decode("utf-8", "replace")


def _u8(raw: bytes | None) -> int | None:
    return raw[0] if raw else None


def _u32(raw: bytes | None) -> int | None:
    return None if raw is None or len(raw) != _U32.size else int(_U32.unpack(raw)[0])


def _i32(raw: bytes | None) -> int | None:
    return None if raw is None or len(raw) != _I32.size else int(_I32.unpack(raw)[0])
