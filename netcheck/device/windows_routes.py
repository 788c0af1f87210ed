"""The ways out of a Windows machine, and what it knows of its neighbours.

Asked of the kernel's own tables (netioapi.h). Nothing is sent: ResolveIpNetEntry2 would ask the
network, so the table of neighbours is read instead.
"""

import ctypes
from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

from netcheck.device.addresses import Literal
from netcheck.device.windows_adapters import Adapter
from netcheck.device.windows_calls import (
    POINTER,
    ULONG,
    ULONG64,
    WCHAR,
    Block,
    Corrupt,
    Library,
    Record,
    Refused,
    text,
    wide,
)
from netcheck.device.windows_iphlpapi import (
    Error,
    ForwardRow,
    ForwardTable,
    NetRow,
    NetTable,
    Number,
    SockaddrInet,
    State,
)
from netcheck.device.windows_nets import as_windows, of_either
from netcheck.model.device import NeighbourState, Route
from netcheck.model.observation import Family

_R = TypeVar("_R", bound=Record)
_MOST_ROWS = 65536
"""More in a table than any end device has; a number that nobody wrote there is larger."""
_EVERYTHING = {Family.IPV4: "0.0.0.0/0", Family.IPV6: "::/0"}
_FAMILIES = {Family.IPV4: Number.AF_INET, Family.IPV6: Number.AF_INET6}
_EMPTY = (Error.ERROR_NOT_FOUND, Error.ERROR_NOT_SUPPORTED)  # the latter: no such family
NO_WAY = frozenset(
    {Error.ERROR_NOT_FOUND, Error.ERROR_NETWORK_UNREACHABLE, Error.ERROR_HOST_UNREACHABLE}
)
_ORIGINS = {State.NlroDHCP: "dhcp", State.NlroRouterAdvertisement: "ra"}
_STATES = {
    State.NlnsReachable: NeighbourState.REACHABLE,
    State.NlnsIncomplete: NeighbourState.INCOMPLETE,
    State.NlnsUnreachable: NeighbourState.FAILED,
    # Delay and probe are stale entries being asked again; permanent ones were never asked.
    State.NlnsStale: NeighbourState.STALE,
    State.NlnsDelay: NeighbourState.STALE,
    State.NlnsProbe: NeighbourState.STALE,
    State.NlnsPermanent: NeighbourState.STALE,
}


def defaults(library: Library, adapters: Iterable[Adapter]) -> tuple[Route, ...]:
    """The default routes of adapters that run, as Windows prefers them: it adds the metric of the
    interface to that of the route. Raises Missing, Refused or Corrupt."""
    by_luid = {one.luid: one for one in adapters if one.running}
    found = []
    for family, number in _FAMILIES.items():
        for row in _rows(library, "GetIpForwardTable2", number, ForwardTable, ForwardRow):
            adapter = by_luid.get(row.InterfaceLuid)
            if adapter is None or row.DestinationPrefix.PrefixLength:
                continue
            route = _route(row, _EVERYTHING[family], family, adapter.name, None)
            metric = row.Metric + adapter.metrics[family]
            origin = _ORIGINS.get(row.Origin, "set")
            found.append(replace(route, metric=metric, origin=origin))
    return tuple(sorted(found, key=lambda route: route.metric or 0))


def best(library: Library, address: str, target: Literal, scope: int, luid: int | None) -> Route:
    """The way that Windows would take, by that interface where one is named. Raises Missing,
    Refused or Corrupt."""
    row, source = ForwardRow(), SockaddrInet()
    wanted = as_windows(target.packed, scope)
    by = None if luid is None else ULONG64(luid)
    code = library.call(
        "GetBestRoute2",
        None if by is None else ctypes.addressof(by),
        0,
        None,
        ctypes.addressof(wanted),
        0,
        ctypes.addressof(row),
        ctypes.addressof(source),
    )
    if code in NO_WAY:
        return Route(address, target.family, None, None, None)
    if code:
        raise Refused(code)
    name = alias(library, row.InterfaceLuid)
    return _route(row, address, target.family, name, source)


def neighbour(library: Library, target: Literal, luid: int) -> NeighbourState:
    """What the table of neighbours says of this address there. Raises Missing, Refused, Corrupt."""
    number = _FAMILIES[target.family]
    for row in _rows(library, "GetIpNetTable2", number, NetTable, NetRow):
        found = of_either(row.Address)
        if found is not None and (row.InterfaceLuid, found.packed) == (luid, target.packed):
            state = _STATES.get(row.State)
            if state is None:
                raise Corrupt(f"a neighbour in state {row.State}")
            return state
    return NeighbourState.NONE


def luid_of(library: Library, name: str) -> int:
    """The number of the interface of that name. Raises Missing, or Refused if there is none."""
    found, called = ULONG64(), wide(name)
    library.checked(
        "ConvertInterfaceAliasToLuid", ctypes.addressof(called), ctypes.addressof(found)
    )
    return found.value


def index_of(library: Library, luid: int) -> int:
    """The index of an interface. Raises Missing, or Refused if there is none."""
    given, found = ULONG64(luid), ULONG()
    library.checked("ConvertInterfaceLuidToIndex", ctypes.addressof(given), ctypes.addressof(found))
    return found.value


def alias(library: Library, luid: int) -> str:
    """The name of an interface, as its user sees it. Raises Missing, or Refused."""
    given, room = ULONG64(luid), (WCHAR * (Number.IF_MAX_STRING_SIZE + 1))()
    library.checked(
        "ConvertInterfaceLuidToAlias", ctypes.addressof(given), ctypes.addressof(room), len(room)
    )
    return text(bytes(room))


def _route(
    row: ForwardRow, target: str, family: Family, name: str, source: SockaddrInet | None
) -> Route:
    gateway = of_either(row.NextHop)
    if gateway is not None and gateway.is_ipv6_link_local:
        gateway = gateway._replace(scope=row.InterfaceIndex)
    from_here = None if source is None else of_either(source)
    return Route(
        target,
        family,
        name,
        None if gateway is None or gateway.unspecified else gateway.text,
        None if from_here is None or from_here.unspecified else from_here.plain,
    )


def _first_row(table: type[Record]) -> int:
    return int(getattr(table, "Table").offset)  # noqa: B009 (a descriptor of ctypes)


def _rows(library: Library, name: str, family: int, table: type[Record], row: type[_R]) -> list[_R]:
    """The rows of a table that Windows allocates. Raises Missing, Refused or Corrupt."""
    there = POINTER()
    code = library.call(name, family, ctypes.addressof(there))
    if code in _EMPTY or (code == 0 and not there.value):
        return []
    if code:
        raise Refused(code)
    address = there.value or 0
    try:
        count = ULONG.from_address(address).value
        if count > _MOST_ROWS:
            raise Corrupt(f"a table of {count} rows")
        first, size = address + _first_row(table), ctypes.sizeof(row)
        block = Block.at(first, count * size)
        return [block.record(row, first + place * size) for place in range(count)]
    finally:
        library.call("FreeMibTable", address)
