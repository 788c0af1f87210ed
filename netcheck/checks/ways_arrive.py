"""isp: do the ways to several places, by IPv4 and IPv6, end alike?

One way that ends is the trouble of its target, or of who carries it there; all ways that end
behind the same hop are the trouble of what follows it. The same datagram as `path-continues`
sends, to resolvers of unrelated operators. Routers need not answer (RFC 1812 4.3.2.8), and places
need not refuse a closed port, so that an end is a lower bound and never proof on its own.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.stun_answers import class_of
from netcheck.checks.way_out import path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.path import trace

_DEADLINE_MS = 2500
_MOST_WAYS = 4


@dataclass(frozen=True, slots=True)
class WayFacts(Facts):
    """One way. The furthest hop that was heard is at `last_ttl`, with an address of the kind
    `last_place` (public, private, shared); None: nobody was."""

    target: str
    family: str
    reached: bool
    last_ttl: int | None
    last_place: str | None


@dataclass(frozen=True, slots=True)
class WaysFacts(Facts):
    """`ends`: nowhere (all arrive), one-family, some-targets, behind-one-hop, apart or unseen;
    `behind` is the hop's TTL where all end behind one."""

    ways: tuple[WayFacts, ...]
    ends: str
    behind: int | None = None


def compared(ways: Sequence[WayFacts]) -> WaysFacts:
    """Where these ways end, beside each other."""
    short = [way for way in ways if not way.reached]
    kept = tuple(ways)
    if not short:
        return WaysFacts(kept, "nowhere")
    if len(short) < len(ways):
        families = {way.family for way in short}
        whole = all(not way.reached for way in ways if way.family in families)
        return WaysFacts(kept, "one-family" if len(families) == 1 and whole else "some-targets")
    ends = {way.last_ttl for way in short}
    if None in ends:
        return WaysFacts(kept, "unseen")
    if len(ends) == 1:
        return WaysFacts(kept, "behind-one-hop", short[0].last_ttl)
    return WaysFacts(kept, "apart")


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("several places", Role.CONTROL)


def _places(situation: Situation) -> list[tuple[str, str]]:
    """(address, family): of each family this device can send, two unrelated operators'."""
    found: list[tuple[str, str]] = []
    resolvers = situation.catalog.resolvers
    if situation.has_ipv4:
        found += [(one.ipv4, "ipv4") for one in resolvers if one.ipv4][1:3]
    if situation.has_ipv6:
        found += [(one.ipv6, "ipv6") for one in resolvers if one.ipv6][:2]
    return found[:_MOST_WAYS]


def observe(target: Target, situation: Situation) -> Observed:
    places = _places(situation)
    if not places:
        return skipped("route-exists")
    found: dict[str, WayFacts] = {}

    def walk(address: str, family: str) -> None:
        path = trace(situation.net, address, TRACE_PORT, b"netcheck path",
                     deadline_ms=_DEADLINE_MS)  # fmt: skip
        if path is not None:
            facts = path_facts(path)
            heard = [hop for hop in path.hops if hop.address is not None]
            last = heard[-1].address if heard else None
            place = class_of(last) if last else None
            found[address] = WayFacts(address, family, facts.reached, facts.last_ttl, place)

    walking = [threading.Thread(target=walk, args=place, daemon=True) for place in places]
    for thread in walking:
        thread.start()
    for thread in walking:
        thread.join(_DEADLINE_MS / 1000 + 0.2)
    ways = [found[address] for address, _ in places if address in found]
    if not ways:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired datagrams")
    facts = compared(ways)
    return ok(facts) if facts.ends == "nowhere" else failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    """Informative only: `path-continues` weighs where one way ends, `hops-are-steady` what is lost
    on several, anchors weigh the targets."""
    return ()


CHECK = Check(
    CheckSpec(
        id="ways-arrive",
        stage=Stage.ISP,
        question="Do the ways to several places, by IPv4 and IPv6, end alike?",
        control="Places of unrelated operators, both families, in the same seconds.",
        packets=72,
        deadline_ms=3000,
        needs=("route-exists",),
        after=("path-continues",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
