"""From observations to findings: every check reads what it, and others, have seen."""

from netcheck.checks import ALL
from netcheck.checks.contract import Situation
from netcheck.model.finding import Finding


def findings(situation: Situation) -> tuple[Finding, ...]:
    """All findings of what has been seen so far, in the order of the catalogue of checks."""
    return tuple(finding for check in ALL for finding in check.read(situation))
