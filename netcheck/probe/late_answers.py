"""The helper's side: answers each question after the time it names, and is of no use to anybody
who would have it flood a third."""

import collections
import heapq
import selectors
import socket
import time
from dataclasses import dataclass, field

from netcheck.probe.network import family_of, socket_address
from netcheck.wire.mapping import answer, read_question

MOST_WAITING = 20_000  # answers kept at once
MOST_A_MINUTE = 120  # questions that one address may put in a minute
_MOST_ADDRESSES = 10_000  # whose counts are remembered at once
_WINDOW_S = 60.0

Address = tuple[str, int] | tuple[str, int, int, int]


@dataclass(slots=True)
class Counts:
    """What a helper did so far: `refused` are questions beyond a limit."""

    asked: int = 0
    answered: int = 0
    strange: int = 0
    refused: int = 0


@dataclass(slots=True)
class LateAnswers:
    """What is asked and due, without sockets: time is given, so that it can be tested."""

    most_waiting: int = MOST_WAITING
    most_a_minute: int = MOST_A_MINUTE
    counts: Counts = field(default_factory=Counts)
    _due: list[tuple[float, int, bytes, Address]] = field(default_factory=list)
    _serial: int = 0
    _seen: "collections.OrderedDict[str, tuple[float, int]]" = field(
        default_factory=collections.OrderedDict
    )

    def hear(self, datagram: bytes, sender: Address, now_s: float) -> None:
        """Note a question. What is none is passed over in silence."""
        asked = read_question(datagram)
        if asked is None:
            self.counts.strange += 1
            return
        self.counts.asked += 1
        if len(self._due) >= self.most_waiting or not self._may_ask(sender[0], now_s):
            self.counts.refused += 1
            return
        self._serial += 1
        due_s = now_s + asked.delay_ms / 1000
        heapq.heappush(self._due, (due_s, self._serial, answer(asked), sender))

    def due(self, now_s: float) -> list[tuple[bytes, Address]]:
        """The answers whose time has come."""
        found = []
        while self._due and self._due[0][0] <= now_s:
            _, _, datagram, sender = heapq.heappop(self._due)
            self.counts.answered += 1
            found.append((datagram, sender))
        return found

    def next_s(self, now_s: float) -> float:
        """Seconds until the next answer is due; a minute where none is."""
        return max(0.0, self._due[0][0] - now_s) if self._due else _WINDOW_S

    def _may_ask(self, address: str, now_s: float) -> bool:
        began_s, count = self._seen.pop(address, (now_s, 0))
        if now_s - began_s >= _WINDOW_S:
            began_s, count = now_s, 0
        self._seen[address] = (began_s, count + 1)
        while len(self._seen) > _MOST_ADDRESSES:
            self._seen.popitem(last=False)
        return count < self.most_a_minute


def is_wildcard(address: str) -> bool:
    """Whether this stands for every address of this machine. Then the system would answer from
    the one it likes best, and whoever asked another would not know the answer for one."""
    import ipaddress

    found = ipaddress.ip_address(address)
    return (getattr(found, "ipv4_mapped", None) or found).is_unspecified


def open_ear(address: str, port: int) -> socket.socket:
    """A bound socket. Raises ValueError for a wildcard, OSError where this machine does not let
    it."""
    if is_wildcard(address):
        raise ValueError(f"{address} is not one address")
    ear = socket.socket(family_of(address), socket.SOCK_DGRAM)
    try:
        ear.bind(socket_address(address, port))
        ear.setblocking(False)
    except BaseException:
        ear.close()
        raise
    return ear


def serve(ear: socket.socket, answers: LateAnswers) -> None:
    """Hear and answer for ever, from the same address and port that was asked."""
    with ear, selectors.DefaultSelector() as selector:
        selector.register(ear, selectors.EVENT_READ)
        while True:
            selector.select(answers.next_s(time.monotonic()))
            for _ in range(64):
                try:
                    datagram, sender = ear.recvfrom(2048)
                except OSError:  # nothing more, or an ICMP error of somebody who went away
                    break
                answers.hear(datagram, sender, time.monotonic())
            for datagram, sender in answers.due(time.monotonic()):
                try:
                    ear.sendto(datagram, sender)
                except OSError:
                    continue
