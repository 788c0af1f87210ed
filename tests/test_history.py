"""What a history is made into: outages, a strip, a table; one entry a row."""

from datetime import UTC, datetime, timedelta

import pytest

from netcheck.model.history import Entry, Outage, chained, outages, stretches
from netcheck.render.history import duration, render
from netcheck.render.sheet import Sheet
from netcheck.text import words

MIDNIGHT = datetime(2026, 11, 25, tzinfo=UTC)
LOOKS = {
    ".": ("none", "all-well", "ok", 0.8),
    "d": ("isp", "provider-dead", "down", 0.97),
    "l": ("isp", "provider-lossy", "degraded", 0.7),
    "?": ("inconclusive", "carrier-gateway-outage", "degraded", 0.9),
}


def at(minutes: float) -> datetime:
    return MIDNIGHT + timedelta(minutes=minutes)


def kept(row: str, every_minutes: float = 15) -> list[Entry]:
    """A look a letter; a space is a look that nobody made."""
    return [
        Entry(at(number * every_minutes), *LOOKS[letter])
        for number, letter in enumerate(row)
        if letter != " "
    ]


def told(found: tuple[Outage, ...]) -> list[tuple[object, ...]]:
    def minutes(moment: datetime | None) -> float | None:
        return None if moment is None else (moment - MIDNIGHT).total_seconds() / 60

    return [
        (minutes(o.began), minutes(o.seen_last), minutes(o.over), o.fault, o.severity, o.looks)
        for o in found
    ]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("....", []),
        ("", []),
        (".ddd..", [(15, 45, 60, "provider-dead", "down", 3)]),
        (".lld.", [(15, 45, 60, "provider-dead", "down", 3)]),  # named by the surest look
        (".?ll.", [(15, 45, 60, "provider-lossy", "degraded", 3)]),
        (".??.", [(15, 30, 45, "carrier-gateway-outage", "degraded", 2)]),
        (".dd", [(15, 30, None, "provider-dead", "down", 2)]),
        (
            "d.d.",
            [(0, 0, 15, "provider-dead", "down", 1), (30, 30, 45, "provider-dead", "down", 1)],
        ),
        # Nobody looked for longer than six hours: two outages, and the end of the first unknown.
        (
            "dd" + " " * 30 + "d.",
            [
                (0, 15, None, "provider-dead", "down", 2),
                (480, 480, 495, "provider-dead", "down", 1),
            ],
        ),
    ],
)
def test_outages_of_a_row_of_looks(row, expected):
    assert told(outages(kept(row))) == expected


def test_a_strip_changes_where_the_looks_do():
    found = stretches(kept("..dd.."))
    assert [(s.severity, (s.ended - s.began).seconds // 60) for s in found] == [
        ("ok", 30),
        ("down", 30),
        ("ok", 15),
    ]


def test_a_digest_follows_from_all_before_it():
    one, two = {"at": "1"}, {"at": "2"}
    chain = chained(chained("", one), two)
    assert chain != chained(chained("", {"at": "1 "}), two)
    assert chain != chained("", two)
    assert chain == chained(chained("", dict(one)), dict(two))


@pytest.mark.parametrize(
    ("minutes", "said"),
    [(0, "1 min"), (59, "59 min"), (60, "1 h"), (125, "2 h 5 min"), (1440 * 2 + 61, "2 d 1 h")],
)
def test_how_long_it_lasted_in_words(minutes, said):
    assert duration(timedelta(minutes=minutes), words("en")) == said


def page(entries, width=80, now_minutes=24 * 60):
    sheet = Sheet(words("en"), width, colour=False, unicode=True)
    return render(
        outages(entries), stretches(entries), words("en"), sheet=sheet,
        now=at(now_minutes), zone=UTC, unicode=True,
    )  # fmt: skip


def test_a_person_reads_the_newest_outage_first_and_the_last_days_by_the_hour():
    entries = kept("...." + "d" * 6 + "...." + "l" * 4 + "....")
    assert (
        page(entries, now_minutes=6 * 60)
        == """
    2026-11-25 03:30  The provider's line loses data. It lasted 1 h, until
                      04:30. 70 % sure; looks: 4.
    2026-11-25 01:00  The provider is down. It lasted 1 h 30 min, until 02:30.
                      97 % sure; looks: 6.

  The last seven days, hour by hour:
    2026-11-19        ------------------------
    2026-11-20        ------------------------
    2026-11-21        ------------------------
    2026-11-22        ------------------------
    2026-11-23        ------------------------
    2026-11-24        ------------------------
    2026-11-25        ·××!!·-
  · all well, ! limping, × down, - nobody looked
"""
    )


def test_an_outage_that_goes_on_has_no_end():
    assert "It goes on, for 15 min so far." in page(kept(".dd"), now_minutes=40)


def test_an_end_that_nobody_looked_for_is_not_made_up():
    told = " ".join(page(kept(".dd"), now_minutes=600).split())
    assert "last at 00:30; nobody looked for its end." in told


def test_without_trouble_it_says_since_when():
    assert page(kept("....")).startswith("\n  No trouble was seen since 2026-11-25.\n")


def test_without_any_run_it_says_so():
    assert page([]).startswith("\n  Nothing was kept yet.")


@pytest.mark.parametrize("width", [40, 80, 120])
def test_no_line_is_wider_than_the_terminal(width):
    lines = page(kept("..dd..ll.."), width=width).splitlines()
    assert max(map(len, lines)) <= width
