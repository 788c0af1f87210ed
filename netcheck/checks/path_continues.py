"""isp: how far does a datagram get, hop by hop?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.path import Path, trace

_PAYLOAD = b"netcheck path"
_PROVIDER_HOPS = 3  # a last answer up to here is still the provider's; weak without ASNs


@dataclass(frozen=True, slots=True)
class HopFacts(Facts):
    """One hop: the router that said the datagram ran out there, and after how long."""

    ttl: int
    address: str | None
    delay_ms: float | None


@dataclass(frozen=True, slots=True)
class PathFacts(Facts):
    """`last_ttl` is the furthest hop that answered, a lower bound of where the path ends: a
    router may forward well and never say a word (RFC 1812 4.3.2.8 allows it to limit them)."""

    hops: tuple[HopFacts, ...]
    reached: bool
    last_ttl: int | None


def path_facts(path: Path) -> PathFacts:
    """A trace as facts."""
    # A router that rejects the datagram answers for the hop it would have gone to next.
    heard = [
        hop.ttl if hop.icmp == "time-exceeded" else hop.ttl - 1
        for hop in path.hops
        if hop.address is not None
    ]
    hops = tuple(HopFacts(hop.ttl, hop.address, hop.delay_ms) for hop in path.hops)
    last = path.answered_ttl if path.reached else max(heard, default=None)
    return PathFacts(hops, path.reached, last)


def targets(situation: Situation) -> Iterable[Target]:
    yield from situation.resolvers[:1]


def observe(target: Target, situation: Situation) -> Observed:
    path = trace(situation.net, target.name, TRACE_PORT, _PAYLOAD)
    if path is None:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired datagrams")
    facts = path_facts(path)
    if facts.reached:
        return ok(facts)
    return failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, PathFacts):
        if facts.reached:
            state = "arrives"
        elif facts.last_ttl is None:
            state = "hidden"
        elif facts.last_ttl == 1:
            state = "ends-at-router"
        else:
            state = "ends-at-provider" if facts.last_ttl <= _PROVIDER_HOPS else "ends-beyond"
        yield Finding(f"path.{state}", (CHECK.id,), {"hop": facts.last_ttl})


CHECK = Check(
    CheckSpec(
        id="path-continues",
        stage=Stage.ISP,
        question="How far does a datagram get, hop by hop?",
        control="Answers from beyond outweigh it: routers need not answer expired datagrams.",
        packets=18,
        deadline_ms=1600,
        tells=("path",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
