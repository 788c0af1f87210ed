"""router: who hands out addresses on this network, one server or two?

A question that every DHCP server answers (RFC 2131), whose offers are never taken. Two that name
the same router are a pair that stands in for each other; two that name different routers leave it
to chance which of them a device believes, and the second one is mostly a router that somebody
plugged in the wrong way round. Needs the raw extra and an administrator's rights. Silence proves
nothing: a network may have no DHCP, or answer only devices it knows.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.device import LinkKind
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class DhcpFacts(Facts):
    """The servers that offered, the routers they name, and whether ours is among these (None:
    this device has no router to compare)."""

    servers: tuple[str, ...]
    routers: tuple[str, ...]
    our_router_named: bool | None


def targets(situation: Situation) -> Iterable[Target]:
    interface = situation.interface
    if interface is not None and interface.kind in (LinkKind.ETHERNET, LinkKind.WIFI):
        yield Target(interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    from netcheck.probe import raw

    interface, lacks = situation.interface, raw.lacking()
    if interface is None:
        return skipped("interface-is-up")
    if lacks is not None:
        return Observed(Outcome.SKIPPED, None, None, "raw", lacks)
    from netcheck.probe.raw_dhcp import discover

    try:
        _, offers = discover(situation.net, interface.name)
    except OSError:
        return error(Failure.NOT_PERMITTED, raw.NO_RIGHT)
    routers = tuple(sorted({offer.router for offer in offers if offer.router}))
    ours = [
        route.gateway
        for route in situation.device.default_routes
        if route.interface == interface.name and route.gateway and ":" not in route.gateway
    ]
    facts = DhcpFacts(
        tuple(offer.server for offer in offers), routers, ours[0] in routers if ours else None
    )
    if not offers:
        return failed(Failure.TIMEOUT, facts)
    return failed(Failure.WRONG_ANSWER, facts) if _conflict(facts) else ok(facts)


def _conflict(facts: DhcpFacts) -> bool:
    """Whether there is more than one way out: those that are named, and the one in use."""
    unnamed = facts.our_router_named is False and bool(facts.routers)
    return len(facts.servers) > 1 and len(facts.routers) + unnamed > 1


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, DhcpFacts):
        shown: dict[str, Parameter] = {"count": len(facts.servers)}
        if _conflict(facts):
            state = "conflicting"
        elif len(facts.servers) > 1:
            state = "several"
        elif facts.our_router_named is False and facts.servers:
            continue  # whoever named the router in use was not heard: one answer is not all
        else:
            state = "one" if facts.servers else "none"
        yield Finding(f"dhcp-servers.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="one-dhcp-server-answers",
        stage=Stage.ROUTER,
        question="Is it one router alone that hands out addresses here?",
        control="All servers answer the same question; the router in use is held beside them.",
        packets=2,
        deadline_ms=5000,
        tells=("dhcp-servers",),
        needs=("link-is-connected",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
