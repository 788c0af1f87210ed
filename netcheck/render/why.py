"""The whole sum behind a verdict as a table, with what would turn it: for `explain --why`."""

from collections.abc import Sequence

from netcheck.model.account import Account, Turn
from netcheck.model.result import Result
from netcheck.render import wording
from netcheck.render.layout import cells, padded
from netcheck.render.sheet import Sheet
from netcheck.text import Words

_NUMBER = 8  # columns of one figure
_INDENT = 4
_WIDEST = 80
_LABEL = 12


def render(
    result: Result, account: Account, turn: Turn | None, words: Words, *, sheet: Sheet
) -> str:
    """The table: a row a group of findings, a column a hypothesis, and their difference."""
    sheet.headline(wording.headline(words, result), "", "bold")
    sheet.blank()
    sheet.paragraph(words.say("explain.sum"))
    for label, ids in zip(("first", "second"), account.hypotheses, strict=False):
        sheet.paragraph(words.say(f"explain.{label}-cause", {"name": " + ".join(ids)}))
    sheet.blank()
    sheet.add(_line(sheet, "", ("A", "B", "A-B")))
    sheet.add(_line(sheet, words.say("explain.before"), _figures(account.priors)))
    for term in account.terms:
        first, *rest = term.findings
        sheet.add(_line(sheet, first, _figures(term.votes)))
        for finding in rest:  # they share the vote beside the first
            sheet.add(_line(sheet, f"  {finding}", ()))
    sheet.add(_line(sheet, words.say("explain.together"), _figures(account.sums)))
    shares = [wording.share(words, share) for share in account.shares]
    sheet.add(_line(sheet, words.say("explain.share"), shares))
    sheet.blank()
    _turned(sheet, turn, words)
    return sheet.text


def _figures(values: Sequence[int]) -> list[str]:
    return [f"{value:+d}" for value in (*values, values[0] - values[-1])]


def _turned(sheet: Sheet, turn: Turn | None, words: Words) -> None:
    if turn is None:
        sheet.paragraph(words.say("explain.no-turn"))
        return
    sheet.paragraph(words.say("explain.turn"))
    then = ", ".join(filter(None, (turn.side.value, turn.fault)))
    for label, told in (
        ("if-seen", ", ".join(turn.instead)),
        ("instead-of", ", ".join(turn.seen)),
        ("then", then),
    ):
        sheet.row(words.say(f"explain.{label}"), told, _LABEL)


def _line(sheet: Sheet, name: str, figures: Sequence[str]) -> list[str]:
    """A name with its figures beside it; below it where the name needs the whole line."""
    room = min(sheet.width, _WIDEST) - _INDENT - 3 * _NUMBER
    beside = "".join(" " * (_NUMBER - cells(figure)) + figure for figure in figures)
    lines = []
    if cells(name) > room and figures:
        lines, name = [" " * _INDENT + name], ""
    return [*lines, (" " * _INDENT + padded(name, room) + beside).rstrip()]


def as_document(account: Account, turn: Turn | None) -> dict[str, object]:
    """The same as plain dicts and lists; the terms are hundredths of a natural logarithm."""
    return {
        "hypotheses": [list(ids) for ids in account.hypotheses],
        "priors": list(account.priors),
        "terms": [
            {"findings": list(term.findings), "votes": list(term.votes)} for term in account.terms
        ],
        "sums": list(account.sums),
        "shares": list(account.shares),
        "turn": None
        if turn is None
        else {
            "seen": list(turn.seen),
            "instead": list(turn.instead),
            "side": turn.side.value,
            "fault": turn.fault,
        },
    }
