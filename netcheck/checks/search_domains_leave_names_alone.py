"""dns: do the search domains of this device leave real names alone?

resolv.conf(5): a name with fewer dots than `ndots` is tried with each search domain first, any
other one after it has failed. Where such a domain has an answer for everything (a wildcard,
RFC 4592), names that do not exist get an address, and with a high `ndots` so do names that do:
www.google.com becomes www.google.com.example, and its visitors arrive at a stranger's server
(RFC 1535). Each name is asked for as programs write it and once more with a dot at its end, which
no search domain may touch. Only where a search domain could do harm, so it costs most devices
nothing. How many domains there are is kept, never which.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.private_names_are_usual import PrivateNameFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.resolve import SystemAnswer

_USUAL_DOTS = 1


@dataclass(frozen=True, slots=True)
class SearchFacts(Facts):
    """`invents`: a name that does not exist got an address by a search domain. `diverts`: a name
    that does exist got other addresses than without; None: one of the two was not answered."""

    search_domains: int
    dots: int
    invents: bool | None
    diverts: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    options = situation.device.name_options
    if not situation.device.search_domains or options is None:
        return
    seen = situation.seen
    sites_fail = seen.ok("system-resolver-answers") and not seen.ok("anchor-answers")
    if options.dots > _USUAL_DOTS or sites_fail:
        yield Target(situation.catalog.anchors[0].host, Role.OWN)


def observe(target: Target, situation: Situation) -> Observed:
    options = situation.device.name_options
    if options is None or situation.device.search_domains is None:
        return skipped("name-service-is-known")
    facts = SearchFacts(
        situation.device.search_domains,
        options.dots,
        _invents(situation, f"{secrets.token_hex(9)}.com"),
        _diverts(situation, target.name),
    )
    if facts.invents is None and facts.diverts is None:
        return skipped("system-resolver-answers")
    return failed(Failure.WRONG_ANSWER, facts) if facts.invents or facts.diverts else ok(facts)


def _both(situation: Situation, name: str) -> tuple[SystemAnswer, SystemAnswer]:
    """The name alone, and as programs write it."""
    resolver = situation.resolver
    return (
        resolver.by_system(f"{name}.", deadline_ms=1500),
        resolver.by_system(name, deadline_ms=1500),
    )


def _invents(situation: Situation, name: str) -> bool | None:
    alone, searched = _both(situation, name)
    if alone.failure != Failure.NXDOMAIN:
        return None  # a resolver that makes up answers itself hides what the domains do
    known = searched.failure is None or searched.failure == Failure.NXDOMAIN
    return bool(searched.addresses) if known else None


def _diverts(situation: Situation, name: str) -> bool | None:
    alone, searched = _both(situation, name)
    if not alone.addresses or not searched.addresses:
        return None
    return not set(alone.addresses) & set(searched.addresses)


def read(situation: Situation) -> Iterable[Finding]:
    if not situation.seen.facts(CHECK.id, SearchFacts):
        # A run that looks closely has asked for a name without a dot.
        for _, single in situation.seen.facts("private-names-are-usual", PrivateNameFacts):
            if single.search_domains and single.single_label_resolves is not None:
                state = "invents" if single.single_label_resolves else "quiet"
                yield Finding(f"search-domain.{state}", ("private-names-are-usual",))
    for _, facts in situation.seen.facts(CHECK.id, SearchFacts):
        # Large sites give other addresses each time: both signs together are no chance.
        if facts.invents is None:
            continue  # names alone, or a resolver's silence, say nothing of the domains
        if facts.diverts and facts.invents:
            state = "diverts"
        else:
            state = "invents" if facts.invents else "quiet"
        yield Finding(f"search-domain.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="search-domains-leave-names-alone",
        stage=Stage.DNS,
        question="Do the search domains of this device leave real names alone?",
        control="The same name with a dot at its end, which no search domain may touch.",
        packets=8,
        deadline_ms=6300,
        tells=("search-domain",),
        needs=("route-exists",),
        after=("anchor-answers", "system-resolver-answers"),
    ),
    targets,
    observe,
    read,
)
