"""carrier: does the host answer that a phone asks for leave to switch Wi-Fi calling on?

GSMA TS.43 (entitlement over HTTPS); names from the catalogue. One TLS connection to one's own
carrier's host, phase by phase in milliseconds; no token is sent, so whatever HTTP says, and be it
nothing, is an answer: only the certificate's host can have shaken hands. It does not prove that
this account may switch Wi-Fi calling on. Silence would not prove an outage: the name comes from
firmware, hosts move, and some answer only their own country. A phone that has Wi-Fi calling
switched on already may not need the host for days.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.by_proxy import web_leads_by_proxy
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.https import fetch
from netcheck.probe.trust import EmptyTrust, context

_DEADLINE_MS = 3000


@dataclass(frozen=True, slots=True)
class EntitlementFacts(Facts):
    """Each phase by itself; None: not reached. `failed_phase` is dns, tcp, tls or http."""

    dns_ms: float | None
    tcp_ms: float | None
    tls_ms: float | None
    http_ms: float | None
    failed_phase: str | None
    status: int | None
    issuer: str | None
    verify_error: str | None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.own is not None and situation.own.entitlement is not None:
        host, port = situation.own.entitlement
        yield Target(host, Role.OWN, situation.own.id, port=port)


def observe(target: Target, situation: Situation) -> Observed:
    if target.port is None:
        raise ValueError("a target of this check names its port")
    try:
        trust = context()
    except EmptyTrust:
        return error(Failure.NOT_PERMITTED, "this device's certificate store is empty")
    phases = fetch(
        situation.net,
        situation.resolver,
        target.name,
        port=target.port,
        deadline_ms=_DEADLINE_MS,
        trust=trust,
    )
    facts = EntitlementFacts(
        dns_ms=phases.dns_ms,
        tcp_ms=phases.tcp_ms,
        tls_ms=phases.tls_ms,
        http_ms=phases.http_ms,
        failed_phase=phases.failed_phase,
        status=phases.status,
        issuer=phases.issuer,
        verify_error=phases.verify_error,
    )
    answered = phases.failure is None or phases.failed_phase == "http"
    return ok(facts) if answered else failed(phases.failure or Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, EntitlementFacts):
        if facts.failed_phase == "dns":
            continue  # the names have checks of their own
        if observation.failure is not None and web_leads_by_proxy(situation):
            continue  # the network lets no site be reached like this
        if observation.failure is None:
            state = "answers"
        elif observation.failure == Failure.CERTIFICATE:
            state = "untrusted"
        else:
            state = "silent"
        yield Finding(f"entitlement.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="entitlement-answers",
        stage=Stage.CARRIER,
        question="Does the carrier's server for switching Wi-Fi calling on answer?",
        control="Six unrelated sites, reached the same way in the same second.",
        packets=8,
        deadline_ms=_DEADLINE_MS + 300,
        tells=("entitlement",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
