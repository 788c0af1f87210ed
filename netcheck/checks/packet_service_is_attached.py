"""phone: does a phone that is on its network have data from it, too?

ModemManager's PacketServiceState, Android's data registration and its switch for mobile data.
Asked only of a phone that is registered: without a network nobody has data. Attached is not yet
a way to the internet.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, Heard, heard, service, target_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class PacketFacts(Facts):
    """`switched_on` is the phone's own switch for mobile data. None: not measured."""

    attached: bool | None
    switched_on: bool | None
    connected: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    said = _registered(situation)
    if said is not None:
        yield target_of(said.phone)


def observe(target: Target, situation: Situation) -> Observed:
    said = _registered(situation)
    if said is None or said.own is None:
        return skipped("phone-is-registered")
    line = said.own
    facts = PacketFacts(line.packet_attached, said.phone.mobile_data_on, line.bearer_connected)
    return ok(facts) if _state(facts) == "attached" else failed(Failure.ABSENT, facts)


def _registered(situation: Situation) -> Heard | None:
    """The phone, if its line is on its network and something is known of its data."""
    said = heard(situation)
    if said is None or said.own is None:
        return None
    state = service(said.own)
    facts = PacketFacts(said.own.packet_attached, said.phone.mobile_data_on, None)
    return said if state and state.in_service and _state(facts) else None


def _state(facts: PacketFacts) -> str | None:
    if facts.switched_on is False:
        return "switched-off"
    if facts.attached is None:
        return None
    return "attached" if facts.attached else "detached"


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, PacketFacts):
        yield Finding(f"phone-data.{_state(facts)}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="packet-service-is-attached",
        stage=Stage.PHONE,
        question="Does the phone, once on its network, have data from it?",
        control="Its registration for calls; its own switch for mobile data.",
        packets=0,
        deadline_ms=500,
        tells=("phone-data",),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
