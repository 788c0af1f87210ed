"""Whether a run blames the injected failure for the right reason: by a check that tells it.

The things that tell a fault are read from the tables, whatever a run saw: those of which some
state raises the odds of the fault against all other sides, at least half as strongly as the best
of all. A run has laid the failure to a right check if its strongest reason is about one of these
things; the check is the one that looked at it. What this does not show: whether the tables
themselves hold the right things to be telling.
"""

from functools import cache
from typing import Any

from netcheck.diagnosis.explaining import alone
from netcheck.diagnosis.likelihoods import ROWS

_AS_STRONG_AS_THE_BEST = 0.5


@cache
def telling(fault: str) -> frozenset[str]:
    """The things that tell this fault from those of all other sides."""
    best = {
        row.thing: max(alone(f"{row.thing}.{state}", fault) for state in row.states) for row in ROWS
    }
    least = _AS_STRONG_AS_THE_BEST * max(best.values())
    return frozenset(thing for thing, weight in best.items() if weight >= least)


def strongest(result: dict[str, Any]) -> tuple[str, str] | None:
    """(finding, check) of a result's strongest reason; None where nothing speaks for it."""
    because = result.get("verdict", {}).get("because", [])
    if not because:
        return None
    finding = because[0]["finding"]
    made = next((f["checks"] for f in result["findings"] if f["id"] == finding), ())
    return finding, made[0] if made else ""


def attributed(result: dict[str, Any], fault: str) -> bool:
    """Whether this result's strongest reason is one that tells `fault`, which was injected."""
    reason = strongest(result)
    return reason is not None and reason[0].partition(".")[0] in telling(fault)
