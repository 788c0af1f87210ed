"""Which question to a person would settle the verdict, if any.

A question is worth a person's time where its answer may well change what they are told. How well
is computed from the same tables as the verdict: the probability of each answer under what is
known, and the verdict after it (mutual information, Shannon 1948; value of
information, Howard 1966).
"""

import math
from collections.abc import Iterable, Sequence

from netcheck.catalog import load
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import Hypothesis, Posterior, log_likelihood, scored, weigh
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
