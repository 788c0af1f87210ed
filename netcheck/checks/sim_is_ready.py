"""phone: is there a SIM that the phone can use?

The slot's own word (ModemManager's MMModemStateFailedReason and lock, Android's TelephonyManager
SIM_STATE_*). A card that does not answer is called absent by some phones. A number that
identifies the card or its owner is never read into facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, heard, target_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.phone import PhoneLine, SimState
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class SimFacts(Facts):
    """The slot's state, one of SimState."""

    sim: str


def targets(situation: Situation) -> Iterable[Target]:
    said = heard(situation)
    if said is not None and _slot(situation) is not None:
        yield target_of(said.phone)


def observe(target: Target, situation: Situation) -> Observed:
    line = _slot(situation)
    if line is None or line.sim is None:
        return skipped("phone-answers")
    facts = SimFacts(line.sim.value)
    return ok(facts) if line.sim == SimState.READY else failed(Failure.ABSENT, facts)


def _slot(situation: Situation) -> PhoneLine | None:
    """The line of this run's carrier; without one, and so without a number, any empty slot will
    do only if no other holds a card."""
    said = heard(situation)
    if said is None or said.own is None or said.own.sim is None:
        return None
    if said.own.sim == SimState.ABSENT and said.others:
        return None  # an empty second slot is nobody's fault
    return said.own


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, SimFacts):
        yield Finding(f"sim.{facts.sim}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="sim-is-ready",
        stage=Stage.PHONE,
        question="Is there a SIM in the phone that it can use?",
        control="None: the slot's own word.",
        packets=0,
        deadline_ms=500,
        tells=("sim",),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
