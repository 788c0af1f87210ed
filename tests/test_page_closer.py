"""The parts of a page for a closer look: the sum, the course of the run, what was before."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone

from netcheck.model.history import Stretch
from netcheck.render import page
from netcheck.text import words
from tests.page_reading import LOOKS, PLACES, SUM, TURN, before, built, items, page_of, rows
from tests.render_samples import (
    SOS,
)

# --- the sum ---


def test_the_sum_is_told_whole_with_what_parts_the_two_causes_first() -> None:
    told = page_of(SOS, account=SUM, turn=TURN)
    assert [row.text for row in told.one("dl", "causes").all("div")] == [
        "A phones can't get on to Cricket 84 %",
        "B the phone or its SIM card + a home link that loses data 5 %",
    ]
    parting, alike = told.all("table", "sum")
    assert rows(parting) == [
        ["What was seen", "A", "B", "A\u2212B", ""],
        ["before anything was seen", "\u2212300", "\u2212250", "\u221250", ""],
        ["your phone says SOS symptom.sos", "\u221220", "\u2212110", "+90", ""],
        ["the router answers in 2 ms gateway.answers", "\u22125", "\u221230", "+25", ""],
        ["2 things that say the same of A and of B", "\u22128", "\u22128", "+0", ""],
        ["together", "\u2212333", "\u2212398", "+65", ""],
    ]
    assert [row[1:4] for row in rows(alike)[1:]] == [
        ["\u22127", "\u22127", "+0"],
        ["\u22121", "\u22121", "+0"],
    ]


def test_what_would_turn_it_is_told_in_words() -> None:
    told = page_of(SOS, account=SUM, turn=TURN).all("dl", "notes")[-1]
    assert [row.text for row in told.all("div")] == [
        "if we saw your phone looks fine",
        "instead of your phone says SOS",
        "then no one's: nothing is wrong",
    ]
    assert words().say("explain.no-turn") in page_of(SOS, account=SUM).text


def test_a_sum_by_other_rules_than_the_verdict_says_so() -> None:
    said = "This sum is by rules 9. The verdict above was made by rules 1."
    assert said in page_of(SOS, account=SUM, rules_version=9).text
    assert "This sum is by rules" not in page_of(SOS, account=SUM, rules_version=1).text


# --- how the run went ---


def test_each_place_has_its_times_on_one_line() -> None:
    told = page_of(replace(SOS, observations=LOOKS), stage_of=PLACES).all("ol", "rows")[0]
    assert items(told) == ["Router 1 worked, 1 unclear, 50 ms", "Wi-Fi calling 1 failed, 2.0 s"]
    spans = [
        (b.attributes["class"], b.attributes["x"], b.attributes["width"]) for b in told.all("rect")
    ]
    assert spans == [("ok", "0", "2.5"), ("error", "0.5", "1"), ("failed", "5", "95")]


def test_each_check_has_a_bar_and_what_the_run_waited_for_is_marked() -> None:
    told = page_of(replace(SOS, observations=LOOKS), chain=LOOKS[-1:]).one("ol", "fall")
    assert items(told) == [
        "gateway-answers 50 ms",
        "gateway-answers netcheck could not tell, 20 ms",
        "ike-passes not tried, 0 ms",
        "epdg-answers-ike failed, 1.9 s",
    ]
    assert [bold.text for bold in told.all("strong")] == ["epdg-answers-ike"]


# --- what was before ---


def bars(history: Sequence[Stretch]) -> list[tuple[str, int, int, int]]:
    strip = page_of(SOS, history=history).one("figure", "history").one("svg")
    return [
        (bar.classes[1], *(int(bar.attributes[key] or 0) for key in ("x", "width", "height")))
        for bar in strip.all("rect")
    ]


def test_the_strip_shows_each_time_as_tall_as_it_was_bad_and_a_gap_where_nobody_looked() -> None:
    history = before(
        (90, "none", "ok"), (90, "", ""), (90, "isp", "degraded"), (90, "inconclusive", "down")
    )
    assert bars(history) == [
        ("ok", 0, 90, 14),
        ("degraded", 180, 90, 34),
        ("unknown", 270, 90, 28),
    ]


def test_a_trouble_too_short_for_a_column_is_not_swallowed() -> None:
    history = before((5000, "none", "ok"), (2, "local", "down"), (5000, "none", "ok"))
    assert [kind for kind, *_ in bars(history)] == ["ok", "down", "ok"]


def test_the_troubles_stand_in_a_table_the_newest_first() -> None:
    history = before(
        (60, "none", "ok"), (25, "isp", "degraded"), (60, "none", "ok"), (155, "carrier", "down")
    )
    told = page_of(SOS, history=history, zone=timezone(timedelta(hours=1), "CET"))
    assert rows(told.one("figure", "history").one("table")) == [
        ["From", "How long", "Whose side", "How bad"],
        ["2024-02-21 03:25 CET", "2 h 35 min", "your carrier", "down"],
        ["2024-02-21 02:00 CET", "25 min", "your internet provider", "works badly"],
    ]
    assert "seen on 2024-02-22 10:10 CET, in 1.1 s" in told.text


def test_a_history_without_trouble_says_so_and_none_at_all_has_no_section() -> None:
    assert (
        "No trouble was seen in this time." in page_of(SOS, history=before((9, "none", "ok"))).text
    )
    assert page_of(SOS).all("section", "before") == []


def test_a_long_history_is_cut_to_thirty_days_and_stays_small() -> None:
    year = before(*[(15, side, sev) for side, sev in (("none", "ok"), ("isp", "down"))] * 17_500)
    text = page.render(SOS, words(), page.Behind(history=year))
    assert len(text) < 60_000
    table = rows(built(text).one("figure", "history").one("table"))
    assert len(table) == 21
    assert "and 1421 more" in built(text).text


def test_a_severity_of_a_newer_netcheck_is_drawn_as_a_doubt() -> None:
    assert bars(before((9, "carrier", "wobbly"))) == [("unknown", 0, 360, 28)]
