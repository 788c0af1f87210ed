"""Pours as much as it is told to over whoever spoke last, as a server does that one loads from.

usage: faucet.py READY_FILE ADDRESS PORT MBPS
"""

import contextlib
import socket
import sys
import time
from pathlib import Path

SIZE_BYTES = 1200


def main() -> None:
    """Wait for somebody, then pour for ever, evenly."""
    ready, address, port, mbps = sys.argv[1:]
    pause_s = SIZE_BYTES * 8 / (float(mbps) * 1_000_000)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        talk.bind((address, int(port)))
        Path(ready).touch()
        _, whom = talk.recvfrom(2048)
        talk.setblocking(False)
        due_s = time.monotonic()
        while True:
            with contextlib.suppress(OSError):
                _, whom = talk.recvfrom(2048)
            with contextlib.suppress(OSError):
                talk.sendto(bytes(SIZE_BYTES), whom)
            due_s += pause_s
            time.sleep(max(0.0, due_s - time.monotonic()))


main()
