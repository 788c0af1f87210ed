"""The one sum: log prior + log-likelihood of every finding, one vote a group.

Every fault alone is a hypothesis, and so are pairs of faults: a weak Wi-Fi and a carrier's outage
may both be true. All scores are integers in hundredths of a natural logarithm, so that a saved run
weighs the same on every machine, today and under the same rules for ever.
"""

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import combinations

from netcheck.diagnosis.faults import BY_ID, FAULTS, PLACE, Fault
from netcheck.diagnosis.likelihoods import PROBABILITY, THINGS
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side

Hypothesis = tuple[str, ...]
"""The faults that are there, by id, in the order of the table: one, or two."""

WELL, UNKNOWN = "all-well", "unknown"

_TWO_AT_ONCE = 0.25
"""How much rarer two faults are than two independent ones would be. Chosen: a person runs netcheck
because of one thing that bothers them, so the second is there by chance, at its everyday rate,
and the priors are those of people with a reason."""

_PAIRED = 12
_PAIRED_WITH_ALL = 3
"""Pairs are weighed among the faults that alone explain most, and of the very first with all:
the others explain nothing that was found, and carry less than rounding would."""


def hundredths(probability: float) -> int:
    """A probability as hundredths of its natural logarithm (0.5 is -69)."""
    return round(100 * math.log(probability))


_ALL_PRIORS = sum(fault.prior for fault in FAULTS)
_ORDER = {fault.id: number for number, fault in enumerate(FAULTS)}


@dataclass(frozen=True, slots=True)
class Posterior:
    """`scores` and `probabilities` by hypothesis; the probabilities sum to one."""

    scores: dict[Hypothesis, int]
    probabilities: dict[Hypothesis, float]

    def ranked(self) -> list[tuple[Fault, float]]:
        """Faults with the probability that each is there, alone or not, the likeliest first; ties
        in the order of the table."""
        present = dict.fromkeys(_ORDER, 0.0)
        for hypothesis, probability in self.probabilities.items():
            for id in hypothesis:
                present[id] += probability
        return sorted(((f, present[f.id]) for f in FAULTS), key=lambda pair: -pair[1])

    def of_side(self, side: Side) -> float:
        """The probability that a fault is on that side, whatever else there is."""
        return by_side(self.probabilities).get(side, 0.0)

    def likeliest(self) -> Hypothesis:
        """The one hypothesis with the highest probability."""
        return max(self.probabilities, key=lambda ids: self.probabilities[ids])


def by_side(probabilities: Mapping[Hypothesis, float]) -> dict[Side, float]:
    """The probability that a fault is on each side, whatever else there is: where two faults are
    there, both their sides have one."""
    terms: dict[Side, list[float]] = {}
    for ids, probability in probabilities.items():
        for side in {BY_ID[id].side for id in ids}:
            terms.setdefault(side, []).append(probability)
    return {side: math.fsum(of_side) for side, of_side in terms.items()}


def scored(findings: Iterable[Finding]) -> list[Finding]:
    """The findings the tables know, one a thing: a thing said twice counts as first said."""
    known: dict[str, Finding] = {}
    for finding in findings:
        thing = THINGS.get(finding.thing)
        if thing is not None and finding.state in thing.states:
            known.setdefault(finding.thing, finding)
    return list(known.values())


@cache
def log_likelihood(finding_id: str, *faults: str) -> int:
    """Hundredths of ln P(finding | these faults, one or two)."""
    return hundredths(_probability(finding_id, *faults))


def _probability(finding_id: str, *faults: str) -> float:
    """Of two faults the one that the table names for this thing speaks; where it names both, the
    nearer one if nothing passes it, and else both, half and half.

    Half and half is judgement: two causes of one state make it likelier than either, two causes of
    different states leave either, and the tables do not say which of these it is.
    """
    thing, _, state = finding_id.partition(".")
    named = [id for id in faults if id in THINGS[thing].under]
    if len(faults) == 1 or not named:
        return PROBABILITY[thing, faults[0]][state] if len(faults) == 1 else _usual(thing, state)
    if len(named) == 1 or BY_ID[named[0]].blocks:
        return PROBABILITY[thing, named[0]][state]
    return sum(PROBABILITY[thing, id][state] for id in named) / len(named)


@cache
def _usual(thing: str, state: str) -> float:
    row = THINGS[thing]
    return row.completed(row.usual)[state]


def votes(findings: Sequence[Finding], *faults: str) -> dict[str, int]:
    """What each group adds to that hypothesis' score: the mean over the group's findings."""
    by_group: dict[str, list[int]] = {}
    for finding in findings:
        group = THINGS[finding.thing].group
        by_group.setdefault(group, []).append(log_likelihood(finding.id, *faults))
    return {group: round_mean(values) for group, values in by_group.items()}


def round_mean(values: Sequence[int]) -> int:
    """The mean, rounded half up, in integers only."""
    return (2 * sum(values) + len(values)) // (2 * len(values))


@cache
def log_prior(*faults: str) -> int:
    """Hundredths of ln of how likely these faults are before anything was seen: two independent
    ones against all being well, and rarer by `_TWO_AT_ONCE`."""
    alone = [hundredths(BY_ID[id].prior / _ALL_PRIORS) for id in faults]
    if len(alone) == 1:
        return alone[0]
    return sum(alone) - log_prior(WELL) + hundredths(_TWO_AT_ONCE)


def score(findings: Sequence[Finding], hypothesis: Hypothesis) -> int:
    """The sum itself: the prior's term and every group's vote."""
    return log_prior(*hypothesis) + sum(votes(findings, *hypothesis).values())


def weigh(findings: Iterable[Finding]) -> Posterior:
    """The posterior over single faults and pairs of them, given what was found."""
    known = scored(findings)
    scores: dict[Hypothesis, int] = {(fault.id,): score(known, (fault.id,)) for fault in FAULTS}
    scores |= {pair: score(known, pair) for pair in _pairs(scores)}
    best = max(scores.values())
    weights = {ids: math.exp((sum_ - best) / 100) for ids, sum_ in scores.items()}
    total = math.fsum(weights.values())
    return Posterior(scores, {ids: weight / total for ids, weight in weights.items()})


def _pairs(alone: dict[Hypothesis, int]) -> Iterator[Hypothesis]:
    """Pairs worth weighing. Two faults of one place are rivals for one explanation, no pair."""
    apart = [ids[0] for ids in sorted(alone, key=lambda ids: (-alone[ids], _ORDER[ids[0]]))]
    apart = [id for id in apart if id not in (WELL, UNKNOWN)]
    chosen = list(combinations(apart[:_PAIRED], 2))
    chosen += [(first, other) for first in apart[:_PAIRED_WITH_ALL] for other in apart[_PAIRED:]]
    for one, other in chosen:
        if PLACE[one] != PLACE[other]:
            yield (one, other) if _ORDER[one] < _ORDER[other] else (other, one)
