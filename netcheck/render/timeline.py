"""The hours of a past outage as lines: what happened, and what netcheck says on a device there."""

from collections.abc import Sequence
from dataclasses import dataclass

from netcheck.model.result import Result
from netcheck.model.verdict import Severity, Side
from netcheck.render import wording
from netcheck.render.sheet import Sheet
from netcheck.text import Words

_COLUMN = 7


@dataclass(frozen=True, slots=True)
class Moment:
    """One hour. `truth` is None where the verdict is the truth, else the fault that it was."""

    time: str
    what: str
    result: Result
    truth: str | None


@dataclass(frozen=True, slots=True)
class Strand:
    """The event from where one person stands; `limit` is what no device there can know."""

    who: str
    limit: str | None
    moments: Sequence[Moment]


def render(title: str, times: str, strands: Sequence[Strand], words: Words, *, sheet: Sheet) -> str:
    """All hours of every view, each with the steps that were right at the worst of them."""
    sheet.headline(title, "", "bold")
    sheet.paragraph(words.say("explain.inferred", {"name": times}))
    for strand in strands:
        sheet.blank()
        sheet.paragraph(strand.who)
        _hours(strand.moments, words, sheet)
        if strand.limit is not None:
            sheet.row(words.say("explain.limit"), strand.limit, _COLUMN)
        _advice(strand.moments, words, sheet)
    return sheet.text


def _hours(moments: Sequence[Moment], words: Words, sheet: Sheet) -> None:
    """A line an hour; hours in which the same happens and the same is said share one."""
    before: tuple[str, str] | None = None
    for moment in moments:
        said = _said(moment, words)
        if before == (moment.what, said):
            continue
        head = moment.time
        if before is None or moment.what != before[0]:
            sheet.row(head, moment.what, _COLUMN)
            head = ""
        sheet.row(head, said, _COLUMN)
        before = moment.what, said


def _advice(moments: Sequence[Moment], words: Words, sheet: Sheet) -> None:
    worst = max(moments, key=lambda moment: _gravity(moment.result))
    steps = wording.steps(words, worst.result)
    if worst.result.verdict.severity is Severity.OK or not steps:
        return
    sheet.blank()
    sheet.paragraph(words.say("explain.advice"))
    for number, step in enumerate(steps, start=1):
        sheet.numbered(number, f"{step.text} {step.taps}".rstrip())


def _said(moment: Moment, words: Words) -> str:
    verdict = moment.result.verdict
    said = wording.headline(words, moment.result)
    if verdict.side is not Side.INCONCLUSIVE:
        sure = words.say("ui.sure", {"count": wording.percent(verdict.confidence)})
        said = f"{said} {sure}"
    if moment.truth is not None:
        name = words.say(f"fault.{moment.truth}.name", wording.context(moment.result))
        said = f"{said} [{words.say('explain.hour-wrong', {'name': name})}]"
    return f"> {said}"


def _gravity(result: Result) -> tuple[int, float]:
    severity = list(Severity).index(result.verdict.severity)
    return severity, result.verdict.confidence
