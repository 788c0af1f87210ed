"""A resolver that takes its time: every answer is held back.

usage: slow.py READY_FILE ADDRESS PORT UPSTREAM UPSTREAM_PORT HELD_MS
"""

import socket
import sys
import threading
import time
from pathlib import Path


def pass_on(
    ear: socket.socket, wire: bytes, sender: object, upstream: tuple[str, int], held_s: float
) -> None:
    """Ask upstream for one client, and answer late."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as talk:
        talk.settimeout(5)
        talk.connect(upstream)
        try:
            talk.send(wire)
            answer = talk.recv(65535)
            time.sleep(held_s)
            ear.sendto(answer, sender)
        except OSError:
            return


def main() -> None:
    """Listen and answer for ever, each question in a thread."""
    ready, address, port, upstream, upstream_port, held_ms = sys.argv[1:]
    ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    ear.bind((address, int(port)))
    Path(ready).touch()
    while True:
        wire, sender = ear.recvfrom(65535)
        told = (ear, wire, sender, (upstream, int(upstream_port)), int(held_ms) / 1000)
        threading.Thread(target=pass_on, args=told, daemon=True).start()


main()
