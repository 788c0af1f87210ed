"""What only a privileged process may do: frames of its own making on one link, by scapy.

The extra `netcheck-agent[raw]` brings scapy (GPL-2.0-only, 0.2 s to import); no part of a usual run
needs it, and nothing but the functions of this room's `raw_*` files imports it. Linux only.
"""

import importlib.util
import logging
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from scapy.packet import Packet

NO_EXTRA = "the raw extra is not installed (pip install 'netcheck-agent[raw]')"
NO_RIGHT = "only an administrator may send and see bare frames"
NO_SYSTEM = "this system does not let a program send bare frames in this way"
_POLL_S = 0.05


class FrameKind(IntEnum):
    """EtherTypes (IEEE 802 numbers): what a socket is for, and all that the kernel hands it."""

    IPV4 = 0x0800
    ARP = 0x0806


def lacking() -> str | None:
    """Why nothing raw can be done here, as one clause; None: it can."""
    family = getattr(socket, "AF_PACKET", None)
    if family is None:
        return NO_SYSTEM
    if importlib.util.find_spec("scapy") is None:
        return NO_EXTRA
    try:
        socket.socket(family, socket.SOCK_RAW, 0).close()
    except OSError:
        return NO_RIGHT
    return None


@contextmanager
def link_socket(interface: str, kind: FrameKind) -> Iterator[Any]:
    """A scapy socket for whole frames of one kind on one interface. Not promiscuous: what is sent
    to others is none of our business. Raises OSError where it is refused."""
    logging.getLogger("scapy.runtime").setLevel(logging.ERROR)
    from scapy.arch.linux import L2Socket

    opened = L2Socket(iface=interface, type=kind, promisc=False)
    try:
        yield opened
    finally:
        opened.close()


def hear(opened: Any, until_s: float, take: "Callable[[Packet], None]") -> None:
    """Give every frame that comes until that moment (monotonic) to `take`."""
    from scapy.supersocket import SuperSocket

    while (left_s := until_s - time.monotonic()) > 0:
        for ready in SuperSocket.select([opened], min(left_s, _POLL_S)):
            packet = ready.recv()
            if packet is not None:
                take(packet)


def hardware_address(interface: str) -> str:
    """This interface's own. It goes into frames and nowhere else."""
    from scapy.arch import get_if_hwaddr

    return str(get_if_hwaddr(interface))


def own_hardware_addresses() -> frozenset[str]:
    """Those of all this device's interfaces: two of them may be in one network."""
    import psutil

    return frozenset(
        address.address.lower()
        for addresses in psutil.net_if_addrs().values()
        for address in addresses
        if address.family == psutil.AF_LINK
    )
