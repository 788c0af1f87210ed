"""A long wire: carries packets between two namespaces and holds each back for the same time.

usage: delay.py READY_FILE FIRST_NETNS_PATH SECOND_NETNS_PATH DELAY_FILE
Makes a TUN device `tun0` in each. DELAY_FILE holds the one-way delay in milliseconds; SIGHUP
makes the wire read it again, and READY_FILE then says what it read. (No netem in this kernel.)
"""

import collections
import ctypes
import fcntl
import os
import select
import signal
import struct
import sys
import time
from pathlib import Path

TUNSETIFF, IFF_TUN, IFF_NO_PI, CLONE_NEWNET = 0x400454CA, 0x1, 0x1000, 0x40000000
MTU = 1500


def open_tun(netns: str, name: bytes = b"tun0") -> int:
    """A TUN device in the namespace at this path."""
    with open(netns) as handle:
        if ctypes.CDLL(None, use_errno=True).setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), netns)
    device = os.open("/dev/net/tun", os.O_RDWR | os.O_NONBLOCK)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name, IFF_TUN | IFF_NO_PI))
    return device


def carry(ends: tuple[int, int], delay_s: list[float]) -> None:
    """Carry for ever. Packets leave in the order they came; a full device loses them."""
    waiting: collections.deque[tuple[float, int, bytes]] = collections.deque()
    other = {ends[0]: ends[1], ends[1]: ends[0]}
    while True:
        left_s = max(0.0, waiting[0][0] - time.monotonic()) if waiting else None
        ready = select.select(ends, [], [], left_s)[0]
        now = time.monotonic()
        for end in ready:
            for _ in range(64):
                try:
                    waiting.append((now + delay_s[0], other[end], os.read(end, MTU + 64)))
                except BlockingIOError:
                    break
        while waiting and waiting[0][0] <= time.monotonic():
            _, towards, packet = waiting.popleft()
            try:
                os.write(towards, packet)
            except OSError:
                continue


def main() -> None:
    """Open both ends, say so, carry."""
    ready_file, first, second, delay_file = sys.argv[1:5]
    delay_s = [0.0]

    def read_delay(*_: object) -> None:
        told = Path(delay_file).read_text()
        delay_s[0] = float(told) / 1000
        Path(ready_file).write_text(told)

    ends = (open_tun(first), open_tun(second))
    signal.signal(signal.SIGHUP, read_delay)
    read_delay()
    carry(ends, delay_s)


main()
