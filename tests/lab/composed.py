"""Worlds composed of parts, drawn with a seed that is a hash of the diagnosis' tables.

Whoever tunes the tables draws other worlds with it: no verdict can be tuned to these. The truth of
a world is what a device in it can see of its parts (`tests/lab/parts.py`).
"""

import hashlib
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations

from netcheck.diagnosis.faults import BY_ID, FAULTS
from netcheck.diagnosis.likelihoods import PROBABILITY, ROWS
from tests.lab import parts as rows
from tests.lab.parts import WALL, Part
from tests.lab.scenario import Scenario, Truth
from tests.lab.words import NOTHING

CARRIERS = {"att": "att", "verizon": "verizon", "tmobile": "tmobile", "cricket": "att"}
"""Who is asked about, and the lab's carrier whose machines those are."""

SHARES = {"one fault": 0.48, "two faults": 0.26, "trap and fault": 0.19, "none": 0.07}
AXES = {
    "router": 4.0, "resolver": 2.0, "provider": 3.5, "carrier": 3.5, "phone": 2.0, "loss": 1.5,
    "remote": 0.7,
}  # fmt: skip
"""How often a fault is of this axis, against each other."""

DUAL_SHARE = 0.15
BACKGROUND_SHARE = 0.4
_MOST_TRIES = 2000


@dataclass(frozen=True, slots=True)
class Composed:
    """A composed world. `hidden` are faults in it that others hide from every device there."""

    scenario: Scenario
    parts: tuple[Part, ...]
    hidden: tuple[str, ...]

    @property
    def trap(self) -> bool:
        """Whether something in it looks like trouble and is none."""
        return any(part.axis == "trap" for part in self.parts)


def seed_of_the_tables() -> str:
    """Changes with every prior, probability and group."""
    told = repr(sorted((key, sorted(row.items())) for key, row in PROBABILITY.items()))
    told += repr([(one.id, one.prior, one.like) for one in FAULTS])
    told += repr([(one.thing, one.states, one.group) for one in ROWS])
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def compatible(parts: Sequence[Part]) -> bool:
    """Whether these can be in one world and be told apart there."""
    return all(
        not one.holds & other.holds
        and not one.avoids & other.shown_by
        and not other.avoids & one.shown_by
        for one, other in combinations(parts, 2)
    )


def visible(parts: Iterable[Part]) -> tuple[list[Part], list[Part]]:
    """The faults that show, and those hidden behind nearer parts."""
    everything = list(parts)
    shown, hidden = [], []
    for one in everything:
        if one.side != "none":
            taken = {way for other in everything if _before(other, one) for way in other.takes}
            silent = one.by_silence and any(other.takes >= WALL for other in everything)
            (hidden if one.shown_by <= taken or silent else shown).append(one)
    return shown, hidden


def _before(nearer: Part, one: Part) -> bool:
    if nearer is one:
        return False
    if nearer.place == one.place:
        return nearer.takes >= WALL and not one.takes >= WALL
    return nearer.place < one.place


def compose(parts: Sequence[Part], asked: str, *, ipv6: bool, number: int = 0) -> Composed:
    """The world of these parts, for a customer of this carrier."""
    shown, hidden = visible(parts)
    truths = [(one.side, one.fault) for one in shown] or [("none", "all-well")]
    ordered = sorted(parts, key=lambda one: (one.turn, -one.place))
    given = sum((one.given(CARRIERS[asked]) for one in ordered), NOTHING)
    words = "; ".join(one.words for one in parts) or "everything works"
    scenario = Scenario(
        f"composed {number:03}: {words} (for {asked}{', over IPv4 and IPv6' if ipv6 else ''})",
        given=given,
        then=Truth(*truths[0], beside=tuple(truths[1:])),
        args=("--carrier", asked, *(word for one in parts for word in one.args)),
        ipv6=ipv6,
    )
    return Composed(scenario, tuple(parts), tuple(one.words for one in hidden))


def drawn(count: int, seed: str | None = None) -> list[Composed]:
    """`count` different worlds, and each trap alone before them."""
    dice = random.Random(seed or seed_of_the_tables())
    worlds = [
        compose([trap], trap.only[0] if trap.only else "att", ipv6=False, number=number)
        for number, trap in enumerate(rows.TRAPS)
    ]
    known = {frozenset(one.words for one in world.parts) for world in worlds}
    shares = dict(SHARES)
    while len(worlds) < count + len(rows.TRAPS):
        kind = dice.choices(list(shares), list(shares.values()))[0]
        ipv6 = dice.random() < DUAL_SHARE
        for _ in range(_MOST_TRIES):
            asked = dice.choice(list(CARRIERS))
            parts = _some(dice, kind, ipv6)
            words = frozenset(one.words for one in parts) | {asked}
            here = all(not one.only or asked in one.only for one in parts)
            if here and compatible(parts) and words not in known:
                known.add(words)
                worlds.append(compose(parts, asked, ipv6=ipv6, number=len(worlds)))
                break
        else:
            del shares[kind]  # there are no more of them
            if not shares:
                raise ValueError(f"the grammar has {len(worlds)} worlds, not {count}")
    return worlds


def _some(dice: random.Random, kind: str, ipv6: bool) -> list[Part]:
    def one_of(options: Sequence[Part]) -> list[Part]:
        fit = [one for one in options if (one.both if ipv6 else not one.needs_six)]
        return [dice.choice(fit)] if fit else []

    faults = {"one fault": 1, "two faults": 2, "trap and fault": 1}.get(kind, 0)
    chosen: list[Part] = []
    left = dict(AXES)
    while len(chosen) < faults:
        axis = dice.choices(list(left), list(left.values()))[0]
        del left[axis]
        chosen += one_of(rows.FAULTS[axis])
    if kind == "trap and fault":
        chosen += one_of(rows.TRAPS)
    for options in rows.BACKGROUNDS.values():
        more = one_of(options)
        if dice.random() < BACKGROUND_SHARE and compatible([*chosen, *more]):
            chosen += more
    return chosen


def unknown_faults() -> list[str]:
    """Truths of parts that the tables do not have, or have on another side."""
    told = [one for axis in rows.FAULTS.values() for one in axis if one.fault is not None]
    return [
        one.words for one in told if one.fault not in BY_ID or BY_ID[one.fault].side != one.side
    ]
