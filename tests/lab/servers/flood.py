"""Sends as much as it is told to, to somebody who does not listen.

usage: flood.py READY_FILE ADDRESS PORT MBPS
"""

import contextlib
import socket
import sys
import time
from pathlib import Path

SIZE_BYTES = 1200


def main() -> None:
    """Send for ever, evenly."""
    ready, address, port, mbps = sys.argv[1:]
    pause_s = SIZE_BYTES * 8 / (float(mbps) * 1_000_000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        Path(ready).touch()
        due_s = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                talk.sendto(bytes(SIZE_BYTES), (address, int(port)))
            due_s += pause_s
            time.sleep(max(0.0, due_s - time.monotonic()))


main()
