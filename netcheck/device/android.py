"""Reads an Android phone from inside Termux: the kernel as far as an application may, Termux:API.

What Android withholds from an application without root is named, and the rest runs: links, their
neighbours (SELinux refuses RTM_GETLINK and RTM_GETNEIGH from Android 11 on), most of /proc/net, and
the name servers in use, which only ConnectivityManager knows (net.dns1 is gone since Android 8).
Nothing compiled is needed. Weakness: never run on a real phone; run on Linux with the same doors
shut.
"""

import socket
from dataclasses import replace

from netcheck.device import ioctl_interfaces, kinds, termux_wifi
from netcheck.device.addresses import literal
from netcheck.device.contract import Fact, WifiWatch
from netcheck.device.linux import LinuxReader
from netcheck.device.portable import owner, unique
from netcheck.model.device import Device, Interface, LinkKind, Neighbour, Route
from netcheck.model.wifi_link import NamePermission, WifiLink

FACTS_MEASURED: frozenset[Fact] = frozenset(
    {Fact.INTERFACES, Fact.ADDRESSES, Fact.CARRIER, Fact.WIFI, Fact.WIFI_NAME}
)
"""The last two with Termux:API. What an interface is made of is guessed from its name."""
FACTS_NOT_PERMITTED: frozenset[Fact] = frozenset(
    {Fact.NEIGHBOURS, Fact.WIFI_NAME, Fact.DEFAULT_ROUTES, Fact.GATEWAYS}
)
"""Older versions tell an application more. The name needs the permission for the location."""

_WIFI_WITHIN_S = 1.0
_DISCARD_PORT = 9


class AndroidReader:
    """See DeviceReader. Threads may share it: it keeps only whether Termux:API has been silent."""

    def __init__(self, *, root: str = "/") -> None:
        self._root = root
        self._linux = LinuxReader("android", root=root)
        self._termux_is_silent = False

    def read(self) -> Device:
        """See DeviceReader."""
        device = self._linux.read()
        missing, denied = list(device.not_measured), list(device.not_permitted)
        interfaces = device.interfaces
        if not any(one.addresses for one in interfaces) or {*missing, *denied} & {Fact.INTERFACES}:
            listed = self._listed()
            if listed is not None:
                interfaces = listed
                known = {Fact.INTERFACES, Fact.ADDRESSES, Fact.CARRIER}
                missing = [name for name in missing if name not in known]
                denied = [name for name in denied if name not in known]
        link = self._wifi(interfaces, missing, denied)
        if link is not None:
            interfaces = tuple(_with(one, link) for one in interfaces)
        return replace(
            device,
            interfaces=interfaces,
            not_measured=unique(name for name in missing if name not in denied),
            not_permitted=unique(denied),
        )

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """See DeviceReader. Where netlink is shut the gateway is not measured, and a connected
        socket that nothing is sent on tells the source address."""
        found = self._linux.route_to(address, interface)
        if found is not None:
            return found
        target = literal(address)
        listed = self._listed() if target is not None else None
        if target is None or listed is None:
            return None
        try:
            with socket.socket(target.number, socket.SOCK_DGRAM) as unsent:
                unsent.connect((target._replace(scope=None).text, _DISCARD_PORT))
                source = literal(str(unsent.getsockname()[0]))
        except OSError:
            return None
        name = owner(source.packed, None, listed) if source is not None else None
        if source is None or name is None or interface not in (None, name):
            return None
        return Route(address, target.family, name, None, source.text)

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """See DeviceReader. Before Android 11 the kernel tells; later it is None."""
        return self._linux.neighbour(address, interface)

    def watch_wifi(self, interface: str) -> WifiWatch | None:
        """Not offered here: an application may not listen to nl80211."""
        return None

    def _listed(self) -> tuple[Interface, ...] | None:
        rows = ioctl_interfaces.read(self._root)
        if rows is None:
            return None
        return tuple(
            Interface(
                name=row.name,
                kind=kinds.of_name(row.name),
                up=None if row.flags is None else bool(row.flags & ioctl_interfaces.IFF_UP),
                carrier=_running(row.flags),
                addresses=row.addresses,
                mtu=row.mtu,
            )
            for row in rows
            if kinds.of_name(row.name) is not LinkKind.LOOPBACK
        )

    def _wifi(
        self, interfaces: tuple[Interface, ...], missing: list[str], denied: list[str]
    ) -> WifiLink | None:
        """Asked only where there is such an interface; never again once it hung, for without its
        app Termux:API hangs each time."""
        if not any(one.kind is LinkKind.WIFI for one in interfaces):
            return None
        try:
            if self._termux_is_silent:
                raise termux_wifi.NotMeasured("silent before")
            link = termux_wifi.read(_WIFI_WITHIN_S)
        except termux_wifi.NotPermitted:
            denied.append(Fact.WIFI)
            return None
        except termux_wifi.NotMeasured:
            self._termux_is_silent = True
            missing.append(Fact.WIFI)
            return None
        for names in (missing, denied):
            while Fact.WIFI in names:
                names.remove(Fact.WIFI)
        if link.name_permission is NamePermission.NOT_PERMITTED:
            denied.append(Fact.WIFI_NAME)
        return link


def _running(flags: int | None) -> bool | None:
    if flags is None or not flags & ioctl_interfaces.IFF_UP:
        return None
    return bool(flags & ioctl_interfaces.IFF_RUNNING)


def _with(interface: Interface, link: WifiLink) -> Interface:
    """The link belongs to the phone's first wireless interface, which is called wlan0."""
    is_first = interface.kind is LinkKind.WIFI and interface.name == "wlan0"
    return replace(interface, wifi=link) if is_first else interface
