"""What each of several runs of one command may use, so that all keep to one run's etiquette."""

from dataclasses import dataclass

from netcheck.checks.contract import HALF_OPEN_AT_MOST
from netcheck.probe.pace import ErrorPace


@dataclass(frozen=True, slots=True)
class Portion:
    """`half_open` places at each operator, and the pace of ICMP errors that all runs share."""

    half_open: int
    pace: ErrorPace


def portion(count: int) -> Portion:
    """The share of each of so many runs."""
    return Portion(max(1, HALF_OPEN_AT_MOST // max(1, count)), ErrorPace())
