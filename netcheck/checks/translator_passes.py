"""isp: on a network of IPv6 alone, does what it translates to IPv4 get through?

A network without IPv4 has its nameserver make up IPv6 addresses (DNS64, RFC 6147) and translates
what is sent there (NAT64, RFC 6146). Where the translator is dead, names resolve and all that has
an IPv6 address of its own works, while most of the rest, Wi-Fi calling among it, is silent. Read
from the sites: those whose addresses were made up (RFC 7050 tells the prefix) beside what came by
IPv6 untranslated. Asked only of a device without IPv4; who runs the translator is not seen, and
mostly it is the provider.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.checks.provider_carries_traffic import heard_from_beyond
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask
from netcheck.wire.nat64 import NAME, prefix_of

_WELL_KNOWN = "64:ff9b::/96"  # RFC 6052 2.1


@dataclass(frozen=True, slots=True)
class TranslatorFacts(Facts):
    """`translated` sites have only addresses that were made up; `answered` of them answered.
    `untranslated`: something was heard by IPv6 that nobody translated."""

    translated: int
    answered: int
    untranslated: bool


def targets(situation: Situation) -> Iterable[Target]:
    if situation.has_ipv6 and not situation.has_ipv4:
        yield Target("the translator", family=Family.IPV6)


def observe(target: Target, situation: Situation) -> Observed:
    sites = [
        (observation.failure is None, situation.resolver.by_system(observation.target.name))
        for observation, _ in situation.seen.facts("anchor-answers", AnchorFacts)
    ]
    found = [(answered, [a for a in names.addresses if ":" in a]) for answered, names in sites]
    prefix = ipaddress.ip_network(_WELL_KNOWN)
    if not any(_within(addresses, prefix) for _, addresses in found):
        prefix = ipaddress.ip_network(_learned(situation) or _WELL_KNOWN)
    translated = [answered for answered, addresses in found if _within(addresses, prefix)]
    facts = TranslatorFacts(len(translated), sum(translated), heard_from_beyond(situation))
    if len(translated) < situation.catalog.thresholds.family_least_sites or not (
        facts.answered or facts.untranslated
    ):
        return skipped("anchor-answers")
    return ok(facts) if facts.answered else failed(Failure.TIMEOUT, facts)


def _within(addresses: list[str], prefix: ipaddress.IPv4Network | ipaddress.IPv6Network) -> bool:
    """Whether there are addresses, and all of them were made up."""
    return bool(addresses) and all(ipaddress.ip_address(one) in prefix for one in addresses)


def _learned(situation: Situation) -> str | None:
    """The prefix that this network's nameserver uses, where it is not the well-known one."""
    for server in first_nameserver(situation):
        answer = ask(situation.net, server.name, NAME, "AAAA", deadline_ms=1500)
        return next((prefix for prefix in map(prefix_of, answer.addresses) if prefix), None)
    return None


def read(situation: Situation) -> Iterable[Finding]:
    for observation, _ in situation.seen.facts(CHECK.id, TranslatorFacts):
        state = "passes" if observation.failure is None else "silent"
        yield Finding(f"translator.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="translator-passes",
        stage=Stage.ISP,
        question="On a network of IPv6 alone, does what it translates to IPv4 get through?",
        control="What has an IPv6 address of its own, and is translated by nobody.",
        packets=3,
        deadline_ms=1800,
        needs=("route-exists",),
        tells=("translator",),
        after=("anchor-answers", "provider-carries-traffic"),
    ),
    targets,
    observe,
    read,
)
