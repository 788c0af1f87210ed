"""Reads a machine without netlink: psutil for interfaces, an unsent socket for the way out.

Knows no next hops, no neighbours and no Wi-Fi; it says so. Every part stands alone: without psutil
(Android) the routes are still asked, and the names of the interfaces are all that is known of them.
"""

import errno
import socket
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Protocol

from netcheck.device import kinds, resolvers
from netcheck.device.addresses import literal
from netcheck.device.contract import Fact, WifiWatch
from netcheck.model.device import Address, Device, Interface, LinkKind, Neighbour, Route
from netcheck.model.observation import Family

FACTS_MEASURED: frozenset[Fact] = frozenset(
    {
        *(Fact.INTERFACES, Fact.CARRIER, Fact.ADDRESSES, Fact.SPEED),
        *(Fact.DEFAULT_ROUTES, Fact.NAMESERVERS),
    }
)
FACTS_NOT_PERMITTED: frozenset[Fact] = frozenset()

# Addresses for documentation (RFC 5737, RFC 3849): routed like any other, and nothing is sent.
_ANYWHERE = (("203.0.113.1", "0.0.0.0/0"), ("2001:db8::1", "::/0"))
_DISCARD_PORT = 9
_SO_BINDTODEVICE: int | None = getattr(socket, "SO_BINDTODEVICE", None)
_DARWIN_BOUND_IF = {socket.AF_INET: (0, 25), socket.AF_INET6: (41, 125)}  # netinet/in.h, in6.h
_WINDOWS_NO_WAY = (10047, 10049, 10051, 10065)  # WSAEAFNOSUPPORT, ..ADDRNOTAVAIL, ..UNREACH
_NO_WAY = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT}
).union(_WINDOWS_NO_WAY)
_UNKNOWN_HERE = (Fact.LINK_KINDS, Fact.GATEWAYS, Fact.NEIGHBOURS, Fact.WIFI)


class _AddressRow(Protocol):
    """One address as psutil gives it."""

    address: str
    netmask: str | None


class _State(Protocol):
    """The state of an interface as psutil gives it; `flags` only where there are some."""

    isup: bool
    speed: int
    mtu: int


class PortableReader:
    """Facts that need nothing of one system; see DeviceReader."""

    def __init__(self, system: str, *, root: str = "/") -> None:
        self._system = system
        self._root = root

    def read(self) -> Device:
        """See DeviceReader."""
        missing: list[str] = list(_UNKNOWN_HERE)
        denied: list[str] = []
        interfaces = _interfaces(missing)
        routes = []
        for target, everything in _ANYWHERE:
            route = _route(target, interfaces)
            if route is None:
                missing.append(Fact.DEFAULT_ROUTES)
            elif route.interface is not None:
                routes.append(replace(route, target=everything))
        known = resolvers_of(self._root, missing, denied)
        return Device(
            system=self._system,
            interfaces=tuple(i for i in interfaces if i.kind is not LinkKind.LOOPBACK),
            nameservers=known.nameservers if known else (),
            search_domains=known.search_domains if known else None,
            name_options=known.options if known else None,
            default_routes=tuple(routes),
            not_permitted=unique(denied),
            not_measured=unique(missing),
        )

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """See DeviceReader. The gateway is always None: not measured."""
        return _route(address, _interfaces([]), interface)

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """Not measured here."""
        return None

    def watch_wifi(self, interface: str) -> WifiWatch | None:
        """Not offered here."""
        return None


def resolvers_of(root: str, missing: list[str], denied: list[str]) -> resolvers.Resolvers | None:
    """The resolver configuration, or its name in one of the lists."""
    try:
        found = resolvers.read(root)
    except PermissionError:
        denied.append(Fact.NAMESERVERS)
        return None
    if found is None:
        missing.append(Fact.NAMESERVERS)
    return found


def unique(names: Iterable[str]) -> tuple[str, ...]:
    """In order of first mention, as plain strings."""
    return tuple(dict.fromkeys(str(name) for name in names))


def _route(address: str, interfaces: list[Interface], wanted: str | None = None) -> Route | None:
    """Connecting a datagram socket picks route and source address and sends nothing. Where the
    system cannot tie it to the wanted interface, only a route that leaves by that one is told."""
    target = literal(address)
    if target is None:
        return None
    tied = False
    try:
        with socket.socket(target.number, socket.SOCK_DGRAM) as probe:
            tied = wanted is not None and _tied(probe, wanted)
            # Python reads the scope of a socket address from its number, not from the text.
            plain = target._replace(scope=None).text
            flow_and_scope = (0, target.ifindex) if target.ifindex is not None else ()
            probe.connect((plain, _DISCARD_PORT, *flow_and_scope))
            source = literal(str(probe.getsockname()[0]))
    except OSError as error:
        nowhere = Route(address, target.family, None, None, None)
        return nowhere if error.errno in _NO_WAY and (tied or wanted is None) else None
    if source is None:
        return None
    name = wanted if tied else owner(source.packed, target.scope, interfaces)
    if name is None or wanted not in (None, name):
        return None
    return Route(address, target.family, name, None, source.text)


def _tied(probe: socket.socket, interface: str) -> bool:
    """Whether the socket now leaves by that interface alone. Raises OSError if there is none."""
    index = socket.if_nametoindex(interface)
    try:
        if _SO_BINDTODEVICE is not None:
            probe.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, interface.encode() + b"\0")
        elif sys.platform == "darwin":
            probe.setsockopt(*_DARWIN_BOUND_IF[socket.AddressFamily(probe.family)], index)
        else:
            return False
    except OSError:  # not for this user (Linux before 5.7), not in this sandbox
        return False
    return True


def owner(packed: bytes, scope: str | None, interfaces: Iterable[Interface]) -> str | None:
    """The interface that has this address; where a scope was given, it must be that one."""
    wanted = None if scope is None or scope.isdecimal() else scope
    for interface in interfaces:
        if wanted not in (None, interface.name):
            continue
        known = (literal(address.address) for address in interface.addresses)
        if any(address is not None and address.packed == packed for address in known):
            return interface.name
    return None


def _interfaces(missing: list[str]) -> list[Interface]:
    try:
        import psutil  # type: ignore[import-untyped, unused-ignore]
    except (ImportError, OSError, RuntimeError):  # RuntimeError: a system psutil does not know
        missing += [Fact.INTERFACES, Fact.ADDRESSES, Fact.CARRIER, Fact.SPEED]
        return [Interface(name, kinds.of_name(name), None, None) for name in _names()]
    addresses: Mapping[str, list[_AddressRow]] = {}
    states: Mapping[str, _State] = {}
    try:
        addresses = psutil.net_if_addrs()
    except (OSError, RuntimeError, psutil.Error):
        missing += [Fact.INTERFACES, Fact.ADDRESSES]
    try:
        states = psutil.net_if_stats()
    except (OSError, RuntimeError, psutil.Error):  # Android forbids it
        missing += [Fact.CARRIER, Fact.SPEED]
    names = dict.fromkeys([*addresses, *states] or _names())
    found = [_interface(name, addresses.get(name, []), states.get(name)) for name in names]
    if any(i.up is None or (i.up and i.carrier is None) for i in found):
        missing.append(Fact.CARRIER)
    if any(i.carrier and i.kind is LinkKind.ETHERNET and i.speed_mbps is None for i in found):
        missing.append(Fact.SPEED)
    return found


def _interface(name: str, addresses: list[_AddressRow], state: _State | None) -> Interface:
    if state is None:
        return Interface(name, kinds.of_name(name), None, None, _usable(addresses))
    flags = set(str(getattr(state, "flags", "")).split(","))
    up, carrier = _up_and_carrier(state.isup, flags)
    return Interface(
        name=name,
        kind=LinkKind.LOOPBACK if "loopback" in flags else kinds.of_name(name),
        up=up,
        carrier=carrier,
        addresses=_usable(addresses),
        mtu=state.mtu or None,
        speed_mbps=state.speed or None,
    )


def _up_and_carrier(isup: bool, flags: set[str]) -> tuple[bool | None, bool | None]:
    """Where psutil knows no flags (Windows), switched off is not told from no cable."""
    if flags <= {""}:
        return (True, True) if isup else (None, None)
    if "up" not in flags:
        return False, None
    return True, "running" in flags


def _usable(rows: list[_AddressRow]) -> tuple[Address, ...]:
    found = []
    for row in rows:
        address = literal(row.address)
        if address is not None:  # a hardware address is not one
            bits = _prefix_length(row.netmask, address.family)
            plain = address._replace(scope=None).text
            found.append(Address(plain, bits, address.family, address.link_local))
    return tuple(found)


def _prefix_length(netmask: str | None, family: Family) -> int:
    """The ones of a netmask. Without one (IPv6 on Windows) the address alone: claims nothing."""
    mask = literal(netmask.partition("/")[0]) if netmask else None
    if mask is None:
        return 32 if family is Family.IPV4 else 128
    return sum(byte.bit_count() for byte in mask.packed)


def _names() -> list[str]:
    try:
        return [name for _, name in socket.if_nameindex()]
    except (AttributeError, OSError):
        return []
