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
        from netcheck.device import bus
    except ImportError:  # no jeepney: no D-Bus on this system
        return False
    given: tuple[object, ...] = ("netcheck", 0, "", summary, body, [], {}, _STAYS_MS)
    try:
        with bus.session_bus(timeout_s) as desktop:
            desktop.ask(NAME, PATH, NAME, "Notify", "susssasa{sv}i", given)
    except (bus.NoBus, bus.NoService, bus.Refused, bus.TooLate, bus.OtherError):
        return False
    return True
