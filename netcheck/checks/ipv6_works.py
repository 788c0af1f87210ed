"""isp: where this device was given IPv6, does it lead anywhere?

A home that is told of IPv6 which leads nowhere is slow everywhere: each program tries it first
and falls back (RFC 8305; RFC 6556 tells how long old ones wait). Whether it works is read from
the web sites, which try IPv6 first; only when none of those that have an IPv6 address answered
over it are two resolvers asked by IPv6 alone, and a trace shows where it ends. Silence of both
resolvers would not prove it without the sites, and the trace needs routers that speak.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.checks.path_continues import path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.dns import ask
from netcheck.probe.path import trace

_LEAST_SITES = 2


@dataclass(frozen=True, slots=True)
class Ipv6Facts(Facts):
    """`given`: there is a route for IPv6. `sites` have an IPv6 address and answered; `by_ipv6` of
    them over it. `resolver_answered` and `last_ttl`, the furthest hop, only where none did."""

    given: bool
    sites: int
    by_ipv6: int
    resolver_answered: bool | None
    last_ttl: int | None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("IPv6", family=Family.IPV6)


def observe(target: Target, situation: Situation) -> Observed:
    if not situation.has_ipv6:
        return ok(Ipv6Facts(False, 0, 0, None, None))
    if not situation.has_ipv4:
        return skipped("ipv4")  # no control: the other checks show what works
    families = [
        facts.family
        for observation, facts in situation.seen.facts("anchor-answers", AnchorFacts)
        if observation.failure is None and _has_ipv6(observation.target.name, situation)
    ]
    by_ipv6 = families.count(Family.IPV6)
    if by_ipv6:
        return ok(Ipv6Facts(True, len(families), by_ipv6, None, None))
    if len(families) < _LEAST_SITES:
        return skipped("anchor-answers")
    name = situation.catalog.anchors[0].host
    servers = [resolver.ipv6 for resolver in situation.catalog.resolvers if resolver.ipv6][:2]
    for server in servers:
        if ask(situation.net, server, name, deadline_ms=700, retries_at_ms=(300,)).rcode:
            return ok(Ipv6Facts(True, len(families), 0, True, None))
    path = trace(situation.net, servers[0], TRACE_PORT, b"netcheck path", max_ttl=4)
    last_ttl = path_facts(path).last_ttl if path else None
    return failed(Failure.TIMEOUT, Ipv6Facts(True, len(families), 0, False, last_ttl))


def _has_ipv6(host: str, situation: Situation) -> bool:
    return any(":" in address for address in situation.resolver.by_system(host).addresses)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, Ipv6Facts):
        if not facts.given:
            state = "absent"
        elif facts.by_ipv6:
            state = "works"
        elif facts.resolver_answered:
            state = "late"
        elif facts.last_ttl is None:
            state = "ends-unseen"
        else:
            state = "ends-at-router" if facts.last_ttl <= 1 else "ends-beyond"
        yield Finding(f"ipv6.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="ipv6-works",
        stage=Stage.ISP,
        question="Does the IPv6 that this device was given lead anywhere?",
        control="The same sites over IPv4, in the same second.",
        packets=12,
        deadline_ms=2900,
        needs=("route-exists",),
        after=("anchor-answers",),
    ),
    targets,
    observe,
    read,
)
