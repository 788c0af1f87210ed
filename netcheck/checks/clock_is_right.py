"""device: does its clock agree with the Date headers of several operators?"""

import statistics
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.checks.no_portal import PortalFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class ClockFacts(Facts):
    """The median of what `sources` answers said, device minus them: positive is a fast clock.

    Whole seconds: a Date header has no more (RFC 9110 5.6.7), and needs no more to judge TLS.
    """

    offset_s: int
    sources: int


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("this device's clock")


def observe(target: Target, situation: Situation) -> Observed:
    seen = situation.seen
    offsets = [f.clock_offset_s for _, f in seen.facts("anchor-answers", AnchorFacts)]
    offsets += [f.clock_offset_s for _, f in seen.facts("no-portal", PortalFacts)]
    told = [offset for offset in offsets if offset is not None]
    if len(told) < 2:
        return skipped("anchor-answers")
    facts = ClockFacts(round(statistics.median(told)), len(told))
    wrong = abs(facts.offset_s) > situation.catalog.thresholds.clock_offset_s
    return failed(Failure.WRONG_ANSWER, facts) if wrong else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, ClockFacts):
        state = "right" if observation.failure is None else "wrong"
        minutes, days = abs(facts.offset_s) // 60, abs(facts.offset_s) // 86_400
        shown = {"days": days} if days >= 2 else {"minutes": minutes}
        yield Finding(f"clock.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="clock-is-right",
        stage=Stage.DEVICE,
        question="Is this device's clock right?",
        control="The median over several unrelated operators; one wrong server cannot move it.",
        packets=0,
        deadline_ms=500,
        tells=("clock",),
        needs=("route-exists",),
        after=("anchor-answers", "no-portal"),
    ),
    targets,
    observe,
    read,
)
