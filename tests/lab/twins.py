"""Worlds that look the same from the device and are somebody else's fault.

Where a run is inconclusive though its world has a fault, it is right only if no device could have
told: if another world, with a fault of another side, gives the same findings under the full plan.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from tests.lab.outcomes import Outcome
from tests.lab.scenario import Scenario

MOST_CANDIDATES = 4
Findings = Callable[[Scenario], frozenset[str]]


def twins(
    outcomes: Sequence[Outcome], scenarios: dict[str, Scenario], look: Findings
) -> dict[str, str]:
    """The sentence of an inconclusive world to that of its twin, where one was found. `look` plays
    a scenario once and gives its findings."""
    asked: dict[str, frozenset[str]] = {}

    def in_full(sentence: str) -> frozenset[str]:
        if sentence not in asked:
            asked[sentence] = look(fully(scenarios[sentence]))
        return asked[sentence]

    found = {}
    for one in unsettled(outcomes):
        seen = in_full(one.sentence)
        for other in candidates(one, seen, outcomes):
            if seen and in_full(other.sentence) == seen:
                found[one.sentence] = other.sentence
                break
    return found


def fully(scenario: Scenario) -> Scenario:
    """The same world, looked at once and with the whole plan."""
    more = () if "--full" in scenario.args else ("--full",)
    return replace(scenario, args=(*scenario.args, *more), runs=1, at_least=0)


def unsettled(outcomes: Iterable[Outcome]) -> list[Outcome]:
    """One inconclusive run of each world in which a fault is to be seen."""
    found = {o.sentence: o for o in outcomes if o.sides and o.side == "inconclusive"}
    return list(found.values())


def candidates(one: Outcome, seen: frozenset[str], outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Worlds whose faults are all of other sides, and of which no finding contradicts what was
    `seen` in this one; those that share most first."""
    states = dict(_parts(id) for id in seen)
    fit: dict[str, tuple[int, Outcome]] = {}
    for other in outcomes:
        same_home = other.ipv6 == one.ipv6 and other.sides and not other.sides & one.sides
        shared = [states.get(thing) == state for thing, state in map(_parts, other.findings)
                  if thing in states]  # fmt: skip
        if same_home and shared and all(shared):
            fit[other.sentence] = (len(shared), other)
    ranked = sorted(fit.values(), key=lambda pair: -pair[0])
    return [other for _, other in ranked[:MOST_CANDIDATES]]


def _parts(finding: str) -> tuple[str, str]:
    thing, _, state = finding.partition(".")
    return thing, state
