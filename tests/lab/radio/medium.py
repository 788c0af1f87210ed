"""The air between simulated radios, in user space: frames get lost and are sent again.

usage: medium.py READY_FILE SIGNAL_DBM LOST_SHARE
Runs inside the emulated machine as root. Speaks the generic netlink of mac80211_hwsim (Linux,
drivers/net/wireless/virtual/mac80211_hwsim.h): it registers as the medium, is given each frame
with the rates its sender would try in turn, throws for each try whether it is lost, tells the
sender how many it took, and hands the frame on to the other radios. So the sender's own counters
of retries and failures, and its choice of rate, are what they would be. A frame that nobody
acknowledges (a beacon, a broadcast) has one try. When this ends, the kernel's lossless medium is
back. A try takes no time here: delay and load of a crowded channel are not shown.
"""

import os
import random
import socket
import struct
import sys
from pathlib import Path

GENERIC_NETLINK, NETLINK_REQUEST, GENL_ID_CTRL, GET_FAMILY = 16, 1, 16, 3
REGISTER, FRAME, TX_INFO_FRAME = 1, 2, 3
RECEIVER, TRANSMITTER, BYTES, FLAGS, RX_RATE, SIGNAL, TX_INFO, COOKIE, FREQUENCY = (
    *(1, 2, 3, 4, 5, 6, 7, 8, 19),
)
NO_ACK, ACKNOWLEDGED = 2, 4
GROUP_BIT = 1


def attribute(kind: int, value: bytes) -> bytes:
    """One netlink attribute, padded."""
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def attributes(data: bytes) -> dict[int, bytes]:
    """Every attribute of a message's body."""
    found = {}
    while len(data) >= 4:
        size, kind = struct.unpack_from("=HH", data)
        if size < 4:
            break
        found[kind & 0x3FFF] = data[4:size]
        data = data[(size + 3) & ~3 :]
    return found


class Medium:
    """One socket to the simulator."""

    def __init__(self, signal_dbm: int, lost_share: float) -> None:
        self.signal = struct.pack("=I", signal_dbm % (1 << 32))
        self.lost_share = lost_share
        self.socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, GENERIC_NETLINK)
        self.socket.bind((0, 0))
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4 << 20)
        name = attribute(2, b"MAC80211_HWSIM\0")
        self.send(GENL_ID_CTRL, GET_FAMILY, name)
        answer = self.socket.recv(65536)
        self.family = struct.unpack("=H", attributes(answer[20:])[1])[0]
        self.radios = [
            bytes([0x42, 0, 0, 0, number, 0]) for number in range(len(os.listdir(RADIOS)))
        ]
        self.send(self.family, REGISTER, b"")

    def send(self, family: int, command: int, body: bytes) -> None:
        """One message to the kernel."""
        message = struct.pack("=BBH", command, 1, 0) + body
        header = struct.pack("=IHHII", 16 + len(message), family, NETLINK_REQUEST, 0, 0)
        self.socket.send(header + message)

    def serve(self) -> None:
        """Carry frames for ever."""
        while True:
            data = self.socket.recv(65536)
            while len(data) >= 16:
                size, family = struct.unpack_from("=IH", data)
                if family == self.family and data[16] == FRAME:
                    self.carry(attributes(data[20:size]))
                data = data[(size + 3) & ~3 :] if size >= 16 else b""

    def carry(self, told: dict[int, bytes]) -> None:
        """One frame: its tries, what its sender learns of them, and who hears it."""
        flags = struct.unpack("=I", told[FLAGS])[0]
        unacknowledged = bool(flags & NO_ACK or told[BYTES][4] & GROUP_BIT)
        rates = [struct.unpack_from("=bB", told[TX_INFO], at) for at in range(0, 8, 2)]
        arrived, rate, tried = self.tries(rates[:1] if unacknowledged else rates, unacknowledged)
        if arrived and not unacknowledged:
            flags |= ACKNOWLEDGED
        self.send(
            self.family,
            TX_INFO_FRAME,
            attribute(TRANSMITTER, told[TRANSMITTER])
            + attribute(FLAGS, struct.pack("=I", flags))
            + attribute(COOKIE, told[COOKIE])
            + attribute(SIGNAL, self.signal)
            + attribute(TX_INFO, b"".join(struct.pack("=bB", *one) for one in tried)),
        )
        for radio in self.radios if arrived else ():
            if radio != told[TRANSMITTER][:6]:
                self.send(
                    self.family,
                    FRAME,
                    attribute(RECEIVER, radio)
                    + attribute(BYTES, told[BYTES])
                    + attribute(RX_RATE, struct.pack("=I", min(max(rate, 0), 7)))
                    + attribute(SIGNAL, self.signal)
                    + attribute(FREQUENCY, told[FREQUENCY]),
                )

    def tries(
        self, rates: list[tuple[int, int]], once: bool
    ) -> tuple[bool, int, list[tuple[int, int]]]:
        """Whether a frame arrived, at which rate, and the tries made at each of four rates."""
        made: list[tuple[int, int]] = []
        for rate, count in rates:
            if rate < 0:
                break
            for number in range(1, (1 if once else max(count, 1)) + 1):
                if random.random() >= self.lost_share:
                    made.append((rate, number))
                    return True, rate, (made + [(-1, 0)] * 4)[:4]
            made.append((rate, max(count, 1)))
        return False, 0, (made + [(-1, 0)] * 4)[:4]


RADIOS = "/sys/kernel/debug/ieee80211"


def main() -> None:
    """Register, say so, and carry."""
    ready, signal_dbm, lost_share = sys.argv[1:]
    medium = Medium(int(signal_dbm), float(lost_share))
    Path(ready).touch()
    medium.serve()


main()
