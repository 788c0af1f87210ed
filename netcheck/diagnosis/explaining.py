"""The verdict's reasons: the terms of the weighing's sum, read out finding by finding."""

import math
from collections.abc import Sequence
from functools import cache

from netcheck.diagnosis.faults import BY_ID, FAULTS, Fault
from netcheck.diagnosis.likelihoods import PROBABILITY, THINGS
from netcheck.diagnosis.weighing import log_likelihood
from netcheck.model.finding import Finding
from netcheck.model.verdict import Reason, Worded


def reasons(
    findings: Sequence[Finding], fault: Fault
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for `fault`, and what against, the strongest first.

    A weight is the finding's term in the fault's sum less what the faults of all other sides make
    of the same finding, each as heavy as its prior: what this finding alone does to the odds.
    It is divided by the findings that share its group's one vote.
    """
    size: dict[str, int] = {}
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


@cache
def alone(finding_id: str, fault: str) -> int:
    """Hundredths of ln: how the odds of `fault` against all other sides change by this finding."""
    thing, _, state = finding_id.partition(".")
    others = [other for other in FAULTS if other.side != BY_ID[fault].side]
    weight = sum(other.prior for other in others)
    expected = sum(other.prior * PROBABILITY[thing, other.id][state] for other in others) / weight
    return log_likelihood(finding_id, fault) - round(100 * math.log(expected))
