"""What every reader of this machine offers, whatever the system."""

from collections.abc import Callable
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from netcheck.model.device import Device, Neighbour, Route

if TYPE_CHECKING:
    from netcheck.model.wifi import ChannelUse, ManagerWord, Surroundings, WifiEvent
    from netcheck.model.wifi_link import WifiLink


class Fact(StrEnum):
    """Names for `Device.not_measured` and `Device.not_permitted`. May grow; ids never change."""

    INTERFACES = "interfaces"  # the list itself, or the state of each
    CARRIER = "carrier"
    LINK_KINDS = "link-kinds"  # kinds are guessed from names, or left at `other`
    ADDRESSES = "addresses"
    SPEED = "speed"
    WIFI = "wifi"  # association, signal, frequency, rate
    WIFI_NAME = "wifi-name"  # may this process have the network's name? The name is not kept
    DEFAULT_ROUTES = "default-routes"
    GATEWAYS = "gateways"  # routes are known, their next hops are not
    NEIGHBOURS = "neighbours"
    NAMESERVERS = "nameservers"
    PROXY = "proxy"  # what the system's own settings say; `settings.proxy` reads it when asked
    OPINION = "opinion"  # how far the system itself thinks that it gets


class DeviceReader(Protocol):
    """Reads facts; sends nothing. No method raises for what the system withholds or lacks."""

    def read(self) -> Device:
        """What is this machine, now? Loopback is left out of the interfaces.

        `nameservers` begins with those that applications ask. Where these are a stub on this
        machine, the servers that the stub asks follow, if they can be known.
        `default_routes` are in the order in which the main table prefers them; default routes of
        other tables (policy-routed tunnels) follow. Their target is `0.0.0.0/0` or `::/0`.
        """

    def route_to(self, address: str, interface: str | None = None) -> Route | None:
        """How would a packet of ours reach this address, tied to that interface where one is
        named and the system can tell? None: not measured.

        A route whose interface is None says that there is no way. An IPv6 link-local gateway
        carries its scope (`fe80::1%eth0`). A socket needs that as a number: Python's connect()
        ignores it in the text, socket.getaddrinfo() resolves it.
        """

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """Has this on-link address answered lately? None: not measured.

        With interface None it is the interface that the route to the address takes. An address
        that was never asked for has state `none`, which is not None.
        """

    def watch_wifi(self, interface: str) -> "WifiWatch | None":
        """Begin to watch this wireless interface, in a thread of its own. None: not offered here.

        Whoever begins a watch stops it.
        """


class WifiWatch(Protocol):
    """One wireless interface for the length of a run. Nothing is sent. No method raises for what
    the system withholds or lacks; a defect in a thread of its own comes out as RuntimeError."""

    def events(self) -> "tuple[WifiEvent, ...] | None":
        """What happened since the watch began. None: the system does not tell."""

    def wait(self, enough: "Callable[[tuple[WifiEvent, ...]], bool]", deadline_ms: float) -> None:
        """Return when `enough` says so of the events so far, or at the deadline."""

    def watched_ms(self) -> float:
        """How long it has watched."""

    def first_use(self) -> "ChannelUse | None":
        """The channel when the watch began; None also while the driver has not answered yet."""

    def use(self) -> "ChannelUse | None":
        """The channel now. A driver may take long to answer: then None."""

    def link(self) -> "WifiLink | None":
        """The link now."""

    def surroundings(self) -> "Surroundings | None":
        """What the last scan left in the system's memory; none is made for this."""

    def managers(self) -> "tuple[ManagerWord, ...]":
        """What the programs that manage this interface say of it."""

    def stop(self) -> None:
        """End it. May be called twice."""
