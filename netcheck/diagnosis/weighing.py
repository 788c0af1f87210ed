"""The one sum: log prior + log-likelihood of every finding, one vote a group.

All scores are integers in hundredths of a natural logarithm, so that a saved run weighs the same
on every machine, today and under the same rules for ever.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from netcheck.diagnosis.faults import BY_ID, FAULTS, Fault
from netcheck.diagnosis.likelihoods import PROBABILITY, THINGS
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side


def hundredths(probability: float) -> int:
    """A probability as hundredths of its natural logarithm (0.5 is -69)."""
    return round(100 * math.log(probability))


_ALL_PRIORS = sum(fault.prior for fault in FAULTS)


@dataclass(frozen=True, slots=True)
class Posterior:
    """`scores` and `probabilities` by fault id; the probabilities sum to one."""

    scores: dict[str, int]
    probabilities: dict[str, float]

    def ranked(self) -> list[tuple[Fault, float]]:
        """Faults from the most to the least probable; ties in the order of the table."""
        return sorted(
            ((fault, self.probabilities[fault.id]) for fault in FAULTS),
            key=lambda pair: -pair[1],
        )

    def of_side(self, side: Side) -> float:
        """The probability that the fault is on that side."""
        return sum(p for id, p in self.probabilities.items() if BY_ID[id].side == side)


def scored(findings: Iterable[Finding]) -> list[Finding]:
    """The findings the tables know, one a thing: a thing said twice counts as first said."""
    known: dict[str, Finding] = {}
    for finding in findings:
        thing = THINGS.get(finding.thing)
        if thing is not None and finding.state in thing.states:
            known.setdefault(finding.thing, finding)
    return list(known.values())


@cache
def log_likelihood(finding_id: str, fault: str) -> int:
    """Hundredths of ln P(finding | fault)."""
    thing, _, state = finding_id.partition(".")
    return hundredths(PROBABILITY[thing, fault][state])


def votes(findings: Sequence[Finding], fault: str) -> dict[str, int]:
    """What each group adds to that fault's score: the mean over the group's findings."""
    by_group: dict[str, list[int]] = {}
    for finding in findings:
        group = THINGS[finding.thing].group
        by_group.setdefault(group, []).append(log_likelihood(finding.id, fault))
    return {group: round_mean(values) for group, values in by_group.items()}


def round_mean(values: Sequence[int]) -> int:
    """The mean, rounded half up, in integers only."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


def weigh(findings: Iterable[Finding]) -> Posterior:
    """The posterior over all faults, given what was found."""
    known = scored(findings)
    scores = {
        fault.id: hundredths(fault.prior / _ALL_PRIORS) + sum(votes(known, fault.id).values())
        for fault in FAULTS
    }
    best = max(scores.values())
    weights = {id: math.exp((score - best) / 100) for id, score in scores.items()}
    total = math.fsum(weights.values())
    return Posterior(scores, {id: weight / total for id, weight in weights.items()})
