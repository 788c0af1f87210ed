"""A result as the tools that look after many devices read it, with the exit code each expects.

| tool | stdout | exit |
|---|---|---|
| intune | the last line, at most 2,048 characters | 1 starts the remediation |
| intune-compliance | one line of flat JSON | 0, or no setting is read |
| sccm | each line is an instance | always 0 |
| jamf | `<result>...</result>` | 0 |
| kandji | shown with the alert | 0 passes, all else alerts |
| ansible-fact | one JSON object | 0, or the fact is lost |
| osquery | a list of rows, all values text | 0 |

What netcheck itself could not do is told in the same form: a tool that finds nothing on stdout
would show the device as never looked at. English and ASCII, since these texts are compared and
pass through consoles of every code page.
"""

import json
from collections.abc import Callable, Mapping
from html import escape
from typing import NamedTuple

from netcheck.model.result import Result
from netcheck.model.stage import StageState
from netcheck.model.verdict import Severity, Side
from netcheck.render import wording
from netcheck.render.layout import ascii_only, elided
from netcheck.text import Words

MOST_INTUNE = 2048  # characters; Intune cuts what is longer
_COULD_NOT = 2  # neither 0 nor 1, which both say something of the device
_ERROR = "error"

_Value = str | int | bool | None


class Tool(NamedTuple):
    """`exit_code` of a result; the flag says that what is merely degraded shall count as well.
    `complaint` is one sentence in place of a result."""

    render: Callable[[Result, Words], str]
    exit_code: Callable[[Result, bool], int]
    complaint: Callable[[str], str]
    complaint_code: int = 0


def _always_0(_: Result, __: bool) -> int:
    return 0


def intune(result: Result, words: Words) -> str:
    """What stands in the portal's column of output."""
    return _fitting(_told(result, words))


def mends(result: Result, spares_degraded: bool) -> int:
    """1 only for a fault in this device's own reach: a remediation can mend nothing else, and one
    that resets a device for its carrier's outage does harm."""
    return int(result.verdict.side is Side.LOCAL and _is_trouble(result, spares_degraded))


def intune_compliance(result: Result, words: Words) -> str:
    """The settings that a rules file names; all are always there, and none is null."""
    del words
    return _settings(_facts(result))


def sccm(result: Result, words: Words) -> str:
    """One line, to be compared: `ok`, or side, severity and fault."""
    del words
    verdict = result.verdict
    if verdict.side is Side.NONE:
        return "interrupted\n" if result.interrupted else "ok\n"
    return _line(f"{verdict.side.value} {verdict.severity.value} {verdict.fault or ''}") + "\n"


def jamf(result: Result, words: Words) -> str:
    """The value of an extension attribute, its text escaped for XML."""
    return _attribute(_told(result, words))


def kandji(result: Result, words: Words) -> str:
    """What the alert shows."""
    return _told(result, words) + "\n"


def alerts(result: Result, spares_degraded: bool) -> int:
    """0 where all is well: what could not be told, or was not looked at, is not."""
    if result.verdict.side is Side.INCONCLUSIVE:
        return 1
    cut_short = result.interrupted and result.verdict.severity is Severity.OK
    return int(cut_short or _is_trouble(result, spares_degraded))


def ansible_fact(result: Result, words: Words) -> str:
    """What becomes `ansible_local.netcheck`; null is not measured."""
    stages = {
        view.stage.value: view.state.value
        for view in result.stages
        if view.state is not StageState.UNKNOWN
    }
    told = {**_facts(result), "wifi_calling_ready": result.wifi_calling.ready, "stages": stages}
    return _json(told | {"headline": _headline(result, words), "error": None})


def osquery(result: Result, words: Words) -> str:
    """One row, as `osqueryi --json` prints a table; an empty text is not measured."""
    return _rows({**_facts(result), "headline": _headline(result, words), "error": None})


def _is_trouble(result: Result, spares_degraded: bool) -> bool:
    if result.verdict.severity is Severity.DEGRADED:
        return not spares_degraded
    return result.verdict.severity is Severity.DOWN


def _facts(result: Result) -> dict[str, _Value]:
    verdict, ready = result.verdict, result.wifi_calling.ready
    return {
        "side": verdict.side.value,
        "severity": verdict.severity.value,
        "fault": _line(verdict.fault) if verdict.fault else None,
        "confidence_percent": wording.percent(verdict.confidence),
        "carrier": _line(result.carrier.id) if result.carrier else None,
        "wifi_calling": None if ready is None else "open" if ready else "shut",
        "started_at": _line(result.started_at),
        "interrupted": result.interrupted,
        "netcheck_version": _line(result.netcheck_version),
    }


_NOTHING: Mapping[str, _Value] = dict.fromkeys(
    "side severity fault confidence_percent carrier wifi_calling started_at interrupted"
    " netcheck_version".split()
)
_SETTINGS = {
    "NetcheckSide": "side",
    "NetcheckSeverity": "severity",
    "NetcheckFault": "fault",
    "NetcheckConfidencePercent": "confidence_percent",
    "NetcheckCarrier": "carrier",
    "NetcheckWifiCalling": "wifi_calling",
}


def _settings(facts: Mapping[str, _Value]) -> str:
    told: dict[str, _Value] = {}
    for setting, name in _SETTINGS.items():
        missing: _Value = 0 if name == "confidence_percent" else "none"
        value = facts[name]
        told[setting] = missing if value is None else value
    return _json(told)


def _told(result: Result, words: Words) -> str:
    """Ids first, as a portal sorts and searches by them; then the sentence."""
    verdict = result.verdict
    ids = f"{verdict.side.value} {verdict.severity.value} {verdict.fault or ''}"
    sure = "" if verdict.side is Side.INCONCLUSIVE else f" {wording.percent(verdict.confidence)}%"
    return f"{_line(ids)}{sure} - {_headline(result, words)}"


def _headline(result: Result, words: Words) -> str:
    return _line(wording.headline(words.english, result))


def _line(text: str) -> str:
    """One line of printable ASCII."""
    printable = (c if c.isprintable() else " " for c in ascii_only(text))
    return " ".join("".join(printable).split())


def _fitting(line: str) -> str:
    return elided(line, MOST_INTUNE) + "\n"


def _attribute(line: str) -> str:
    return f"<result>{escape(line, quote=False)}</result>\n"


def _json(told: Mapping[str, object]) -> str:
    return json.dumps(told, separators=(",", ":"), allow_nan=False) + "\n"


def _rows(row: Mapping[str, _Value]) -> str:
    told = {name: _text(value) for name, value in row.items()}
    return json.dumps([told], separators=(",", ":")) + "\n"


def _text(value: _Value) -> str:
    if value is None:
        return ""
    return str(int(value) if isinstance(value, bool) else value)


def _sorry(sentence: str) -> str:
    return f"{_ERROR} - {_line(sentence)}"


TOOLS: Mapping[str, Tool] = {
    "intune": Tool(intune, mends, lambda said: _fitting(_sorry(said)), _COULD_NOT),
    "intune-compliance": Tool(
        intune_compliance, _always_0, lambda _: _settings({**_NOTHING, "severity": _ERROR})
    ),
    "sccm": Tool(sccm, _always_0, lambda said: _sorry(said) + "\n"),
    "jamf": Tool(jamf, _always_0, lambda said: _attribute(_sorry(said))),
    "kandji": Tool(kandji, alerts, lambda said: _sorry(said) + "\n", _COULD_NOT),
    "ansible-fact": Tool(
        ansible_fact,
        _always_0,
        lambda said: _json(
            {**_NOTHING, "wifi_calling_ready": None, "stages": {}, "headline": None,
             "error": _line(said)}
        ),
    ),
    "osquery": Tool(
        osquery, _always_0, lambda said: _rows({**_NOTHING, "headline": None, "error": _line(said)})
    ),
}  # fmt: skip
