"""isp: how far does a datagram get, hop by hop?"""

from collections.abc import Iterable

from netcheck.checks.contract import Check, Situation
from netcheck.checks.way_out import WAY_OUT, PathFacts, home_hops, path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.path import trace

_PAYLOAD = b"netcheck path"


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
    home = home_hops(situation)
    for _, facts in situation.seen.facts(CHECK.id, PathFacts):
        if facts.reached:
            state = "arrives"
        elif facts.last_ttl is None:
            state = "hidden"
        elif facts.last_ttl <= home:
            state = "ends-at-router"
        else:
            at_provider = facts.last_ttl < home + situation.catalog.thresholds.provider_hops
            state = "ends-at-provider" if at_provider else "ends-beyond"
        yield Finding(f"path.{state}", (CHECK.id,), {"hop": facts.last_ttl})


CHECK = Check(
    CheckSpec(
        id=WAY_OUT,
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
