"""One end of a plain tunnel: packets of a TUN device inside UDP, as a VPN carries them.

usage: tunnel.py READY_FILE DEVICE LOCAL:PORT [REMOTE:PORT]
Without a remote the end answers whoever spoke last, as a VPN's gateway does.
"""

import fcntl
import os
import select
import socket
import struct
import sys
from pathlib import Path

TUNSETIFF, IFF_TUN, IFF_NO_PI = 0x400454CA, 0x1, 0x1000


def endpoint(text: str) -> tuple[str, int]:
    """`address:port` as the socket calls want it."""
    address, port = text.rsplit(":", 1)
    return address, int(port)


def main() -> None:
    """Open the device and the socket, carry for ever."""
    ready, name, local, *rest = sys.argv[1:]
    remote = endpoint(rest[0]) if rest else None
    device = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(device, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TUN | IFF_NO_PI))
    talk = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    talk.bind(endpoint(local))
    Path(ready).touch()
    while True:
        for one in select.select([device, talk], [], [])[0]:
            try:
                if one is talk:
                    packet, sender = talk.recvfrom(65535)
                    remote = sender if not rest else remote
                    os.write(device, packet)
                elif remote is not None:
                    talk.sendto(os.read(device, 2000), remote)
                else:
                    os.read(device, 2000)
            except OSError:
                continue


main()
