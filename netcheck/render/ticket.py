"""Plain text for a ticket: at most 72 columns, English, UTC, in staff's words.

Built from an allow-list (verdict, places, findings, versions, times), never by deleting: no
observation, label, run id or address is looked at, so none can slip through. A param is passed on
if it is a number, or a known name of a company.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from netcheck.model.finding import Finding, Parameter
from netcheck.model.result import Result
from netcheck.model.verdict import Side, Worded
from netcheck.render import wording
from netcheck.render.layout import ascii_only, wrap
from netcheck.text import Words

WIDTH = 72
_LABEL = 13
_NUMBERS = ("count", "total", "loss_percent", "delay_ms", "signal_dbm", "seconds", "hop")
_COMPANY_FAULTS = ("called-carrier-outage", "third-party-outage")


def render(result: Result, words: Words, *, code: str = "") -> str:
    """The ticket, ending in a newline. `code` is the run's code, if there is one."""
    english = words.english
    verdict = result.verdict
    carrier = result.carrier
    lines = ["netcheck result", ""]
    lines += _row("Verdict", f"{_headline(english, result)} ({_sureness(result)})")
    lines += _row("Side", f"{verdict.side.value}, {verdict.severity.value}")
    if verdict.fault is not None and _is_id(verdict.fault, f"fault.{verdict.fault}.name", english):
        lines += _row("Fault", verdict.fault)
        lines += _row("Meaning", _say(english, Worded(f"engineer.{verdict.fault}"), result))
    if carrier is not None:
        on = f" (on {carrier.host_network})" if carrier.host_network else ""
        lines += _row("Carrier", f"{carrier.name}{on}, {carrier.country}")
    calling = result.wifi_calling
    lines += _row("Wi-Fi calls", _say(english, calling.reason, result))
    if taken_over := wording.taken_over(english, result):
        lines += _row("Note", taken_over)
    if changed := wording.changed(english, result):
        lines += _row("Changed", changed)
    if verdict.also:
        beside = ((other.fault, other.side, other.confidence) for other in verdict.also)
        lines += _row("Also", _listed(beside, english))
    if verdict.alternatives:
        others = ((o.fault, o.side, o.probability) for o in verdict.alternatives[:3])
        lines += _row("Could be", _listed(others, english))
    if verdict.would_settle is not None:
        lines += _row("Settled by", _say(english, verdict.would_settle, result))
    lines += ["", *_places(result), "", "Findings"]
    for finding in result.findings:
        lines += _finding(english, finding, result)
    lines += ["", *_times(result)]
    lines += _row("Version", f"netcheck {result.netcheck_version}, rules {result.rules_version}")
    if code:
        lines += _row("Code", code)
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _headline(words: Words, result: Result) -> str:
    given = result.verdict.headline
    id = wording.headline_id(words, result)
    return _say(words, Worded(id, _allowed(given.params, result)), result)


def _say(words: Words, worded: Worded, result: Result) -> str:
    if not _is_id(worded.id, worded.id, words):
        return "not known"
    return wording.say(words, Worded(worded.id, _allowed(worded.params, result)), result)


def _allowed(params: Mapping[str, Parameter], result: Result) -> dict[str, Parameter]:
    kept: dict[str, Parameter] = {
        name: value
        for name, value in params.items()
        if name in _NUMBERS and isinstance(value, int | float)
    }
    name = params.get("name") or params.get("called")
    if result.verdict.fault in _COMPANY_FAULTS and isinstance(name, str) and _company(name):
        kept["name"] = name
    return kept


def _company(name: str) -> bool:
    """Letters and the signs brands use; nothing that could be an address or a host."""
    return len(name) <= 40 and all(c.isalpha() or c in " &'+-()" for c in name)


def _sureness(result: Result) -> str:
    if result.verdict.side is Side.INCONCLUSIVE:
        return "inconclusive"
    return f"{wording.percent(result.verdict.confidence)} % sure"


def _listed(faults: Iterable[tuple[str, Side, float]], words: Words) -> str:
    return "; ".join(
        f"{fault} ({side.value}, {wording.percent(chance)} %)"
        for fault, side, chance in faults
        if _is_id(fault, f"fault.{fault}.name", words)
    )


def _places(result: Result) -> list[str]:
    lines = ["Path"]
    for view in result.stages:
        delay, signal = view.params.get("delay_ms"), view.params.get("signal_dbm")
        said = f"  {view.stage.value:<14}{view.state.value}"
        if isinstance(signal, int | float):
            said += f", {signal:.0f} dBm"
        if isinstance(delay, int | float):
            said += f", {delay:.1f} ms"
        lines.append(said)
    return lines


def _times(result: Result) -> list[str]:
    try:
        began = datetime.fromisoformat(result.started_at)
    except ValueError:
        began = None
    if began is None or began.tzinfo is None:
        return _row("Began", "not known")
    ended = began + timedelta(milliseconds=result.duration_ms)
    cut = ", stopped early" if result.interrupted else ""
    form = "%Y-%m-%d %H:%M:%S UTC"
    return [
        *_row("Began", began.astimezone(UTC).strftime(form)),
        *_row("Ended", ended.astimezone(UTC).strftime(form) + cut),
    ]


def _row(label: str, text: str) -> list[str]:
    first, *rest = wrap(ascii_only(text), WIDTH - _LABEL)
    head = f"{label + ':':<{_LABEL}}"
    return [head + first, *(" " * _LABEL + more for more in rest)]


def _finding(words: Words, finding: Finding, result: Result) -> list[str]:
    if not _is_id(finding.id, f"finding.{finding.id}", words):
        return []
    said = _say(words, Worded(f"finding.{finding.id}", finding.params), result)
    first, *rest = wrap(ascii_only(f"{finding.id}: {said}"), WIDTH - 4)
    return [f"  {first}", *(f"    {more}" for more in rest)]


def _is_id(text: str, words_id: str, words: Words) -> bool:
    """Whether this is an id of ours: one that has words, or, of a newer netcheck, small letters,
    hyphens and points; a digit could be part of an address."""
    return words_id in words or all(c in "abcdefghijklmnopqrstuvwxyz-." for c in text)
