"""How long does a router keep a UDP mapping open in which nothing is said?

Sockets side by side, each with a mapping of its own: each has two exchanges with the helper two
seconds apart (Linux keeps a mapping longer once it has been used both ways for two seconds, as a
tunnel's is), then asks for one answer after a time of its own. Which of the answers come back
tells how long mappings live, in the time of the longest.
"""

import os
import selectors
import socket
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from netcheck.probe.network import Deadline, Network, next_error
from netcheck.wire.mapping import NONCE_BYTES, is_answer, question

SOCKETS_A_DELAY = 2  # one lost packet must not look like a lost mapping
_BETWEEN_EXCHANGES_S = 2.5
_PATIENCE_S = 1.5
_RETRIES = 3
_KEPT_AWAKE_EVERY_S = 4.0
_KEEPALIVE = b"\xff"  # RFC 3948 2.3


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """`answered`: by delay in seconds, whether any of its answers came back. `kept_awake`:
    whether the answer after the longest delay came to a mapping that only the first router was
    reminded of. `helper_answers`: whether the helper answered before and after all that."""

    answered: dict[float, bool]
    kept_awake: bool | None
    helper_answers: bool


@dataclass(slots=True)
class _Mapping:
    opened: socket.socket
    delay_s: float
    awake: bool = False
    nonce: bytes = b""
    heard: bool = False
    sent_s: float = field(default_factory=time.monotonic)


def lifetimes(
    net: Network, address: str, port: int, delays_s: Sequence[float], *, deadline_ms: float
) -> Lifetimes | None:
    """Ask for an answer after each delay, `SOCKETS_A_DELAY` times each, and once more after the
    longest from a mapping that datagrams of one hop remind the nearest router of. None: the helper
    did not answer at once either."""
    run = _Run(net, address, port, Deadline.in_ms(deadline_ms))
    try:
        return run.measure(delays_s)
    finally:
        run.close()


class _Run:
    def __init__(self, net: Network, address: str, port: int, deadline: Deadline) -> None:
        self._net, self._address, self._port = net, address, port
        self._deadline = deadline
        self._selector = selectors.DefaultSelector()
        self._mappings: list[_Mapping] = []

    def measure(self, delays_s: Sequence[float]) -> Lifetimes | None:
        for delay_s in delays_s:
            for _ in range(SOCKETS_A_DELAY):
                self._open(delay_s)
        awake = self._open(max(delays_s))
        awake.awake = True
        if not self._exchange(self._mappings):
            return None
        self._pause(_BETWEEN_EXCHANGES_S)
        usable = self._exchange(self._mappings)
        for mapping in usable:
            self._ask(mapping, round(mapping.delay_s * 1000))
        self._wait_for_late_answers(usable)
        fresh = self._open(0)
        alive = bool(self._exchange([fresh]))
        answered: dict[float, bool] = {}
        for mapping in usable:
            if not mapping.awake:
                answered[mapping.delay_s] = answered.get(mapping.delay_s, False) or mapping.heard
        kept_awake = awake.heard if awake in usable else None
        return Lifetimes(answered, kept_awake, alive)

    def _open(self, delay_s: float) -> _Mapping:
        opened = self._net.udp(self._address, self._port, errors=True)
        mapping = _Mapping(opened, delay_s)
        self._mappings.append(mapping)
        self._selector.register(opened, selectors.EVENT_READ, mapping)
        return mapping

    def _ask(self, mapping: _Mapping, delay_ms: int) -> None:
        mapping.nonce, mapping.heard = os.urandom(NONCE_BYTES), False
        self._send(mapping, question(mapping.nonce, delay_ms))

    def _send(self, mapping: _Mapping, datagram: bytes) -> None:
        try:
            mapping.opened.send(datagram)
        except OSError:
            return  # as good as lost on the way
        mapping.sent_s = time.monotonic()
        self._net.count(1)

    def _exchange(self, mappings: list[_Mapping]) -> list[_Mapping]:
        """Those that got an answer at once; each is asked up to three times."""
        for mapping in mappings:
            mapping.heard = False
        for _ in range(_RETRIES):
            left = [mapping for mapping in mappings if not mapping.heard]
            for mapping in left:
                self._ask(mapping, 0)
            ends_s = time.monotonic() + 0.7
            while any(not m.heard for m in left) and time.monotonic() < ends_s:
                self._hear(ends_s - time.monotonic())
        return [mapping for mapping in mappings if mapping.heard]

    def _pause(self, seconds: float) -> None:
        ends_s = time.monotonic() + seconds
        while time.monotonic() < ends_s and not self._deadline.over:
            self._hear(ends_s - time.monotonic())

    def _wait_for_late_answers(self, mappings: list[_Mapping]) -> None:
        longest_s = max((mapping.delay_s for mapping in mappings), default=0.0)
        ends_s = time.monotonic() + longest_s + _PATIENCE_S
        while time.monotonic() < ends_s and not self._deadline.over:
            if all(mapping.heard for mapping in mappings):
                return
            for mapping in mappings:
                if mapping.awake and time.monotonic() - mapping.sent_s >= _KEPT_AWAKE_EVERY_S:
                    self._remind_the_nearest(mapping)
            self._hear(min(0.5, ends_s - time.monotonic()))

    def _remind_the_nearest(self, mapping: _Mapping) -> None:
        """A datagram that goes no further than the first router."""
        six = mapping.opened.family == socket.AF_INET6
        level = socket.IPPROTO_IPV6 if six else socket.IPPROTO_IP
        option = socket.IPV6_UNICAST_HOPS if six else socket.IP_TTL
        before = mapping.opened.getsockopt(level, option)
        mapping.opened.setsockopt(level, option, 1)
        try:
            self._send(mapping, _KEEPALIVE)
        finally:
            mapping.opened.setsockopt(level, option, before)

    def _hear(self, within_s: float) -> None:
        for key, _ in self._selector.select(max(0.0, within_s)):
            mapping: _Mapping = key.data
            while next_error(mapping.opened) is not None:
                pass  # the router's word that a reminder went no further
            while True:
                try:
                    datagram = mapping.opened.recv(2048)
                except OSError:
                    break
                mapping.heard = mapping.heard or is_answer(datagram, mapping.nonce)

    def close(self) -> None:
        self._selector.close()
        for mapping in self._mappings:
            mapping.opened.close()
