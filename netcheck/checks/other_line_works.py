"""phone: does another SIM in the same phone have service?

Two SIMs are each other's control: they share the handset and the place. Another operator's that
works beside one's own that does not leaves the carrier, the account or the card; one of the same
network leaves the account or the card. A brand cannot be told from its host by the number of its
network, so both count as the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import (
    AFTER,
    Heard,
    carrier_of,
    heard,
    same_network,
    service,
    target_of,
)
from netcheck.model.carrier import Carrier
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.phone import PhoneLine
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class OtherLineFacts(Facts):
    """How the other line stands, and whether it stands on the same network as one's own."""

    service: str
    same_network: bool


def targets(situation: Situation) -> Iterable[Target]:
    said = heard(situation)
    if said is not None and _other(said, situation) is not None:
        yield Target(target_of(said.phone).name, Role.CONTROL)


def observe(target: Target, situation: Situation) -> Observed:
    said = heard(situation)
    facts = _other(said, situation) if said else None
    if facts is None:
        return skipped("phone-answers")
    works = facts.service in ("home", "roaming")
    return ok(facts) if works else failed(Failure.ABSENT, facts)


def _other(said: Heard, situation: Situation) -> OtherLineFacts | None:
    """The other line that tells most: one that works before one that does not. A line whose
    network is not known is no control."""
    if said.own is None:
        return None
    own = carrier_of(said.own, situation) or situation.own
    told = [one for line in said.others if (one := _facts(line, own, situation))]
    told.sort(key=lambda one: one.service not in ("home", "roaming"))
    return told[0] if told else None


def _facts(line: PhoneLine, own: Carrier | None, situation: Situation) -> OtherLineFacts | None:
    state, carrier = service(line), carrier_of(line, situation)
    if state is None or carrier is None or own is None:
        return None
    return OtherLineFacts(state.value, same_network(own, carrier))


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, OtherLineFacts):
        state = "works" if observation.failure is None else "fails"
        yield Finding(f"other-line.{'same-' if facts.same_network else ''}{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="other-line-works",
        stage=Stage.PHONE,
        question="Does another SIM in the same phone have service?",
        control="It is itself the control of the line this run is about.",
        packets=0,
        deadline_ms=500,
        tells=("other-line",),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
