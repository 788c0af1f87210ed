"""When a report is due: at once where something changed, else once an hour; never on the second.

The delay is random, so that the moment a device's trouble began can't be read off the moment its
report came in, and a thousand devices in one outage don't call at once.
"""

import random

EVERY_S = 3600.0
SPREAD_S = 45.0
_FIRST_WAIT_S, _LONGEST_WAIT_S = 60.0, 3600.0
_MOST_ASKED_FOR_S = 6 * 3600.0


def is_worth_one(verdict: str, last: str, last_s: float, now_s: float) -> bool:
    """Whether this run's verdict is news, or the last report is an hour old. A clock that was set
    back makes the last report look as if it came from the future: then it is old."""
    return verdict != last or not 0 <= now_s - last_s < EVERY_S


def first_due_s(now_s: float) -> float:
    """When a new report may go out."""
    return now_s + random.uniform(0, SPREAD_S)


def next_try_s(tries: int, now_s: float, asked_for_s: float | None = None) -> float:
    """When to try again after so many tries in vain: twice as long each time, with jitter, and no
    sooner than the collector asked for."""
    wait_s = min(_FIRST_WAIT_S * 2.0 ** min(tries, 16), _LONGEST_WAIT_S)
    wait_s *= random.uniform(0.5, 1.0)
    asked_s = min(asked_for_s or 0.0, _MOST_ASKED_FOR_S * 0.9)
    return now_s + max(wait_s, asked_s)
