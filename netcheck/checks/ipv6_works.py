"""isp: where this device was given IPv6, does it lead anywhere?

A home that is told of IPv6 which leads nowhere is slow everywhere: each program tries it first
and falls back (RFC 8305; RFC 6556 tells how long old ones wait). Whether it works is read from
the web sites, which try IPv6 first; only when none of those that have an IPv6 address answered
over it are two resolvers asked by IPv6 alone, one site is opened by each family alone, so that
the wait is measured and not guessed, and a trace shows where it ends. Silence of both resolvers
would not prove it without the sites, and the trace needs routers that speak.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.checks.way_out import path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.dns import ask
from netcheck.probe.network import Deadline
from netcheck.probe.path import trace
from netcheck.probe.tcp import TcpConnect, connect, finish

_DEADLINE_MS = 4300  # of all attempts together
_DEADLINE_OF_A_RESOLVER_MS = 700
_DEADLINE_OF_THE_TRACE_MS = 1200
_DEADLINE_OF_A_SITE_MS = 1500


@dataclass(frozen=True, slots=True)
class Ipv6Facts(Facts):
    """`given`: there is a route for IPv6. `sites` have an IPv6 address and answered; `by_ipv6` of
    them over it. `resolver_answered` and `last_ttl`, the furthest hop, only where none did, and
    `waits_ms`: how much later a site opens by IPv6 than by IPv4 (`opens` False: it had not opened
    by then). Programs that do not try both at once (RFC 8305) wait that long, or longer."""

    given: bool
    sites: int
    by_ipv6: int
    resolver_answered: bool | None
    last_ttl: int | None
    waits_ms: float | None = None
    opens: bool | None = None


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
    if len(families) < situation.catalog.thresholds.family_least_sites:
        return skipped("anchor-answers")
    deadline = Deadline.in_ms(_DEADLINE_MS)
    servers = [resolver.ipv6 for resolver in situation.catalog.resolvers if resolver.ipv6][:2]
    answered = any(_answers(situation, server, deadline) for server in servers)
    last_ttl = None if answered else _last_ttl(situation, servers[0], deadline)
    waits_ms, opens = _waits(situation, deadline)
    facts = Ipv6Facts(True, len(families), 0, answered, last_ttl, waits_ms, opens)
    if answered and not _is_slow(facts, situation):
        return ok(facts)
    return failed(Failure.TIMEOUT, facts)


def _answers(situation: Situation, server: str, deadline: Deadline) -> bool:
    name = situation.catalog.anchors[0].host
    own_ms = min(_DEADLINE_OF_A_RESOLVER_MS, 1000 * deadline.left_s())
    said = ask(situation.net, server, name, deadline_ms=own_ms, retries_at_ms=(300,))
    return said.rcode is not None


def _last_ttl(situation: Situation, server: str, deadline: Deadline) -> int | None:
    own_ms = min(_DEADLINE_OF_THE_TRACE_MS, 1000 * deadline.left_s())
    path = trace(situation.net, server, TRACE_PORT, b"netcheck path", max_ttl=4, deadline_ms=own_ms)
    return path_facts(path).last_ttl if path else None


def _is_slow(facts: Ipv6Facts, situation: Situation) -> bool:
    """Whether IPv6 leads out, and a person who has to wait for it notices."""
    if not facts.resolver_answered or facts.waits_ms is None:
        return False
    slow_ms: float = situation.catalog.thresholds.https_slow_ms
    return facts.waits_ms > slow_ms


def _waits(situation: Situation, deadline: Deadline) -> tuple[float | None, bool | None]:
    """How much later one site accepts a connection by IPv6 than by IPv4, and whether it did. Where
    what came before has left too little time for the wait to be told, nothing is said of it."""
    for anchor in situation.catalog.anchors:
        found = situation.resolver.by_system(anchor.host, deadline_ms=_DEADLINE_OF_A_SITE_MS)
        six = next((address for address in found.addresses if ":" in address), None)
        four = next((address for address in found.addresses if ":" not in address), None)
        if six is None or four is None:
            continue
        quick = _opens(situation, four, deadline)
        if quick.failure is not None:
            continue
        if deadline.left_s() < situation.catalog.thresholds.https_slow_ms / 1000:
            break
        began = time.monotonic()
        slow = _opens(situation, six, deadline)
        passed_ms = (time.monotonic() - began) * 1000
        opened = slow.failure is None
        by_six_ms = slow.delay_ms if opened and slow.delay_ms is not None else passed_ms
        return max(0.0, by_six_ms - (quick.delay_ms or 0.0)), opened
    return None, None


def _opens(situation: Situation, address: str, deadline: Deadline) -> TcpConnect:
    """One connection, closed at once."""
    own_s = min(_DEADLINE_OF_A_SITE_MS / 1000, deadline.left_s())
    made = connect(situation.net, address, 443, Deadline.in_ms(1000 * own_s))
    if made.socket is not None:
        finish(situation.net, made.socket)
    return made


def _has_ipv6(host: str, situation: Situation) -> bool:
    return any(":" in address for address in situation.resolver.by_system(host).addresses)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, Ipv6Facts):
        if not facts.given:
            state = "absent"
        elif facts.by_ipv6:
            state = "works"
        elif facts.resolver_answered:
            state = "slow" if _is_slow(facts, situation) else "late"
        elif facts.last_ttl is None:
            state = "ends-unseen"
        else:
            state = "ends-at-router" if facts.last_ttl <= 1 else "ends-beyond"
        shown: dict[str, Parameter] = {}
        if facts.waits_ms is not None:
            shown["seconds"] = round(facts.waits_ms / 1000, 1)
        yield Finding(f"ipv6.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="ipv6-works",
        stage=Stage.ISP,
        question="Does the IPv6 that this device was given lead anywhere?",
        control="The same sites over IPv4, in the same second.",
        packets=17,
        deadline_ms=_DEADLINE_MS + 300,
        tells=("ipv6",),
        needs=("route-exists",),
        after=("anchor-answers",),
    ),
    targets,
    observe,
    read,
)
