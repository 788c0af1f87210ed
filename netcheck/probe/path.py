"""How far does this very datagram get? The same bytes with rising TTL, all at once.

Each datagram has a socket of its own, so an error says which TTL it is about; each therefore also
has a source port of its own, and a network that balances by port may show hops of two paths. A
router that forwards well may still say nothing of expired datagrams (RFC 1812 4.3.2.8 lets it).
"""

import selectors
import socket
import time
from dataclasses import dataclass

from netcheck.model.outcome import Failure
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


class _Sounding:
    """One TTL: when to send, its socket once sent, what came back."""

    def __init__(self, ttl: int, due_s: float) -> None:
        self.ttl = ttl
        self.due_s: float | None = due_s  # None: nothing more to send
        self.socket: socket.socket | None = None
        self.sent_s = 0.0  # the last time
        self.tries = 0
        self.hop = Hop(ttl)
        self.answer: bytes | None = None
        self.heard = False
        self.ends = False  # nothing goes further than what answered here


class _Trace:
    """The soundings of one trace, lowest TTL first."""

    def __init__(
        self, net: Network, address: str, port: int, payload: bytes, deadline: Deadline
    ) -> None:
        self.soundings: list[_Sounding] = []
        self.failure: Failure | None = None
        self._selector = selectors.DefaultSelector()
        self._net = net
        self._address, self._port, self._payload = address, port, payload
        self._deadline = deadline

    def plan(self, first: int, last: int) -> None:
        """Sound these TTLs, each when its hop may be asked; not at all if that is too late."""
        now = time.monotonic()
        for place, ttl in enumerate(range(first, last + 1)):
            wait_s = self._reserve(ttl, place * _APART_S)
            if wait_s is not None:
                self.soundings.append(_Sounding(ttl, now + wait_s))

    def plan_second_tries(self) -> None:
        """Sound once more each silent hop that something was heard beyond, when it has had time."""
        now, patience_s = time.monotonic(), self._patience_s
        for sounding in self._gaps():
            if sounding.tries == 1 and now >= sounding.sent_s + patience_s:
                wait_s = self._reserve(sounding.ttl)
                sounding.tries = 2
                sounding.due_s = None if wait_s is None else now + wait_s

    def _reserve(self, ttl: int, not_before_s: float = 0.0) -> float | None:
        worth_s = self._deadline.left_s() - _LEAST_WAIT_S
        return self._net.error_pace.reserve(
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
                try:
                    self._send(sounding)
                except OSError as error:
                    self.failure = failure_of(error)
                    return

    def _send(self, sounding: _Sounding) -> None:
        if sounding.socket is None:
            sounding.socket = self._net.udp(
                self._address, self._port, ttl=sounding.ttl, errors=True
            )
            self._selector.register(sounding.socket, selectors.EVENT_READ, sounding)
            sounding.tries = 1
        sounding.sent_s = time.monotonic()
        send_datagram(sounding.socket, self._payload)
        self._net.count(1)

    def listen(self) -> None:
        """Read what comes, until the next moment something is to be done."""
        dues = [s.due_s for s in self.soundings if s.due_s is not None]
        patience_s = self._patience_s
        tries = [s.sent_s + patience_s for s in self._gaps() if s.due_s is None]
        now = time.monotonic()
        wake_s = min([self._deadline.at_s, *dues, *(moment for moment in tries if moment > now)])
        wait_s = max(0.0, wake_s - now)
        for key, _ in self._selector.select(wait_s):
            self._read(key.data)

    def _read(self, sounding: _Sounding) -> None:
        opened = sounding.socket
        if opened is None:
            return
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
            sounding.hop = Hop(sounding.ttl, self._address, delay_ms)
            sounding.ends = True
        sounding.heard = True
        self._selector.unregister(opened)

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

    def _gaps(self) -> list[_Sounding]:
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
        kept = [s for s in self.soundings if s.socket and (end is None or s.ttl <= end)]
        spoke = [s for s in kept if same_address(s.hop.address, self._address)]
        return Path(
            hops=tuple(s.hop for s in kept),
            reached=bool(spoke),
            answered_ttl=spoke[0].ttl if spoke else None,
            answer=spoke[0].answer if spoke else None,
            failure=self.failure,
        )

    def close(self) -> None:
        self._selector.close()
        for sounding in self.soundings:
            if sounding.socket is not None:
                sounding.socket.close()


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
    if not CAN_READ_ERRORS:
        return None
    deadline = Deadline.in_ms(deadline_ms)
    running = _Trace(net, address, port, payload, deadline)
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
