"""internet: does a page with a known answer come back unchanged, or a login page instead?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import clock_offset_s
from netcheck.checks.by_proxy import web_leads_by_proxy
from netcheck.checks.contract import Check, Situation
from netcheck.checks.portal_lets_us_out import PortalApiFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.http import get_plain


@dataclass(frozen=True, slots=True)
class PortalFacts(Facts):
    """What came instead: the status, and the host a redirect named (RFC 8952 section 4). Nothing:
    the phase that failed (dns, tcp or http)."""

    status: int | None
    redirect_host: str | None
    as_known: bool | None
    delay_ms: float | None
    clock_offset_s: int | None
    failed_phase: str | None = None


def targets(situation: Situation) -> Iterable[Target]:
    for portal in situation.catalog.portals:
        yield Target(portal.host, Role.CONTROL, portal.operator, port=80, via=portal.url)


def observe(target: Target, situation: Situation) -> Observed:
    portal = next(p for p in situation.catalog.portals if p.url == target.via)
    page = get_plain(situation.net, portal.url, resolver=situation.resolver)
    as_known = None
    if page.status is not None:
        expected = (portal.body_contains or "").encode()
        as_known = page.status == portal.status and expected in page.body
    facts = PortalFacts(
        page.status,
        page.location,
        as_known,
        page.delay_ms,
        clock_offset_s(page.date),
        page.failed_phase,
    )
    if page.failure is not None:
        return failed(page.failure, facts)
    return ok(facts) if as_known else failed(Failure.WRONG_ANSWER, facts)


def read(situation: Situation) -> Iterable[Finding]:
    asked = situation.seen.facts(CHECK.id, PortalFacts)
    answered = [facts.as_known for _, facts in asked if facts.as_known is not None]
    if not answered:
        if web_leads_by_proxy(situation):
            return  # no page may come back directly, and none needs to
        if _network_says_captive(situation):
            return  # one that answers nobody, and says so by its own server, is a portal as well
        # A portal's whole purpose is to answer: silence from an address that resolved denies it.
        if any(facts.failed_phase not in (None, "dns") for _, facts in asked):
            yield Finding("portal.unanswered", (CHECK.id,), {"count": 0, "total": len(asked)})
        return
    replaced = answered.count(False)
    # One changed page may be that operator's; a portal changes most of them.
    state = "present" if 2 * replaced > len(answered) else "absent"
    yield Finding(f"portal.{state}", (CHECK.id,), {"count": replaced, "total": len(answered)})


def _network_says_captive(situation: Situation) -> bool:
    said = situation.seen.facts("portal-lets-us-out", PortalApiFacts)
    return any(facts.captive for _, facts in said)


CHECK = Check(
    CheckSpec(
        id="no-portal",
        stage=Stage.INTERNET,
        question="Is this network free of a login page that answers in everybody's name?",
        control="Pages with known answers of several operators; one alone proves nothing.",
        packets=6,
        deadline_ms=3300,
        tells=("portal",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
