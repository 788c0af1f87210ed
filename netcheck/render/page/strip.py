"""What was before: a strip of bars, the taller the worse, and the troubles as a table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo

from netcheck.model.finding import Parameter
from netcheck.model.history import Stretch
from netcheck.model.verdict import Side
from netcheck.render.history import duration
from netcheck.render.page.html import Markup, tag
from netcheck.text import Words

_COLUMNS = 360  # of the strip: what is shorter shows as one column, with the worst in it
_WINDOW = timedelta(days=30)  # over more, an hour's trouble is no longer seen
_HIGH = 56
_MOST_ROWS = 20
_HEIGHTS = {"ok": 14, "unknown": 28, "degraded": 34, "down": 52}
_GRAVITY = ("ok", "unknown", "degraded", "down")


def strip(stretches: Sequence[Stretch], words: Words, zone: tzinfo | None = UTC) -> Markup:
    """The section's content, in the times of a zone (None: this machine's); empty without
    stretches. Of a long history the last days are told."""
    if not stretches:
        return Markup("")
    newest = max(one.ended for one in stretches)
    known = [_in_zone(one, zone) for one in stretches if newest - one.ended <= _WINDOW]
    known.sort(key=lambda one: one.began)
    ended = max(one.ended for one in known)
    began = max(known[0].began, ended - _WINDOW)
    troubles = [one for one in known if _kind(one) != "ok"]
    ends = tag("p", _moment(began), _moment(ended), class_="ends")
    return tag(
        "figure",
        _drawn(known, began, ended, words, len(troubles)),
        ends,
        tag("figcaption", words.say("page.strip-legend")),
        _table(troubles, words),
        class_="history",
    )


def _kind(stretch: Stretch) -> str:
    """A severity that only a newer netcheck knows is shown as a doubt."""
    doubt = stretch.side == Side.INCONCLUSIVE or stretch.severity not in _HEIGHTS
    return "unknown" if doubt else stretch.severity


def _in_zone(one: Stretch, zone: tzinfo | None) -> Stretch:
    return replace(one, began=one.began.astimezone(zone), ended=one.ended.astimezone(zone))


def _drawn(
    known: Sequence[Stretch], began: datetime, ended: datetime, words: Words, troubles: int
) -> Markup:
    told: dict[str, Parameter] = {"name": _time(began), "time": _time(ended), "count": troubles}
    return tag(
        "svg",
        tag("title", words.say("page.history"), id="strip-title"),
        tag("desc", words.say("page.strip-told", told), id="strip-desc"),
        *(
            tag(
                "rect",
                class_=f"look {kind}",
                x=first,
                y=_HIGH - _HEIGHTS[kind],
                width=last - first + 1,
                height=_HEIGHTS[kind],
            )
            for first, last, kind in _runs(_columns(known, began, ended))
        ),
        tag("path", class_="ground", d=f"M0 {_HIGH}H{_COLUMNS}"),
        viewBox=f"0 0 {_COLUMNS} {_HIGH}",
        preserveAspectRatio="none",
        role="img",
        aria_labelledby="strip-title",
        aria_describedby="strip-desc",
    )


def _columns(known: Sequence[Stretch], began: datetime, ended: datetime) -> list[str | None]:
    """The worst in each column; None where nobody looked."""
    whole = (ended - began) / timedelta(seconds=1) or 1.0
    columns: list[str | None] = [None] * _COLUMNS
    for one in known:
        start = (one.began - began) / timedelta(seconds=1) / whole
        end = (one.ended - began) / timedelta(seconds=1) / whole
        first = max(0, min(int(start * _COLUMNS), _COLUMNS - 1))
        last = max(first, min(int(end * _COLUMNS + 0.999) - 1, _COLUMNS - 1))
        kind = _kind(one)
        for column in range(first, last + 1):
            there = columns[column]
            if there is None or _GRAVITY.index(kind) > _GRAVITY.index(there):
                columns[column] = kind
    return columns


def _runs(columns: Sequence[str | None]) -> list[tuple[int, int, str]]:
    """Neighbours of one kind as one bar: first column, last column, kind."""
    runs: list[tuple[int, int, str]] = []
    for column, kind in enumerate(columns):
        if kind is None:
            continue
        if runs and runs[-1][1] == column - 1 and runs[-1][2] == kind:
            runs[-1] = (runs[-1][0], column, kind)
        else:
            runs.append((column, column, kind))
    return runs


def _table(troubles: Sequence[Stretch], words: Words) -> Markup:
    if not troubles:
        return tag("p", words.say("page.no-trouble"))
    heads = [
        tag("th", words.say(f"page.{name}"), scope="col")
        for name in ("began", "lasted", "whose", "how-bad")
    ]
    rows = [
        tag(
            "tr",
            tag("td", _moment(one.began)),
            tag("td", duration(one.ended - one.began, words)),
            tag("td", words.say(f"side.{one.side}")),
            tag("td", words.say(f"severity.{one.severity}")),
        )
        for one in reversed(troubles[-_MOST_ROWS:])
    ]
    left = len(troubles) - _MOST_ROWS
    return tag(
        "div",
        tag(
            "table",
            tag("caption", words.say("page.troubles"), class_="unseen"),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *rows),
        ),
        tag("p", words.say("ui.more", {"count": left})) if left > 0 else None,
    )


def _moment(at: datetime) -> Markup:
    """As `_time`, broken between day and hour at most."""
    day, _, hour = _time(at).partition(" ")
    return tag("time", tag("span", day), " ", tag("span", hour), datetime=at.isoformat())


def _time(at: datetime) -> str:
    zone = at.tzname()
    return at.strftime("%Y-%m-%d %H:%M") + (f" {zone}" if zone else "")
