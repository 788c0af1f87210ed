"""internet: does another way out of this device work at the same time?

No look of its own: with `--all-paths` the plan runs over each way out, one after the other, and
each run that finds trouble is then told of one that found none, or of one where the same of one's
own carrier failed. What both share (this device's own settings, the carrier, the far end) cannot be
what fails on one alone; what fails on both alike is hardly the trouble of either. Weak: some
seconds lie between the two, and a gateway that ignores this device ignores it over both.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observation, Observed, Role, Target, skipped
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class OtherWayFacts(Facts):
    """The other way: its interface and what that is made of. `works`: nothing was wrong over it;
    else `alike` names what failed over both. `calling`: whether the path for Wi-Fi calling was
    open over it; None: not measured."""

    interface: str
    kind: str
    works: bool
    calling: bool | None
    alike: tuple[str, ...] = ()


OF_ONES_CARRIER = frozenset(
    {
        *("own-epdg.silent", "own-epdg.rejected", "own-epdg.not-ike"),
        *("own-zone.fails", "own-zone.silent", "own-names.fail"),
    }
)
"""What may fail over both ways alike. The user's word is no such thing: it was heard once."""


def targets(situation: Situation) -> Iterable[Target]:
    return ()


def observe(target: Target, situation: Situation) -> Observed:
    return skipped("another way out")


def told_of(facts: OtherWayFacts, at_ms: float) -> Observation:
    """What a run is told of another one."""
    target = Target(facts.interface, Role.CONTROL)
    outcome, failure = (Outcome.OK, None) if facts.works else (Outcome.FAILED, Failure.UNREACHABLE)
    return Observation(CHECK.id, target, outcome, failure, facts, at_ms, 0.0, facts.interface)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, OtherWayFacts):
        state = "works" if facts.works else "fails"
        yield Finding(f"other-way.{state}", (CHECK.id,), {"kind": facts.kind})
        return


CHECK = Check(
    CheckSpec(
        id="another-way-works",
        stage=Stage.INTERNET,
        question="Does another way out of this device work at the same time?",
        control="The same plan over another interface, all that lies beyond both being shared.",
        packets=0,
        deadline_ms=500,
        tells=("other-way",),
    ),
    targets,
    observe,
    read,
)
