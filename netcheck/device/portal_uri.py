"""Where this network's own sign-in server is, as DHCP or a router advertisement named it.

RFC 8910: option 114 of DHCPv4, 103 of DHCPv6, 37 of a router advertisement. The kernel keeps none
of them; whoever asked for the lease does: systemd-networkd in its state file (what it has of all
three, sd-network's CAPTIVE_PORTAL), NetworkManager on the system bus (the DHCPv4 option alone, and
only where the server sends it unasked: its `default_url`). None: neither told, which proves
nothing. The text is the network's and stays unread here.
"""

import socket
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from netcheck.device.bus import Bus

_NETWORKD_FILE = "run/systemd/netif/links"
_SIZE_LIMIT_BYTES = 65536
_BUS_TIMEOUT_S = 0.4
_NM, _NM_ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_OPTIONS = ("default_url", "v4_captive_portal")  # option 114, and RFC 7710's 160 before it


def portal_uri(interface: str, root: str = "/") -> str | None:
    """The URI that this interface's network named; None: nobody here knows of one.

    A bus that hangs holds it for up to 0.4 s: not for a thread that others wait for."""
    if sys.platform == "darwin":
        from netcheck.device import macos_configuration

        return macos_configuration.portal_uri(interface)
    return _from_networkd(interface, root) or _from_network_manager(interface)


def _from_networkd(interface: str, root: str) -> str | None:
    try:
        index = socket.if_nametoindex(interface)
        with open(f"{root.rstrip('/')}/{_NETWORKD_FILE}/{index}", "rb") as file:
            text = file.read(_SIZE_LIMIT_BYTES).decode("utf-8", "replace")
    except OSError:
        return None
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key == "CAPTIVE_PORTAL" and value:
            return _unquoted(value)
    return None


def _unquoted(value: str) -> str:
    """As systemd writes values: in quotes where they hold more than letters (environment files)."""
    if len(value) > 1 and value[0] == value[-1] == '"':
        return value[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return value


def _from_network_manager(interface: str) -> str | None:
    try:
        from netcheck.device import bus  # and with it jeepney, which Linux alone has
    except ImportError:
        return None
    try:
        with bus.system_bus(_BUS_TIMEOUT_S) as asked:
            return _lease_option(asked, interface)
    except (bus.NoBus, bus.NoService, bus.Refused, bus.TooLate, bus.OtherError):
        return None


def _lease_option(asked: "Bus", interface: str) -> str | None:
    answer = asked.ask(_NM, _NM_ROOT, _NM, "GetDeviceByIpIface", "s", (interface,))
    device = answer[0] if answer else None
    if not isinstance(device, str):
        return None
    lease = asked.get(_NM, device, f"{_NM}.Device", "Dhcp4Config")
    if not isinstance(lease, str) or lease == "/":
        return None
    options = asked.get(_NM, lease, f"{_NM}.DHCP4Config", "Options")
    for name in _OPTIONS if isinstance(options, dict) else ():
        told = options.get(name)  # a variant: its signature, and its value
        if isinstance(told, tuple) and len(told) == 2:
            return str(told[1])
    return None
