"""How much gets lost, and how long does it take, up to each hop of several ways?

Rounds of one DNS question a hop, each with the TTL that ends there, and one that goes all the way.
A router that limits the errors it sends is asked no faster than it may be (`ErrorPace`); what it
leaves unanswered all the same is its own affair until the hops behind it lose as much. Each TTL has
a socket of its own for all rounds: routers that balance by port send it the same way every time,
but two TTLs perhaps not (RFC 6438, RFC 2991).
"""

import os
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from netcheck.model.outcome import Failure
from netcheck.probe.network import (
    Deadline,
    Network,
    failure_of,
    next_error,
    send_datagram,
)
from netcheck.probe.train import Probe, Run, Train, is_answer, question_for
from netcheck.wire.icmp import IcmpError, IcmpKind

_APART_S = 0.002


@dataclass(frozen=True, slots=True)
class HopTrain:
    """`ttl` None: the questions that went all the way. `address`: the router that answered last;
    None: nobody. `answered_for`: DNS answers that came back with this TTL already, so that
    somebody on the way speaks in the server's name."""

    ttl: int | None
    address: str | None
    train: Train
    answered_for: int = 0


@dataclass(frozen=True, slots=True)
class Way:
    """A server and how many hops to sound before it: in the rounds of its `turn` out of `turns`,
    so that ways that share their first hops ask them in turn. Its end is asked in every round."""

    server: str
    hops: int
    turn: int = 0
    turns: int = 1


@dataclass(slots=True)
class _Lane:
    """One TTL of one way: its socket, what was sent and what came back."""

    way: Way
    ttl: int | None
    socket: socket.socket
    run: Run = field(default_factory=Run)
    message_id: bytes = b""  # of the last question; an answer to one before came too late
    address: str | None = None
    answered_for: int = 0
    due_s: float | None = None

    def hop(self) -> HopTrain:
        return HopTrain(self.ttl, self.address, self.run.train(), self.answered_for)


class _Rounds:
    def __init__(self, net: Network, name: str, port: int) -> None:
        self.lanes: list[_Lane] = []
        self._net = net
        self._port = port
        self._question = question_for(name)
        self._selector = selectors.DefaultSelector()

    def open(self, way: Way) -> None:
        for ttl in (*range(1, way.hops + 1), None):
            try:
                opened = self._net.udp(way.server, self._port, ttl=ttl, errors=True)
            except OSError as error:
                if failure_of(error) is Failure.BROKEN:
                    raise
                return  # this machine has no way there
            lane = _Lane(way, ttl, opened)
            self.lanes.append(lane)
            self._selector.register(opened, selectors.EVENT_READ, lane)

    def plan(self, number: int, within_s: float) -> None:
        """One question a lane whose turn it is, each when its hop may be asked."""
        now = time.monotonic()
        for place, lane in enumerate(self.lanes):
            wait_s: float | None = place * _APART_S
            if lane.ttl is not None:
                if number % lane.way.turns != lane.way.turn:
                    continue
                wait_s = self._net.error_pace.reserve(
                    f"hop {lane.ttl}", within_s=within_s, not_before_s=place * _APART_S
                )
            lane.due_s = None if wait_s is None else now + wait_s

    def until(self, end_s: float, *, enough: Callable[[], bool] = lambda: False) -> None:
        """Send what is due and read what comes, up to that moment."""
        while (now := time.monotonic()) < end_s and not enough():
            for lane in self.lanes:
                if lane.due_s is not None and lane.due_s <= now:
                    lane.due_s = None
                    self._send(lane)
            dues = [lane.due_s for lane in self.lanes if lane.due_s is not None]
            wake_s = min([end_s, *dues])
            for key, _ in self._selector.select(max(0.0, wake_s - time.monotonic())):
                self._read(key.data)

    def _send(self, lane: _Lane) -> None:
        probe = Probe(time.monotonic())
        lane.message_id = _another_id(lane.message_id)
        try:
            send_datagram(lane.socket, lane.message_id + self._question)
        except OSError as error:
            if failure_of(error) is Failure.BROKEN:
                raise
            next_error(lane.socket)  # an error that came for the probe before: not this one's
            return
        self._net.count(1)
        lane.run.probes.append(probe)

    def _read(self, lane: _Lane) -> None:
        last = lane.run.probes[-1] if lane.run.probes else None
        error = next_error(lane.socket)
        if error is not None:
            expired = error.kind is IcmpKind.TIME_EXCEEDED and lane.ttl is not None
            if expired and last is not None and _is_about(error, lane.message_id):
                last.answered()
                lane.address = error.offender or lane.address
            return
        try:
            datagram = lane.socket.recv(4096)
        except OSError:
            return
        if last is not None and is_answer(datagram, lane.message_id):
            last.answered()
            lane.answered_for += lane.ttl is not None

    def settled(self) -> bool:
        """Whether nothing is left to send, and all that was sent last has been answered."""
        return all(
            lane.due_s is None and (not lane.run.probes or lane.run.probes[-1].delay_ms is not None)
            for lane in self.lanes
        )

    def close(self) -> None:
        self._selector.close()
        for lane in self.lanes:
            lane.socket.close()


def _another_id(before: bytes) -> bytes:
    while (message_id := os.urandom(2)) == before:
        pass
    return message_id


def _is_about(error: IcmpError, message_id: bytes) -> bool:
    """Weakness: a router that quotes no more than it must is taken to mean the last question, and
    on a way as slow as a round is long, that may be the one before."""
    return len(error.quoted) < len(message_id) or error.quoted.startswith(message_id)


def hop_trains(
    net: Network,
    ways: Sequence[Way],
    name: str,
    *,
    rounds: int,
    interval_ms: float,
    wait_ms: float,
    port: int = 53,
) -> dict[str, tuple[HopTrain, ...]]:
    """For each server its hops in order, and then the way to its end; nothing where there is none.

    What is asked in one round has until the next to answer (`interval_ms`), the last `wait_ms`.
    """
    running = _Rounds(net, name, port)
    try:
        for way in ways:
            running.open(way)
        for number in range(rounds):
            last = number == rounds - 1
            ends = Deadline.in_ms(wait_ms if last else interval_ms)
            running.plan(number, interval_ms / 2000)
            running.until(ends.at_s, enough=running.settled if last else lambda: False)
        return {
            way.server: tuple(lane.hop() for lane in running.lanes if lane.way is way)
            for way in ways
        }
    finally:
        running.close()
