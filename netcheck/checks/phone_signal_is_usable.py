"""phone: does the phone hear a mast well enough?

The bars of one moment (Android's SignalStrength.getLevel, a modem's +CSQ). A phone that camps on
a foreign network for emergency calls shows that network's bars; no bars are no proof that no
mast is near.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, heard, when_told
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.phone import SignalLevel
from netcheck.model.stage import Stage

_WEAK = {SignalLevel.NONE: "none", SignalLevel.POOR: "weak"}


@dataclass(frozen=True, slots=True)
class SignalFacts(Facts):
    """Bars as a word, and the reference signal in dBm where it was told."""

    level: str
    signal_dbm: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from when_told(situation, "signal_level")


def observe(target: Target, situation: Situation) -> Observed:
    said = heard(situation)
    if said is None or said.own is None or said.own.signal_level is None:
        return skipped("phone-answers")
    level = said.own.signal_level
    facts = SignalFacts(level.value, said.own.signal_dbm)
    return failed(Failure.ABSENT, facts) if level in _WEAK else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, SignalFacts):
        state = _WEAK.get(SignalLevel(facts.level), "usable")
        yield Finding(f"phone-signal.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="phone-signal-is-usable",
        stage=Stage.PHONE,
        question="Does the phone hear a mast well enough to call?",
        control="Its registration: a refusal needs a signal.",
        packets=0,
        deadline_ms=500,
        tells=("phone-signal",),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
