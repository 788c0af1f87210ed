"""Which kinds of sockets does this system let this process have? Opened, closed, never used."""

import errno
import socket
import sys
from typing import NamedTuple

_DENIED = frozenset({errno.EPERM, errno.EACCES})


class Openable(NamedTuple):
    """None: this system has no such kind, so nobody withholds it."""

    udp: bool | None
    tcp: bool | None
    ping: bool | None  # ICMP for ordinary users: not on Windows, which has a call of its own
    raw: bool | None


def openable() -> Openable:
    """What may be opened now, over IPv4. Sends nothing."""
    windows = sys.platform == "win32"
    return Openable(
        udp=_may(socket.SOCK_DGRAM, 0),
        tcp=_may(socket.SOCK_STREAM, 0),
        ping=None if windows else _may(socket.SOCK_DGRAM, socket.IPPROTO_ICMP),
        raw=_may(socket.SOCK_RAW, socket.IPPROTO_ICMP),
    )


def _may(kind: int, protocol: int) -> bool | None:
    try:
        socket.socket(socket.AF_INET, kind, protocol).close()
    except OSError as error:
        return False if error.errno in _DENIED else None
    return True
