"""Reads a Windows machine: its IP helper, its WLAN service, the network list's opinion.

An ordinary user may ask all of it; only what shows where a device is (names and access points of
Wi-Fi) is withheld until its user lets programs know. Where the IP helper is missing (another
system, asked for by name), the portable reader answers instead.

Weakness: never run on Windows. Layouts and numbers are held against its headers, and the readers
run against memory laid out as Windows would.
"""

import errno
from collections.abc import Callable
from typing import TypeVar

from netcheck.device import windows_adapters, windows_iphlpapi, windows_nlm, windows_routes
from netcheck.device.addresses import Literal, literal
from netcheck.device.contract import Fact, WifiWatch
from netcheck.device.portable import PortableReader, unique
from netcheck.device.windows_adapters import Adapter
from netcheck.device.windows_calls import Corrupt, Library, Load, Missing, Refused, load
from netcheck.model.device import Device, Interface, LinkKind, Neighbour, Opinion, Route
from netcheck.model.wifi_link import NamePermission, WifiLink

_T = TypeVar("_T")
_DENIED = windows_iphlpapi.Error.ERROR_ACCESS_DENIED
_E_ACCESSDENIED = 0x80070005
_OF_ADAPTERS = (
    Fact.INTERFACES,
    Fact.CARRIER,
    Fact.LINK_KINDS,
    Fact.ADDRESSES,
    Fact.SPEED,
    Fact.WIFI,
    Fact.WIFI_NAME,
    Fact.NAMESERVERS,
)
_OF_WIFI = (Fact.WIFI, Fact.WIFI_NAME)
FACTS_MEASURED: frozenset[Fact] = frozenset(
    {*_OF_ADAPTERS, Fact.DEFAULT_ROUTES, Fact.GATEWAYS, Fact.NEIGHBOURS, Fact.PROXY, Fact.OPINION}
)
FACTS_NOT_PERMITTED: frozenset[Fact] = frozenset(_OF_WIFI)
"""Those that a setting of the user's (Privacy, Location) may withhold, wholly or in part."""


def interface_index(name: str, *, loading: Load = load) -> int:
    """The number of the interface of that name, by which a socket is tied to it. Raises OSError."""
    try:
        library = loading(windows_iphlpapi.LIBRARY, windows_iphlpapi.FUNCTIONS)
        return windows_routes.index_of(library, windows_routes.luid_of(library, name))
    except (Missing, Refused) as problem:
        raise OSError(errno.ENODEV, f"no interface of that name: {problem}") from problem


class WindowsReader:
    """See DeviceReader. Keeps nothing between calls, so threads may share it."""

    def __init__(self, system: str = "windows", *, loading: Load = load) -> None:
        self._system = system
        self._loading = loading
        self._portable = PortableReader(system)

    def read(self) -> Device:
        """See DeviceReader."""
        try:
            library = self._library()
        except Missing:
            return self._portable.read()
        asking = _Asking()
        adapters = asking.about(lambda: windows_adapters.read(library), *_OF_ADAPTERS)
        known = adapters or []
        interfaces = [
            self._interface(one, asking) for one in known if one.kind is not LinkKind.LOOPBACK
        ]
        routes = asking.about(
            lambda: windows_routes.defaults(library, known), Fact.DEFAULT_ROUTES, Fact.GATEWAYS
        )
        opinion = self._opinion(asking)
        return Device(
            system=self._system,
            interfaces=tuple(interfaces),
            nameservers=windows_adapters.nameservers(known),
            default_routes=(routes or ()) if adapters is not None else (),
            not_permitted=unique(asking.denied),
            not_measured=unique(asking.missing),
            opinion=opinion,
        )

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """See DeviceReader."""
        target = literal(address)
        if target is None:
            return None
        try:
            library = self._library()
        except Missing:
            return self._portable.route_to(address, interface)
        try:
            luid = None if interface is None else windows_routes.luid_of(library, interface)
            scope = _scope(library, target)
            return windows_routes.best(library, address, target, scope, luid)
        except (Missing, Refused, Corrupt):
            return None

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """See DeviceReader."""
        target = literal(address)
        if target is None:
            return None
        name = interface
        if name is None:
            route = self.route_to(address)
            name = None if route is None else route.interface
        if name is None:
            return None
        try:
            library = self._library()
            luid = windows_routes.luid_of(library, name)
            return Neighbour(address, name, windows_routes.neighbour(library, target, luid))
        except (Missing, Refused, Corrupt):
            return None

    def watch_wifi(self, interface: str) -> WifiWatch | None:
        """See DeviceReader."""
        try:
            adapters = windows_adapters.read(self._library())
            own = next((one for one in adapters if one.name == interface), None)
            if own is None or own.kind is not LinkKind.WIFI:
                return None
            from netcheck.device.windows_wifi_watch import WindowsWifiWatch

            return WindowsWifiWatch(own.guid, self._loading)
        except (Missing, Refused, Corrupt, ValueError):
            return None

    def _library(self) -> Library:
        return self._loading(windows_iphlpapi.LIBRARY, windows_iphlpapi.FUNCTIONS)

    def _opinion(self, asking: "_Asking") -> Opinion | None:
        found = asking.about(lambda: windows_nlm.opinion(self._loading), Fact.OPINION)
        if found is None and Fact.OPINION not in asking.denied:
            asking.missing.append(Fact.OPINION)
        return found

    def _interface(self, adapter: Adapter, asking: "_Asking") -> Interface:
        up = adapter.enabled
        # A tunnel has no cable, and says neither yes nor no: then what Windows runs counts.
        carrier = adapter.running if adapter.connected is None else adapter.connected
        speed_mbps = None
        if adapter.kind is LinkKind.ETHERNET and carrier and up:
            speed_mbps = round((adapter.bits_per_s or 0) / 1_000_000) or None
            if speed_mbps is None:
                asking.missing.append(Fact.SPEED)
        if up is None:
            asking.missing += [Fact.CARRIER, Fact.LINK_KINDS]
        wifi = None
        if adapter.kind is LinkKind.WIFI:
            wifi = self._wifi(adapter, asking)
        return Interface(
            name=adapter.name,
            kind=adapter.kind,
            up=up,
            carrier=carrier if up else None,
            addresses=adapter.addresses,
            mtu=adapter.mtu,
            speed_mbps=speed_mbps,
            wifi=wifi,
            duplicates=adapter.duplicates,
            made_up=adapter.made_up,
        )

    def _wifi(self, adapter: Adapter, asking: "_Asking") -> WifiLink | None:
        """Without a lower layer there is no association, so nobody needs to be asked."""
        if adapter.enabled is False:
            return WifiLink(associated=False)
        from netcheck.device import windows_wifi

        try:
            with windows_wifi.service(self._loading) as asked:
                link = windows_wifi.link(asked, adapter.guid)
            if link.name_permission is NamePermission.NOT_PERMITTED:
                asking.denied.extend(_OF_WIFI)
            return link
        except Refused as refused:
            (asking.denied if refused.code == _DENIED else asking.missing).extend(_OF_WIFI)
        except (Missing, Corrupt, ValueError, windows_wifi.NoSuchInterface):
            asking.missing.extend(_OF_WIFI)
        return None


class _Asking:
    """Asks for one thing after the other; what is withheld or missing is named, not fatal."""

    def __init__(self) -> None:
        self.missing: list[str] = []
        self.denied: list[str] = []

    def about(self, ask: Callable[[], _T], *facts: Fact) -> _T | None:
        """What it tells; None where these facts stay unknown."""
        try:
            return ask()
        except Refused as refused:
            of_user = refused.code in (_DENIED, _E_ACCESSDENIED)
            (self.denied if of_user else self.missing).extend(facts)
        except (Missing, Corrupt):
            self.missing.extend(facts)
        return None


def _scope(library: Library, target: Literal) -> int:
    """The index of the interface that an address names after `%`; 0 for none."""
    if target.scope is None:
        return 0
    if target.scope.isdecimal():
        return int(target.scope)
    return windows_routes.index_of(library, windows_routes.luid_of(library, target.scope))
