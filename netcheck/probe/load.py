"""Filling a line on purpose, with as many bytes as were promised and no more."""

import http.client
import socket
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from netcheck.probe.https import USER_AGENT
from netcheck.probe.network import Deadline, Network
from netcheck.probe.tcp import finish, in_turn, race

if TYPE_CHECKING:
    import ssl

    from netcheck.probe.tls import TlsStream

_CHUNK_BYTES = 16384
_SEND_BUFFER_BYTES = 262_144  # what lies in it is not on the line yet, and must not be much
_RECEIVE_BUFFER_BYTES = 1_048_576  # a window that does not grow first, as a long download's
_TIOCOUTQ = 0x5411  # Linux, tcp(7): SIOCOUTQ
_OK = 200


class LoadBudget:
    """The bytes that one run may still fill a line with, whatever is tried twice."""

    def __init__(self, most_bytes: int) -> None:
        self._left = most_bytes
        self._lock = threading.Lock()

    def take(self, count: int) -> int:
        """Up to `count` bytes of what is left."""
        with self._lock:
            taken = min(count, self._left)
            self._left -= taken
            return taken

    def give_back(self, count: int) -> None:
        """Bytes that were taken and not sent."""
        with self._lock:
            self._left += count


@dataclass(slots=True)
class Filling:
    """One direction while it is filled, by several connections at once. Times are monotonic."""

    moved: int = 0
    began_s: float | None = None
    ended_s: float | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _threads: list[threading.Thread] = field(default_factory=list)

    @property
    def over(self) -> bool:
        """Whether no connection moves bytes any more."""
        return not any(thread.is_alive() for thread in self._threads)

    @property
    def filled_ms(self) -> float:
        """From the first byte to the last."""
        if self.began_s is None or self.ended_s is None:
            return 0.0
        return (self.ended_s - self.began_s) * 1000

    def note(self, count: int) -> None:
        """Bytes that have just moved."""
        with self._lock:
            self.began_s = self.began_s or time.monotonic()
            self.ended_s = time.monotonic()
            self.moved += count

    def take_back(self, count: int) -> None:
        """Bytes that were handed to the system and never left it. It may hold more than was noted:
        heads, what TLS adds, and of a chunk that broke off."""
        with self._lock:
            self.moved = max(0, self.moved - count)

    def wait_for_bytes(self, within_s: float) -> bool:
        """Whether the line began to fill within that time."""
        ends_s = time.monotonic() + within_s
        while self.began_s is None and not self.over and time.monotonic() < ends_s:
            time.sleep(0.01)
        return self.began_s is not None

    def end(self) -> None:
        """Stop, and wait until every connection is closed."""
        self.stop.set()
        for thread in self._threads:
            thread.join(2.0)


@dataclass(slots=True)
class _Part:
    """One connection's part. `used`: of the bytes it was given, those that moved or may have, also
    where it then broke."""

    filling: Filling
    used: int = 0

    @property
    def stopped(self) -> bool:
        return self.filling.stop.is_set()


def fill(
    net: Network,
    addresses: Sequence[str],
    host: str,
    path: str,
    *,
    upwards: bool,
    budget: LoadBudget,
    most_bytes: int,
    streams: int = 8,
    deadline_ms: float = 6000,
    trust: "ssl.SSLContext",
) -> Filling:
    """Begin to fill the line to `host` in one direction: `streams` HTTPS requests at once (as the
    speed tests do, since one connection alone seldom fills a line), each for its share of
    `most_bytes`. Returns at once; the caller watches and ends it. `{bytes}` in the path is
    replaced by the share."""
    filling = Filling()
    deadline = Deadline.in_ms(deadline_ms)
    for _ in range(streams):
        share = budget.take(most_bytes // streams)
        if share <= 0:
            continue
        work = (net, addresses, host, path, upwards, share, budget, deadline, trust, filling)
        thread = threading.Thread(target=_stream, args=work, daemon=True)
        filling._threads.append(thread)
        thread.start()
    return filling


def _stream(
    net: Network, addresses: Sequence[str], host: str, path: str, upwards: bool, share: int,
    budget: LoadBudget, deadline: Deadline, trust: "ssl.SSLContext", filling: Filling,
) -> None:  # fmt: skip
    """One connection, from its first packet to its last."""
    from netcheck.probe.tls import TlsStream

    reached = race(net, in_turn(addresses), 443, deadline)
    if reached.socket is None:
        budget.give_back(share)
        return
    part = _Part(filling)
    try:
        which, size = (
            (socket.SO_SNDBUF, _SEND_BUFFER_BYTES)
            if upwards
            else (socket.SO_RCVBUF, _RECEIVE_BUFFER_BYTES)
        )
        reached.socket.setsockopt(socket.SOL_SOCKET, which, size)
        stream = TlsStream(net, reached.socket, trust, host, deadline)
        stream.handshake()
        head = f"Host: {host}\r\nUser-Agent: {USER_AGENT}\r\nConnection: close\r\n"
        if upwards:
            _up(stream, path, head, share, part)
        else:
            _down(stream, path.replace("{bytes}", str(share)), head, share, part)
    except (OSError, http.client.HTTPException):
        pass  # what it moved until then counts all the same
    finally:
        if upwards:
            filling.take_back(_unsent(reached.socket))
        budget.give_back(max(0, share - part.used))
        finish(net, reached.socket)


def _unsent(sock: socket.socket) -> int:
    """What the system still holds of what it was given; 0 where it does not say."""
    if not sys.platform.startswith("linux"):
        return 0
    import fcntl

    try:
        return int.from_bytes(fcntl.ioctl(sock, _TIOCOUTQ, bytes(4)), sys.byteorder)
    except OSError:
        return 0


def _up(stream: "TlsStream", path: str, head: str, share: int, part: _Part) -> None:
    stream.send(
        (
            f"POST {path} HTTP/1.1\r\n{head}Content-Type: application/octet-stream\r\n"
            f"Content-Length: {share}\r\n\r\n"
        ).encode("ascii")
    )
    chunk = bytes(_CHUNK_BYTES)
    while part.used < share and not part.stopped:
        count = min(share - part.used, _CHUNK_BYTES)
        part.used += count  # before it is sent: what breaks off may have left in part
        stream.send(chunk[:count])
        part.filling.note(count)


def _down(stream: "TlsStream", path: str, head: str, share: int, part: _Part) -> None:
    stream.send(f"GET {path} HTTP/1.1\r\n{head}\r\n".encode("ascii"))
    buffer, rest = bytearray(_CHUNK_BYTES), b""
    while b"\r\n\r\n" not in rest:
        count = stream.readinto(buffer)
        if not count or len(rest) > _CHUNK_BYTES:
            raise http.client.BadStatusLine("no head")
        rest += bytes(buffer[:count])
    if rest.split(b" ", 2)[1:2] != [str(_OK).encode()]:
        raise http.client.BadStatusLine("not what was asked for")
    while part.used < share and not part.stopped:
        count = stream.readinto(buffer)
        if not count:
            break
        part.used += count
        part.filling.note(count)
