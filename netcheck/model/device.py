"""What this machine says of itself, the same on every system. None: not measured here."""

from dataclasses import dataclass, field
from enum import StrEnum

from netcheck.model.names import NameOptions
from netcheck.model.observation import Family
from netcheck.model.wifi_link import WifiLink


class LinkKind(StrEnum):
    """What an interface is made of."""

    ETHERNET = "ethernet"
    WIFI = "wifi"
    CELLULAR = "cellular"
    TUNNEL = "tunnel"
    LOOPBACK = "loopback"
    OTHER = "other"


class NeighbourState(StrEnum):
    """What the system knows of an on-link address (RFC 4861 7.3.2, and Linux's names)."""

    REACHABLE = "reachable"
    STALE = "stale"  # known earlier, not confirmed lately
    INCOMPLETE = "incomplete"  # asked, not answered yet
    FAILED = "failed"  # asked, never answered
    NONE = "none"  # never asked


class Opinion(StrEnum):
    """How far the system itself thinks that it gets. It asks its maker's servers, at moments of its
    own, and may be wrong either way: evidence of what its user is shown, not of the network."""

    INTERNET = "internet"
    LOCAL = "local"  # this network, or a part of it
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Address:
    """One address of an interface. `valid_s`: for how long the system will keep it, infinite where
    nobody set a term; a second later it is still the same address."""

    address: str
    prefix_length: int
    family: Family
    link_local: bool
    valid_s: float | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Interface:
    """`carrier` is the lower layer: cable in, or Wi-Fi associated. `duplicates` are the families of
    addresses that the system found in use by another device, and therefore does not use.
    `made_up`: whether its hardware address is no maker's (IEEE 802-2014 8.2.2), as one made anew
    for each network is; the address itself is not kept."""

    name: str
    kind: LinkKind
    up: bool | None
    carrier: bool | None
    addresses: tuple[Address, ...] = ()
    mtu: int | None = None
    speed_mbps: int | None = None
    wifi: WifiLink | None = None
    duplicates: tuple[Family, ...] = ()
    made_up: bool | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """How the system would reach `target`, asked per target so that policy routing is seen. Of
    default routes also `metric`, the lower the better (None: in another table, which a rule
    chooses), and `origin`: `dhcp`, `ra` (a router advertised it) or `set` (by hand)."""

    target: str
    family: Family
    interface: str | None
    gateway: str | None  # None: on-link, or no next hop (a tunnel)
    source: str | None
    metric: int | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """An on-link address as the system sees it; the hardware address is not kept."""

    address: str
    interface: str
    state: NeighbourState


@dataclass(frozen=True, slots=True)
class Device:
    """A snapshot at the start of a run. `system` is linux, macos, windows or android."""

    system: str
    interfaces: tuple[Interface, ...]
    nameservers: tuple[str, ...]
    search_domains: int | None = None
    name_options: NameOptions | None = None
    default_routes: tuple[Route, ...] = ()
    not_permitted: tuple[str, ...] = ()  # facts this system withheld from us
    not_measured: tuple[str, ...] = ()  # facts this system cannot tell
    opinion: Opinion | None = None

    def interface(self, name: str | None) -> Interface | None:
        """The interface of that name, if it is there."""
        return next((i for i in self.interfaces if i.name == name), None)
