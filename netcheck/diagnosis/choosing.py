"""Which question to a person would settle the verdict, if any.

A question is worth a person's time where its answer may well change what they are told. How well
is computed from the same tables as the verdict: the probability of each answer under what is
known, and the verdict after it (mutual information, Shannon 1948; value of
information, Howard 1966).
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.catalog import load
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import Hypothesis, Posterior, log_likelihood, scored, weigh
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side


@dataclass(frozen=True, slots=True)
class Worth:
    """What asking about `thing` may bring: `changes` is the probability that the answer leads to
    another side or another fault than now, `bits` the information it is expected to give."""

    thing: str
    changes: float
    bits: float


def worth_asking(things: Iterable[str], findings: Sequence[Finding], case: Case) -> str | None:
    """The one of these things whose answer is worth most; None where no answer would change much.

    Never where a fault on the user's side is named already: they have something to mend first.
    """
    known = scored(findings)
    if judge(known, case).side == Side.LOCAL:
        return None
    least = load().thresholds.ask_least_change
    told = sorted((worth(thing, known, case) for thing in things), key=lambda one: -one.bits)
    return next((one.thing for one in told if one.changes >= least), None)


def worth(thing: str, findings: Sequence[Finding], case: Case) -> Worth:
    """What the answer may change, and how much it is expected to tell."""
    known = scored(findings)
    now, before = judge(known, case), weigh(known)
    changes = bits = 0.0
    for state in THINGS[thing].states:
        chance = expected(thing, state, before)
        after = judge([*known, Finding(f"{thing}.{state}")], case)
        if (after.side, after.fault) != (now.side, now.fault):
            changes += chance
        bits += sum(
            p * likely * math.log2(likely / chance)
            for ids, p in before.probabilities.items()
            for likely in [_likely(thing, state, ids)]
        )
    return Worth(thing, changes, bits)


def expected(thing: str, state: str, posterior: Posterior) -> float:
    """The probability of this answer, under all that is known."""
    return math.fsum(p * _likely(thing, state, ids) for ids, p in posterior.probabilities.items())


def _likely(thing: str, state: str, ids: Hypothesis) -> float:
    return math.exp(log_likelihood(f"{thing}.{state}", *ids) / 100)
