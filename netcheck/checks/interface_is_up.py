"""device: is there a network interface, and is it switched on?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class InterfaceFacts(Facts):
    """How many interfaces there are, loopback and tunnels aside, and how many are up. How far the
    system itself thinks that it gets (`internet`, `local`, `nothing`) is noted, and judges nothing:
    it is what the device shows its user, right or wrong. None: it does not say."""

    interfaces: int
    up: int
    system_says: str | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("this device")


def observe(target: Target, situation: Situation) -> Observed:
    physical = situation.physical_interfaces
    up = sum(interface.up is not False for interface in physical)
    opinion = situation.device.opinion
    facts = InterfaceFacts(len(physical), up, opinion.value if opinion else None)
    return ok(facts) if up else failed(Failure.ABSENT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, InterfaceFacts):
        state = "up" if facts.up else "down" if facts.interfaces else "none"
        yield Finding(f"interface.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="interface-is-up",
        stage=Stage.DEVICE,
        question="Is there a network interface, and is it switched on?",
        control="The kernel's own list of interfaces; no packet is needed.",
        packets=0,
        deadline_ms=500,
        tells=("interface",),
    ),
    targets,
    observe,
    read,
)
