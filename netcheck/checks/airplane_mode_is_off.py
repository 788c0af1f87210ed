"""phone: is airplane mode off, by the phone's own word and by its owner's?

Android's setting `airplane_mode_on`, a modem that is disabled, or what the user sees. Airplane
mode with Wi-Fi on is a way some people live, and calls over Wi-Fi work in it.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.phone_lines import AFTER, heard, target_of
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.testimony import Switch

_TOLD = Target("the user's word", Role.OWN)


@dataclass(frozen=True, slots=True)
class AirplaneFacts(Facts):
    """Whether it is on, and who says so: `told` the user, else the phone itself."""

    on: bool
    told: bool


def targets(situation: Situation) -> Iterable[Target]:
    if situation.told.airplane is not None:
        yield _TOLD
    said = heard(situation)
    if said is not None and said.phone.airplane_mode is not None:
        yield target_of(said.phone)


def observe(target: Target, situation: Situation) -> Observed:
    if target == _TOLD:
        return _observed(situation.told.airplane == Switch.ON, told=True)
    said = heard(situation)
    if said is None or said.phone.airplane_mode is None:
        return skipped("phone-answers")
    return _observed(said.phone.airplane_mode, told=False)


def _observed(on: bool, *, told: bool) -> Observed:
    facts = AirplaneFacts(on, told)
    return failed(Failure.ABSENT, facts) if on else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, AirplaneFacts):
        thing = "airplane-told" if facts.told else "airplane"
        yield Finding(f"{thing}.{'on' if facts.on else 'off'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="airplane-mode-is-off",
        stage=Stage.PHONE,
        question="Is airplane mode off on the phone?",
        control="None: the switch itself, or what its owner sees.",
        packets=0,
        deadline_ms=500,
        tells=("airplane-told", "airplane"),
        after=AFTER,
    ),
    targets,
    observe,
    read,
)
