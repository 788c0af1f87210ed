"""Why a verdict is what it is, what a fault means, what a code says: for `netcheck explain`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from netcheck.catalog import Notify
from netcheck.catalog.wifi_codes import WifiCode
from netcheck.model.result import Result
from netcheck.model.stage import Stage
from netcheck.model.verdict import Reason, Severity, Side, Worded
from netcheck.render import wording
from netcheck.render.sheet import Sheet
from netcheck.text import Words

_COLUMN = 11
# A reason's weight in hundredths of ln, and the word for it: 20, 3 and 1.2 times likelier.
_STRENGTHS = ((300, "strongly"), (100, "clearly"), (20, "slightly"))
WORTH_A_LINE = 20  # a weight of less says little


@dataclass(frozen=True, slots=True)
class FaultTold:
    """A row of the table of faults, as far as a person may want it."""

    id: str
    side: Side
    severity: Severity
    steps: tuple[str, ...]
    settles: str | None


@dataclass(frozen=True, slots=True)
class CodeTold:
    """What a spoken code says. `least` and `most` are percent."""

    code: str
    side: Side
    fault: str | None
    severity: Severity
    least: int
    most: int
    rules_version: int


def render_run(
    result: Result,
    words: Words,
    *,
    sheet: Sheet,
    code: str,
    stage_of: Mapping[str, Stage],
) -> str:
    """A run's verdict with the whole sum behind it. `stage_of` knows each check's place."""
    verdict = result.verdict
    open_question = verdict.side is Side.INCONCLUSIVE
    sure = words.say("ui.sure", {"count": wording.percent(verdict.confidence)})
    sheet.headline(wording.headline(words, result), "" if open_question else sure, "bold")
    seconds = words.number(result.duration_ms / 1000)
    when = words.say("explain.when", {"name": seen_at(result), "seconds": seconds})
    rules = words.say("explain.rules", {"count": result.rules_version})
    sheet.items([when, rules, words.say("ui.code", {"name": code})])
    sheet.blank()
    _weighed(sheet, words, "explain.for", verdict.because, result)
    _weighed(sheet, words, "explain.against", verdict.against, result)
    _others(sheet, words, result)
    calling = wording.say(words, result.wifi_calling.reason, result)
    sheet.row(words.say("ui.calling"), calling, _COLUMN)
    if verdict.would_settle is not None:
        settles = wording.say(words, verdict.would_settle, result)
        sheet.row(words.say("ui.settles"), settles, _COLUMN)
    sheet.blank()
    sheet.paragraph(words.say("explain.seen"))
    for stage, clauses in _by_place(words, result, stage_of).items():
        sheet.row(words.say(f"stage.{stage.value}"), words.joined("clause", clauses), _COLUMN + 4)
    sheet.blank()
    sheet.paragraph(words.say("explain.weighing"))
    if verdict.fault is not None:
        sheet.paragraph(words.say("explain.faults", {"name": verdict.fault}))
    sheet.items([words.unreviewed] if words.unreviewed else [])
    return sheet.text


def render_fault(fault: FaultTold, words: Words, *, sheet: Sheet) -> str:
    """What a fault means, in words for a person and for staff."""
    id = f"fault.{fault.id}"
    sheet.headline(fault.id, "", "bold")
    sheet.blank()
    headline = f"{id}.headline-no-carrier"
    for label, text in (
        ("side", words.say(f"side.{fault.side.value}")),
        ("severity", words.say(f"severity.{fault.severity.value}")),
        ("means", words.say(headline if headline in words else f"{id}.headline")),
        ("engineer", words.say(f"engineer.{fault.id}")),
        ("over", words.say(f"{id}.over")),
    ):
        sheet.row(words.say(f"explain.{label}"), text, _COLUMN)
    if fault.settles is not None:
        sheet.row(words.say("ui.settles"), words.say(f"settle.{fault.settles}"), _COLUMN)
    sheet.blank()
    sheet.paragraph(words.say("ui.steps"))
    for number, step in enumerate(fault.steps, start=1):
        sheet.numbered(number, words.say(f"step.{step}"))
    return sheet.text


def render_notify(notify: Notify, words: Words, *, sheet: Sheet) -> str:
    """What a gateway's answer means and who can act. The meaning is the catalogue's, for staff."""
    sheet.headline(f"{notify.name} ({notify.number})", "", "bold")
    sheet.blank()
    for label, text in (
        ("engineer", notify.meaning),
        ("who", words.say(f"explain.who-{notify.who.value}")),
        ("source", notify.source),
    ):
        sheet.row(words.say(f"explain.{label}"), text, _COLUMN)
    if not notify.seen:
        sheet.blank()
        sheet.paragraph(words.say("explain.not-seen"))
    return sheet.text


def render_wifi_code(code: WifiCode, words: Words, *, sheet: Sheet) -> str:
    """Why a Wi-Fi link was refused or ended, and who can act."""
    sheet.headline(f"{code.name} ({code.kind.value} {code.number})", "", "bold")
    sheet.blank()
    for label, text in (
        ("engineer", code.meaning),
        ("who", words.say(f"explain.wifi-who-{code.who.value}")),
        ("source", code.source),
    ):
        sheet.row(words.say(f"explain.{label}"), text, _COLUMN)
    return sheet.text


def render_emergency_name(name: str, words: Words, *, sheet: Sheet) -> str:
    """What the name of an emergency gateway is for, and that it is left alone."""
    sheet.headline(name, "", "bold")
    sheet.blank()
    for label in ("emergency-name", "emergency-left-alone"):
        sheet.paragraph(words.say(f"explain.{label}"))
    return sheet.text


def render_code(told: CodeTold, words: Words, *, sheet: Sheet) -> str:
    """What a code says that somebody read out."""
    sheet.paragraph(words.say("explain.code", {"name": told.code}))
    sheet.blank()
    inconclusive = told.side is Side.INCONCLUSIVE or told.fault is None
    headline = "side.inconclusive.headline" if inconclusive else f"fault.{told.fault}.headline"
    headline = f"{headline}-no-carrier" if f"{headline}-no-carrier" in words else headline
    sheet.headline(words.say(headline), "", "bold")
    sure = words.say("explain.between", {"count": told.least, "total": told.most})
    if inconclusive and told.fault is not None:
        sheet.row(words.say("ui.leans"), words.say(f"fault.{told.fault}.name"), _COLUMN)
    elif not inconclusive:
        sheet.row(words.say("explain.side"), words.say(f"side.{told.side.value}"), _COLUMN)
    sheet.row(words.say("explain.severity"), words.say(f"severity.{told.severity.value}"), _COLUMN)
    rules = words.say("explain.rules", {"count": told.rules_version})
    sheet.items([rules] if inconclusive else [sure, rules])
    if told.fault is not None:
        sheet.paragraph(words.say("explain.faults", {"name": told.fault}))
    return sheet.text


def strength(weight: int) -> str:
    """The word for a weight of at least `WORTH_A_LINE`: an id of `explain.*`."""
    return next(word for least, word in _STRENGTHS if abs(weight) >= least)


def seen_at(result: Result, zone: tzinfo | None = UTC) -> str:
    """When a run began, in the time of a zone (None: this machine's); a question mark where a file
    does not say so."""
    try:
        began = datetime.fromisoformat(result.started_at)
        if began.tzinfo is None:
            return "?"
        return began.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z")
    except (ValueError, OverflowError):  # the year 1 has no hour before it
        return "?"


def _weighed(
    sheet: Sheet, words: Words, title: str, reasons: Sequence[Reason], result: Result
) -> None:
    sheet.paragraph(words.say(title))
    told = [reason for reason in reasons if abs(reason.weight) >= WORTH_A_LINE]
    for reason in told:
        clause = wording.say(words, reason.words, result)
        sheet.row(words.say(f"explain.{strength(reason.weight)}"), clause, _COLUMN)
    rest = len(reasons) - len(told)
    if rest and told:
        sheet.row("", words.say("explain.little", {"count": rest}), _COLUMN)
    elif not told:
        sheet.row("", words.say("explain.nothing"), _COLUMN)


def _others(sheet: Sheet, words: Words, result: Result) -> None:
    others = [
        other for other in result.verdict.alternatives if f"fault.{other.fault}.name" in words
    ]
    if not others:
        return
    sheet.paragraph(words.say("explain.else"))
    for other in others:
        name = wording.say(words, Worded(f"fault.{other.fault}.name"), result)
        sheet.row(wording.share(words, other.probability), name, _COLUMN)


def _by_place(
    words: Words, result: Result, stage_of: Mapping[str, Stage]
) -> dict[Stage, list[str]]:
    """What was seen, place by place, in the order of the path."""
    told: dict[Stage, list[str]] = {stage: [] for stage in Stage}
    for finding in result.findings:
        stage = next((stage_of[check] for check in finding.checks if check in stage_of), None)
        id = f"finding.{finding.id}"
        if stage is not None and id in words:
            told[stage].append(wording.say(words, Worded(id, finding.params), result))
    return {stage: clauses for stage, clauses in told.items() if clauses}
