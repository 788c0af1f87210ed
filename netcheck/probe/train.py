"""Short trains of small packets: how many get lost, and how evenly the rest arrive."""

import math
import os
import selectors
import socket
import struct
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from netcheck.model.outcome import Failure
from netcheck.probe.network import (
    Network,
    failure_of,
    next_error,
    send_datagram,
    socket_address,
)

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)
_LEAST_PATIENCE_S = 0.2
_DNS_HEADER, _DNS_RESPONSE = 12, 0x80

Enough = Callable[[int, int], bool]
"""(lost, sent) of the settled probes of a train -> whether it may end."""


@dataclass(frozen=True, slots=True)
class Train:
    """What came of a train. `delays_ms` are of the answered probes, in the order sent."""

    sent: int
    lost: int
    delays_ms: tuple[float, ...] = ()
    failure: Failure | None = None  # why this machine could not send, where it could not

    def joined(self, other: "Train") -> "Train":
        """This train and another over the same way, counted as one."""
        return Train(
            self.sent + other.sent,
            self.lost + other.lost,
            (*self.delays_ms, *other.delays_ms),
            self.failure or other.failure,
        )

    @property
    def loss(self) -> float | None:
        """The lost share, 0 to 1; None if nothing was sent."""
        return self.lost / self.sent if self.sent else None

    @property
    def median_ms(self) -> float | None:
        """The middle delay; None if nothing was answered."""
        ordered = sorted(self.delays_ms)
        if not ordered:
            return None
        middle = len(ordered) // 2
        return (ordered[middle] + ordered[-middle - 1]) / 2

    @property
    def jitter_ms(self) -> float | None:
        """The mean change from one delay to the next (as RFC 3550 6.4.1, unsmoothed)."""
        if len(self.delays_ms) < 2:
            return None
        steps = [abs(b - a) for a, b in zip(self.delays_ms, self.delays_ms[1:], strict=False)]
        return sum(steps) / len(steps)


@dataclass(slots=True)
class Probe:
    """One packet of a train, while it is under way."""

    sent_s: float
    delay_ms: float | None = None

    def answered(self) -> None:
        """Note the answer, once."""
        if self.delay_ms is None:
            self.delay_ms = (time.monotonic() - self.sent_s) * 1000


@dataclass(slots=True)
class Run:
    """A train while it runs: what was sent, and what ended it early."""

    probes: list[Probe] = field(default_factory=list)
    failure: Failure | None = None

    def settled(self, wait_s: float) -> tuple[int, int]:
        """(lost, sent) of the probes sent so long ago that an answer would be here: four times the
        longest delay yet, at least 0.2 s. Younger ones count in neither, answered or not, or the
        lost ones alone would be left out."""
        delays_s = [p.delay_ms / 1000 for p in self.probes if p.delay_ms is not None]
        patience_s = min(wait_s, max(_LEAST_PATIENCE_S, 4 * max(delays_s, default=wait_s)))
        until_s = time.monotonic() - patience_s
        old = [probe for probe in self.probes if probe.sent_s <= until_s]
        return sum(probe.delay_ms is None for probe in old), len(old)

    def train(self) -> Train:
        """The result."""
        delays = tuple(p.delay_ms for p in self.probes if p.delay_ms is not None)
        return Train(len(self.probes), len(self.probes) - len(delays), delays, self.failure)


def _asked(enough: Enough | None, wait_ms: float) -> Callable[[Run], bool]:
    """What a train asks before each probe: whether enough is known, and will be even if all that is
    still under way arrives. (What of it gets lost may still open what was settled as harmless: the
    errors that were allowed cover that.)"""
    if enough is None:
        return lambda _: False

    def asked(run: Run) -> bool:
        lost, sent = run.settled(wait_ms / 1000)
        return enough(lost, sent) and enough(lost, len(run.probes))

    return asked


def drive(
    selector: selectors.BaseSelector,
    *,
    count: int,
    interval_ms: float,
    wait_ms: float,
    send: Callable[[int], bool],
    all_answered: Callable[[], bool],
) -> None:
    """Send `count` probes at their times and read between them.

    What is registered with the selector carries a function that reads it. `send` gets the probe's
    number and says whether to go on. Ends `wait_ms` after the last probe, or with the last answer.
    A late wake-up shifts the rest instead of sending them in a burst, which would make loss.
    """
    number, next_s = 0, time.monotonic()
    end_s = math.inf
    while True:
        now = time.monotonic()
        if number < count and now >= next_s:
            number = number + 1 if send(number) else count
            next_s = max(next_s + interval_ms / 1000, now + interval_ms / 2000)
            if number >= count:
                end_s = time.monotonic() + wait_ms / 1000
        if number >= count and (all_answered() or now >= end_s):
            return
        wake_s = next_s if number < count else end_s
        timeout_s = max(0.0, wake_s - time.monotonic())
        if selector.get_map():
            for ready, _ in selector.select(timeout_s):
                ready.data()
        else:
            time.sleep(timeout_s)


class _Knocks:
    """A train of TCP connections to one port, while it runs."""

    def __init__(
        self, net: Network, address: str, port: int, wait_ms: float, enough: Callable[[Run], bool]
    ) -> None:
        self.run = Run()
        self._wait_s = wait_ms / 1000
        self._enough = enough
        self._open: dict[socket.socket, Probe] = {}
        self.selector = selectors.DefaultSelector()
        self._net = net
        self._address, self._port = address, port

    def send(self, _: int) -> bool:
        self._end_overdue()
        if self._enough(self.run):
            return False
        try:
            knock = self._net.tcp(self._address, self._port)
        except OSError as error:
            self.run.failure = failure_of(error)
            return False
        probe = Probe(time.monotonic())
        try:
            knock.connect(socket_address(self._address, self._port))
        except BlockingIOError:
            pass
        except OSError as error:
            knock.close()
            if not isinstance(error, ConnectionRefusedError):
                self.run.failure = failure_of(error)
                return False
            probe.answered()  # some systems answer for themselves within the call
        else:
            probe.answered()
        self._net.count(1)
        self.run.probes.append(probe)
        if knock.fileno() >= 0:
            self._open[knock] = probe
            self.selector.register(knock, selectors.EVENT_WRITE, lambda: self._settle(knock, probe))
        return True

    def _settle(self, knock: socket.socket, probe: Probe) -> None:
        failure = _failure_now(knock)
        in_time = time.monotonic() - probe.sent_s <= self._wait_s
        if in_time and failure in (None, Failure.REFUSED, Failure.RESET):
            probe.answered()
        if failure is None:
            self._net.count(1)  # the reset that ends it
        self._end(knock)

    def _end(self, knock: socket.socket) -> None:
        self._open.pop(knock, None)
        self.selector.unregister(knock)
        _reset(knock)

    def _end_overdue(self) -> None:
        """End what was waited for: after a second the system would repeat its SYN by itself, and
        the answer to that would make a lost probe look late."""
        due_s = time.monotonic() - self._wait_s
        for knock in [knock for knock, probe in self._open.items() if probe.sent_s < due_s]:
            self._end(knock)

    def all_answered(self) -> bool:
        self._end_overdue()
        return not self._open

    def close(self) -> None:
        for key in list(self.selector.get_map().values()):
            if isinstance(key.fileobj, socket.socket):
                _reset(key.fileobj)
        self.selector.close()


def tcp_train(
    net: Network,
    address: str,
    port: int,
    *,
    count: int = 20,
    interval_ms: float = 20,
    wait_ms: float = 800,
    enough: Enough | None = None,
) -> Train:
    """Knock on a TCP port, open or closed: a reset answers as well as an acceptance.

    Whatever accepts is reset at once. With `wait_ms` below a second the system repeats no SYN
    (RFC 6298), so a lost one stays lost. `enough` hears (lost, sent) of what is settled, and ends
    the train when it says so.
    """
    knocks = _Knocks(net, address, port, wait_ms, _asked(enough, wait_ms))
    try:
        drive(
            knocks.selector,
            count=count,
            interval_ms=interval_ms,
            wait_ms=wait_ms,
            send=knocks.send,
            all_answered=knocks.all_answered,
        )
    finally:
        knocks.close()
    return knocks.run.train()


def _failure_now(knock: socket.socket) -> Failure | None:
    number = knock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
    return failure_of(OSError(number, "connect")) if number else None


def _reset(knock: socket.socket) -> None:
    """Close without leaving a connection behind, on either side."""
    try:
        knock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    except OSError:
        pass  # never connected: there is nothing to reset
    finally:
        knock.close()


class _Questions:
    """Trains of DNS questions to several servers in turn, while they run."""

    def __init__(
        self,
        net: Network,
        servers: Sequence[str],
        name: str,
        port: int,
        enough: Callable[[Run], bool],
    ) -> None:
        self._enough = enough
        self.runs = {server: Run() for server in servers}
        self.waiting: dict[tuple[str, int], Probe] = {}
        self.selector = selectors.DefaultSelector()
        self._net = net
        self._servers = servers
        self._port = port
        self._question = question_for(name)
        self._sockets: dict[str, socket.socket] = {}

    def send(self, number: int) -> bool:
        server = self._servers[number % len(self._servers)]
        run = self.runs[server]
        if self._enough(Run([probe for one in self.runs.values() for probe in one.probes])):
            return False
        if run.failure is not None:
            return any(run.failure is None for run in self.runs.values())
        try:
            opened = self._socket_to(server)
            self._read(server)
            probe = Probe(time.monotonic())
            message_id = self._fresh_id(server)
            send_datagram(opened, message_id.to_bytes(2, "big") + self._question)
        except OSError as error:
            run.failure = failure_of(error)
            return True
        self._net.count(1)
        run.probes.append(probe)
        self.waiting[server, message_id] = probe
        return True

    def _socket_to(self, server: str) -> socket.socket:
        if server not in self._sockets:
            opened = self._net.udp(server, self._port, errors=True)
            self._sockets[server] = opened
            self.selector.register(opened, selectors.EVENT_READ, lambda: self._read(server))
        return self._sockets[server]

    def _read(self, server: str) -> None:
        while (datagram := _received(self._sockets[server])) is not None:
            if is_answer(datagram, datagram[:2]):
                probe = self.waiting.pop((server, int.from_bytes(datagram[:2], "big")), None)
                if probe is not None:
                    probe.answered()

    def _fresh_id(self, server: str) -> int:
        while True:
            message_id = int.from_bytes(os.urandom(2), "big")
            if (server, message_id) not in self.waiting:
                return message_id

    def all_answered(self) -> bool:
        return not self.waiting

    def close(self) -> None:
        self.selector.close()
        for opened in self._sockets.values():
            opened.close()


def dns_train(
    net: Network,
    servers: Sequence[str],
    name: str,
    *,
    count: int = 20,
    interval_ms: float = 20,
    wait_ms: float = 800,
    port: int = 53,
    enough: Enough | None = None,
) -> dict[str, Train]:
    """Ask the servers in turn for `name`, `count` questions in all; one train a server.

    Any DNS answer with the question's id counts, whatever it says: this measures the way there.
    A server that cannot be sent to stops being asked; its turns are left out, not given away.
    `enough`: as for `tcp_train`, over all servers.
    """
    questions = _Questions(net, servers, name, port, _asked(enough, wait_ms))
    try:
        drive(
            questions.selector,
            count=count if servers else 0,
            interval_ms=interval_ms,
            wait_ms=wait_ms,
            send=questions.send,
            all_answered=questions.all_answered,
        )
    finally:
        questions.close()
    return {server: run.train() for server, run in questions.runs.items()}


def _received(opened: socket.socket) -> bytes | None:
    """The next datagram; None if there is none. ICMP errors are taken out of the way."""
    while next_error(opened) is not None:
        pass
    try:
        return opened.recv(4096)
    except OSError:
        return None


def is_answer(datagram: bytes, message_id: bytes) -> bool:
    """Whether it is a DNS answer to the question of that id, whatever it says (RFC 1035 4.1.1)."""
    whole = len(datagram) >= _DNS_HEADER and bool(datagram[2] & _DNS_RESPONSE)
    return whole and datagram.startswith(message_id)


def question_for(name: str) -> bytes:
    """A question for an IPv4 address, recursion desired, without its id (RFC 1035, 4.1). Written
    out, so that the first train need not wait for dnspython to load."""
    labels = (label.encode("ascii") for label in name.rstrip(".").split("."))
    host = b"".join(bytes((len(label),)) + label for label in labels)
    return b"\x01\x00\x00\x01" + bytes(6) + host + b"\x00" + b"\x00\x01\x00\x01"
