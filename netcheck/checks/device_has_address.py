"""device: has it been given an address that can be used beyond the own link?"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_KINDS = {
    kind: tuple(map(ipaddress.ip_network, networks.split()))
    for kind, networks in {
        "private": "10.0.0.0/8 172.16.0.0/12 192.168.0.0/16",
        "cgnat": "100.64.0.0/10",
        "link-local": "169.254.0.0/16 fe80::/10",
        "ula": "fc00::/7",
    }.items()
}


@dataclass(frozen=True, slots=True)
class AddressFacts(Facts):
    """Counts: how many usable addresses a family has, and how many reach the link alone; and of
    what kinds they are: `private` (RFC 1918), `cgnat` (RFC 6598), `ula` (RFC 4193), `link-local`,
    `global`, `other`. IPv6 link-local ones are always there and not counted."""

    ipv4: int
    ipv6: int
    link_local_ipv4: int
    kinds: tuple[str, ...] = ()


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    yield Target(interface.name if interface else "no interface")


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    usable = [a.family for a in interface.addresses if not a.link_local]
    self_made = sum(a.link_local and a.family == Family.IPV4 for a in interface.addresses)
    seen = [a for a in interface.addresses if a.family == Family.IPV4 or not a.link_local]
    kinds = tuple(sorted({kind_of(a.address) for a in seen}))
    facts = AddressFacts(usable.count(Family.IPV4), usable.count(Family.IPV6), self_made, kinds)
    return ok(facts) if usable else failed(Failure.ABSENT, facts)


def kind_of(address: str) -> str:
    """What kind of address it is."""
    found = ipaddress.ip_address(address.partition("%")[0])
    for kind, networks in _KINDS.items():
        if any(found.version == network.version and found in network for network in networks):
            return kind
    return "global" if found.is_global else "other"


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
