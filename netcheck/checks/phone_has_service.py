"""phone: what does the user's phone show? The user is a witness, and people err.

Who reads "SOS" off a phone that has itself said it is not served adds no second voice: then the
phone's own word counts, and the user's is kept without being weighed.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks import phone_is_registered
from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import THE_USERS_OWN
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.symptom import Symptom

_OF_SERVICE = (Symptom.SOS, Symptom.NO_SERVICE)


@dataclass(frozen=True, slots=True)
class WitnessFacts(Facts):
    """The symptom as told, one of the closed choices."""

    symptom: str


def targets(situation: Situation) -> Iterable[Target]:
    if situation.told.symptom is not None:
        yield Target("the user's word", Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    symptom = situation.told.symptom or Symptom.FINE
    facts = WitnessFacts(symptom.value)
    return ok(facts) if symptom == Symptom.FINE else failed(Failure.ABSENT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, WitnessFacts):
        if facts.symptom not in _OF_SERVICE or not _said_by_the_phone(situation):
            yield Finding(f"symptom.{facts.symptom}", (CHECK.id,))


def _said_by_the_phone(situation: Situation) -> bool:
    """Whether the phone of which the user speaks has itself said that it is not served."""
    told = situation.seen.facts(phone_is_registered.CHECK.id, phone_is_registered.ServiceFacts)
    return any(o.failure is not None and facts.source in THE_USERS_OWN for o, facts in told)


CHECK = Check(
    CheckSpec(
        id="phone-has-service",
        stage=Stage.PHONE,
        question="Does the user's phone show service, and do its calls work?",
        control="The network's own state; a second phone on the same carrier would settle it.",
        packets=0,
        deadline_ms=500,
        tells=("symptom",),
    ),
    targets,
    observe,
    read,
)
