"""A STUN server (RFC 8489): tells each asker from which address and port it is seen.

usage: stun.py READY_FILE ADDRESS:PORT...
"""

import select
import socket
import struct
import sys
from pathlib import Path


def main() -> None:
    """Listen on the ports (IPv6 addresses in brackets) and answer for ever."""
    ready, *ends = sys.argv[1:]
    ears = []
    for end in ends:
        address, port = end.rsplit(":", 1)
        family = socket.AF_INET6 if address.startswith("[") else socket.AF_INET
        ear = socket.socket(family, socket.SOCK_DGRAM)
        ear.bind((address.strip("[]"), int(port)))
        ears.append(ear)
    Path(ready).touch()
    while True:
        for ear in select.select(ears, [], [])[0]:
            request, sender = ear.recvfrom(2048)
            if len(request) >= 20 and request[:2] == b"\x00\x01":
                ear.sendto(answer(request, sender[0], sender[1]), sender)


def answer(request: bytes, address: str, port: int) -> bytes:
    """The success response to a Binding request from there."""
    mask = request[4:20]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    packed = socket.inet_pton(family, address)
    masked = bytes(one ^ other for one, other in zip(packed, mask, strict=False))
    value = struct.pack("!BBH", 0, 1 if family == socket.AF_INET else 2, port ^ 0x2112) + masked
    body = struct.pack("!HH", 0x0020, len(value)) + value
    return struct.pack("!HH", 0x0101, len(body)) + mask + body


main()
