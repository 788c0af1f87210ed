"""A watch's story: cycles as a row of letters, events as a row of words."""

import random

import pytest

from netcheck.agent.watching import (
    CARRIERS_EVERY_S,
    Clocks,
    Event,
    EventKind,
    Look,
    Rhythm,
    Story,
    Watched,
    between,
)
from netcheck.model.verdict import Severity, Side
from tests.test_diagnosis_verdict import CUT_OFF, NO_EPDG, but, verdict_on

LOOKS = {
    ".": (Side.NONE, "all-well", Severity.OK),
    "d": (Side.ISP, "provider-dead", Severity.DOWN),
    "l": (Side.ISP, "provider-lossy", Severity.DEGRADED),
    "L": (Side.ISP, "provider-dns-slow", Severity.DEGRADED),
    "?": (Side.INCONCLUSIVE, "carrier-gateway-outage", Severity.DEGRADED),
}


def told(cycles: str) -> list[tuple[str, float, float | None]]:
    """The events of a row of cycles, one a minute."""
    story, events = Story(), []
    for minute, letter in enumerate(cycles):
        events += story.feed(Look(minute * 60.0, *LOOKS[letter]))
    return [
        (
            event.kind.value,
            event.at_s / 60,
            None if event.since_s is None else event.since_s / 60,
        )
        for event in events
    ]


STORIES = [
    ("all is well all the time", "......", [("started", 0, None)]),
    ("one bad cycle is no trouble", "..d...", [("started", 0, None)]),
    (
        "trouble begins with its first sign and is over with the first good one",
        "..ddd...",
        [("started", 0, None), ("began", 3, 2), ("over", 5, 2)],
    ),
    ("it is there from the start", "dd..", [("started", 0, None), ("over", 2, 0)]),
    (
        "one good cycle in trouble is no end",
        ".ddd.ddd",
        [("started", 0, None), ("began", 2, 1)],
    ),
    (
        "a dead line comes back limping, then well",
        ".ddlll..",
        [("started", 0, None), ("began", 2, 1), ("better", 3, 1), ("over", 6, 1)],
    ),
    (
        "limping turns into dead",
        ".lld",
        [("started", 0, None), ("began", 2, 1), ("worse", 3, 1)],
    ),
    (
        "another fault takes over",
        ".llLL",
        [("started", 0, None), ("began", 2, 1), ("changed", 3, 1)],
    ),
    ("an open question is trouble", ".??", [("started", 0, None), ("began", 2, 1)]),
    (
        "it comes and goes, then stays well",
        ".d.d.d......",
        [("started", 0, None), ("flapping", 5, 0), ("steady", 10, None)],
    ),
]


@pytest.mark.parametrize(
    ("cycles", "events"), [s[1:] for s in STORIES], ids=[s[0] for s in STORIES]
)
def test_a_story_is_told_in_its_events(cycles, events):
    assert told(cycles) == events


def test_a_look_that_differs_is_looked_at_again_soon():
    story = Story()
    story.feed(Look(0, *LOOKS["."]))
    assert not story.in_doubt
    story.feed(Look(60, *LOOKS["d"]))
    assert story.in_doubt
    story.feed(Look(68, *LOOKS["d"]))
    assert not story.in_doubt


# The rhythm


def test_looks_come_once_a_minute_with_some_jitter():
    rhythm = Rhythm(random.Random(1))
    waits = [rhythm.wait_s(in_doubt=False) for _ in range(200)]
    assert 54 <= min(waits) < 56
    assert 64 < max(waits) <= 66
    assert rhythm.wait_s(in_doubt=True) == 8


def test_carriers_are_asked_once_in_a_quarter_of_an_hour():
    rhythm = Rhythm(random.Random(1))
    asked = [minute for minute in range(60) if rhythm.may_ask_carriers(minute * 60.0)]
    assert asked == [0, 15, 30, 45]
    assert CARRIERS_EVERY_S == 15 * 60


def test_changes_in_quick_succession_do_not_ask_carriers_each_time():
    rhythm = Rhythm(random.Random(1))
    asked = []
    for second in range(0, 3600, 8):
        rhythm.something_changed()
        if rhythm.may_ask_carriers(second):
            asked.append(second)
    assert asked == [0, 32, 96, 216, 456, 936, 1840, 1872, 1936, 2056, 2296, 2776]


def test_after_a_change_the_next_look_comes_soon():
    rhythm = Rhythm(random.Random(1))
    rhythm.something_changed()
    assert rhythm.wait_s(in_doubt=False) == 8
    assert rhythm.wait_s(in_doubt=False) > 50


def test_a_change_lets_carriers_be_asked_once_more():
    rhythm = Rhythm(random.Random(1))
    assert rhythm.may_ask_carriers(0)
    rhythm.something_changed()
    assert rhythm.may_ask_carriers(60)
    assert not rhythm.may_ask_carriers(120)
    assert rhythm.may_ask_carriers(960)


# What the looks come to

WELL = verdict_on(but(""))
NOBODY_ASKED = verdict_on(but("", NO_EPDG))
DEAD = verdict_on(
    but(
        "beyond-gateway.silent path.ends-at-provider system-resolver.silent nameserver.silent"
        " public-resolver.silent anchors.unresolved",
        CUT_OFF,
    )
)


def watched_for(seconds, verdict_at):
    """(events, when carriers were asked) of a watch that sees these verdicts."""
    watched = Watched(Story(), Rhythm(random.Random(1)))
    at_s, events, asked_at = 0.0, [], []
    while at_s < seconds:
        asked = watched.rhythm.may_ask_carriers(at_s)
        if asked:
            asked_at.append(round(at_s))
        events += watched.take(verdict_at(at_s, asked), at_s, asked=asked)
        at_s += watched.rhythm.wait_s(in_doubt=watched.story.in_doubt)
    return [event.kind.value for event in events], asked_at


def test_a_look_that_could_not_take_over_what_carriers_said_is_no_trouble():
    told, asked_at = watched_for(3600, lambda _, asked: WELL if asked else NOBODY_ASKED)
    assert told == ["started"]
    assert len(asked_at) == 4  # once in a quarter of an hour


def test_trouble_that_is_over_is_told_soon_although_carriers_were_never_heard():
    def verdict_at(at_s, asked):
        if at_s < 100:
            return DEAD
        return WELL if asked else NOBODY_ASKED

    told, asked_at = watched_for(400, verdict_at)
    assert told == ["started", "over"]
    assert len(asked_at) <= 4


def test_trouble_of_which_no_carrier_needs_to_speak_is_told_by_looks_that_ask_none():
    told, _ = watched_for(600, lambda at_s, _: WELL if at_s < 100 else DEAD)
    assert told == ["started", "began"]


# Sleep and clocks


@pytest.mark.parametrize(
    ("now", "kinds"),
    [
        (Clocks(160, 60, 1060), []),
        (Clocks(160, 60, 1062), []),  # a slewed clock is none that was set
        (Clocks(3700, 60, 4600), ["woke"]),
        (Clocks(160, 60, 9000), ["clock"]),
        (Clocks(160, 60, 700), ["clock"]),
        (Clocks(3700, 60, 90), ["woke", "clock"]),
    ],
)
def test_sleep_and_a_set_clock_are_told_apart(now, kinds):
    assert [event.kind.value for event in between(Clocks(100, 0, 1000), now)] == kinds


def test_no_outage_is_longer_for_a_clock_that_was_set():
    """Times are of a clock that nobody can set, whatever the wall clock says meanwhile."""
    story = Story()
    for at_s, letter in ((0, "."), (60, "d"), (68, "d"), (128, "."), (136, ".")):
        events = story.feed(Look(at_s, *LOOKS[letter]))
    assert events == [Event(EventKind.OVER, 128, 60)]
