"""device: may the interface in use send packets of the size that the internet counts on?

IPv6 asks 1,280 bytes of every link (RFC 8200 section 5), and IPv4 senders count on at least as
much. A smaller size is set by hand or by a tunnel that has gone. It breaks IPv6 at once, and what
cannot be cut into pieces hangs. A usual size proves nothing of the path behind.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class SizeFacts(Facts):
    """The largest packet the interface sends, in bytes, headers of its own link aside."""

    mtu_bytes: int


def targets(situation: Situation) -> Iterable[Target]:
    if situation.interface is not None and situation.interface.mtu is not None:
        yield Target(situation.interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None or interface.mtu is None:
        return skipped("interface-is-up")
    facts = SizeFacts(interface.mtu)
    small = interface.mtu < situation.catalog.thresholds.mtu_least_bytes
    return failed(Failure.WRONG_ANSWER, facts) if small else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, SizeFacts):
        state = "usual" if observation.failure is None else "small"
        yield Finding(f"mtu.{state}", (CHECK.id,), {"count": facts.mtu_bytes})


CHECK = Check(
    CheckSpec(
        id="packet-size-is-usual",
        stage=Stage.DEVICE,
        question="May this device send packets of the usual size?",
        control="The least that RFC 8200 asks of every link.",
        packets=0,
        deadline_ms=500,
        tells=("mtu",),
        needs=("interface-is-up",),
    ),
    targets,
    observe,
    read,
)
