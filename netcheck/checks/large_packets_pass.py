"""isp: do packets of nearly full size get through, or vanish without a word?

Asked by each family this device can send: a tunnel on the way may shrink one of them alone, and
IPv6 lets no router on the way cut a packet up (RFC 8200 5), so that a lost "packet too big" (RFC
8201) hangs every site that answers by IPv6. A filter that drops large DNS alone looks the same.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.way_out import home_hops, path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import (
    Facts,
    Family,
    Observed,
    Role,
    Target,
    failed,
    ok,
    skipped,
)
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.dns import ask
from netcheck.probe.path import trace

PADDED_BYTES = 1350
"""A padded question of this length makes an IP packet near 1,400 bytes: more than a black hole
at 1,280 lets through, less than what PPPoE and common tunnels still carry whole."""

_MOST_A_FAMILY = 2


@dataclass(frozen=True, slots=True)
class LargeFacts(Facts):
    """Whether a padded question (RFC 7830) came back where a small one did, and the furthest hop
    that a large and a small datagram were seen to reach (None: no hop answered)."""

    padded_bytes: int
    passed: bool
    large_last_ttl: int | None = None
    small_last_ttl: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from situation.resolvers[:_MOST_A_FAMILY]
    if situation.has_ipv4 and situation.has_ipv6:
        others = [one for one in situation.catalog.resolvers if one.ipv6][:_MOST_A_FAMILY]
        for one in others:
            yield Target(one.ipv6 or "", Role.CONTROL, one.operator, one.ipv6, 53, Family.IPV6)


def observe(target: Target, situation: Situation) -> Observed:
    name = situation.catalog.anchors[0].host
    padded = ask(
        situation.net, target.name, name, padding_bytes=PADDED_BYTES, retries_at_ms=(400, 900),
        deadline_ms=1500,
    )  # fmt: skip
    if padded.rcode is not None or padded.icmp == "too-big":
        # A router that says "too big" (RFC 1191) is no black hole: senders learn the size.
        return ok(LargeFacts(PADDED_BYTES, True))
    small = ask(situation.net, target.name, name, retries_at_ms=(200,), deadline_ms=600)
    if small.rcode is None:
        return skipped("public-resolver-answers")
    large_path = trace(
        situation.net, target.name, TRACE_PORT, bytes(PADDED_BYTES), max_ttl=4, deadline_ms=600
    )
    small_path = trace(situation.net, target.name, TRACE_PORT, b"small", max_ttl=4, deadline_ms=600)
    facts = LargeFacts(
        PADDED_BYTES,
        False,
        path_facts(large_path).last_ttl if large_path else None,
        path_facts(small_path).last_ttl if small_path else None,
    )
    return failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    by_family: dict[Family | None, list[LargeFacts]] = {}
    for observation, facts in situation.seen.facts(CHECK.id, LargeFacts):
        by_family.setdefault(observation.target.family, []).append(facts)
    if not by_family:
        return
    home = home_hops(situation)
    stops = {family: _stops(told, home) for family, told in by_family.items()}
    stopped = {family: state for family, state in stops.items() if state is not None}
    if not stopped:
        yield Finding("large-packets.pass", (CHECK.id,))
        return
    shown: dict[str, Parameter] = {}
    if len(stopped) < len(by_family):
        shown["family"] = "IPv6" if Family.IPV6 in stopped else "IPv4"
    yield Finding(f"large-packets.{next(iter(stopped.values()))}", (CHECK.id,), shown)


def _stops(told: list[LargeFacts], home: int) -> str | None:
    """Where large packets of one family end; None: one of them got through."""
    if any(facts.passed for facts in told):
        return None
    state = "stop-unseen"
    for facts in told:
        small, large = facts.small_last_ttl, facts.large_last_ttl
        if small is not None and small > home:
            state = "stop-beyond" if large is not None and large > home else "stop-at-router"
    return state


CHECK = Check(
    CheckSpec(
        id="large-packets-pass",
        stage=Stage.ISP,
        question="Do packets of nearly full size get through?",
        control="A small question to the same server, and a second operator.",
        packets=13,
        deadline_ms=4000,
        tells=("large-packets",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
