"""One line for Nagios and its kin, and the exit code that goes with it.

Line: `NETCHECK STATE - headline | 'label'=value[UOM];warn;crit;min;max` (Monitoring Plugins
Development Guidelines). Exit: ok/degraded/down = 0/1/2, all else 3.
"""

from netcheck.model.result import Result
from netcheck.model.verdict import Severity, Side
from netcheck.render import wording
from netcheck.render.layout import ascii_only
from netcheck.text import Words

_STATES = ("OK", "WARNING", "CRITICAL", "UNKNOWN")
_UNKNOWN = 3
_EXIT = {Severity.OK: 0, Severity.DEGRADED: 1, Severity.DOWN: 2}


def render(result: Result, words: Words) -> str:
    """The line, ending in a newline; ASCII, as old plugins' hosts expect."""
    state = _STATES[exit_code(result)]
    headline = ascii_only(wording.headline(words.english, result))
    said = " ".join(headline.replace("|", "/").split())
    confidence = round(result.verdict.confidence * 100)
    duration = f"{result.duration_ms / 1000:.1f}"
    return (
        f"NETCHECK {state} - {said} | 'confidence'={confidence}%;;;0;100 'duration'={duration}s\n"
    )


def exit_code(result: Result) -> int:
    """0 ok, 1 degraded, 2 down, 3 where the side is not known or the run was cut short."""
    if result.verdict.side is Side.INCONCLUSIVE:
        return _UNKNOWN
    if result.interrupted and result.verdict.severity is Severity.OK:
        return _UNKNOWN  # what was not looked at is not ok
    return _EXIT[result.verdict.severity]
