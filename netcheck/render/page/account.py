"""The whole sum behind a verdict as a table with a bar a row, and what would turn it."""

from collections.abc import Sequence

from netcheck.model.account import Account, Term, Turn
from netcheck.model.result import Result
from netcheck.model.verdict import Worded
from netcheck.render import wording
from netcheck.render.page.bars import balance
from netcheck.render.page.html import Markup, joined, tag
from netcheck.text import Words


def account(result: Result, whole: Account, turn: Turn | None, words: Words) -> Markup:
    """The two causes, what parts them, the rest of the sum, and the smallest change."""
    return joined(
        (
            tag("p", words.say("explain.weighing")),
            _causes(result, whole, words),
            _table(result, whole, words),
            _alike(result, whole, words),
            _turned(result, turn, words),
        )
    )


def _causes(result: Result, whole: Account, words: Words) -> Markup:
    rows = [
        tag(
            "div",
            tag("dt", letter),
            tag(
                "dd",
                " + ".join(_fault(id, result, words) for id in ids),
                " ",
                tag("span", wording.share(words, share), class_="share"),
            ),
        )
        for letter, ids, share in zip("AB", whole.hypotheses, whole.shares, strict=False)
    ]
    return tag("dl", *rows, class_="causes")


def _fault(id: str, result: Result, words: Words) -> str:
    return wording.say(words, Worded(f"fault.{id}.name"), result)


def _table(result: Result, whole: Account, words: Words) -> Markup:
    apart = [term for term in whole.terms if _difference(term.votes)]
    alike = [term for term in whole.terms if not _difference(term.votes)]
    rows = [(words.say("explain.before"), "", whole.priors)]
    rows += [(_said(term, result, words), _ids(term), term.votes) for term in apart]
    if alike:
        votes = tuple(sum(column) for column in zip(*(t.votes for t in alike), strict=True))
        rows.append((words.say("page.alike", {"count": len(alike)}), "", votes))
    most = max(abs(_difference(values)) for *_, values in rows) or 1
    body = [_row(said, ids, values, most) for said, ids, values in rows]
    return _framed(
        tag("caption", words.say("page.parts")),
        words,
        tag("tbody", *body),
        tag("tfoot", _row(words.say("explain.together"), "", whole.sums, None)),
    )


def _framed(caption: Markup, words: Words, *bodies: Markup) -> Markup:
    heads = [tag("th", words.say("page.seen"), scope="col")]
    heads += [tag("th", letter, scope="col", class_="figure") for letter in ("A", "B", "A\u2212B")]
    heads.append(tag("td", class_="drawn"))
    head = tag("thead", tag("tr", *heads))
    return tag("table", caption, head, *bodies, class_="sum")


def _row(said: str, ids: str, values: Sequence[int], most: int | None) -> Markup:
    difference = _difference(values)
    figures = [tag("td", _signed(value), class_="figure") for value in (*values, difference)]
    drawn = balance(difference / most) if most else None
    id = tag("code", ids) if ids else None
    head = tag("th", tag("span", said), id, scope="row")
    return tag("tr", head, *figures, tag("td", drawn, class_="drawn"))


def _alike(result: Result, whole: Account, words: Words) -> Markup | None:
    """What says the same of both causes is part of the sum, but of no use to part them."""
    alike = [term for term in whole.terms if not _difference(term.votes)]
    if not alike:
        return None
    rows = [_row(_said(term, result, words), _ids(term), term.votes, None) for term in alike]
    title = words.say("page.alike", {"count": len(alike)})
    table = _framed(tag("caption", title, class_="unseen"), words, tag("tbody", *rows))
    return tag("details", tag("summary", title), table, class_="small")


def _said(term: Term, result: Result, words: Words) -> str:
    return words.joined("clause", [_finding(id, result, words) for id in term.findings])


def _finding(id: str, result: Result, words: Words) -> str:
    """With what was measured of it; one that was not seen has no figures."""
    params = next((seen.params for seen in result.findings if seen.id == id), {})
    return wording.say(words, Worded(f"finding.{id}", params), result)


def _ids(term: Term) -> str:
    return " ".join(term.findings)


def _turned(result: Result, turn: Turn | None, words: Words) -> Markup:
    title = tag("h3", words.say("explain.turn"))
    if turn is None:
        return joined((title, tag("p", words.say("explain.no-turn"))))
    then = words.say(f"side.{turn.side.value}")
    if turn.fault is not None:
        then = words.joined("colon", (then, _fault(turn.fault, result, words)))
    told = (
        ("if-seen", [_finding(id, result, words) for id in turn.instead]),
        ("instead-of", [_finding(id, result, words) for id in turn.seen]),
        ("then", [then]),
    )
    rows = [
        tag("div", tag("dt", words.say(f"explain.{id}")), tag("dd", words.joined("clause", said)))
        for id, said in told
    ]
    return joined((title, tag("dl", *rows, class_="notes")))


def _difference(values: Sequence[int]) -> int:
    return values[0] - values[-1]


def _signed(value: int) -> str:
    return f"{value:+d}".replace("-", "\u2212")
