"""Trains to the hops of a way: an answer counts for the question it answers, and for no other."""

import heapq
import itertools
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe import hop_trains as room
from netcheck.probe.hop_trains import HopTrain, Way, hop_trains
from netcheck.probe.network import CAN_READ_ERRORS, AllowList, Network, next_error
from netcheck.wire.icmp import ORIGIN_ICMP, IcmpError
from tests.loopback import HERE

ROUND_MS = 250.0
Answer = Callable[[bytes], bytes]


def net() -> Network:
    return Network(AllowList([AllowedTarget(HERE, None, Protocol.UDP, "a server of the tests")]))


def right(question: bytes) -> bytes:
    return question[:2] + b"\x81\x80" + question[4:]


@contextmanager
def server(after_ms: float, answer: Answer = right) -> Iterator[int]:
    """Answers each question so long after it came."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as ear:
        ear.bind((HERE, 0))
        ear.settimeout(0.005)
        ending = threading.Event()
        due: list[tuple[float, int, bytes, tuple[str, int]]] = []
        numbers = itertools.count()

        def serve() -> None:
            while not ending.is_set():
                try:
                    question, sender = ear.recvfrom(2048)
                except TimeoutError:
                    pass
                else:
                    at_s = time.monotonic() + after_ms / 1000
                    heapq.heappush(due, (at_s, next(numbers), answer(question), sender))
                while due and due[0][0] <= time.monotonic():
                    _, _, datagram, sender = heapq.heappop(due)
                    ear.sendto(datagram, sender)

        serving = threading.Thread(target=serve, daemon=True)
        serving.start()
        try:
            yield ear.getsockname()[1]
        finally:
            ending.set()
            serving.join(2)


def end_of(port: int) -> HopTrain:
    found = hop_trains(
        net(), [Way(HERE, 0)], "www.example", rounds=3, interval_ms=ROUND_MS, wait_ms=200, port=port
    )
    (end,) = found[HERE]
    return end


def test_an_answer_within_the_round_counts():
    with server(after_ms=0) as port:
        train = end_of(port).train
    assert (train.sent, train.lost) == (3, 0)


def test_an_answer_later_than_a_round_is_not_one_to_the_next_question():
    with server(after_ms=ROUND_MS + 80) as port:
        train = end_of(port).train
    assert (train.sent, train.lost, train.delays_ms) == (3, 3, ())


@pytest.mark.parametrize("wrong", [lambda q: b"\0\0" + right(q)[2:], lambda q: q, lambda q: q[:2]])
def test_what_is_no_answer_to_the_question_does_not_count(wrong: Answer):
    with server(after_ms=0, answer=wrong) as port:
        train = end_of(port).train
    assert (train.sent, train.lost) == (3, 3)


@pytest.mark.skipif(not CAN_READ_ERRORS, reason="the error queue is Linux's")
def test_an_error_brings_back_how_the_datagram_began():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as reserved:
        reserved.bind((HERE, 0))
        port = reserved.getsockname()[1]
    with net().udp(HERE, port, errors=True) as opened:
        opened.send(b"a question")
        time.sleep(0.05)
        error = next_error(opened)
    assert error is not None
    assert (error.offender, error.quoted) == (HERE, b"a question")


def expired(quoted: bytes) -> IcmpError:
    return IcmpError(ORIGIN_ICMP, 11, 0, "192.0.2.1", 113, quoted)


@pytest.mark.parametrize(
    ("quote", "heard_of"),
    [
        (lambda now, _: now, "192.0.2.1"),
        (lambda _, before: before, None),
        (lambda *_: b"", "192.0.2.1"),  # a router that quotes no more than it must
    ],
    ids=["of this question", "of the one before", "of none"],
)
def test_an_expired_question_is_known_by_its_id(monkeypatch, quote, heard_of):
    with server(after_ms=10_000) as port:
        running = room._Rounds(net(), "www.example", port)
        running.open(Way(HERE, 1))
        lane = running.lanes[0]
        running._send(lane)
        before = lane.message_id
        running._send(lane)
        error = expired(quote(lane.message_id, before))
        monkeypatch.setattr(room, "next_error", lambda _: error)
        running._read(lane)
        running.close()
    assert lane.hop().address == heard_of
    assert lane.hop().train.lost == (2 if heard_of is None else 1)
