"""internet: where do connections to port 443 end, when those to port 80 do not?

Two traces of one SYN a hop, side by side: port 443 to a web site that never answered there, and
port 80 to a page that did. The last hop that hears of the one beside the last of the other shows
who stops it (RFC 792, RFC 9293). Asked only after most sites failed to connect while a page with
a known answer came back, so a healthy run sends none. Routers need not speak of a segment that
ran out of hops; where the control is not seen past the router either, nothing is concluded.
"""

import threading
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.by_proxy import web_leads_by_proxy
from netcheck.checks.contract import Check, Situation
from netcheck.checks.way_out import WAY_OUT, home_hops
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.tcp_reach import TcpReach, tcp_reach

_MAX_TTL = 5


@dataclass(frozen=True, slots=True)
class HttpsPathFacts(Facts):
    """The furthest hop heard of for port 443 and for the control on port 80; None: none was
    heard. `answered_at`: the fewest hops with which somebody answered on 443. `control_next_ttl`:
    the first hop past the router of which the control heard."""

    https_last_ttl: int | None
    control_last_ttl: int | None
    answered_at: int | None
    control_next_ttl: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    """One site whose address was found and whose port 443 never opened, if most are like that."""
    anchors = situation.seen.facts("anchor-answers", AnchorFacts)
    shut = [
        observation
        for observation, facts in anchors
        if observation.failure is not None and facts.failed_phase == "tcp"
    ]
    if 2 * len(shut) <= len(anchors) or not situation.seen.ok("no-portal"):
        return
    target = shut[0].target
    yield Target(target.name, Role.CONTROL, target.operator, port=443)


def observe(target: Target, situation: Situation) -> Observed:
    here = _address(target.name, situation)
    control_host = situation.seen.ok("no-portal")[0].target.name
    there = _address(control_host, situation)
    if here is None or there is None:
        return error(Failure.NO_DATA, "the addresses of sites are no longer known")
    https, control = _both(situation, here, there)
    if https is None or control is None:
        return error(Failure.NOT_PERMITTED, "this system does not pass on expired segments")
    home = home_hops(situation)
    facts = HttpsPathFacts(
        https.last_ttl,
        control.answered_ttl or control.last_ttl,
        https.answered_ttl,
        min((ttl for ttl in control.heard if ttl > home), default=control.answered_ttl),
    )
    return ok(facts) if _stops(facts, home) == "beyond" else failed(Failure.TIMEOUT, facts)


def _address(host: str, situation: Situation) -> str | None:
    """One address of a host that was asked for before: the resolver remembers it."""
    found = situation.resolver.by_system(host).addresses
    wanted = [a for a in found if (":" in a) != situation.has_ipv4]
    situation.net.allowed.resolved(host, found)
    return wanted[0] if wanted else None


def _both(situation: Situation, here: str, there: str) -> tuple[TcpReach | None, TcpReach | None]:
    aside: list[TcpReach | None] = []
    thread = threading.Thread(
        target=lambda: aside.append(tcp_reach(situation.net, there, 80, max_ttl=_MAX_TTL)),
        daemon=True,
    )
    thread.start()
    https = tcp_reach(situation.net, here, 443, max_ttl=_MAX_TTL)
    thread.join(1.0)
    return https, aside[0] if aside else None


def _stops(facts: HttpsPathFacts, home: int) -> str:
    """A reset that comes with n hops was made by whoever stands n hops away, or next to it."""
    if facts.control_last_ttl is None or facts.control_last_ttl <= home:
        return "unseen"
    last = facts.https_last_ttl or 0
    if last >= facts.control_last_ttl - 1 and facts.answered_at is None:
        return "beyond"
    if facts.answered_at is not None and facts.answered_at >= facts.control_last_ttl:
        return "beyond"
    if last > home:
        return "at-provider"
    # A provider's box that speaks of no segment that ran out of hops there may be the one.
    known = facts.answered_at is not None or facts.control_next_ttl in (None, home + 1)
    return "at-router" if known or last < home else "unseen"


def read(situation: Situation) -> Iterable[Finding]:
    if web_leads_by_proxy(situation):
        return
    for _, facts in situation.seen.facts(CHECK.id, HttpsPathFacts):
        yield Finding(f"https-stops.{_stops(facts, home_hops(situation))}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="https-passes",
        stage=Stage.INTERNET,
        question="Where do connections to secure sites end, when plain pages come through?",
        control="The same first segment to port 80 of a host that answered there.",
        packets=14,
        deadline_ms=1500,
        tells=("https-stops",),
        needs=("route-exists",),
        after=("anchor-answers", "no-portal", WAY_OUT),
    ),
    targets,
    observe,
    read,
)
