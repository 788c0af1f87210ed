"""What every reader of this machine offers, whatever the system."""

from enum import StrEnum
from typing import Protocol

from netcheck.model.device import Device, Neighbour, Route


class Fact(StrEnum):
    """Names for `Device.not_measured` and `Device.not_permitted`. May grow; ids never change."""

    INTERFACES = "interfaces"  # the list itself, or the state of each
    CARRIER = "carrier"
    LINK_KINDS = "link-kinds"  # kinds are guessed from names, or left at `other`
    ADDRESSES = "addresses"
    SPEED = "speed"
    WIFI = "wifi"  # association, signal, frequency, rate
    DEFAULT_ROUTES = "default-routes"
    GATEWAYS = "gateways"  # routes are known, their next hops are not
    NEIGHBOURS = "neighbours"
    NAMESERVERS = "nameservers"


class DeviceReader(Protocol):
    """Reads facts; sends nothing. No method raises for what the system withholds or lacks."""

    def read(self) -> Device:
        """What is this machine, now? Loopback is left out of the interfaces.

        `nameservers` begins with those that applications ask. Where these are a stub on this
        machine, the servers that the stub asks follow, if they can be known.
        `default_routes` are in the order in which the main table prefers them; default routes of
        other tables (policy-routed tunnels) follow. Their target is `0.0.0.0/0` or `::/0`.
        """

    def route_to(self, address: str) -> Route | None:
        """How would a packet of ours reach this address? None: not measured.

        A route whose interface is None says that there is no way. An IPv6 link-local gateway
        carries its scope (`fe80::1%eth0`). A socket needs that as a number: Python's connect()
        ignores it in the text, socket.getaddrinfo() resolves it.
        """

    def neighbour(self, address: str, interface: str | None) -> Neighbour | None:
        """Has this on-link address answered lately? None: not measured.

        With interface None it is the interface that the route to the address takes. An address
        that was never asked for has state `none`, which is not None.
        """
