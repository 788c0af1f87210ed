"""How far does this very datagram get? The same bytes with rising TTL, all at once.

Each datagram has a socket of its own, so an error says which TTL it is about; each therefore also
has a source port of its own, and a network that balances by port may show hops of two paths. A
router that forwards well may still say nothing of expired datagrams (RFC 1812 4.3.2.8 lets it).
"""

import selectors
import socket
import time
from abc import ABC, abstractmethod
from dataclasses import dataclass

from netcheck.model.outcome import Failure
from netcheck.probe.closed_port import CLOSED_PORT
from netcheck.probe.network import (
    CAN_READ_ERRORS,
    Deadline,
    Network,
    failure_of,
    next_error,
    same_address,
    send_datagram,
)
from netcheck.wire.icmp import IcmpKind

_FIRST_BATCH = 6
_APART_S = 0.002
_LEAST_PATIENCE_S = 0.15
_LEAST_WAIT_S = 0.2  # what is sent later than this before the deadline is sent in vain


@dataclass(frozen=True, slots=True)
class Hop:
    """What was heard of the datagram with this TTL, and from whom; None: nothing."""

    ttl: int
    address: str | None = None
    delay_ms: float | None = None
    icmp: str | None = None


@dataclass(frozen=True, slots=True)
class Path:
    """The hops up to the first that ended the way, or to the last TTL sent.

    `reached`: the destination itself spoke, with `answer` or with an ICMP error; or somebody
    spoke in its name, which looks the same. `answered_ttl` is the lowest TTL that got that far.
    `failure`: why this machine could not send, where it could not.
    """

    hops: tuple[Hop, ...]
    reached: bool
    answered_ttl: int | None
    answer: bytes | None
    failure: Failure | None = None


class Sounding:
    """One TTL: when to send, its socket once sent, what came back."""

    def __init__(self, ttl: int, due_s: float) -> None:
        self.ttl = ttl
        self.due_s: float | None = due_s  # None: nothing more to send
        self.sent_s = 0.0  # the last time
        self.tries = 0
        self.hop = Hop(ttl)
        self.answer: bytes | None = None
        self.heard = False
        self.ends = False  # nothing goes further than what answered here


class Trace(ABC):
    """The soundings of one trace, lowest TTL first: when to send which, and when to end. How one is
    sent and heard is a subclass's."""

    def __init__(self, net: Network, address: str, payload: bytes, deadline: Deadline) -> None:
        self.soundings: list[Sounding] = []
        self.failure: Failure | None = None
        self.net = net
        self.address, self.payload = address, payload
        self.deadline = deadline

    @abstractmethod
    def send(self, sounding: Sounding) -> None:
        """Send it now, or raise OSError. Once its way out is open it counts as tried."""

    @abstractmethod
    def hear(self, wait_s: float) -> None:
        """Take in what comes within that time; back as soon as something did."""

    @abstractmethod
    def close(self) -> None:
        """Let go of what sending took."""

    def plan(self, first: int, last: int) -> None:
        """Sound these TTLs, each when its hop may be asked; not at all if that is too late."""
        now = time.monotonic()
        for place, ttl in enumerate(range(first, last + 1)):
            wait_s = self._reserve(ttl, place * _APART_S)
            if wait_s is not None:
                self.soundings.append(Sounding(ttl, now + wait_s))

    def plan_second_tries(self) -> None:
        """Sound once more each silent hop that something was heard beyond, when it has had time."""
        now, patience_s = time.monotonic(), self._patience_s
        for sounding in self._gaps():
            if sounding.tries == 1 and now >= sounding.sent_s + patience_s:
                wait_s = self._reserve(sounding.ttl)
                sounding.tries = 2
                sounding.due_s = None if wait_s is None else now + wait_s

    def _reserve(self, ttl: int, not_before_s: float = 0.0) -> float | None:
        worth_s = self.deadline.left_s() - _LEAST_WAIT_S
        return self.net.error_pace.reserve(
            f"hop {ttl}", within_s=worth_s, not_before_s=not_before_s
        )

    def send_due(self) -> None:
        """Send what is due; forget what lies beyond the end of the way."""
        end = self.end_ttl
        for sounding in self.soundings:
            if end is not None and sounding.ttl > end:
                sounding.due_s = None
            if sounding.due_s is not None and sounding.due_s <= time.monotonic():
                sounding.due_s = None
                sounding.sent_s = time.monotonic()
                try:
                    self.send(sounding)
                except OSError as error:
                    self.failure = failure_of(error)
                    return
                self.net.count(1)

    def listen(self) -> None:
        """Read what comes, until the next moment something is to be done."""
        dues = [s.due_s for s in self.soundings if s.due_s is not None]
        patience_s = self._patience_s
        tries = [s.sent_s + patience_s for s in self._gaps() if s.due_s is None]
        now = time.monotonic()
        wake_s = min([self.deadline.at_s, *dues, *(moment for moment in tries if moment > now)])
        self.hear(max(0.0, wake_s - now))

    @property
    def end_ttl(self) -> int | None:
        """The lowest TTL beyond which nothing goes, as far as is known."""
        return min((s.ttl for s in self.soundings if s.ends), default=None)

    @property
    def furthest_ttl(self) -> int:
        """The highest TTL that anything was heard of."""
        return max((s.ttl for s in self.soundings if s.heard), default=0)

    @property
    def _patience_s(self) -> float:
        """How long a hop may take before it counts as silent: twice the slowest answer so far."""
        slowest_ms = max((s.hop.delay_ms or 0.0 for s in self.soundings), default=0.0)
        return max(_LEAST_PATIENCE_S, 2 * slowest_ms / 1000)

    def _gaps(self) -> list[Sounding]:
        """The hops that were asked and stayed silent, though something beyond them was heard."""
        furthest = self.furthest_ttl
        return [s for s in self.soundings if s.tries and not s.heard and s.ttl < furthest]

    @property
    def settled(self) -> bool:
        """Whether nothing more is to be expected: everything up to the end of the way has been
        heard, or has been silent twice."""
        end = self.end_ttl
        waiting = [s for s in self.soundings if not s.heard and (end is None or s.ttl <= end)]
        if end is None:
            return not waiting
        over_s = time.monotonic() - self._patience_s
        return all(s.tries == 2 and s.due_s is None and s.sent_s <= over_s for s in waiting)

    def path(self) -> Path:
        """The result. A hop that could not be asked in time is left out."""
        end = self.end_ttl
        kept = [s for s in self.soundings if s.tries and (end is None or s.ttl <= end)]
        spoke = [s for s in kept if same_address(s.hop.address, self.address)]
        return Path(
            hops=tuple(s.hop for s in kept),
            reached=bool(spoke),
            answered_ttl=spoke[0].ttl if spoke else None,
            answer=spoke[0].answer if spoke else None,
            failure=self.failure,
        )


class _ByDatagram(Trace):
    """With a socket for each TTL, whose error queue tells which router spoke of it."""

    def __init__(
        self, net: Network, address: str, port: int, payload: bytes, deadline: Deadline
    ) -> None:
        super().__init__(net, address, payload, deadline)
        self._port = port
        self._selector = selectors.DefaultSelector()
        self._sockets: dict[int, socket.socket] = {}

    def send(self, sounding: Sounding) -> None:
        opened = self._sockets.get(sounding.ttl)
        if opened is None:
            opened = self.net.udp(self.address, self._port, ttl=sounding.ttl, errors=True)
            self._sockets[sounding.ttl] = opened
            self._selector.register(opened, selectors.EVENT_READ, sounding)
            sounding.tries = 1
        send_datagram(opened, self.payload)

    def hear(self, wait_s: float) -> None:
        for key, _ in self._selector.select(wait_s):
            self._read(self._sockets[key.data.ttl], key.data)

    def _read(self, opened: socket.socket, sounding: Sounding) -> None:
        delay_ms = (time.monotonic() - sounding.sent_s) * 1000
        error = next_error(opened)
        if error is not None:
            sounding.hop = Hop(sounding.ttl, error.offender, delay_ms, error.kind.value)
            sounding.ends = error.kind is not IcmpKind.TIME_EXCEEDED
        else:
            try:
                sounding.answer = opened.recv(65535)
            except OSError:
                return  # nothing there after all
            sounding.hop = Hop(sounding.ttl, self.address, delay_ms)
            sounding.ends = True
        sounding.heard = True
        self._selector.unregister(opened)

    def close(self) -> None:
        self._selector.close()
        for opened in self._sockets.values():
            opened.close()


def _tracer(
    net: Network, address: str, port: int, payload: bytes, deadline: Deadline
) -> Trace | None:
    """By the datagram itself where the system tells of its errors; else by an echo request of the
    same size, if it is the way that is asked about and no port of its end. None: neither."""
    if CAN_READ_ERRORS:
        return _ByDatagram(net, address, port, payload, deadline)
    if port != CLOSED_PORT:
        return None
    from netcheck.probe.windows_icmp import tracer

    return tracer(net, address, payload, deadline)


def trace(
    net: Network,
    address: str,
    port: int,
    payload: bytes,
    *,
    max_ttl: int = 12,
    deadline_ms: float = 1200,
) -> Path | None:
    """Where does `payload` to this port still get to? None: this system does not tell.

    TTL 1 to 6 go out about 2 ms apart, the rest only once hop 6 is known to pass it on. A hop
    that stayed silent though one behind it spoke is asked once more. Ends when the way is known
    to its end, else at the deadline. Every TTL beyond the last router reaches the destination
    itself: a handful of identical datagrams, which IKE takes for retransmissions.
    """
    deadline = Deadline.in_ms(deadline_ms)
    running = _tracer(net, address, port, payload, deadline)
    if running is None:
        return None
    try:
        planned = min(_FIRST_BATCH, max_ttl)
        running.plan(1, planned)
        while not deadline.over:
            running.send_due()
            if running.failure is not None:
                break
            if planned < max_ttl and running.furthest_ttl == planned and running.end_ttl is None:
                running.plan(planned + 1, max_ttl)
                planned = max_ttl
                continue
            if running.settled:
                break
            running.plan_second_tries()
            running.listen()
        return running.path()
    finally:
        running.close()
