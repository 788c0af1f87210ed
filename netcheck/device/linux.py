"""Reads a Linux (or Android) machine: the kernel over netlink, sysfs, resolv.conf.

An ordinary user without capabilities may ask all of it. Where netlink is missing or forbidden
(a sandbox), the portable reader answers instead, and what it cannot know is named.
"""

import errno
import socket
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from netcheck.device import kinds, rtnetlink, sysfs
from netcheck.device.addresses import Literal, literal
from netcheck.device.contract import Fact, WifiWatch
from netcheck.device.netlink import Conversation, Declined
from netcheck.device.portable import PortableReader, resolvers_of, unique
from netcheck.model.device import (
    Address,
    Device,
    Interface,
    LinkKind,
    Neighbour,
    NeighbourState,
    Route,
)
from netcheck.model.observation import Family
from netcheck.model.wifi_link import WifiLink

FACTS_MEASURED: frozenset[Fact] = frozenset(
    {
        *(Fact.INTERFACES, Fact.CARRIER, Fact.LINK_KINDS, Fact.ADDRESSES, Fact.SPEED),
        *(Fact.WIFI, Fact.WIFI_NAME, Fact.DEFAULT_ROUTES, Fact.GATEWAYS, Fact.NEIGHBOURS),
        Fact.NAMESERVERS,
    }
)
FACTS_NOT_PERMITTED: frozenset[Fact] = frozenset()
"""An ordinary user may ask all of it; a sandbox may still shut some out."""

_NO_SUCH_FAMILY = frozenset({errno.EOPNOTSUPP, errno.EAFNOSUPPORT})  # a kernel without IPv6
# What the kernel answers for a target without a way: no route, or a route that says no
# (unreachable EHOSTUNREACH, prohibit EACCES, blackhole EINVAL; ip-route(8)).
_NO_WAY = frozenset(
    {errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL, errno.ENETDOWN}
).union(_NO_SUCH_FAMILY)
_DENIED = frozenset({errno.EPERM, errno.EACCES})
_FAMILIES: dict[int, Family] = {socket.AF_INET: Family.IPV4, socket.AF_INET6: Family.IPV6}
# Android withholds neighbours where it withholds links, for their hardware addresses.
_OF_LINKS = (Fact.CARRIER, Fact.LINK_KINDS, Fact.SPEED, Fact.WIFI, Fact.NEIGHBOURS)
_ORIGINS = {rtnetlink.RTPROT_RA: "ra", rtnetlink.RTPROT_DHCP: "dhcp"}
_EVERYTHING = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}
_Row = TypeVar("_Row")


class LinuxReader:
    """See DeviceReader. Keeps nothing between calls, so threads may share it."""

    def __init__(self, system: str = "linux", *, root: str = "/") -> None:
        self._system = system
        self._root = root
        self._portable = PortableReader(system, root=root)

    def read(self) -> Device:
        """See DeviceReader."""
        try:
            with Conversation() as kernel:
                return self._read(kernel)
        except OSError as error:
            return self._without_netlink(error)

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """See DeviceReader. Policy rules and this user's own rules are applied by the kernel."""
        target = literal(address)
        if target is None:
            return None
        nowhere = Route(address, target.family, None, None, None)
        try:
            index = socket.if_nametoindex(interface) if interface else target.ifindex
            with Conversation() as kernel:
                request = rtnetlink.route_request(target.number, target.packed, index)
                answers = kernel.get(rtnetlink.RTM_GETROUTE, request)
        except Declined as error:
            return nowhere if error.errno in _NO_WAY else None
        except OSError:
            return self._portable.route_to(address, interface)
        row = rtnetlink.route(answers[0].payload) if answers else None
        if row is None:
            return None
        if row.kind in rtnetlink.RTN_NOWHERE or not row.hops:
            return nowhere
        return _route(row, row.hops[0], address, _name_of)

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """See DeviceReader."""
        target = literal(address)
        if target is None:
            return None
        name = interface or self._interface_towards(target)
        if name is None:
            return None
        try:
            index = socket.if_nametoindex(name)
            with Conversation() as kernel:
                request = rtnetlink.neighbour_request(target.number)
                answers = kernel.dump(rtnetlink.RTM_GETNEIGH, request)
        except OSError:
            return None
        plain = target._replace(scope=None).text
        for answer in answers:
            row = rtnetlink.neighbour(answer.payload)
            if row is not None and (row.ifindex, row.address) == (index, plain):
                return Neighbour(address, name, _neighbour_state(row.state))
        return Neighbour(address, name, NeighbourState.NONE)

    def watch_wifi(self, interface: str) -> WifiWatch | None:
        """See DeviceReader."""
        try:
            index = socket.if_nametoindex(interface)
        except OSError:
            return None
        from netcheck.device.wifi_watch import LinuxWifiWatch

        return LinuxWifiWatch(interface, index)

    def _interface_towards(self, target: Literal) -> str | None:
        route = self.route_to(target.text)
        return None if route is None else route.interface

    def _read(self, kernel: Conversation) -> Device:
        missing: list[str] = []
        denied: list[str] = []
        asking = _Asking(kernel, missing, denied)
        links = asking.rows(
            Fact.INTERFACES, rtnetlink.RTM_GETLINK, rtnetlink.link_request(), rtnetlink.link
        )
        addresses = asking.rows(
            Fact.ADDRESSES, rtnetlink.RTM_GETADDR, rtnetlink.address_request(), rtnetlink.address
        )
        by_index = _addresses_by_index(addresses)
        duplicates = _duplicates_by_index(addresses)
        if links is None:
            (denied if Fact.INTERFACES in denied else missing).extend(_OF_LINKS)
            interfaces = _interfaces_by_address(addresses or [], by_index)
        else:
            interfaces = [
                replace(
                    _interface(link, by_index.get(link.ifindex, ()), self._root, missing, denied),
                    duplicates=duplicates.get(link.ifindex, ()),
                )
                for link in sorted(links, key=lambda link: link.ifindex)
                if link.hardware_type != rtnetlink.ARPHRD_LOOPBACK
            ]
        names = {link.ifindex: link.name for link in links} if links is not None else None
        routes = _default_routes(asking, _name_of if names is None else names.get)
        known = resolvers_of(self._root, missing, denied)
        return Device(
            system=self._system,
            interfaces=tuple(interfaces),
            nameservers=known.nameservers if known else (),
            search_domains=known.search_domains if known else None,
            name_options=known.options if known else None,
            default_routes=routes,
            not_permitted=unique(denied),
            not_measured=unique(missing),
        )

    def _without_netlink(self, error: OSError) -> Device:
        device = self._portable.read()
        if error.errno not in _DENIED:
            return device
        # The system could tell and does not want to: the names change sides.
        kept = tuple(n for n in device.not_measured if n == Fact.NAMESERVERS)
        withheld = tuple(n for n in device.not_measured if n not in kept)
        return replace(
            device, not_measured=kept, not_permitted=unique([*device.not_permitted, *withheld])
        )


class _Asking:
    """Asks for tables one by one; a table that is withheld or missing is named, not fatal."""

    def __init__(self, kernel: Conversation, missing: list[str], denied: list[str]) -> None:
        self._kernel = kernel
        self._missing = missing
        self._denied = denied

    def rows(
        self, fact: Fact, kind: int, request: bytes, parse: Callable[[bytes], _Row | None]
    ) -> list[_Row] | None:
        """The parsed rows of a table; None if it could not be read."""
        try:
            answers = self._kernel.dump(kind, request)
        except OSError as error:
            if isinstance(error, Declined) and error.errno in _NO_SUCH_FAMILY:
                return []
            (self._denied if error.errno in _DENIED else self._missing).append(fact)
            return None
        parsed = (parse(answer.payload) for answer in answers)
        return [row for row in parsed if row is not None]


def _interface(
    link: rtnetlink.LinkRow,
    addresses: tuple[Address, ...],
    root: str,
    missing: list[str],
    denied: list[str],
) -> Interface:
    about = sysfs.about(root, link.name, link.ifindex)
    kind = kinds.of_link(
        link.name,
        link.hardware_type,
        link.kind,
        about.device_type if about else None,
        wireless=about is not None and about.wireless,
        port=link.master is not None,
    )
    up = bool(link.flags & rtnetlink.IFF_UP)
    carrier = _carrier(link, kind) if up else None
    speed_mbps = None
    # Virtual links report invented speeds, so only an interface with hardware is asked.
    if kind is LinkKind.ETHERNET and link.kind is None and carrier:
        speed_mbps = sysfs.speed_mbps(root, link.name, link.hardware_address)
        if speed_mbps is None:
            missing.append(Fact.SPEED)
    return Interface(
        name=link.name,
        kind=kind,
        up=up,
        carrier=carrier,
        addresses=addresses,
        mtu=link.mtu,
        speed_mbps=speed_mbps,
        wifi=_wifi(link, missing, denied) if kind is LinkKind.WIFI else None,
        made_up=_is_made_up(link.hardware_address),
    )


def _is_made_up(hardware_address: str | None) -> bool | None:
    """The second lowest bit of the first octet; only six octets are such an address."""
    if hardware_address is None or len(hardware_address) != 17:
        return None
    return bool(int(hardware_address[:2], 16) & 2)


def _carrier(link: rtnetlink.LinkRow, kind: LinkKind) -> bool:
    """Dormant Wi-Fi is associated and still waits for its keys: nothing passes yet."""
    if kind is LinkKind.WIFI and link.operstate == rtnetlink.OPERSTATE_DORMANT:
        return False
    if link.carrier is not None:
        return link.carrier
    return bool(link.flags & rtnetlink.IFF_LOWER_UP)


def _wifi(link: rtnetlink.LinkRow, missing: list[str], denied: list[str]) -> WifiLink | None:
    """Without a lower layer there is no association, so nobody needs to be asked."""
    if not link.flags & rtnetlink.IFF_UP or not link.flags & rtnetlink.IFF_LOWER_UP:
        return WifiLink(associated=False)
    from netcheck.device import wifi_linux

    try:
        return wifi_linux.read(link.ifindex)
    except wifi_linux.NotPermitted:
        denied.append(Fact.WIFI)
    except wifi_linux.NotMeasured:
        missing.append(Fact.WIFI)
    return None


def _addresses_by_index(
    rows: list[rtnetlink.AddressRow] | None,
) -> dict[int, tuple[Address, ...]]:
    found: dict[int, tuple[Address, ...]] = {}
    for row in rows or ():
        known = literal(row.address)
        if row.usable and known is not None:
            address = Address(
                row.address, row.prefix_length, known.family, known.link_local, row.valid_s
            )
            found[row.ifindex] = (*found.get(row.ifindex, ()), address)
    return found


def _duplicates_by_index(
    rows: list[rtnetlink.AddressRow] | None,
) -> dict[int, tuple[Family, ...]]:
    found: dict[int, tuple[Family, ...]] = {}
    for row in rows or ():
        family = _FAMILIES.get(row.family)
        if row.duplicate and family is not None:
            found[row.ifindex] = (*found.get(row.ifindex, ()), family)
    return found


def _interfaces_by_address(
    rows: list[rtnetlink.AddressRow], by_index: dict[int, tuple[Address, ...]]
) -> list[Interface]:
    """Android shows addresses to applications, not links: names come from labels and indexes."""
    found = []
    for index, addresses in sorted(by_index.items()):
        label = next((r.label for r in rows if r.ifindex == index and r.label), None)
        name = _name_of(index) or label
        kind = LinkKind.OTHER if name is None else kinds.of_name(name)
        if name is not None and kind is not LinkKind.LOOPBACK:
            found.append(Interface(name, kind, None, None, addresses))
    return found


def _default_routes(asking: _Asking, name_of: Callable[[int], str | None]) -> tuple[Route, ...]:
    found: list[rtnetlink.RouteRow] = []
    for number in _FAMILIES:
        rows = asking.rows(
            Fact.DEFAULT_ROUTES,
            rtnetlink.RTM_GETROUTE,
            rtnetlink.route_dump_request(number),
            rtnetlink.default_route,
        )
        # A kernel without IPv6 may answer for IPv4 a second time.
        found += [r for r in rows or () if r.family == number and _is_default(r)]
    found.sort(key=lambda row: (row.table != rtnetlink.RT_TABLE_MAIN, row.metric))
    routes = (
        (row, _route(row, hop, _EVERYTHING[_FAMILIES[row.family]], name_of))
        for row in found
        for hop in row.hops
    )
    return tuple(
        replace(route, metric=_metric(row), origin=_ORIGINS.get(row.protocol, "set"))
        for row, route in routes
        if route is not None
    )


def _metric(row: rtnetlink.RouteRow) -> int | None:
    """Ranks are compared within the main table; between tables, rules decide."""
    return row.metric if row.table == rtnetlink.RT_TABLE_MAIN else None


def _is_default(row: rtnetlink.RouteRow) -> bool:
    return (
        row.kind == rtnetlink.RTN_UNICAST
        and row.table != rtnetlink.RT_TABLE_LOCAL
        and not row.flags & (rtnetlink.RTNH_F_DEAD | rtnetlink.RTM_F_CLONED)
    )


def _route(
    row: rtnetlink.RouteRow,
    hop: rtnetlink.HopRow,
    target: str,
    name_of: Callable[[int], str | None],
) -> Route | None:
    name = name_of(hop.ifindex)
    family = _FAMILIES.get(row.family)
    if name is None or family is None:
        return None
    gateway = literal(hop.gateway) if hop.gateway is not None else None
    if gateway is not None and gateway.link_local and gateway.family is Family.IPV6:
        gateway = gateway._replace(scope=name)
    source = literal(row.source) if row.source is not None else None
    # Towards elsewhere, ::1 is the kernel's word for "this machine has no usable address".
    if source is not None and source.loopback and row.kind == rtnetlink.RTN_UNICAST:
        source = None
    return Route(
        target, family, name, gateway.text if gateway else None, source.text if source else None
    )


def _neighbour_state(state: int) -> NeighbourState:
    """Delay and probe are stale entries being asked again; permanent ones were never asked."""
    if state & rtnetlink.NUD_REACHABLE:
        return NeighbourState.REACHABLE
    if state & rtnetlink.NUD_INCOMPLETE:
        return NeighbourState.INCOMPLETE
    if state & rtnetlink.NUD_FAILED:
        return NeighbourState.FAILED
    return NeighbourState.STALE if state else NeighbourState.NONE


def _name_of(index: int) -> str | None:
    try:
        return socket.if_indextoname(index)
    except (OSError, OverflowError):
        return None
