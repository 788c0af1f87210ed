"""What waits in this machine's own send queue, and what the queue has thrown away.

Sources: linux/pkt_sched.h, linux/rtnetlink.h, linux/gen_stats.h (RTM_GETQDISC); an ordinary user
may ask. An interface without a queue of its own (most Wi-Fi, virtual links) shows nothing here:
its driver keeps one that the kernel does not count.
"""

import socket
import struct
from typing import NamedTuple

from netcheck.device.netlink import Conversation, attributes

_RTM_GETQDISC = 38
_TCM = struct.Struct("=BxxxiIII")  # family, index, handle, parent, info
_ROOT = 0xFFFFFFFF  # TC_H_ROOT; the counts of its leaves are in the root's
_TCA_STATS2 = 7
_TCA_STATS_QUEUE = 3
_QUEUE = struct.Struct("=III")  # length, backlog in bytes, drops, and two more


class SendQueue(NamedTuple):
    """`waiting_bytes` now; `dropped` packets since the queue was set up."""

    waiting_bytes: int
    dropped: int


def send_queue(interface: str) -> SendQueue | None:
    """The queue of this interface. None: it has none, or this system does not show it."""
    try:
        index = socket.if_nametoindex(interface)
        with Conversation() as kernel:
            answers = kernel.dump(_RTM_GETQDISC, _TCM.pack(socket.AF_UNSPEC, index, 0, 0, 0))
    except OSError:
        return None
    found = (queue_of(answer.payload, index) for answer in answers)
    return next((queue for queue in found if queue is not None), None)


def queue_of(payload: bytes, index: int) -> SendQueue | None:
    """An RTM_NEWQDISC message without its netlink header, if it is that interface's root queue."""
    if len(payload) < _TCM.size:
        return None
    _, of_index, _, parent, _ = _TCM.unpack_from(payload)
    if (of_index, parent) != (index, _ROOT):
        return None
    counts = attributes(attributes(payload[_TCM.size :]).get(_TCA_STATS2, b""))
    raw = counts.get(_TCA_STATS_QUEUE, b"")
    if len(raw) < _QUEUE.size:
        return None
    _, waiting_bytes, dropped = _QUEUE.unpack_from(raw)
    return SendQueue(waiting_bytes, dropped)
