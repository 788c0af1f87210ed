"""internet: do web sites of unrelated operators answer, phase by phase?"""

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from email.utils import parsedate_to_datetime

from netcheck.checks.by_proxy import BY_PROXY
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observation, Observed, Role, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.https import HttpsPhases, fetch
from netcheck.probe.trust import EmptyTrust, context

_DEADLINE_MS = 3000


@dataclass(frozen=True, slots=True)
class AnchorFacts(Facts):
    """Each phase by itself. `clock_offset_s`: this device's clock minus the Date header."""

    dns_ms: float | None
    tcp_ms: float | None
    tls_ms: float | None
    http_ms: float | None
    failed_phase: str | None
    status: int | None
    family: str | None
    tls_version: str | None
    issuer: str | None
    verify_error: str | None
    clock_offset_s: int | None


def clock_offset_s(date: str | None) -> int | None:
    """This device's clock minus a Date header (RFC 9110 6.6.1), in whole seconds."""
    if not date:
        return None
    try:
        return round(time.time() - parsedate_to_datetime(date).timestamp())
    except (ValueError, OverflowError):
        return None


def targets(situation: Situation) -> Iterable[Target]:
    for anchor in situation.catalog.anchors:
        yield Target(anchor.host, Role.CONTROL, anchor.operator, port=443)


def observe(target: Target, situation: Situation) -> Observed:
    try:
        trust = context()
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    phases = fetch(
        situation.net, situation.resolver, target.name, deadline_ms=_DEADLINE_MS, trust=trust
    )
    facts = facts_of(phases)
    return ok(facts) if phases.failure is None else failed(phases.failure, facts)


def facts_of(phases: HttpsPhases) -> AnchorFacts:
    """How far a request came, as facts."""
    return AnchorFacts(
        dns_ms=phases.dns_ms,
        tcp_ms=phases.tcp_ms,
        tls_ms=phases.tls_ms,
        http_ms=phases.http_ms,
        failed_phase=phases.failed_phase,
        status=phases.status,
        family=phases.family,
        tls_version=phases.tls_version,
        issuer=phases.issuer,
        verify_error=phases.verify_error,
        clock_offset_s=clock_offset_s(phases.date),
    )


def read(situation: Situation) -> Iterable[Finding]:
    measured = situation.seen.facts(CHECK.id, AnchorFacts)
    if len(measured) < 2:
        return
    checks: tuple[str, ...] = (CHECK.id,)
    by_proxy = situation.seen.facts(BY_PROXY, AnchorFacts)
    if any(facts.failed_phase != "proxy" for _, facts in by_proxy):
        # The way that this device's programs take, where the direct one is closed.
        measured, checks = by_proxy, (CHECK.id, BY_PROXY)
    good = [facts for observation, facts in measured if observation.failure is None]
    shown: dict[str, Parameter] = {"count": len(good), "total": len(measured)}
    if 2 * len(good) >= len(measured):
        dead = [o.target.name for o, facts in measured if o.failure and not _is_unasked(o, facts)]
        shown["total"] = len(good) + len(dead)
        state = {0: "answer", 1: "one-dead"}.get(len(dead), "several-dead")
        if len(dead) == 1:
            shown["name"] = dead[0]
    else:
        kinds = Counter(
            _kind(facts, observation.failure)
            for observation, facts in measured
            if observation.failure is not None
        )
        state = kinds.most_common(1)[0][0]
        if state == "wrong-time" and situation.seen.ok("clock-is-right"):
            state = "untrusted"  # the dates are wrong, and pages with a date say: not our clock
        if state == "untrusted":
            shown |= _proof([facts for _, facts in measured])
    yield Finding(f"anchors.{state}", checks, shown)


def _is_unasked(observation: Observation, facts: AnchorFacts) -> bool:
    """Whether its name did not come in time: one lost question is enough, since most systems ask
    again after five seconds only. It says nothing of the site, where others have their names."""
    return facts.failed_phase == "dns" and observation.failure == Failure.TIMEOUT


def _proof(measured: list[AnchorFacts]) -> dict[str, Parameter]:
    """Who signed what most sites show, and what is wrong with it: a watchful box signs all."""
    told = Counter((f.issuer, f.verify_error) for f in measured if f.verify_error)
    if not told:
        return {}
    (issuer, reason), _ = told.most_common(1)[0]
    return {"issuer": issuer, "reason": reason}


def _kind(facts: AnchorFacts, failure: Failure | None) -> str:
    if facts.failed_phase == "dns":
        return "unresolved"
    if failure == Failure.CERTIFICATE:
        timely = facts.verify_error not in ("expired", "not-yet-valid")
        return "untrusted" if timely else "wrong-time"
    if facts.failed_phase == "tcp":
        return "refused" if failure in (Failure.REFUSED, Failure.RESET) else "silent"
    return "stall" if failure == Failure.TIMEOUT else "refused"


CHECK = Check(
    CheckSpec(
        id="anchor-answers",
        stage=Stage.INTERNET,
        question="Do web sites of unrelated operators answer?",
        control="Six operators that share nothing: one that fails alone is at fault itself.",
        packets=8,
        deadline_ms=_DEADLINE_MS + 300,
        tells=("anchors",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
