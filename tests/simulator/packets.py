"""The fate of a packet on its way through boxes, and of the answer on its way back."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum


@dataclass(frozen=True, slots=True)
class Packet:
    """What a box can tell packets apart by. `bytes` is the whole IP packet."""

    protocol: str  # udp, tcp, icmp
    port: int
    to: str
    bytes: int = 100
    ttl: int = 64

    @property
    def family(self) -> int:
        """4 or 6."""
        return 6 if ":" in self.to else 4


class Act(Enum):
    """What a rule does with a packet it is about."""

    DROP = "drop"
    REJECT = "reject"  # by an ICMP error of the box
    RESET = "reset"  # by a TCP reset in the server's name
    FORBID = "forbid"  # the device's own refusal: the system call fails


@dataclass(frozen=True, slots=True)
class Rule:
    """Which packets, and what becomes of them."""

    about: Callable[[Packet], bool]
    act: Act = Act.DROP


@dataclass(slots=True)
class Box:
    """Something on the way. `hop` is its distance where it counts one, None for what does not (the
    device's own firewall, a cable, the radio). `loss` is of a round trip through it."""

    name: str
    hop: int | None = None
    address: str | None = None
    dead: bool = False
    loss: float = 0.0
    delay_ms: float = 0.5
    speaks: bool = True  # of datagrams that ran out of hops there
    rules: list[Rule] = field(default_factory=list)


class End(Enum):
    """How a packet's journey ended."""

    ARRIVED = "arrived"
    LOST = "lost"
    EXPIRED = "expired"
    REJECTED = "rejected"
    RESET = "reset"
    FORBIDDEN = "forbidden"


@dataclass(frozen=True, slots=True)
class Fate:
    """`at` is the box that ended it, None where it arrived; `delay_ms` a round trip up to there."""

    end: End
    delay_ms: float
    at: Box | None = None


_OF_RULES = {
    Act.DROP: End.LOST,
    Act.REJECT: End.REJECTED,
    Act.RESET: End.RESET,
    Act.FORBID: End.FORBIDDEN,
}


def carry(way: Sequence[Box], packet: Packet, dice: random.Random) -> Fate:
    """One packet out and its answer back."""
    delay_ms = 0.0
    for box in way:
        delay_ms += box.delay_ms * dice.uniform(0.9, 1.3)
        if box.dead:
            return Fate(End.LOST, delay_ms, box)
        if box.loss and dice.random() < box.loss:
            return Fate(End.LOST, delay_ms, box)
        if box.hop is not None and packet.ttl <= box.hop:
            return Fate(End.EXPIRED if box.speaks else End.LOST, delay_ms, box)
        for rule in box.rules:
            if rule.about(packet):
                return Fate(_OF_RULES[rule.act], delay_ms, box)
    return Fate(End.ARRIVED, delay_ms)
