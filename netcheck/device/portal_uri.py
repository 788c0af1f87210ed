"""Where this network's own sign-in server is, as DHCP or a router advertisement named it.

RFC 8910: option 114 of DHCPv4, 103 of DHCPv6, 37 of a router advertisement. The kernel keeps none
of them; whoever asked for the lease does: systemd-networkd in its state file (what it has of all
three, sd-network's CAPTIVE_PORTAL), NetworkManager on the system bus (the DHCPv4 option alone, and
only where the server sends it unasked: its `default_url`). None: neither told, which proves
nothing. The text is the network's and stays unread here.
"""

import socket
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jeepney.io.blocking import DBusConnection

_NETWORKD_FILE = "run/systemd/netif/links"
_SIZE_LIMIT_BYTES = 65536
_BUS_TIMEOUT_S = 0.4
_MANAGER = "org.freedesktop.NetworkManager"
_OPTIONS = ("default_url", "v4_captive_portal")  # option 114, and RFC 7710's 160 before it


def portal_uri(interface: str, root: str = "/") -> str | None:
    """The URI that this interface's network named; None: nobody here knows of one."""
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
        from jeepney.io.blocking import open_dbus_connection
    except ImportError:  # no D-Bus on this system
        return None
    try:
        bus = open_dbus_connection("SYSTEM")
    except (OSError, KeyError, ValueError, RuntimeError):  # an address jeepney does not speak, too
        return None
    try:
        return _lease_option(bus, interface)
    except Exception:  # another program's bus: whatever it says, nothing is known then
        return None
    finally:
        bus.close()


def _lease_option(bus: "DBusConnection", interface: str) -> str | None:
    from jeepney import DBusAddress, new_method_call

    manager = DBusAddress("/org/freedesktop/NetworkManager", _MANAGER, _MANAGER)
    call = new_method_call(manager, "GetDeviceByIpIface", "s", (interface,))
    reply = bus.send_and_get_reply(call, timeout=_BUS_TIMEOUT_S)
    device = reply.body[0]
    lease = _property(bus, device, "Device", "Dhcp4Config")
    if not isinstance(lease, str) or lease == "/":
        return None
    options = _property(bus, lease, "DHCP4Config", "Options")
    for name in _OPTIONS if isinstance(options, dict) else ():
        if name in options:
            return str(options[name][1])
    return None


def _property(bus: "DBusConnection", path: str, kind: str, name: str) -> Any:
    from jeepney import DBusAddress, Properties

    address = DBusAddress(path, _MANAGER, f"{_MANAGER}.{kind}")
    reply = bus.send_and_get_reply(Properties(address).get(name), timeout=_BUS_TIMEOUT_S)
    return reply.body[0][1]
