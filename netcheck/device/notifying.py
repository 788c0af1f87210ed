"""Tells the desktop of this device's user something, where there is one that listens.

Linux: org.freedesktop.Notifications on the session's bus (Desktop Notifications Specification 1.2).
Other systems are not built yet, and say so by `False`. Nothing is started by it, and what comes
back is not read.
"""

import sys

NAME, PATH = "org.freedesktop.Notifications", "/org/freedesktop/Notifications"
_STAYS_MS = -1  # as long as the desktop likes


def notify(summary: str, body: str, *, timeout_s: float = 1.0) -> bool:
    """Show a note on the desktop. False: there is nobody to show it to."""
    if not sys.platform.startswith("linux"):
        return False
    try:
        from jeepney import DBusAddress, MessageType, new_method_call
        from jeepney.io.blocking import open_dbus_connection

        address = DBusAddress(PATH, bus_name=NAME, interface=NAME)
        given: tuple[object, ...] = ("netcheck", 0, "", summary, body, [], {}, _STAYS_MS)
        message = new_method_call(address, "Notify", "susssasa{sv}i", given)
        with open_dbus_connection("SESSION", auth_timeout=timeout_s) as connection:
            reply = connection.send_and_get_reply(message, timeout=timeout_s)
        return reply.header.message_type is MessageType.method_return
    except Exception:  # no bus, no jeepney, no desktop: each is "nobody listens", and no defect
        return False
