"""The verdict's reasons: the same sum as the weighing, read out finding by finding."""

from collections.abc import Sequence

from netcheck.diagnosis.faults import Fault
from netcheck.diagnosis.things import BY_ID as THINGS
from netcheck.diagnosis.weighing import log_likelihood
from netcheck.model.finding import Finding
from netcheck.model.verdict import Reason, Worded


def reasons(
    findings: Sequence[Finding], fault: Fault, rival: Fault
) -> tuple[tuple[Reason, ...], tuple[Reason, ...]]:
    """What speaks for `fault` rather than `rival`, and what against, the strongest first.

    A weight is the finding's part in the difference of the two scores (hundredths of ln), a
    group's vote divided by its findings, so that the parts add up to that difference.
    """
    size: dict[str, int] = {}
    for finding in findings:
        group = THINGS[finding.thing].group
        size[group] = size.get(group, 0) + 1
    parts: list[Reason] = []
    for finding in findings:
        difference = log_likelihood(finding.id, fault.id) - log_likelihood(finding.id, rival.id)
        weight = round(difference / size[THINGS[finding.thing].group])
        words = Worded(f"finding.{finding.id}", finding.params)
        parts.append(Reason(finding.id, weight, words))
    strongest = sorted(parts, key=lambda part: -abs(part.weight))
    because = tuple(part for part in strongest if part.weight > 0)
    against = tuple(part for part in strongest if part.weight < 0)
    return because, against
