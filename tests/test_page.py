"""The page of a result: the verdict, the way as a picture, the reasons and the steps."""

import time
from dataclasses import replace

import pytest

from netcheck.model.result import Result, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import Worded
from netcheck.render.page.way import description, stops
from netcheck.text import words
from tests.page_reading import items, page_of
from tests.render_samples import (
    HEALTHY,
    HEALTHY_WITHOUT_CARRIER,
    INCONCLUSIVE,
    ROUTER_BLOCKS,
    SOS,
    TWO_FAULTS,
)

# --- the verdict, the steps, the reasons ---


def test_the_verdict_is_the_first_heading() -> None:
    assert page_of(SOS).one("h1").text == "Most likely Cricket (AT&T's network), not you."


def test_that_no_carrier_was_checked_is_a_smaller_sentence() -> None:
    told = page_of(HEALTHY_WITHOUT_CARRIER)
    assert told.one("h1").text == "All looks well on your side."
    assert told.one("p", "aside").text == "No carrier was checked."


@pytest.mark.parametrize(
    ("result", "badge"),
    [
        (SOS, "your carrier: down"),
        (ROUTER_BLOCKS, "your side: works badly"),
        (HEALTHY, "works"),
        (INCONCLUSIVE, "not clear yet"),
    ],
)
def test_the_side_and_how_bad_it_is_stand_above_it(result: Result, badge: str) -> None:
    assert page_of(result).one("p", "badge").text == badge


def test_how_sure_it_is_is_said_but_not_of_an_open_question() -> None:
    assert page_of(SOS).one("p", "sureness").text == "84 % sure"
    assert page_of(INCONCLUSIVE).all("p", "sureness") == []


def test_a_second_fault_stands_beneath_the_first() -> None:
    assert items(page_of(TWO_FAULTS).one("div", "beside")) == [
        "a home link that loses data, 93 % sure",
        "the other person's carrier, 61 % sure",
    ]


def test_the_steps_are_numbered_with_the_taps_beneath() -> None:
    steps = page_of(SOS).one("section", "steps").one("ol")
    assert items(steps) == [
        "Switch on Wi-Fi calling: your network lets it through. Cricket may still turn it down."
        " (iPhone: Settings > Cellular > Wi-Fi Calling)",
        "Leave the router alone; a reset will not help.",
        "Emergency (911): try Wi-Fi calling, a landline, or a phone on another carrier; or a text"
        " to 911, where that is offered. None is certain.",
    ]


def test_reasons_are_told_with_their_strength_and_a_bar_as_long() -> None:
    speaking = page_of(SOS).one("div", "two").all("ul")[0]
    assert items(speaking) == [
        "your phone says SOS strongly",
        "6 of 6 internet checks answer clearly",
        "the router answers in 2 ms clearly",
        "the provider answers in 9 ms slightly",
        "DNS answers slightly",
    ]
    assert [bar.attributes["width"] for bar in speaking.all("rect", "for")] == [
        "100", "38.7", "35.5", "29", "25.8",
    ]  # fmt: skip


def test_a_bar_is_long_where_its_word_is_strong_and_not_because_it_is_the_longest() -> None:
    speaking = page_of(HEALTHY).one("div", "two").all("ul")[0]
    assert [bar.attributes["width"] for bar in speaking.all("rect", "for")] == [
        "36.7",
        "33.3",
        "40",
    ]


def test_what_would_look_the_same_speaks_against_it() -> None:
    against = page_of(SOS).one("div", "two").all("ul")[1]
    assert items(against) == [
        "no signal here or an account problem, a faulty phone or SIM card would look much the same"
    ]


def test_notes_are_those_of_the_terminal() -> None:
    told = [row.text for row in page_of(INCONCLUSIVE).one("dl", "notes").all("div")]
    assert told == [
        "It leans to Wi-Fi calling at Cricket is down (48 %), the router blocks Wi-Fi calling"
        " (40 %)",
        "What would settle it the same check on another network, such as a phone's hotspot",
    ]


def test_what_changed_since_it_last_worked_is_a_note_in_utc_or_in_the_time_of_this_machine(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TZ", "UTC-3")
    time.tzset()
    told = {"at": "2024-02-21T21:10:00Z", "what": "router,vpn-on"}
    result = replace(ROUTER_BLOCKS, changed=Worded("changed.since", told))
    try:
        notes = [page_of(result, **zone).one("dl", "notes").text for zone in ({}, {"zone": None})]
    finally:
        monkeypatch.undo()
        time.tzset()
    assert notes == [
        "What changed since it last worked (2024-02-21 21:10 UTC): another router is in use; a VPN"
        " is on",
        "What changed since it last worked (today 00:10): another router is in use; a VPN is on",
    ]


def test_a_run_that_was_stopped_says_so() -> None:
    early = page_of(replace(SOS, interrupted=True)).one("p", "early").text
    assert early == "Stopped early: this is what we know so far."


# --- the way as a picture ---


def drawn(result: Result) -> list[tuple[str, str]]:
    return [(stop.label, stop.into.value) for stop in stops(result, words())]


def test_the_way_breaks_before_the_first_place_that_is_down() -> None:
    assert drawn(SOS)[4:] == [
        ("DNS", "whole"),
        ("Internet", "whole"),
        ("Cricket", "broken"),
        ("Wi-Fi calling", "lost"),
    ]


def test_it_breaks_once_and_nothing_is_known_to_pass_beyond() -> None:
    dead = replace(
        SOS, stages=(*SOS.stages[:2], *(replace(s, state=StageState.DOWN) for s in SOS.stages[2:]))
    )
    assert drawn(dead) == [
        ("You", "whole"),
        ("Wi-Fi", "whole"),
        ("Router", "broken"),
        ("Provider", "lost"),
        ("DNS", "lost"),
        ("Internet", "lost"),
        ("Cricket", "lost"),
        ("Wi-Fi calling", "lost"),
    ]


def test_a_place_that_answers_from_beyond_a_break_was_reached_around_it() -> None:
    last = stops(SOS, words())[-1]
    assert (last.label, last.around) == ("Wi-Fi calling", 5)
    assert [stop.around for stop in stops(HEALTHY, words())] == [None] * 8


@pytest.mark.parametrize(
    ("result", "told"),
    [
        (HEALTHY, "No break was found on the way."),
        (
            SOS,
            "The way breaks at: Cricket. There is a way around the break to: Wi-Fi calling.",
        ),
        (ROUTER_BLOCKS, "The way breaks at: Wi-Fi calling."),
    ],
)
def test_the_picture_has_a_sentence_for_who_cannot_see_it(result: Result, told: str) -> None:
    assert description(stops(result, words()), words()) == told
    for picture in page_of(result).one("figure", "way").all("svg"):
        assert picture.one("desc").text == told
        assert picture.attributes["aria-describedby"] == picture.one("desc").attributes["id"]
        assert picture.attributes["aria-labelledby"] == picture.one("title").attributes["id"]


def test_and_a_list_that_says_all_of_it() -> None:
    assert items(page_of(SOS).one("figure", "way")) == [
        "You: works",
        "Wi-Fi: works, -52 dBm",
        "Router: works, 2 ms",
        "Provider: works, 9 ms",
        "DNS: works",
        "Internet: works",
        "Cricket: does not work, SOS",
        "Wi-Fi calling: works, path open",
    ]


def test_each_state_has_a_sign_of_its_own_beside_its_colour() -> None:
    states = [StageView(stage, state) for stage, state in zip(Stage, StageState, strict=False)]
    picture = page_of(replace(SOS, stages=tuple(states))).all("svg", "wide")[0]
    signs = {sign.attributes["d"] for sign in picture.all("path", "mark")}
    assert len(signs) == len(StageState)


def test_a_result_without_places_has_no_picture() -> None:
    assert page_of(replace(SOS, stages=())).all("figure", "way") == []
