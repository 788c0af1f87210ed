"""From which address and port do several servers see one and the same socket?"""

import os
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.model.outcome import Failure
from netcheck.probe.network import (
    Deadline,
    Network,
    failure_of,
    same_address,
    send_datagram,
)
from netcheck.wire.stun import TRANSACTION_BYTES, StunAnswer, binding_request, parse

RETRY_AFTER_S = 0.4
_LEAST_PATIENCE_S = 0.15


@dataclass(frozen=True, slots=True)
class SeenAs:
    """What one server said. `failure`: TIMEOUT for silence, WRONG_ANSWER where something that is
    not STUN came instead, REFUSED for a STUN error, else why this machine could not send."""

    server: str
    port: int
    address: str | None = None
    mapped_port: int | None = None
    delay_ms: float | None = None
    failure: Failure | None = None
    sent: int = 0


@dataclass(slots=True)
class _Question:
    server: str
    port: int
    request: bytes
    transaction: bytes
    first_sent_s: float = 0.0
    sent: int = 0
    answer: StunAnswer | None = None
    delay_ms: float | None = None
    strange: bool = False
    failure: Failure | None = None

    @property
    def over(self) -> bool:
        return self.answer is not None or self.failure is not None

    def result(self) -> SeenAs:
        answer = self.answer or StunAnswer()
        failure = self.failure
        if failure is None and self.answer is None:
            failure = Failure.WRONG_ANSWER if self.strange else Failure.TIMEOUT
        elif failure is None and answer.address is None:
            failure = Failure.REFUSED
        return SeenAs(
            self.server, self.port, answer.address, answer.port, self.delay_ms, failure, self.sent
        )


def mappings(
    net: Network, servers: Sequence[tuple[str, int]], *, deadline_ms: float = 900
) -> tuple[SeenAs, ...]:
    """Ask all these (address, port) pairs of one family from one socket, once and, after 0.4 s of
    silence, again (RFC 8489 6.2.1 starts at 0.5 s). Once one has answered, the others get three
    times as long as it took, and no more: this is worth no waiting."""
    questions = [_question(server, port) for server, port in servers]
    if not questions:
        return ()
    deadline = Deadline.in_ms(deadline_ms)
    try:
        opened = net.udp_to_several(servers)
    except OSError as error:
        failure = failure_of(error)
        return tuple(SeenAs(server, port, failure=failure) for server, port in servers)
    with opened, selectors.DefaultSelector() as selector:
        selector.register(opened, selectors.EVENT_READ)
        _send(net, opened, questions)
        retry_s: float | None = time.monotonic() + RETRY_AFTER_S
        while not all(question.over for question in questions):
            ends_s = _ends_s(questions, deadline)
            now = time.monotonic()
            if now >= ends_s:
                break
            if retry_s is not None and now >= retry_s:
                retry_s = None
                _send(net, opened, [q for q in questions if not q.over])
            selector.select(max(0.0, min(ends_s, retry_s or ends_s) - now))
            _receive(opened, questions)
    for question in questions:
        if question.answer is not None and question.sent > 1:
            net.answered_a_repetition()
    return tuple(question.result() for question in questions)


def _question(server: str, port: int) -> _Question:
    transaction = os.urandom(TRANSACTION_BYTES)
    return _Question(server, port, binding_request(transaction), transaction)


def _ends_s(questions: Sequence[_Question], deadline: Deadline) -> float:
    delays_s = [q.delay_ms / 1000 for q in questions if q.delay_ms is not None]
    if not delays_s:
        return deadline.at_s
    began_s = questions[0].first_sent_s
    return min(deadline.at_s, began_s + min(delays_s) + max(_LEAST_PATIENCE_S, 2 * min(delays_s)))


def _send(net: Network, opened: socket.socket, questions: Sequence[_Question]) -> None:
    for question in questions:
        now = time.monotonic()
        try:
            send_datagram(opened, question.request, (question.server, question.port))
        except OSError as error:
            question.failure = failure_of(error)
            continue
        question.first_sent_s = question.first_sent_s or now
        question.sent += 1
        net.count(1)


def _receive(opened: socket.socket, questions: Sequence[_Question]) -> None:
    """Read all that is there; only who was asked is listened to."""
    while True:
        try:
            datagram, sender = opened.recvfrom(2048)
        except OSError:
            return
        for question in questions:
            if sender[1] != question.port or not same_address(sender[0], question.server):
                continue
            read = parse(datagram, question.transaction)
            if not isinstance(read, StunAnswer):
                question.strange = True
            elif question.answer is None:
                question.answer = read
                question.delay_ms = (time.monotonic() - question.first_sent_s) * 1000
