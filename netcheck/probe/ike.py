"""One IKE_SA_INIT exchange with an ePDG, on 500 and on 4500, gently.

A responder keeps state for every initiator SPI it has answered with an SA, and strongSwan's
defaults fall silent after five of one address: asking too much changes what is measured, and may
lock out the user's own phone behind the same address. Hence few packets, real retransmissions
(same bytes, no new state) and a budget of half-open SAs for each operator (`half_open`).
"""

import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from netcheck.model.outcome import Failure
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.network import (
    Deadline,
    Network,
    failure_of,
    failure_of_icmp,
    next_error,
    send_datagram,
)
from netcheck.wire.icmp import IcmpError, IcmpKind
from netcheck.wire.ikev2 import (
    OFFERED_GROUPS,
    AnswerKind,
    IkeAnswer,
    Initiation,
    NatHashes,
    parse,
)
from netcheck.wire.modp import public_value

IKE_PORT, NAT_PORT = 500, 4500
FIRST_GROUP, SECOND_GROUP = 14, 2
RETRANSMIT_AFTER_S = 0.5
SECOND_GROUP_AFTER_S = 1.2

_MOST_DATAGRAMS_AT_ONCE = 32  # a flood on one port must not keep the other from its schedule
_SURE_REJECTIONS = (IcmpKind.PORT_UNREACHABLE, IcmpKind.PROHIBITED)
_PASSING_ERRORS = (IcmpKind.UNREACHABLE, IcmpKind.TIME_EXCEEDED)


@dataclass(frozen=True, slots=True)
class NatSeen:
    """How a gateway sees us, as a hash, and the port that we sent from."""

    hashes: NatHashes
    own_port: int


@dataclass(frozen=True, slots=True)
class PortAnswer:
    """What one port did.

    `answer` is the kind of a well-formed answer; `group` the one of the request it answers.
    `delay_ms` runs from the first datagram to this port until the first well-formed answer, so a
    lost one shows as half a second. `not_ike`: something else came back as well, or instead.
    `rejected_by`: who sent the ICMP error that ended it. `sent` 0 with no failure: not asked,
    because the operator's budget was spent. `vendors` are the vendor ids as they came.
    `translated`: whether the gateway sees us under another address or port than we have; None
    where its answer does not tell; `nat_seen` is what tells it. `notify` is the number of
    what it said in place of an SA.
    """

    port: int
    answer: str | None
    not_ike: bool
    rejected_by: str | None
    failure: Failure | None
    delay_ms: float | None
    sent: int
    retransmitted: bool
    group: int | None
    vendor_ids: int
    redirect_to: str | None = None
    notify: int | None = None
    vendors: tuple[bytes, ...] = ()
    translated: bool | None = None
    nat_seen: "NatSeen | None" = None


@dataclass(frozen=True, slots=True)
class IkeExchange:
    """Both ports of one address, in the order they were asked for."""

    ports: tuple[PortAnswer, ...]


@dataclass(frozen=True, slots=True)
class _Attempt:
    initiation: Initiation
    datagram: bytes


class _Leg:
    """One port of the address: its socket, its schedule and what it has heard."""

    def __init__(self, net: Network, address: str, port: int, budget: HalfOpenBudget) -> None:
        self.port = port
        self.socket: socket.socket | None = None
        self.done = False
        self.steps: list[tuple[float, Callable[[], None]]] = []
        self._net = net
        self._address = address
        self._budget = budget
        self._attempts: list[_Attempt] = []
        self._settled: list[_Attempt] = []
        self._answer: IkeAnswer | None = None
        self._answered_group: int | None = None
        self._translated: bool | None = None
        self._nat_seen: NatSeen | None = None
        self._not_ike = False
        self._rejected_by: str | None = None
        self._failure: Failure | None = None
        self._passing_errors = 0
        self._first_sent_s: float | None = None
        self._delay_ms: float | None = None
        self._sent = 0
        self._retransmitted = False
        self._retried = False

    @property
    def answered(self) -> bool:
        return self._answer is not None

    def open(self) -> None:
        try:
            self.socket = self._net.udp(self._address, self.port, errors=True)
        except OSError as error:
            self._end(failure_of(error))

    def close(self) -> None:
        if self.socket is not None:
            self.socket.close()

    def initiate(self, initiation: Initiation, padding_bytes: int = 0, *, spare: int = 0) -> None:
        """Send a new request, if the operator has a place left for its SPI."""
        if self.socket is None:
            return
        if not self._budget.take(spare=spare):
            self.done = self.done or not self._attempts
            return
        datagram = initiation.datagram(
            self.socket.getsockname()[:2],
            (self._address, self.port),
            non_esp_marker=self.port == NAT_PORT,
            padding_bytes=padding_bytes,
        )
        if self._send(datagram):
            self._attempts.append(_Attempt(initiation, datagram))
        else:
            self._budget.give_back()

    def retransmit(self) -> None:
        """The first datagram again, byte for byte."""
        if self._attempts and self._send(self._attempts[0].datagram):
            self._retransmitted = True

    def run_due(self) -> None:
        """Take the steps whose time has come."""
        now = time.monotonic()
        while not self.done and self.steps and self.steps[0][0] <= now:
            self.steps.pop(0)[1]()

    def receive(self) -> None:
        """Read what has come in, errors first."""
        for _ in range(_MOST_DATAGRAMS_AT_ONCE):
            if self.done or self.socket is None:
                return
            error = next_error(self.socket)
            if error is not None:
                self._hear_error(error)
                continue
            try:
                datagram = self.socket.recv(65535)
            except BlockingIOError:
                return
            except OSError as refusal:  # where no error queue tells more
                failure = failure_of(refusal)
                self._end(Failure.REFUSED if failure is Failure.RESET else failure)
                return
            self._hear(datagram)

    def result(self) -> PortAnswer:
        """What this port did, once it is over. Unanswered requests keep their places."""
        for attempt in self._attempts[:1]:
            if not self.answered:
                self._budget.remember(self._address, self.port, attempt.datagram)
        failure = self._failure
        if self.answered:
            failure = None
        elif self._not_ike:
            failure = Failure.WRONG_ANSWER
        elif failure is None and self._sent:
            failure = Failure.UNREACHABLE if self._passing_errors else Failure.TIMEOUT
        return PortAnswer(
            port=self.port,
            answer=self._answer.kind.value if self._answer else None,
            not_ike=self._not_ike,
            rejected_by=self._rejected_by,
            failure=failure,
            delay_ms=self._delay_ms,
            sent=self._sent,
            retransmitted=self._retransmitted,
            group=self._answered_group,
            vendor_ids=len(self._answer.vendor_ids) if self._answer else 0,
            redirect_to=self._answer.redirect_to if self._answer else None,
            notify=self._answer.notify if self._answer else None,
            vendors=self._answer.vendor_ids if self._answer else (),
            translated=self._translated,
            nat_seen=self._nat_seen,
        )

    def _send(self, datagram: bytes) -> bool:
        if self.socket is None:
            return False
        self.receive()  # an error kept from before would make the send fail in its place
        if self.done:
            return False
        now = time.monotonic()
        try:
            send_datagram(self.socket, datagram)
        except OSError as error:
            self._end(failure_of(error))
            return False
        if self._first_sent_s is None:
            self._first_sent_s = now
        self._sent += 1
        self._net.count(1)
        return True

    def _hear(self, datagram: bytes) -> None:
        marker = self.port == NAT_PORT
        for attempt in (*self._attempts, *self._settled):
            read = parse(datagram, attempt.initiation.spi, non_esp_marker=marker)
            if isinstance(read, IkeAnswer):
                if attempt in self._attempts:  # else the answer to a retransmission, once more
                    self._hear_answer(read, attempt)
                return
        self._not_ike = True

    def _hear_answer(self, answer: IkeAnswer, attempt: _Attempt) -> None:
        if self._delay_ms is None and self._first_sent_s is not None:
            self._delay_ms = (time.monotonic() - self._first_sent_s) * 1000
        if self._retransmitted:
            self._net.answered_a_repetition()  # or answered late: worth a look at the way
        self._answer, self._answered_group = answer, attempt.initiation.group
        self._attempts.remove(attempt)
        self._settled.append(attempt)
        if answer.nat is not None and self.socket is not None:
            here = self.socket.getsockname()[:2]
            self._translated = answer.nat.translated(here)
            self._nat_seen = NatSeen(answer.nat, here[1])
        if answer.kind is not AnswerKind.SA:
            self._budget.give_back()
        self.steps.clear()
        if answer.kind is AnswerKind.INVALID_KE and not self._retried and self._retry(answer):
            return
        self.done = True

    def _retry(self, answer: IkeAnswer) -> bool:
        """Ask once more with the group that was asked for, unless it has been tried."""
        tried = {attempt.initiation.group for attempt in self._attempts} | {self._answered_group}
        wanted = answer.wanted_group
        if wanted not in OFFERED_GROUPS or wanted in tried:
            return False
        self._retried = True
        before = self._sent
        self.initiate(Initiation.fresh(wanted))
        self.steps.append((time.monotonic() + RETRANSMIT_AFTER_S * 2, self._give_up_retry))
        return self._sent > before

    def _give_up_retry(self) -> None:
        """The gateway has answered already: what the retry says is worth only a second."""
        self.done = True

    def _hear_error(self, error: IcmpError) -> None:
        if error.kind in _SURE_REJECTIONS:
            self._rejected_by = error.offender
            self._end(failure_of_icmp(error))
        elif error.kind in _PASSING_ERRORS:
            # A route may come back within the second: believe it when it is said twice.
            self._passing_errors += 1
            if self._passing_errors >= 2:
                self._end(Failure.UNREACHABLE)

    def _end(self, failure: Failure) -> None:
        self._failure = failure
        self.done = True


def exchange(
    net: Network,
    address: str,
    *,
    ports: Sequence[int] = (IKE_PORT, NAT_PORT),
    deadline_ms: float = 3000,
    budget: HalfOpenBudget,
    primes_group2: bool = True,
    padding_bytes: int = 0,
) -> IkeExchange:
    """Does this address answer IKEv2? Lasts until every port is settled, `deadline_ms` at most.

    Each port gets a request with group 14 and, after 0.5 s of silence, the same bytes again. If
    nothing at all has answered after 1.2 s, the port without the non-ESP marker gets one with
    group 2 (`primes_group2`): some servers ignore a group they do not have. One place of the
    budget is kept for it, or an operator of several addresses that takes only group 2 would look
    silent. Any well-formed answer ends a port, COOKIE included, but for one retry with the group
    that INVALID_KE names.
    """
    deadline = Deadline.in_ms(deadline_ms)
    legs = [_Leg(net, address, port, budget) for port in ports]
    key = public_value(FIRST_GROUP)
    started_s = time.monotonic()

    def second_group() -> None:
        if not any(leg.answered for leg in legs):
            plain.initiate(Initiation.fresh(SECOND_GROUP), padding_bytes)

    with selectors.DefaultSelector() as selector:
        try:
            for leg in legs:
                leg.open()
                first = Initiation.fresh(FIRST_GROUP, key)
                leg.initiate(first, padding_bytes, spare=1 if primes_group2 else 0)
                leg.steps.append((started_s + RETRANSMIT_AFTER_S, leg.retransmit))
                if leg.socket is not None and not leg.done:
                    selector.register(leg.socket, selectors.EVENT_READ, leg)
            plain = next((leg for leg in legs if leg.port != NAT_PORT), legs[0])
            if primes_group2 and plain.port != NAT_PORT:
                plain.steps.append((started_s + SECOND_GROUP_AFTER_S, second_group))
            _run(selector, legs, deadline)
        finally:
            for leg in legs:
                leg.close()
    return IkeExchange(tuple(leg.result() for leg in legs))


def _run(selector: selectors.BaseSelector, legs: Sequence[_Leg], deadline: Deadline) -> None:
    while not deadline.over:
        live = [leg for leg in legs if not leg.done]
        if not live:
            return
        due = [leg.steps[0][0] for leg in live if leg.steps]
        wake_s = min([deadline.at_s, *due])
        for ready, _ in selector.select(max(0.0, wake_s - time.monotonic())):
            ready.data.receive()
        for leg in live:
            leg.run_due()
            if leg.done and leg.socket is not None and leg.socket in selector.get_map():
                selector.unregister(leg.socket)


def datagram_for_path(budget: HalfOpenBudget, address: str) -> bytes | None:
    """The request to send with rising TTL: the very one that got no answer, if there was one.

    Otherwise a new one, which takes a place; None if the operator has no place left. The NAT
    detection hashes of a new one fit no address, which only tells the responder of a NAT.
    """
    kept = budget.unanswered(address, IKE_PORT)
    if kept is not None:
        return kept
    if not budget.take():
        return None
    nowhere = "::" if ":" in address else "0.0.0.0"
    datagram = Initiation.fresh(FIRST_GROUP).datagram((nowhere, 0), (address, IKE_PORT))
    budget.remember(address, IKE_PORT, datagram)
    return datagram
