"""device: has it been given an address that can be used beyond the own link?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class AddressFacts(Facts):
    """Counts only: how many usable addresses a family has, and how many reach the link alone."""

    ipv4: int
    ipv6: int
    link_local_ipv4: int


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    yield Target(interface.name if interface else "no interface")


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    usable = [a.family for a in interface.addresses if not a.link_local]
    self_made = sum(a.link_local and a.family == Family.IPV4 for a in interface.addresses)
    facts = AddressFacts(usable.count(Family.IPV4), usable.count(Family.IPV6), self_made)
    return ok(facts) if usable else failed(Failure.ABSENT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, AddressFacts):
        if facts.ipv4 or facts.ipv6:
            state = "assigned"
        else:
            # RFC 3927: a device that got no DHCP answer gives itself one of 169.254/16. IPv6
            # link-local addresses are always there and mean nothing here.
            state = "link-local" if facts.link_local_ipv4 else "missing"
        yield Finding(f"address.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="device-has-address",
        stage=Stage.DEVICE,
        question="Has the network given this device an address?",
        control="A self-made address (RFC 3927) is told apart from none at all.",
        packets=0,
        deadline_ms=500,
        tells=("address",),
        needs=("link-is-connected",),
    ),
    targets,
    observe,
    read,
)
