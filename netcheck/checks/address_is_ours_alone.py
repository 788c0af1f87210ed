"""device: does another device on this link use the same address?

The kernel checks every IPv6 address before it uses it (RFC 4862 5.4, IFA_F_DADFAILED); of IPv4
NetworkManager may have found one in use (state reason 64). With the raw extra and an
administrator's rights the link itself is asked by ARP (RFC 5227). Two devices with one address take
each other's answers: each works now and then. Silence proves little: the other one may sleep.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.lease_holds import LeaseFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom

_LEASES = ("lease-holds", "lease-is-accounted-for")


@dataclass(frozen=True, slots=True)
class SoleFacts(Facts):
    """IPv6 addresses of the interface in use that the kernel found to be another's, and whether
    the program that keeps the lease found the IPv4 one to be (None: it does not tell)."""

    ipv6_duplicates: int
    ipv4_taken: bool | None


@dataclass(frozen=True, slots=True)
class ArpFacts(Facts):
    """How many probes were sent, and how many other devices spoke for our address."""

    sent: int
    others: int


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    yield Target(interface.name if interface else "no interface")


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    duplicates = interface.duplicates.count(Family.IPV6)
    troubles = {
        facts.trouble for id in _LEASES for _, facts in situation.seen.facts(id, LeaseFacts)
    }
    facts = SoleFacts(duplicates, True if "taken" in troubles else None)
    return failed(Failure.WRONG_ANSWER, facts) if duplicates or facts.ipv4_taken else ok(facts)


def addresses(situation: Situation) -> Iterable[Target]:
    """The IPv4 address in use, if there is one."""
    interface = situation.interface
    for own in interface.addresses if interface else ():
        if own.family is Family.IPV4 and not own.link_local:
            yield Target(own.address, address=own.address, family=own.family)
            return


def probe(target: Target, situation: Situation) -> Observed:
    """Ask the link itself."""
    from netcheck.probe import raw

    interface, lacks = situation.interface, raw.lacking()
    if interface is None or target.address is None:
        return skipped("device-has-address")
    if lacks is not None:
        return Observed(Outcome.SKIPPED, None, None, "raw", lacks)
    from netcheck.probe.raw_arp import probe_for

    situation.net.allowed.learned(LearnedFrom.OWN_ADDRESS, target.address)
    try:
        found = probe_for(situation.net, interface.name, target.address)
    except OSError:
        return error(Failure.NOT_PERMITTED, raw.NO_RIGHT)
    facts = ArpFacts(found.sent, found.others)
    return failed(Failure.WRONG_ANSWER, facts) if found.others else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    told, asked = situation.seen.of(CHECK.id), situation.seen.of(PROBE.id)
    if any(one.failure is Failure.WRONG_ANSWER for one in (*told, *asked)):
        yield Finding("address-conflict.found", (CHECK.id, PROBE.id))
    elif any(one.outcome is Outcome.OK for one in asked):  # a look cut short has seen nothing
        yield Finding("address-conflict.none", (PROBE.id,))  # silence of the kernel is no look


CHECK = Check(
    CheckSpec(
        id="address-is-ours-alone",
        stage=Stage.DEVICE,
        question="Does nobody else on this link use this device's address?",
        control="What the kernel found before it used the address (RFC 4862 5.4).",
        packets=0,
        deadline_ms=500,
        tells=("address-conflict",),
        needs=("link-is-connected",),
        after=_LEASES,
    ),
    targets,
    observe,
    read,
)

PROBE = Check(
    CheckSpec(
        id="nobody-answers-for-our-address",
        stage=Stage.DEVICE,
        question="Does nobody on this link answer when asked who has this device's address?",
        control="This device's own frames are known by their sender and do not count.",
        packets=3,
        deadline_ms=8000,  # a busy machine takes long to load what can send such frames
        needs=("device-has-address",),
        tells=("address-conflict",),
        deep=True,
    ),
    addresses,
    probe,
    lambda _: (),
)
