"""The outage page: what it tells, what it hides, and that nobody can write into it."""

import json
import re
from dataclasses import replace
from html import unescape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Count, Stage
from netcheck.fleet.page import (
    Outages,
    Sources,
    carrier,
    carrier_json,
    front,
    front_json,
    gather,
)
from netcheck.fleet.page.hiding import LEAST, shown_parts
from netcheck.model.crowd import CrowdState
from netcheck.text import words
from tests.outage_samples import BEGAN, GATEWAYS, NAMES, NOW, REGISTRATION, outages, quiet

WORDS = words()
DAY = outages()


def said(page: str) -> str:
    """The page's words, without its marks and its style sheet."""
    body = page[page.index("<body") :]
    body = re.sub(r"<svg.*?</svg>", " ", body, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", body)).split())


def view(id: str, day: Outages = DAY):
    return next(one for one in day.carriers if one.id == id)


# --- what may be shown ---


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ({"A": 100, "B": 50}, {"A", "B"}),
        ({"A": 100, "B": 19}, set()),  # B is the whole less A, so A is hidden with it
        ({"A": 100, "B": 50, "C": 19}, {"A"}),
        ({"A": 100, "B": 19, "C": 19}, {"A"}),  # the two are 38 together
        ({"A": 100, "B": 20, "C": 0}, {"A", "B"}),
        ({"A": 19}, set()),
        ({}, set()),
    ],
)
def test_what_is_hidden_cannot_be_had_by_subtraction(told, shown):
    assert shown_parts(told) == shown


@given(st.dictionaries(st.sampled_from("ABCDEFGH"), st.integers(0, 60)))
def test_what_is_left_of_a_whole_is_nothing_or_enough(told):
    shown = shown_parts(told)
    hidden = sum(count for part, count in told.items() if part not in shown)
    assert all(told[part] >= LEAST for part in shown)
    assert hidden == 0 or hidden >= LEAST or not shown


def of(*counts: Count, alarms: tuple[Alarm, ...] = ()) -> Outages:
    return gather(Sources(counts, alarms, NAMES, NOW))


def count(told: int, failing: int = 0, *, region: str = "", ago: int = 10, called: str = ""):
    return Count(Cell("att_us", region, REGISTRATION, called), NOW - ago, told, failing)


def alarm(region: str = "", kind: AlarmKind = AlarmKind.OUTAGE, over: int | None = None) -> Alarm:
    return Alarm(Cell("att_us", region, REGISTRATION), kind, NOW - 60, over, 0.9, 0.8)


def test_a_carrier_of_too_few_reports_is_not_on_the_page():
    assert of(count(19, 19), alarms=(alarm(),)).carriers == ()
    assert said(front(of(count(19, 19)), WORDS)).startswith(
        "netcheck As of 2024-12-12 10:40 UTC too few reports Too few reports to tell anything yet"
    )


def test_an_alarm_of_a_region_that_is_hidden_is_hidden_too():
    found = of(count(100, region="US-TX"), count(19, region="US-AK"), alarms=(alarm("US-AK"),))
    (att,) = found.carriers
    assert (att.tiles, att.alarms, att.state) == ((), (), CrowdState.OK)
    assert "US-AK" not in front(found, WORDS) + carrier(att, found, WORDS)


def test_no_count_stands_in_what_is_shown():
    """Shares and bands only: from rounded shares nobody can reckon how many there were."""
    found = of(count(1234, 617), count(4321, 0, region="US-TX"))
    (att,) = found.carriers
    shown = [front(found, WORDS), carrier(att, found, WORDS)]
    shown += [front_json(found), carrier_json(att, found)]
    assert [n for n in ("1234", "4321", "617", "5555") if any(n in text for text in shown)] == []


@pytest.mark.parametrize(
    ("alarms", "state"),
    [
        ((), CrowdState.OK),
        ((alarm(),), CrowdState.OUTAGE),
        ((alarm(kind=AlarmKind.SILENT),), CrowdState.DEGRADED),
        ((alarm(over=NOW - 5),), CrowdState.OK),
        ((alarm("US-TX"),), CrowdState.DEGRADED),  # of one region alone
    ],
)
def test_how_a_carrier_is(alarms, state):
    found = of(count(50, region="US-TX"), count(50, region="US-CA"), alarms=alarms)
    assert found.carriers[0].state == state


def test_a_country_that_is_all_there_is_of_a_carrier_is_not_told_twice():
    found = of(count(50, region="US"), alarms=(alarm(), alarm("US")))
    (att,) = found.carriers
    assert ([a.cell.region for a in att.alarms], att.tiles) == ([""], ())


def test_without_reports_of_now_nobody_is_said_to_be_well():
    assert of(count(50, ago=31)).carriers[0].state is None


def test_a_region_that_fails_like_the_whole_is_told_as_the_whole():
    tiles = {tile.region: tile.state for tile in view("att_us").tiles}
    assert tiles == {
        "US-AK": CrowdState.OK,
        "US-CA": CrowdState.OUTAGE,
        "US-GA": CrowdState.OUTAGE,
        "US-NY": CrowdState.OUTAGE,
        "US-TX": CrowdState.OUTAGE,
    }


# --- what it says ---


def test_the_front_names_who_is_down_and_nobody_else():
    text = said(front(DAY, WORDS))
    assert "AT&T and Cricket: many phones have no service" in text
    began = "for 3 h 22 min, since 2024-12-12 07:18 UTC; at least 90 % sure"
    assert f"Many phones on AT&T can't get on its network. {began}" in text
    assert "Verizon no trouble seen 4 %" in text
    assert "can't reach people on AT&T" not in text  # AT&T's own outage says it already


def test_whom_nobody_reaches_is_named_where_nothing_of_their_own_says_why():
    pooled = Alarm(Cell("", "", GATEWAYS, "verizon_us"), AlarmKind.OUTAGE, NOW - 9, None, 0.9, 0.6)
    calls = Count(Cell("att_us", "", GATEWAYS, "verizon_us"), NOW - 10, 40, 30)
    found = of(count(50), calls, alarms=(pooled,))
    assert "Those who are on other carriers can't reach people on Verizon." in said(
        front(found, WORDS)
    )


def test_the_grid_shows_pairs_of_which_enough_could_tell():
    pairs = {(call.carrier, call.called): call.state for call in DAY.calls}
    assert pairs == {
        ("tmobile_us", "att_us"): CrowdState.OUTAGE,
        ("tmobile_us", "verizon_us"): CrowdState.OK,
        ("verizon_us", "att_us"): CrowdState.OUTAGE,
        ("verizon_us", "tmobile_us"): CrowdState.OK,
    }


def test_a_quiet_day_is_told_as_that():
    text = said(front(quiet(), WORDS))
    assert "No mobile outage shows right now" in text
    assert "outage now" not in text


def test_a_carrier_s_page_says_what_to_do_and_what_is_not_known():
    text = said(carrier(view("att_us"), DAY, WORDS))
    assert "Many phones on AT&T have no service" in text
    assert "In an emergency try Wi-Fi calling, a landline, or a phone on another carrier." in text
    assert "It can't tell if an emergency call gets through." in text
    assert "what fails, not why" in text


def test_every_alarm_has_words():
    kinds = [(kind, stage) for kind in AlarmKind for stage in Stage]
    ids = [f"fleet-page.trouble.{kind.value}.{stage.value}" for kind, stage in kinds]
    assert [id for id in ids if id not in WORDS] == []


# --- its twin ---


def test_the_json_tells_what_the_page_tells():
    told = json.loads(front_json(DAY))
    assert (told["schema"], told["now"], told["since"]) == ("netcheck.outages/1", NOW, NOW - 1440)
    states = {one["id"]: one["state"] for one in told["carriers"]}
    assert states == {one.id: one.state.value for one in DAY.carriers}
    att = json.loads(carrier_json(view("att_us"), DAY))
    assert att["alarms"][0] == {
        "carrier": "att_us",
        "region": "",
        "stage": "registration",
        "called": "",
        "kind": "outage",
        "began": BEGAN + 3,
        "over": None,
        "confidence_percent": "90-99",
        "failing_percent": "70-79",
    }
    last = att["series"][0]["bins"][-1]
    assert last == {"minute": NOW - 5, "share_failing": 0.76}


# --- who may write into it ---


def test_a_name_cannot_break_out_of_the_page():
    names = {"att_us": '<script>alert("x")</script>'}
    found = gather(Sources([count(50)], [alarm()], names, NOW))
    shown = front(found, WORDS) + carrier(found.carriers[0], found, WORDS)
    assert "<script" not in shown
    assert "&lt;script&gt;" in shown


def test_a_region_cannot_break_out_of_the_page():
    cell = Cell("att_us", '"><img src=x>', REGISTRATION)
    found = gather(Sources([Count(cell, NOW - 10, 50, 0)], [], NAMES, NOW))
    assert "<img" not in carrier(found.carriers[0], found, WORDS)


def test_who_is_not_in_the_catalogue_is_not_shown():
    cell = Cell("somebody", "", REGISTRATION)
    assert gather(Sources([Count(cell, NOW - 10, 50, 0)], [], NAMES, NOW)).carriers == ()


def test_a_page_is_ascii_and_the_same_each_time():
    text = front(replace(DAY), WORDS)
    assert text.isascii()
    assert text == front(DAY, WORDS)
