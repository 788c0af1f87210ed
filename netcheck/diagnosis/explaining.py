"""The verdict's reasons: the terms of the weighing's sum, read out finding by finding."""

import math
from collections.abc import Sequence
from functools import cache

from netcheck.diagnosis.faults import BY_ID, FAULTS, Fault
from netcheck.diagnosis.likelihoods import PROBABILITY, THINGS
from netcheck.diagnosis.weighing import log_likelihood
from netcheck.model.finding import Finding
from netcheck.model.verdict import Reason, Worded

_WOULD_NOTICE = 0.1
"""Chosen: of those who have the fault, one in ten at least would notice just this."""


_NO_COMPLAINT = ("symptom.fine", "phone-service.home", "phone-service.roaming")


def complaint(findings: Sequence[Finding]) -> Finding | None:
    """What is wrong with the phone: by the user's word, else by its own."""
    told = {f.thing: f for f in findings if f.id not in _NO_COMPLAINT}
    return told.get("symptom") or told.get("phone-service")


def as_symptom(noticed: Finding) -> str:
    """A phone's own word as what its screen shows then: a Symptom."""
    if noticed.thing == "symptom":
        return noticed.state
    return "sos" if noticed.state == "emergency-only" else "no-service"


def explains_complaint(findings: Sequence[Finding], fault: str) -> bool:
    """Whether that fault accounts for what is wrong with the phone: likelier than usual, and not
    rare."""
    noticed = complaint(findings)
    if noticed is None or fault not in THINGS[noticed.thing].under:
        return False
    row = THINGS[noticed.thing]
    usual = row.completed(row.usual)[noticed.state]
    return PROBABILITY[noticed.thing, fault][noticed.state] > max(usual, _WOULD_NOTICE)


def reasons(
    findings: Sequence[Finding], fault: Fault, *, beside: Sequence[str] = ()
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for `fault`, and what against, the strongest first. What a fault `beside` it
    accounts for, and this one does not speak of, is no evidence either way.

    A weight is the finding's term in the fault's sum less what the faults of all other sides make
    of the same finding, each as heavy as its prior: what this finding alone does to the odds.
    It is divided by the findings that share its group's one vote.
    """
    size: dict[str, int] = {}
    findings = [f for f in findings if not _is_anothers(f, fault.id, beside)]
    for finding in findings:
        group = THINGS[finding.thing].group
        size[group] = size.get(group, 0) + 1
    parts = [
        Reason(
            finding.id,
            round(alone(finding.id, fault.id) / size[THINGS[finding.thing].group]),
            Worded(f"finding.{finding.id}", finding.params),
        )
        for finding in findings
    ]
    strongest = sorted(parts, key=lambda part: -abs(part.weight))
    because = tuple(part for part in strongest if part.weight > 0)
    against = tuple(part for part in strongest if part.weight < 0)
    return because, against


def _is_anothers(finding: Finding, fault: str, beside: Sequence[str]) -> bool:
    under = THINGS[finding.thing].under
    return fault not in under and any(other in under for other in beside)


@cache
def alone(finding_id: str, fault: str) -> int:
    """Hundredths of ln: how the odds of `fault` against all other sides change by this finding."""
    thing, _, state = finding_id.partition(".")
    others = [other for other in FAULTS if other.side != BY_ID[fault].side]
    weight = sum(other.prior for other in others)
    expected = sum(other.prior * PROBABILITY[thing, other.id][state] for other in others) / weight
    return log_likelihood(finding_id, fault) - round(100 * math.log(expected))
