"""A capture of the run's own packets, for whoever looks closer: pcap, by the raw extra.

Only frames to or from an address that the run may contact are kept, so that no other program's
traffic gets into the file; and no more than some megabytes, the first ones. Addresses are in it: it
is for one's own eyes or for a help-desk that one trusts, never part of a report.
"""

import threading
import time
from collections.abc import Collection
from typing import TYPE_CHECKING

from netcheck.probe.raw import hear, link_socket

if TYPE_CHECKING:
    from scapy.packet import Packet

MOST_BYTES = 4_000_000
_TURN_S = 0.2


class Capture:
    """Begins with `start`, ends with `stop`. `dropped` counts frames beyond the bound."""

    def __init__(self, interface: str) -> None:
        self._interface = interface
        self._frames: list[Packet] = []
        self._bytes = 0
        self.dropped = 0
        self._over = threading.Event()
        self._listens = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def start(self, patience_s: float = 3.0) -> bool:
        """Listen from now on. False: the interface cannot be listened to."""
        self._thread.start()
        return self._listens.wait(patience_s)

    def stop(self) -> None:
        """No more."""
        self._over.set()
        self._thread.join(2 * _TURN_S + 0.5)

    def write(self, path: str, own: Collection[str]) -> int:
        """The frames to and from these addresses as a pcap file; how many. Raises OSError."""
        from scapy.utils import PcapWriter

        chosen = [frame for frame in self._frames if _ends(frame) & set(own)]
        with open(path, "wb") as file:
            writer = PcapWriter(file, linktype=1)
            writer.write_header(None)
            for frame in chosen:
                writer.write_packet(frame)
            writer.flush()
        return len(chosen)

    def _listen(self) -> None:
        try:
            with link_socket(self._interface) as opened:
                self._listens.set()
                while not self._over.is_set():
                    hear(opened, time.monotonic() + _TURN_S, self._take)
        except OSError:
            return  # `start` says so

    def _take(self, frame: "Packet") -> None:
        self._bytes += len(frame)
        if self._bytes > MOST_BYTES:
            self.dropped += 1
        else:
            self._frames.append(frame)


def _ends(frame: "Packet") -> set[str]:
    """Who speaks to whom, by IP."""
    from scapy.layers.inet import IP
    from scapy.layers.inet6 import IPv6

    layer = frame.getlayer(IP) or frame.getlayer(IPv6)
    return {str(layer.src), str(layer.dst)} if layer is not None else set()
