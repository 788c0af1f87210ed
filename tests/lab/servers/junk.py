"""Answers every datagram with something that is not IKE.

usage: junk.py READY_FILE ADDRESS:PORT...
"""

import select
import socket
import sys
from pathlib import Path

WORDS = b"HTTP/1.0 400 Bad Request\r\n\r\nThis service is not available in your area.\r\n"


def main() -> None:
    """Listen on the ports and answer for ever."""
    ready, *ends = sys.argv[1:]
    ears = []
    for end in ends:
        address, port = end.rsplit(":", 1)
        ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ear.bind((address, int(port)))
        ears.append(ear)
    Path(ready).touch()
    while True:
        for ear in select.select(ears, [], [])[0]:
            _, sender = ear.recvfrom(65535)
            ear.sendto(WORDS, sender)


main()
