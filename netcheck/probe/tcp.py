"""Does a TCP port accept a connection, and which of several addresses does it first?"""

import errno
import selectors
import socket
import struct
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from netcheck.model.observation import Family
from netcheck.model.outcome import Failure
from netcheck.probe.network import Deadline, Network, failure_of, family_of, socket_address

Connection = socket.socket  # inside `TcpConnect`, `socket` is the field
NEXT_ADDRESS_AFTER_S = 0.25  # RFC 8305 8, Connection Attempt Delay
MOST_ADDRESSES = 4  # two of each family: enough to pass one dead address, few enough to be polite
SEGMENT_BYTES = 1400  # what fits one segment on nearly any path; only used to count packets
IN_PROGRESS = (errno.EINPROGRESS, errno.EWOULDBLOCK, errno.EAGAIN, 10035)  # 10035: Windows
# `tcpi_total_retrans` is the 32-bit word at byte 100 of Linux's struct; other layouts differ.
TCP_INFO = getattr(socket, "TCP_INFO", None) if sys.platform in ("linux", "android") else None
TOTAL_RETRANS = slice(100, 104)
DSACK_DUPS = slice(216, 220)  # of what was sent again, how much had arrived before (RFC 2883)
TCP_CLOSE = b"\7"  # `tcpi_state`, the first byte
TCP_OPENED = (b"\1", b"\4", b"\5", b"\x08")  # established, in FIN-WAIT, or in CLOSE-WAIT
# From what says most to what says least: where addresses fail unlike, the clearest word counts.
CLEAREST_FIRST = (
    Failure.REFUSED,
    Failure.RESET,
    Failure.PROHIBITED,
    Failure.NOT_PERMITTED,
    Failure.TIMEOUT,
    Failure.UNREACHABLE,
)


@dataclass(frozen=True, slots=True)
class TcpConnect:
    """A connected, blocking socket that the caller must close, or how it failed.

    `delay_ms` runs from this address's own SYN. `fell_back` says that an address asked before
    this one had not answered. Without a connection `address` is the first one tried.
    """

    failure: Failure | None
    delay_ms: float | None
    socket: Connection | None = field(compare=False)
    address: str | None = None
    fell_back: bool = False

    @property
    def family(self) -> Family | None:
        """The family of `address`."""
        if self.address is None:
            return None
        return Family.IPV6 if family_of(self.address) == socket.AF_INET6 else Family.IPV4


def connect(net: Network, address: str, port: int, deadline: Deadline) -> TcpConnect:
    """Does this one address accept a connection on `port` before the deadline?"""
    return race(net, (address,), port, deadline)


def race(net: Network, addresses: Sequence[str], port: int, deadline: Deadline) -> TcpConnect:
    """Which address accepts first? Tried in turn, 250 ms apart or as soon as one fails (RFC 8305).

    The losers are closed. At most `MOST_ADDRESSES` are tried.
    """
    running = _Race(net, port, deadline)
    try:
        return running.run(list(addresses[:MOST_ADDRESSES]))
    finally:
        running.close()


@dataclass(slots=True)
class _Attempt:
    address: str
    sock: socket.socket
    started: float


class _Race:
    def __init__(self, net: Network, port: int, deadline: Deadline) -> None:
        self._net = net
        self._port = port
        self._deadline = deadline
        self._selector = selectors.DefaultSelector()
        self._running: dict[socket.socket, _Attempt] = {}
        self._failures: list[tuple[str, Failure]] = []

    def run(self, waiting: list[str]) -> TcpConnect:
        first = waiting[0] if waiting else None
        next_start = 0.0
        while not self._deadline.over:
            now = time.monotonic()
            if waiting and (now >= next_start or not self._running):
                won = self._start(waiting.pop(0))
                next_start = now + NEXT_ADDRESS_AFTER_S
            elif not self._running:
                break
            else:
                pause = self._deadline.left_s()
                won = self._wait(min(pause, next_start - now) if waiting else pause)
            if won is not None:
                return won
        self._failures += [(a.address, Failure.TIMEOUT) for a in self._running.values()]
        said = [failure for _, failure in self._failures]
        return TcpConnect(_clearest(said) if said else Failure.TIMEOUT, None, None, first)

    @property
    def _tried(self) -> int:
        return len(self._failures) + len(self._running)

    def _start(self, address: str) -> TcpConnect | None:
        fell_back = self._tried > 0
        try:
            to = socket_address(address, self._port)
            sock = self._net.tcp(address, self._port)
        except OSError as error:
            self._failures.append((address, failure_of(error)))
            return None
        attempt = _Attempt(address, sock, time.monotonic())
        code = sock.connect_ex(to)
        if code not in (0, *IN_PROGRESS):
            sock.close()
            self._failures.append((address, failure_of(OSError(code, "connect"))))
            return None
        self._net.count(1)
        if code == 0:
            return self._won(attempt, fell_back=fell_back)
        self._running[sock] = attempt
        self._selector.register(sock, selectors.EVENT_WRITE)
        return None

    def _wait(self, pause_s: float) -> TcpConnect | None:
        for key, _ in self._selector.select(max(pause_s, 0.0)):
            sock = key.fileobj
            assert isinstance(sock, socket.socket)
            attempt = self._running.pop(sock)
            self._selector.unregister(sock)
            code = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code == 0:
                return self._won(attempt, fell_back=self._tried > 0)
            count_resent(self._net, sock)
            sock.close()
            self._failures.append((attempt.address, failure_of(OSError(code, "connect"))))
        return None

    def _won(self, attempt: _Attempt, *, fell_back: bool) -> TcpConnect:
        delay_ms = (time.monotonic() - attempt.started) * 1000
        attempt.sock.setblocking(True)
        attempt.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return TcpConnect(None, delay_ms, attempt.sock, attempt.address, fell_back)

    def close(self) -> None:
        for attempt in self._running.values():
            count_resent(self._net, attempt.sock)
            attempt.sock.close()
        self._selector.close()


def _clearest(failures: Iterable[Failure]) -> Failure:
    order = {failure: place for place, failure in enumerate(CLEAREST_FIRST)}
    return min(failures, key=lambda failure: order.get(failure, len(order)))


def segments(length: int) -> int:
    """About how many packets `length` bytes of a stream make."""
    return -(-length // SEGMENT_BYTES)


def count_resent(net: Network, sock: socket.socket) -> bool:
    """Add what the kernel sent again on its own (SYNs mostly). Linux tells; others do not.

    Returns whether the connection still stands, as far as known.
    """
    if TCP_INFO is None:
        return True
    try:
        info = sock.getsockopt(socket.IPPROTO_TCP, TCP_INFO, DSACK_DUPS.stop)
    except OSError:
        return True
    if len(info) >= TOTAL_RETRANS.stop:
        resent = struct.unpack("=I", info[TOTAL_RETRANS])[0]
        net.count(resent)
        needless = struct.unpack("=I", info[DSACK_DUPS].ljust(4, b"\0"))[0]
        if resent > needless and info[:1] in TCP_OPENED:
            net.answered_a_repetition()
    return info[:1] != TCP_CLOSE


def finish(net: Network, sock: socket.socket) -> None:
    """Close a connected socket and count its FIN (or RST, where bytes were left unread)."""
    if count_resent(net, sock):
        net.count(1)  # after a reset from the other side nothing more is sent
    sock.close()


def has_route(address: str) -> bool:
    """Would the system send to this address at all? Nothing is sent: a UDP socket is connected,
    which asks the routing table."""
    try:
        with socket.socket(family_of(address), socket.SOCK_DGRAM) as sock:
            sock.connect(socket_address(address, 9))  # any port: only the route is asked for
    except OSError:
        return False
    return True


def in_turn(addresses: Iterable[str]) -> tuple[str, ...]:
    """The order to try addresses in: families alternate, IPv6 first (RFC 8305 4).

    IPv6 only where the system has a route for it. With no route for either family every address
    is kept, so that the attempt names the failure.
    """
    given = tuple(addresses)
    six = [address for address in given if family_of(address) == socket.AF_INET6]
    four = [address for address in given if family_of(address) == socket.AF_INET]
    if six and four and not has_route(six[0]):
        six = []
    mixed = [address for pair in zip(six, four, strict=False) for address in pair]
    shorter = min(len(six), len(four))
    return tuple(mixed + six[shorter:] + four[shorter:])
