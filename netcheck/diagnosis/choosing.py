"""Which question to a person, or which further check, would settle the verdict, if any; and whether
what is still under way can change it.

A question is worth a person's time where its answer may well change what they are told. How well
is computed from the same tables as the verdict: the probability of each answer under what is
known, and the verdict after it (mutual information, Shannon 1948; value of
information, Howard 1966).
"""

import math
from collections.abc import Iterable, Mapping, Sequence

from netcheck.catalog import load
from netcheck.diagnosis.judging import Case, is_enough, judge
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import (
    Hypothesis,
    Posterior,
    by_side,
    log_likelihood,
    scored,
    weigh,
)
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side


def worth_asking(things: Iterable[str], findings: Sequence[Finding], case: Case) -> str | None:
    """The one of these things whose answer tells most; None where none would settle anything.

    Never where a fault on the user's side is named already: they have something to mend first.
    """
    known, limits = scored(findings), load().thresholds
    if judge(known, case).side == Side.LOCAL:
        return None
    before = weigh(known)
    told = sorted(((bits(thing, before), thing) for thing in things), reverse=True)
    return next(
        (
            thing
            for gain, thing in told
            if gain >= limits.ask_least_bits
            and changes(thing, known, case) >= limits.ask_least_change
        ),
        None,
    )


def changes(thing: str, findings: Sequence[Finding], case: Case) -> float:
    """The probability that the answer leads to another side or another fault than now."""
    known = scored(findings)
    now, before = judge(known, case), weigh(known)
    moved = 0.0
    for state in THINGS[thing].states:
        after = judge([*known, Finding(f"{thing}.{state}")], case)
        if (after.side, after.fault) != (now.side, now.fault):
            moved += expected(thing, state, before)
    return moved


def can_still_change(things: Iterable[str], posterior: Posterior, case: Case) -> float:
    """The highest probability with which one of these things, once seen, would change which sides
    may be named. Each alone: they are not independent, and most say the same thing twice."""
    now = _nameable(posterior.probabilities, case)
    return max((_turns(thing, posterior, case, now) for thing in things), default=0.0)


def _turns(thing: str, posterior: Posterior, case: Case, now: frozenset[Side]) -> float:
    turned = 0.0
    for state in THINGS[thing].states:
        joint = {ids: p * _likely(thing, state, ids) for ids, p in posterior.probabilities.items()}
        chance = math.fsum(joint.values())
        if _nameable({ids: p / chance for ids, p in joint.items()}, case) != now:
            turned += chance
    return turned


def _nameable(probabilities: Mapping[Hypothesis, float], case: Case) -> frozenset[Side]:
    """The sides that may be named once everything has been looked at."""
    return frozenset(
        side
        for side, probability in by_side(probabilities).items()
        if side != Side.INCONCLUSIVE and is_enough(side, probability, case, looked=True)
    )


def worth_looking(
    specs: Iterable[CheckSpec], findings: Sequence[Finding], left_ms: float
) -> list[str]:
    """Of these checks, by id, those that may tell which fault it is and fit into the time that is
    left: what they are expected to tell a second and a packet, the most first."""
    known, least = scored(findings), load().thresholds.look_least_bits
    seen = {finding.thing for finding in known}
    before = weigh(known)
    told = []
    for spec in specs:
        gain = max(
            (bits(t, before) for t in spec.tells if t in THINGS and t not in seen), default=0
        )
        if gain >= least and spec.deadline_ms <= left_ms:
            cost = spec.deadline_ms / 1000 + spec.packets / _PACKETS_A_SECOND
            told.append((gain / cost, spec.id))
    return [id for _, id in sorted(told, reverse=True)]


_PACKETS_A_SECOND = 50
"""Packets that weigh as much as a second of a person's time: a train sends so many."""


def bits(thing: str, posterior: Posterior) -> float:
    """How much the answer is expected to tell of which faults there are."""
    told = 0.0
    for state in THINGS[thing].states:
        chance = expected(thing, state, posterior)
        for ids, p in posterior.probabilities.items():
            likely = _likely(thing, state, ids)
            told += p * likely * math.log2(likely / chance)
    return told


def expected(thing: str, state: str, posterior: Posterior) -> float:
    """The probability of this answer, under all that is known."""
    return math.fsum(p * _likely(thing, state, ids) for ids, p in posterior.probabilities.items())


def _likely(thing: str, state: str, ids: Hypothesis) -> float:
    return math.exp(log_likelihood(f"{thing}.{state}", *ids) / 100)
