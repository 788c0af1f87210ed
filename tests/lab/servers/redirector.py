"""Answers every IKE_SA_INIT with REDIRECT to one IPv4 address (RFC 5685), on 500 and 4500.

usage: redirector.py READY_FILE TARGET ADDRESS:PORT...
"""

import select
import socket
import struct
import sys
from pathlib import Path

REDIRECT, SA_INIT, RESPONSE = 16407, 34, 0x20
MARKER = bytes(4)


def answer(request: bytes, target: bytes) -> bytes:
    """A REDIRECT to whoever offered REDIRECT_SUPPORTED: it names the nonce it answers."""
    nonce = nonce_of(request)
    body = struct.pack("!BBHBB", 0, 0, REDIRECT, 1, 4) + target + nonce
    notify = struct.pack("!BBH", 0, 0, 4 + len(body)) + body
    head = request[:8] + bytes(8) + struct.pack("!BBBBI", 41, 0x20, SA_INIT, RESPONSE, 0)
    return head + struct.pack("!I", 28 + len(notify)) + notify


def nonce_of(request: bytes) -> bytes:
    """The nonce payload (40) of a request."""
    kind, rest = request[16], request[28:]
    while kind and len(rest) >= 4:
        following, _, length = struct.unpack_from("!BBH", rest)
        if kind == 40:
            return rest[4:length]
        kind, rest = following, rest[length:]
    return b""


def main() -> None:
    """Listen and answer for ever."""
    ready, target, *ends = sys.argv[1:]
    ears = []
    for end in ends:
        address, port = end.rsplit(":", 1)
        ear = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        ear.bind((address, int(port)))
        ears.append(ear)
    Path(ready).touch()
    while True:
        for ear in select.select(ears, [], [])[0]:
            datagram, sender = ear.recvfrom(65535)
            marker = MARKER if datagram.startswith(MARKER) else b""
            request = datagram[len(marker) :]
            if len(request) >= 28 and request[18] == SA_INIT:
                ear.sendto(marker + answer(request, socket.inet_aton(target)), sender)


if __name__ == "__main__":
    main()
