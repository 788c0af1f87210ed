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


def render(title: str, times: str, moments: Sequence[Moment], words: Words, *, sheet: Sheet) -> str:
    """All hours, then the steps that were right at the worst of them."""
    sheet.headline(title, "", "bold")
    sheet.paragraph(words.say("explain.inferred", {"name": times}))
    sheet.blank()
    happening = ""
    for moment in moments:
        head = moment.time
        if moment.what != happening:
            sheet.row(head, moment.what, _COLUMN)
            head, happening = "", moment.what
        sheet.row(head, _said(moment, words), _COLUMN)
    worst = max(moments, key=lambda moment: _gravity(moment.result))
    steps = wording.steps(words, worst.result)
    if worst.result.verdict.severity is not Severity.OK and steps:
        sheet.blank()
        sheet.paragraph(words.say("explain.advice"))
        for number, step in enumerate(steps, start=1):
            sheet.numbered(number, f"{step.text} {step.taps}".rstrip())
    return sheet.text


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
