"""wifi-calling: where does the datagram that a gateway never answered get lost?

The same IKE_SA_INIT with rising TTL, beside a control port on the same address. A router that
drops or redirects port 500 is the last hop seen on 500 while the control goes further. Where
routers answer no expired datagram nothing is seen, and that proves nothing.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.path_continues import TRACE_PORT, path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import (
    Facts,
    Observed,
    Role,
    Target,
    error,
    failed,
    ok,
    skipped,
)
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.ike import datagram_for_path
from netcheck.probe.path import trace


@dataclass(frozen=True, slots=True)
class IkePathFacts(Facts):
    """The furthest hop heard for port 500 and for the control port; None: none was heard.
    `answered_at`: the TTL at which somebody answered in the gateway's place."""

    ike_last_ttl: int | None
    control_last_ttl: int | None
    answered_at: int | None


def targets(situation: Situation) -> Iterable[Target]:
    """One silent address of our own operator, else of one control; never more than two."""
    chosen: dict[Role, Target] = {}
    for observation in situation.seen.of("epdg-answers-ike"):
        target = observation.target
        if observation.failure is None or target.role == Role.CALLED:
            continue
        chosen.setdefault(target.role, target)
    for target in chosen.values():
        yield Target(target.name, target.role, target.operator, target.address, 500, target.family)


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.operator is None:
        raise ValueError("a target of this check names operator and address")
    datagram = datagram_for_path(situation.budget_of(target.operator), target.address)
    if datagram is None:
        return skipped("half-open-budget")
    ike = trace(situation.net, target.address, 500, datagram)
    control = trace(situation.net, target.address, TRACE_PORT, datagram)
    if ike is None or control is None:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired datagrams")
    answered_at = ike.answered_ttl if ike.answer is not None else None
    facts = IkePathFacts(path_facts(ike).last_ttl, path_facts(control).last_ttl, answered_at)
    return ok(facts) if _stops(facts) == "beyond" else failed(Failure.TIMEOUT, facts)


def _stops(facts: IkePathFacts) -> str:
    if facts.answered_at is not None:
        # Somebody answered before the datagram can have reached the gateway.
        return "at-router" if facts.answered_at <= 1 else "at-provider"
    if facts.control_last_ttl is None:
        return "unseen"
    if (facts.ike_last_ttl or 0) >= facts.control_last_ttl:
        return "beyond" if facts.control_last_ttl >= 2 else "unseen"
    return "at-router" if (facts.ike_last_ttl or 0) <= 1 else "at-provider"


def read(situation: Situation) -> Iterable[Finding]:
    seen = {
        observation.target.role: _stops(facts)
        for observation, facts in situation.seen.facts(CHECK.id, IkePathFacts)
    }
    state = seen.get(Role.OWN) or seen.get(Role.CONTROL)
    if state is not None:
        yield Finding(f"ike-stops.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="ike-passes",
        stage=Stage.WIFI_CALLING,
        question="Where does a datagram to an unanswering gateway get lost?",
        control="The same datagram to another port of the same address.",
        packets=30,
        deadline_ms=3200,
        needs=("route-exists",),
        follows="epdg-answers-ike",
    ),
    targets,
    observe,
    read,
)
