"""Steers a run by what it has seen: ends it where nothing left can change what is said, and looks
closer where it is still open.

Both are read from the verdict's own tables (`diagnosis/choosing.py`). "All is well" never ends a
run early: it rests on having looked everywhere.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from netcheck.agent.concluding import About, case_of
from netcheck.agent.reading import findings
from netcheck.checks import ALL
from netcheck.checks.contract import Check, Situation
from netcheck.diagnosis.choosing import can_still_change, worth_looking
from netcheck.diagnosis.faults import BY_ID
from netcheck.diagnosis.judging import judge
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import scored, weigh
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side, Verdict

_MOST_AT_ONCE = 3  # what is asked side by side must not lose one another's packets


@dataclass(frozen=True, slots=True)
class Steering:
    """`seen` gives the situation as it stands at any moment."""

    about: About
    seen: Callable[[], Situation]

    def settled(self, pending: Sequence[Check]) -> bool:
        """Whether a fault is named that lets nothing pass, and no single thing that the checks
        still to end may tell would let another side be named, but rarely. Any other fault may
        stand beside one that has not shown yet. What a check has told so far counts only once all
        of it has ended: what fails, fails sooner than what works. Several things together may turn
        what none of them does alone: how often that happens is not known."""
        still = {check.id for check in pending}
        found = [f for f in findings(self.seen()) if still.isdisjoint(f.checks)]
        verdict, limits = self._verdict(found), self.seen().catalog.thresholds
        if verdict.side in (Side.NONE, Side.INCONCLUSIVE) or verdict.fault is None:
            return False
        if not BY_ID[verdict.fault].blocks or verdict.confidence < limits.settled_confidence:
            return False
        known = scored(found)
        told = {finding.thing for finding in known}
        left = {t for check in pending for t in check.spec.tells if t in THINGS and t not in told}
        least: float = limits.settled_least_change
        return can_still_change(left, weigh(known), case_of(found, self.about)) <= least

    def further(self, done: Collection[str], left_ms: float) -> list[Check]:
        """The deeper checks worth making where the verdict is open, the best first; none else.
        What disturbs others, as filling the line does, is made only when it was asked for."""
        found = findings(self.seen())
        if self._verdict(found).side is not Side.INCONCLUSIVE:
            return []
        deeper = {
            check.id: check
            for check in ALL
            if check.spec.deep and not check.spec.alone and check.id not in done
        }
        worth = worth_looking((check.spec for check in deeper.values()), found, left_ms)
        return [deeper[id] for id in worth[:_MOST_AT_ONCE]]

    def _verdict(self, found: Sequence[Finding]) -> Verdict:
        return judge(found, case_of(found, self.about))
