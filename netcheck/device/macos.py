"""Reads a Mac: the kernel's routes and neighbours, SystemConfiguration, CoreWLAN, psutil.

No output of a command is parsed. Each source may be missing or refuse; what it alone could tell is
named, and the rest is read all the same. Weakness: never run on a Mac; built by Apple's
documentation and XNU's headers, and tested at the bytes and the framework's objects.
"""

import errno
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TypeVar

from netcheck.device import macos_configuration, macos_routing, macos_wifi
from netcheck.device.addresses import Literal, literal
from netcheck.device.contract import Fact, WifiWatch
from netcheck.device.macos_configuration import NotOffered, Store
from netcheck.device.macos_kernel import LibcKernel, MacKernel
from netcheck.device.macos_routing import RoutingRow
from netcheck.device.portable import PortableReader, unique
from netcheck.model.device import (
    Device,
    Interface,
    LinkKind,
    Neighbour,
    NeighbourState,
    Route,
)
from netcheck.model.observation import Family
from netcheck.model.wifi_link import NamePermission, WifiLink

FACTS_MEASURED: frozenset[Fact] = frozenset(
    {
        *(Fact.INTERFACES, Fact.CARRIER, Fact.LINK_KINDS, Fact.ADDRESSES, Fact.SPEED),
        *(Fact.WIFI, Fact.WIFI_NAME, Fact.DEFAULT_ROUTES, Fact.GATEWAYS, Fact.NEIGHBOURS),
        *(Fact.NAMESERVERS, Fact.PROXY),
    }
)
FACTS_NOT_PERMITTED: frozenset[Fact] = frozenset({Fact.WIFI_NAME})
"""Without the permission for the location, which a program in a terminal is seldom given."""

_EVERYTHING = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}
_VERSIONS = {Family.IPV4: "IPv4", Family.IPV6: "IPv6"}
_NO_WAY = frozenset({errno.ESRCH, errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EADDRNOTAVAIL})
_T = TypeVar("_T")
_IN_ANSWER = 7  # a sequence number of ours; the process's number stands beside it


class MacReader:
    """See DeviceReader. Keeps nothing between calls, so threads may share it."""

    def __init__(
        self,
        *,
        portable: PortableReader | None = None,
        kernel: MacKernel | None = None,
        store: Callable[[], Store] = macos_configuration.store,
        kinds: Callable[[], Mapping[str, LinkKind]] = macos_configuration.kinds,
        wifi: Callable[[str], WifiLink] = macos_wifi.read,
    ) -> None:
        """The sources, each of which a test replaces."""
        self._portable = portable or PortableReader("macos")
        self._kernel = kernel or LibcKernel()
        self._store = store
        self._kinds = kinds
        self._wifi = wifi

    def read(self) -> Device:
        """See DeviceReader."""
        return _Reading(self._portable.read(), self._kernel, self._store, self._kinds).device(
            self._wifi
        )

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """See DeviceReader."""
        target = literal(address)
        if target is None:
            return None
        nowhere = Route(address, target.family, None, None, None)
        process = os.getpid()
        try:
            index = socket.if_nametoindex(interface) if interface else target.ifindex
            asked = macos_routing.request(target, index, process, _IN_ANSWER)
            answer = self._kernel.answers(asked)
        except OSError as error:
            if error.errno in _NO_WAY:
                return nowhere
            return self._portable.route_to(address, interface)
        for row in macos_routing.rows(answer):
            if (row.process, row.sequence) == (process, _IN_ANSWER):
                return nowhere if _is_nowhere(row) else _route(row, address, target.family)
        return None

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """See DeviceReader. Weakness: the table does not tell an address that answered just now
        from one that did a while ago; whatever has a hardware address is `stale`."""
        target = literal(address)
        if target is None:
            return None
        if interface is None:
            route = self.route_to(address)
            interface = route.interface if route else None
        if interface is None:
            return None
        name = macos_routing.table_name(
            target.family, macos_routing.NET_RT_FLAGS, macos_routing.RTF_LLINFO
        )
        try:
            index = socket.if_nametoindex(interface)
            table = self._kernel.table(name)
        except OSError:
            return None
        for row in macos_routing.rows(table):
            found = row.destination
            if found is not None and (row.ifindex, found.packed) == (index, target.packed):
                return Neighbour(address, interface, _state(row))
        return Neighbour(address, interface, NeighbourState.NONE)

    def watch_wifi(self, interface: str) -> WifiWatch | None:
        """Not offered here."""
        return None


class _Reading:
    """One snapshot: what psutil told, filled up source by source."""

    def __init__(
        self,
        device: Device,
        kernel: MacKernel,
        store: Callable[[], Store],
        kinds: Callable[[], Mapping[str, LinkKind]],
    ) -> None:
        self._device = device
        self._kernel = kernel
        self._missing = dict.fromkeys(device.not_measured)
        self._denied = dict.fromkeys(device.not_permitted)
        self._value = _or_none(store)
        self._by_name = _or_none(kinds)

    def device(self, wifi: Callable[[str], WifiLink]) -> Device:
        """All of it."""
        interfaces = self._interfaces(wifi)
        routes = self._default_routes(interfaces)
        device = replace(self._device, interfaces=interfaces)
        if routes is not None:
            device = replace(device, default_routes=routes)
        self._known(Fact.NEIGHBOURS, self._has_neighbours())
        if self._value is not None:
            told = macos_configuration.resolvers(self._value)
            device = replace(
                device,
                nameservers=told.nameservers,
                search_domains=told.search_domains,
                name_options=None,
            )
            self._known(Fact.NAMESERVERS, True)
        return replace(
            device, not_measured=unique(self._missing), not_permitted=unique(self._denied)
        )

    def _interfaces(self, wifi: Callable[[str], WifiLink]) -> tuple[Interface, ...]:
        self._known(Fact.LINK_KINDS, self._by_name is not None)
        self._known(Fact.WIFI, self._by_name is not None)
        found = tuple(self._interface(one, wifi) for one in self._device.interfaces)
        unknown = any(_has_a_link(one) and one.carrier is None for one in found if one.up)
        self._known(Fact.CARRIER, not unknown and all(one.up is not None for one in found))
        return found

    def _interface(self, one: Interface, wifi: Callable[[str], WifiLink]) -> Interface:
        kind = one.kind
        if self._by_name is not None and one.name in self._by_name:
            kind = self._by_name[one.name]
        active = None
        if self._value is not None and one.up:
            active = macos_configuration.link_is_active(self._value, one.name)
        carrier = active if kind in (LinkKind.ETHERNET, LinkKind.WIFI) else one.carrier
        joined = self._joined(one, wifi) if kind is LinkKind.WIFI else None
        if joined is not None and joined.associated is not None and one.up:
            carrier = joined.associated
        return replace(one, kind=kind, carrier=carrier, wifi=joined)

    def _joined(self, one: Interface, wifi: Callable[[str], WifiLink]) -> WifiLink | None:
        try:
            link = wifi(one.name)
        except macos_wifi.NotMeasured:
            self._known(Fact.WIFI, False)
            return None
        if link.name_permission is NamePermission.NOT_PERMITTED:
            self._denied[Fact.WIFI_NAME] = None
        return link

    def _default_routes(self, interfaces: tuple[Interface, ...]) -> tuple[Route, ...] | None:
        """From the kernel's table, else from the primary service. None: neither tells."""
        routes: list[Route] = []
        for family in _EVERYTHING:
            table = self._table(macos_routing.table_name(family, macos_routing.NET_RT_DUMP))
            if table is not None:
                routes += _defaults(table, family, interfaces)
            elif self._value is not None:
                said = macos_configuration.primary_route(self._value, _VERSIONS[family])
                if said is not None:
                    routes.append(Route(_EVERYTHING[family], family, *said, None))
            else:
                return None
        self._known(Fact.DEFAULT_ROUTES, True)
        self._known(Fact.GATEWAYS, True)
        return tuple(routes)

    def _table(self, name: tuple[int, ...]) -> bytes | None:
        try:
            return self._kernel.table(name)
        except OSError:
            return None

    def _has_neighbours(self) -> bool:
        flags = macos_routing.RTF_LLINFO
        name = macos_routing.table_name(Family.IPV4, macos_routing.NET_RT_FLAGS, flags)
        return self._table(name) is not None

    def _known(self, fact: Fact, known: bool) -> None:
        if known:
            self._missing.pop(fact, None)
        else:
            self._missing[fact] = None


def _or_none(ask: Callable[[], _T]) -> _T | None:
    try:
        return ask()
    except NotOffered:
        return None


def _has_a_link(interface: Interface) -> bool:
    """Bridges, tunnels and Apple's own links between devices have none that counts."""
    return interface.kind in (LinkKind.ETHERNET, LinkKind.WIFI)


def _defaults(table: bytes, family: Family, interfaces: tuple[Interface, ...]) -> list[Route]:
    """The routes to everything, the one that nothing else is said for first. One that is scoped
    to an interface serves sockets tied to it; macOS keeps such for tunnels of its own too, which
    have no address that anything of ours could be sent from, and those are left out."""
    rows = [row for row in macos_routing.rows(table) if row.is_default]
    rows.sort(key=_is_scoped)
    found: dict[tuple[str | None, str | None], Route] = {}
    for row in rows:
        route = _route(row, _EVERYTHING[family], family)
        if route is None or (
            _is_scoped(row) and not _can_send(route.interface, family, interfaces)
        ):
            continue
        ranked = replace(route, metric=None if _is_scoped(row) else 0)
        found.setdefault((route.interface, route.gateway), ranked)
    return list(found.values())


def _is_scoped(row: RoutingRow) -> bool:
    return bool(row.flags & macos_routing.RTF_IFSCOPE)


def _can_send(name: str | None, family: Family, interfaces: tuple[Interface, ...]) -> bool:
    """Whether it has an address beyond its own link."""
    return any(
        address.family is family and not address.link_local
        for interface in interfaces
        if interface.name == name
        for address in interface.addresses
    )


def _route(row: RoutingRow, target: str, family: Family) -> Route | None:
    name = row.name or _name_of(row.ifindex)
    if name is None:
        return None
    gateway = _scoped(row.gateway, name)
    source = row.source._replace(scope=None) if row.source is not None else None
    if source is not None and source.loopback and not name.startswith("lo"):
        source = None
    return Route(target, family, name, gateway, source.text if source else None)


def _scoped(gateway: Literal | None, name: str) -> str | None:
    if gateway is None or not any(gateway.packed):
        return None
    link_local = gateway.family is Family.IPV6 and gateway.link_local
    return gateway._replace(scope=name if link_local else None).text


def _is_nowhere(row: RoutingRow) -> bool:
    return row.errno in _NO_WAY or row.leads_nowhere


def _state(row: RoutingRow) -> NeighbourState:
    """An entry that gave up is rejected for a while (arp(4)); one without a hardware address has
    been asked for and has not answered yet."""
    if row.flags & macos_routing.RTF_REJECT:
        return NeighbourState.FAILED
    return NeighbourState.STALE if row.resolved else NeighbourState.INCOMPLETE


def _name_of(index: int) -> str | None:
    try:
        return socket.if_indextoname(index)
    except (OSError, OverflowError):
        return None
