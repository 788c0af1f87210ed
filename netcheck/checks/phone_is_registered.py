"""phone: is the phone on its network, by its own word?

Registration as a modem or Android tells it (3GPP TS 24.008 4.1, TS 23.122), with the number with
which the network refused, where it did (TS 24.008 10.5.3.6, TS 24.301 9.9.3.9). Of one phone
alone a refusal does not tell a barred account from a network in trouble.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, heard, service, when_told
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.phone import ServiceState
from netcheck.model.stage import Stage

# What a refusal's number blames. 24.008 and 24.301 share these; what is not here is "other".
_BLAMED = {
    **dict.fromkeys((2, 3, 7, 8, 14, 33, 35), "account"),
    **dict.fromkeys((5, 6), "handset"),
    **dict.fromkeys((11, 12, 13, 15), "place"),
    **dict.fromkeys((16, 17, 18, 19, 22, 38, 39, 40, 42), "network-trouble"),
}
_STATES = {ServiceState.OUT_OF_SERVICE: "none", ServiceState.RADIO_OFF: "off"}


@dataclass(frozen=True, slots=True)
class ServiceFacts(Facts):
    """Both registrations over the mobile radio, and what they come to. `reject_cause` is the
    number the network refused with; no cell, area or subscriber is kept."""

    source: str
    service: str
    voice: str | None = None
    data: str | None = None
    generation: str | None = None
    reject_cause: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from when_told(situation, "voice", "data")


def observe(target: Target, situation: Situation) -> Observed:
    said = heard(situation)
    state = service(said.own) if said and said.own else None
    if said is None or said.own is None or state is None:
        return skipped("phone-answers")
    line = said.own
    facts = ServiceFacts(
        source=said.phone.source.value,
        service=_STATES.get(state, state.value),
        voice=line.voice.value if line.voice else None,
        data=line.data.value if line.data else None,
        generation=line.generation.value if line.generation else None,
        reject_cause=line.reject_cause,
    )
    return ok(facts) if state.in_service else failed(Failure.ABSENT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, ServiceFacts):
        yield Finding(f"phone-service.{facts.service}", (CHECK.id,))
        if facts.reject_cause and observation.failure is not None:
            yield Finding(f"refusal.{_BLAMED.get(facts.reject_cause, 'other')}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="phone-is-registered",
        stage=Stage.PHONE,
        question="Is the phone on its carrier's network, by its own word?",
        control="A second line in the phone, a second phone beside it; SIM and airplane mode.",
        packets=0,
        deadline_ms=500,
        tells=("phone-service", "refusal"),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
