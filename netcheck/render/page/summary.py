"""What many devices said, as one file for a browser: no script, nothing loaded."""

from netcheck import __version__
from netcheck.model.summary import Share, Summary
from netcheck.render import summary as told
from netcheck.render.page.bars import marks
from netcheck.render.page.document import framed, style
from netcheck.render.page.html import Markup, joined, tag
from netcheck.text import Words

MOST_ROWS = 500
MOST_NOTES = 200


def render(summary: Summary, words: Words, names: told.CarrierNames) -> str:
    """The whole page, ASCII, ending in a newline."""
    first, *more = told.leading(summary, words, names)
    top = tag("section", tag("h1", first), *(tag("p", one) for one in more))
    tables = [_table(table, words) for table in told.tables(summary, words, names)]
    left = [_uncounted(*one) for one in told.uncounted(summary, words, MOST_NOTES)]
    header = tag(
        "header", tag("p", "netcheck", class_="brand"), tag("p", told.read(summary, words))
    )
    main = tag("main", top, *tables, tag("p", words.say("summary.chance")), *left)
    footer = tag("footer", tag("p", words.say("summary.made", {"name": __version__})))
    body = tag("body", header, main, footer)
    return framed(
        body, words.say("summary.title"), style() + style("summary.css"), words.locale, found=False
    )


def _table(table: told.Table, words: Words) -> Markup:
    columns = [words.say(f"summary.column.{id}") for id in ("what", "count", "share", "chance")]
    head = tag("thead", tag("tr", *(tag("th", one, scope="col") for one in columns)))
    rows = [_row(what, share, words) for what, share in table.rows[:MOST_ROWS]]
    left = len(table.rows) - MOST_ROWS
    more = tag("p", words.say("summary.more", {"count": left})) if left > 0 else None
    body = tag("table", head, tag("tbody", *rows), class_="counts")
    return tag("section", tag("h2", table.title), body, more)


def _row(what: str, share: Share, words: Words) -> Markup:
    return tag(
        "tr",
        tag("th", what, scope="row"),
        tag("td", told.counted(share, words), class_="figure"),
        tag("td", _bar(share), class_="drawn"),
        tag("td", f"{told.chance(share)} %", class_="figure"),
    )


def _bar(share: Share) -> Markup:
    part = share.count / share.total
    return marks([(share.low, share.high, "between"), (part - 0.006, part + 0.006, "counted")])


def _uncounted(title: str, lines: list[str]) -> Markup:
    listed = tag("ul", joined(tag("li", line) for line in lines)) if lines else None
    return tag("section", tag("h2", title), listed)
