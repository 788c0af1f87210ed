"""dns: does this network leave names alone that should mean nothing special?

Three facts, none of them a fault; they are told where they may explain one. `local_served`: the
nameserver claims to know `.local`, which belongs to multicast DNS (RFC 6762 3, appendix G), so
devices on this network may find the wrong one. `single_label_resolves`: a random name without a dot
resolves, so a search domain answers for everything (RFC 1535). `rebinding_filtered`: an address of
a home is withheld where a public name has one, as routers do against DNS rebinding; None where a
public resolver does not give it either.
"""

import ipaddress
import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import DnsAnswer, ask

PRIVATE = "192-168-0-1.sslip.io"  # a public service: the address is in the name
_MULTICAST = "local"


@dataclass(frozen=True, slots=True)
class PrivateNameFacts(Facts):
    """See the module; `search_domains` is how many this device was given."""

    local_served: bool | None
    single_label_resolves: bool | None
    rebinding_filtered: bool | None
    search_domains: int | None


def targets(situation: Situation) -> Iterable[Target]:
    yield from first_nameserver(situation)


def observe(target: Target, situation: Situation) -> Observed:
    local = ask(situation.net, target.name, _MULTICAST, "SOA", deadline_ms=1500)
    if local.rcode is None:
        return skipped("nameserver-answers")
    public = next((r.name for r in situation.resolvers if r.name != target.name), None)
    rebinding = None
    if public is not None and _is_private(ask(situation.net, public, PRIVATE, deadline_ms=1500)):
        ours = ask(situation.net, target.name, PRIVATE, deadline_ms=1500)
        rebinding = None if ours.failure == Failure.TIMEOUT else not _is_private(ours)
    single = situation.resolver.by_system(secrets.token_hex(8))
    answered = single.failure is None or single.failure in (Failure.NXDOMAIN, Failure.NO_DATA)
    facts = PrivateNameFacts(
        local_served=local.failure is None,
        single_label_resolves=bool(single.addresses) if answered else None,
        rebinding_filtered=rebinding,
        search_domains=situation.device.search_domains,
    )
    unusual = facts.local_served or facts.single_label_resolves
    return failed(Failure.WRONG_ANSWER, facts) if unusual else ok(facts)


def _is_private(answer: DnsAnswer) -> bool:
    return any(ipaddress.ip_address(one).is_private for one in answer.addresses)


def read(situation: Situation) -> Iterable[Finding]:
    withheld = [f.rebinding_filtered for _, f in situation.seen.facts(CHECK.id, PrivateNameFacts)]
    if not any(one is not None for one in withheld):
        withheld = [_keeps_back_a_gateway(situation)]
    for one in withheld:
        if one is not None:
            yield Finding(f"home-addresses.{'withheld' if one else 'passed'}", (CHECK.id,))
    for _, facts in situation.seen.facts(CHECK.id, PrivateNameFacts):
        if facts.local_served is not None:
            yield Finding(f"local-names.{'served' if facts.local_served else 'apart'}", (CHECK.id,))


def _keeps_back_a_gateway(situation: Situation) -> bool | None:
    """Whether our resolver gives nothing where a public one gives a gateway's name an address of
    a home: then a filter against rebinding is what differs, not one against the carrier."""
    own = situation.own.id if situation.own else None
    given: dict[str, list[EpdgNameFacts]] = {}
    for _, facts in situation.seen.facts("epdg-resolves", EpdgNameFacts):
        if facts.operator == own:
            given.setdefault(facts.resolver, []).append(facts)
    public = [facts.unusable for facts in given.get("public", [])]
    if not any(kind in ("private", "loopback") for kind in public):
        return None
    ours = [f for f in given.get("configured", []) if f.rcode is not None]
    return not any(f.unusable or f.addresses for f in ours) if ours else None


CHECK = Check(
    CheckSpec(
        id="private-names-are-usual",
        stage=Stage.DNS,
        question="Does this network leave names alone that should mean nothing special?",
        control="A public resolver is asked for the public name with a home's address.",
        packets=11,
        deadline_ms=7500,
        tells=("home-addresses", "local-names"),
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
