"""wifi-calling: where does the datagram that a gateway never answered get lost?

The same IKE_SA_INIT with rising TTL, beside a control port on the same address. A router that
drops or redirects port 500 is the last hop seen on 500 while the control goes further. Where
routers answer no expired datagram nothing is seen, and that proves nothing.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_answers_ike import IkeFacts
from netcheck.checks.gateway_answers import is_home
from netcheck.checks.provider_carries_traffic import heard_from_beyond
from netcheck.checks.way_out import home_hops, path_facts
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
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.ike import datagram_for_path
from netcheck.probe.path import Path, trace


@dataclass(frozen=True, slots=True)
class IkePathFacts(Facts):
    """The furthest hop heard for port 500 and for the control port; None: none was heard.
    `answered_at`: the TTL at which somebody answered in the gateway's place. `control_next_ttl`:
    the first hop past the router that the control heard; a box that drops the one and is silent
    to both stands before it, so that a later one leaves open which box it is."""

    ike_last_ttl: int | None
    control_last_ttl: int | None
    answered_at: int | None
    control_next_ttl: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    """One silent address of our own operator, and of one control; none while all is silent."""
    if not heard_from_beyond(situation):
        return  # where nothing at all comes back there is no port to tell from another
    chosen: dict[Role, Target] = {}
    for observation in situation.seen.of("epdg-answers-ike"):
        target = observation.target
        nothing_sent = observation.failure in (None, Failure.NOT_PERMITTED)
        if nothing_sent or target.role == Role.CALLED:
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
    ike, control = _both(situation, target.address, datagram)
    if ike is None or control is None:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired datagrams")
    answered_at = ike.answered_ttl if ike.answer is not None else None
    ike_last_ttl, control_last_ttl = path_facts(ike).last_ttl, path_facts(control).last_ttl
    if answered_at is None and (ike_last_ttl or 0) < (control_last_ttl or 0):
        # Routers limit the errors they send: one that was busy with the control is asked again.
        again = trace(situation.net, target.address, 500, datagram, max_ttl=control_last_ttl or 1)
        heard = [ttl for ttl in (ike_last_ttl, again and path_facts(again).last_ttl) if ttl]
        ike_last_ttl = max(heard, default=None)
    home = home_hops(situation)
    next_ttl = _past_the_home(control, home)
    facts = IkePathFacts(ike_last_ttl, control_last_ttl, answered_at, next_ttl)
    return ok(facts) if _stops(facts, home) == "beyond" else failed(Failure.TIMEOUT, facts)


def _past_the_home(path: Path, home: int) -> int | None:
    return min((hop.ttl for hop in path.hops if hop.ttl > home and hop.address), default=None)


def _both(situation: Situation, address: str, datagram: bytes) -> tuple[Path | None, Path | None]:
    """The same datagram to both ports at once: what differs is the port, not the moment."""
    aside: list[Path | None] = []
    thread = threading.Thread(
        target=lambda: aside.append(trace(situation.net, address, TRACE_PORT, datagram)),
        daemon=True,
    )
    thread.start()
    ike = trace(situation.net, address, 500, datagram)
    thread.join(1.0)
    return ike, aside[0] if aside else None


def _stops(facts: IkePathFacts, home: int) -> str:
    """Where: a loss on the last hop before the gateway is the gateway's own door, not the way."""
    last = facts.answered_at or facts.ike_last_ttl or 0
    if facts.answered_at is not None and facts.control_last_ttl is None:
        return "at-router" if last <= home else "unseen"
    if facts.control_last_ttl is None or facts.control_last_ttl <= home:
        return "unseen"
    if last <= home:
        # The provider's first box would have spoken of it, had it come through the router: but
        # only one that speaks at all tells the router from that box.
        known = facts.answered_at is not None or facts.control_next_ttl in (None, home + 1)
        return "at-router" if known or last < home else "unseen"
    return "beyond" if last >= facts.control_last_ttl - 1 else "at-provider"


def _rejections(situation: Situation) -> dict[Role, str]:
    """Who rejects says where by its address (RFC 792): the router, the gateway, or in between."""
    found: dict[Role, str] = {}
    for observation, facts in situation.seen.facts("epdg-answers-ike", IkeFacts):
        source = next((port.rejected_by for port in facts.ports if port.rejected_by), None)
        if source is None or facts.answered:
            continue
        if is_home(source, situation):
            state = "at-router"
        else:
            state = "beyond" if source == observation.target.address else "at-provider"
        found.setdefault(observation.target.role, state)
    return found


def read(situation: Situation) -> Iterable[Finding]:
    home = home_hops(situation)
    seen = {
        observation.target.role: _stops(facts, home)
        for observation, facts in situation.seen.facts(CHECK.id, IkePathFacts)
    }
    seen.update(_rejections(situation))
    state = seen.get(Role.OWN) or seen.get(Role.CONTROL)
    if state is not None:
        yield Finding(f"ike-stops.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="ike-passes",
        stage=Stage.WIFI_CALLING,
        question="Where does a datagram to an unanswering gateway get lost?",
        control="The same datagram to another port of the same address.",
        packets=42,
        deadline_ms=4200,
        tells=("ike-stops",),
        needs=("route-exists",),
        follows="epdg-answers-ike",
    ),
    targets,
    observe,
    read,
)
