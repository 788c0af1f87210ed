"""The verdict's sum, whole: every term beside the runner-up's, and what would turn the verdict.

Nothing is decided here: the terms are those that `weighing` adds up, and a turn is found by
judging changed findings with the same code.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations

from netcheck.diagnosis.faults import BY_ID
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import Hypothesis, Posterior, log_prior, scored, votes, weigh
from netcheck.model.account import Account, Term, Turn
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side

_TURNERS = 8
"""Two changes at once are tried among the findings that alone come closest to a turn."""


def account(findings: Sequence[Finding]) -> Account:
    """The whole sum, the terms that part the two hypotheses most first."""
    known = scored(findings)
    posterior = weigh(known)
    chosen = _two_that_differ(posterior)
    by_hypothesis = [votes(known, *ids) for ids in chosen]
    members: dict[str, list[str]] = {}
    for finding in known:
        members.setdefault(THINGS[finding.thing].group, []).append(finding.id)
    terms = [
        Term(tuple(ids), tuple(said[group] for said in by_hypothesis))
        for group, ids in members.items()
    ]
    terms.sort(key=lambda term: -abs(term.votes[0] - term.votes[-1]))
    return Account(
        hypotheses=chosen,
        priors=tuple(log_prior(*ids) for ids in chosen),
        terms=tuple(terms),
        sums=tuple(posterior.scores[ids] for ids in chosen),
        shares=tuple(posterior.probabilities[ids] for ids in chosen),
    )


def _two_that_differ(posterior: Posterior) -> tuple[Hypothesis, ...]:
    first = posterior.likeliest()
    others = [ids for ids in posterior.probabilities if _sides(ids) != _sides(first)]
    return first, max(others, key=lambda ids: posterior.probabilities[ids])


def _sides(hypothesis: Hypothesis) -> frozenset[Side]:
    return frozenset(BY_ID[id].side for id in hypothesis)


def turn(findings: Sequence[Finding], case: Case) -> Turn | None:
    """One changed finding that gives another side, else two; the likeliest of those there are.
    None: nothing so small turns it."""
    known = scored(findings)
    now = judge(known, case).side
    changes = list(_changes(known))
    turned = [change for change in changes if judge(_changed(known, change), case).side != now]
    if not turned:
        single = [(change, _margin(_changed(known, change), now)) for change in changes]
        closest: dict[str, Finding] = {}
        for change, _ in sorted(single, key=lambda pair: pair[1]):
            closest.setdefault(change.thing, change)
        pairs = combinations(list(closest.values())[:_TURNERS], 2)
        several = [pair for pair in pairs if judge(_changed(known, *pair), case).side != now]
        if not several:
            return None
        return _as_turn(known, max(several, key=lambda pair: _evidence(known, *pair)), case)
    return _as_turn(known, (max(turned, key=lambda change: _evidence(known, change)),), case)


def _changes(known: Sequence[Finding]) -> Iterator[Finding]:
    """Every finding in each of its other states."""
    for finding in known:
        for state in THINGS[finding.thing].states:
            if state != finding.state:
                yield Finding(f"{finding.thing}.{state}")


def _changed(known: Sequence[Finding], *changes: Finding) -> list[Finding]:
    instead = {change.thing: change for change in changes}
    return [instead.get(finding.thing, finding) for finding in known]


def _margin(findings: Sequence[Finding], side: Side) -> float:
    """How far ahead of all others that side is."""
    posterior = weigh(findings)
    return posterior.of_side(side) - max(posterior.of_side(s) for s in Side if s != side)


def _evidence(known: Sequence[Finding], *changes: Finding) -> float:
    """How likely the changed findings are as a whole, whatever is true: the log of the sum over
    all hypotheses. Of two turns the likelier one is the better story."""
    scores = weigh(_changed(known, *changes)).scores.values()
    best = max(scores)
    return best + 100 * math.log(math.fsum(math.exp((one - best) / 100) for one in scores))


def _as_turn(known: Sequence[Finding], changes: Sequence[Finding], case: Case) -> Turn:
    seen = {finding.thing: finding.id for finding in known}
    verdict = judge(_changed(known, *changes), case)
    return Turn(
        seen=tuple(seen[change.thing] for change in changes),
        instead=tuple(change.id for change in changes),
        side=verdict.side,
        fault=verdict.fault,
    )
