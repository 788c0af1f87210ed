"""From observations to findings: every check reads what it, and others, have seen."""

from collections.abc import Iterable
from dataclasses import replace

from netcheck.checks import ALL
from netcheck.checks.contract import Situation
from netcheck.model.finding import Finding


def findings(situation: Situation) -> tuple[Finding, ...]:
    """All findings of what has been seen so far, in the order of the catalogue of checks. Each
    names every check that has a say in it, those that are still to see something too."""
    return tuple(finding for check in ALL for finding in check.read(situation))


def as_seen(found: Iterable[Finding], situation: Situation) -> tuple[Finding, ...]:
    """The same findings, each with those of its checks alone that have seen something."""
    return tuple(
        replace(finding, checks=tuple(id for id in finding.checks if situation.seen.of(id)))
        for finding in found
    )
