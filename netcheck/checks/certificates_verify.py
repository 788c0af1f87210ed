"""internet: where secure sites failed to prove who they are, what was wrong with their proof?

RFC 5280 6.1 (dates, issuer) and RFC 9525 (name), as `anchor-answers` met them; no packet of its
own. One bad certificate among unrelated sites is that site's. The same fault on many of them is
made on the way, or by this device's clock; dates that are wrong while the clock is right are no
clock's doing. A box whose authority this device trusts (a company's own) is not seen here.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.anchor_answers import AnchorFacts
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_DATES = ("expired", "not-yet-valid")
_STATES = {
    "self-signed": "self-signed",
    "unknown-issuer": "stranger",
    "wrong-name": "wrong-name",
}


@dataclass(frozen=True, slots=True)
class CertificatesFacts(Facts):
    """`sites` shook hands, well or not; `bad` of them did not verify, most of these for `reason`.
    `issuer`: who signed the bad ones, where it is one and the same. `clock_right`: as far as
    other answers tell; None: they do not. `only` names the site where it is one."""

    sites: int
    bad: int
    reason: str | None
    issuer: str | None
    clock_right: bool | None
    only: str | None


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("certificates of the sites asked")


def observe(target: Target, situation: Situation) -> Observed:
    shown = [
        (observation.target.name, facts)
        for observation, facts in situation.seen.facts("anchor-answers", AnchorFacts)
        if facts.tls_ms is not None or facts.verify_error is not None
    ]
    if not shown:
        return skipped("anchor-answers")
    bad = [(name, facts) for name, facts in shown if facts.verify_error is not None]
    reasons = Counter(facts.verify_error for _, facts in bad).most_common(1)
    reason, times = reasons[0] if reasons else (None, 0)
    issuers = {facts.issuer for _, facts in bad}
    facts = CertificatesFacts(
        sites=len(shown),
        bad=len(bad),
        reason=reason if 2 * times > len(bad) else None,
        issuer=next(iter(issuers)) if len(issuers) == 1 else None,
        clock_right=clock_is_right(situation),
        only=bad[0][0] if len(bad) == 1 else None,
    )
    return failed(Failure.CERTIFICATE, facts) if bad else ok(facts)


def clock_is_right(situation: Situation) -> bool | None:
    """What answers with a date said of this device's clock; None: nothing."""
    said = situation.seen.of("clock-is-right")
    return said[0].failure is None if said else None


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, CertificatesFacts):
        if not facts.bad:
            continue
        shown: dict[str, Parameter] = {"count": facts.bad, "total": facts.sites}
        if facts.issuer:
            shown["issuer"] = facts.issuer
        if facts.only:
            shown["name"] = facts.only
        yield Finding(f"certificates.{_state(facts)}", (CHECK.id,), shown)


def _state(facts: CertificatesFacts) -> str:
    if facts.bad == 1:
        return "one-bad"
    if facts.reason in _DATES:
        return "dates-clock-right" if facts.clock_right else "dates"
    return _STATES.get(facts.reason or "", "mixed")


CHECK = Check(
    CheckSpec(
        id="certificates-verify",
        stage=Stage.INTERNET,
        question="What is wrong with the certificates that did not verify?",
        control="Unrelated sites: one bad certificate is its site's, the same on all is not.",
        packets=0,
        deadline_ms=500,
        tells=("certificates",),
        needs=("route-exists",),
        after=("anchor-answers", "clock-is-right"),
    ),
    targets,
    observe,
    read,
)
