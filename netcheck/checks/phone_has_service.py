"""phone: what does the user's phone show? The user is a witness, and people err."""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.symptom import Symptom


@dataclass(frozen=True, slots=True)
class WitnessFacts(Facts):
    """The symptom as told, one of the closed choices."""

    symptom: str


def targets(situation: Situation) -> Iterable[Target]:
    if situation.symptom is not None:
        yield Target("the user's word", Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    symptom = situation.symptom or Symptom.FINE
    facts = WitnessFacts(symptom.value)
    return ok(facts) if symptom == Symptom.FINE else failed(Failure.ABSENT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, WitnessFacts):
        yield Finding(f"symptom.{facts.symptom}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="phone-has-service",
        stage=Stage.PHONE,
        question="Does the user's phone show service, and do its calls work?",
        control="The network's own state; a second phone on the same carrier would settle it.",
        packets=0,
        deadline_ms=500,
    ),
    targets,
    observe,
    read,
)
