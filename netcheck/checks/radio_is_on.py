"""device: is its radio switched on, or is it in airplane mode?

The kernel's own switches (Linux, rfkill): `soft` is airplane mode or a setting, `hard` a key on
the case. A radio that is off is a choice where a cable carries the traffic. Nothing is said where
the system does not show its switches.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.device.settings import radios
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class RadioFacts(Facts):
    """How many radios for Wi-Fi and mobile there are, and how many are off by which switch."""

    radios: int
    soft_off: int
    hard_off: int


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("radios")


def observe(target: Target, situation: Situation) -> Observed:
    found = radios()
    if found is None:
        return error(Failure.NOT_PERMITTED, "this system does not show its radios' switches")
    off = sum(radio.soft or radio.hard for radio in found)
    facts = RadioFacts(
        len(found), sum(radio.soft for radio in found), sum(radio.hard for radio in found)
    )
    return failed(Failure.ABSENT, facts) if found and off == len(found) else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, RadioFacts):
        state = "on" if observation.failure is None else "off"
        yield Finding(f"radio.{state if facts.radios else 'none'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="radio-is-on",
        stage=Stage.DEVICE,
        question="Is the radio of this device switched on?",
        control="Whether a cable carries the traffic: then a radio that is off means nothing.",
        packets=0,
        deadline_ms=500,
        tells=("radio",),
    ),
    targets,
    observe,
    read,
)
