"""The detector on simulated populations: who is alarmed and how soon, and who never.

The whole of it, with more agents and a month of quiet days: `python -m tests.fleet_detection`, its
output in `fleet_RESULTS.md`.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from netcheck.agent.seeds import read_seed
from netcheck.fleet.detection.explaining import Trouble, explain
from netcheck.fleet.measured import AlarmKind, Cell, Received, Stage
from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.people import Makeup
from netcheck.fleet.population.replaying import happenings_of, regions_of
from netcheck.model.verdict import Side
from tests.fleet_detection import (
    CARRIERS,
    HOUR_S,
    MORNING_S,
    USUAL,
    Run,
    everywhere,
    fails,
    forged,
    quiet_run,
    run,
    turned_away_run,
)

PHONES = everywhere("att_us", Stage.REGISTRATION)
GATEWAYS = everywhere("att_us", Stage.GATEWAYS)
LARGEST_DELAY = 2  # minutes: 45 s, and the look that sends it
SMALL = Makeup(4_000, CARRIERS)


@pytest.fixture(scope="module")
def calm() -> Run:
    """Four quiet days before that morning."""
    return quiet_run(600, 4, {"US": 1.0}, 7, MORNING_S - 3 * HOUR_S)


def test_quiet_days_raise_no_alarm(calm):
    assert calm.reports > 45_000
    assert calm.begun == []


def test_a_carrier_that_turns_phones_away_is_alarmed_within_three_minutes(calm):
    """40,000 agents, one in twenty tells of a phone; bystanders are never named."""
    found = turned_away_run(USUAL, calm.state, hours_before=1.2, minutes_after=10)
    assert found.raised(PHONES, MORNING_S, AlarmKind.OUTAGE) <= 3
    assert {alarm.cell.carrier for alarm in found.begun} == {"att_us"}


def test_where_few_tell_of_phones_it_takes_a_watch_interval_at_most(calm):
    makeup = replace(USUAL, agents=20_000, tell_of_phones=0.02)  # as many phones as 1 % of 40,000
    found = turned_away_run(makeup, calm.state, hours_before=1.2, minutes_after=18)
    assert found.raised(PHONES, MORNING_S) <= 15 + LARGEST_DELAY
    assert found.down == {"att_us"}


@pytest.mark.parametrize(
    ("findings", "stage"),
    [(("own-epdg.silent",), Stage.GATEWAYS), (("own-zone.fails",), Stage.NAMES)],
)
def test_what_is_asked_once_a_quarter_is_alarmed_within_a_quarter(calm, findings, stage):
    begins_s, ends_s = MORNING_S - int(1.2 * HOUR_S), MORNING_S + 20 * 60
    found = run(SMALL, [fails(findings, "att_us")], begins_s, ends_s, known=calm.state)
    assert found.raised(everywhere("att_us", stage), MORNING_S) <= 15 + LARGEST_DELAY
    assert found.down == {"att_us"}


def test_a_part_that_fails_is_degraded_and_is_over_when_it_is(calm):
    ends_s = MORNING_S + 2 * HOUR_S
    part = replace(fails(("own-epdg.silent",), "att_us", 0.35), ends_s=MORNING_S + HOUR_S)
    found = run(SMALL, [part], MORNING_S - int(1.2 * HOUR_S), ends_s, known=calm.state)
    told = [(a.kind, a.over) for _, a in found.told if a.cell == GATEWAYS]
    (kind, over), (_, ended) = told[0], told[-1]
    assert (kind, over) == (AlarmKind.DEGRADED, None)
    assert 60 <= ended - MORNING_S // 60 <= 85
    assert found.down == {"att_us"}


# --- forged and late reports ----------------------------------------------------------------------

HONEST = replace(USUAL, agents=10_000)
BEFORE_S = MORNING_S - int(2.6 * HOUR_S)


@pytest.mark.parametrize(
    ("lie", "honest", "count"),
    [
        (("phone-service.denied",), HONEST, 1000),  # of the honest only one in twenty tells of it
        (("own-epdg.silent", "own-zone.fails"), replace(HONEST, agents=3_000), 300),
    ],
)
def test_a_thousand_forged_reports_among_ten_thousand_raise_no_alarm(calm, lie, honest, count):
    made_up = forged(count, honest, "verizon_us", lie, MORNING_S)
    found = run(honest, [], BEFORE_S, MORNING_S + 30 * 60, made_up, calm.state)
    assert found.begun == []


def test_a_thousand_forged_reports_hide_no_outage(calm):
    """All of them say that the phones of the broken carrier are well."""
    made_up = forged(1000, HONEST, "att_us", ("phone-service.home",), MORNING_S - 120)
    happenings = [fails(("phone-service.emergency-only",), "att_us")]
    found = run(HONEST, happenings, BEFORE_S, MORNING_S + 15 * 60, made_up, calm.state)
    assert found.raised(PHONES, MORNING_S) <= 10  # of 10,000 agents few tell of phones
    assert found.down == {"att_us"}


def test_late_reports_raise_no_alarm(calm):
    """What lay in outboxes for two hours: an outage that is over."""
    old = forged(3000, SMALL, "att_us", ("phone-service.denied",), MORNING_S - 2 * HOUR_S)
    now = [Received(one.report, one.at_s + 2 * HOUR_S) for one in old]
    begins_s, ends_s = MORNING_S - int(1.2 * HOUR_S), MORNING_S + 20 * 60
    found = run(SMALL, [], begins_s, ends_s, now, calm.state)
    assert (found.begun, found.late >= 3000) == ([], True)


# --- devices that cannot report -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cut_off", "alarmed"), [(("att_us",), {"att_us"}), (tuple(CARRIERS), set())]
)
def test_a_carriers_devices_that_fall_silent_are_alarmed_but_not_everybodys(calm, cut_off, alarmed):
    gone = Happening(MORNING_S, MORNING_S + HOUR_S, carriers=cut_off, cuts_off=True)
    found = run(SMALL, [gone], BEFORE_S, MORNING_S + 25 * 60, known=calm.state)
    silent = {a.cell.carrier for a in found.begun if a.kind is AlarmKind.SILENT}
    assert silent == alarmed == {a.cell.carrier for a in found.begun}
    if alarmed:
        cell = replace(PHONES, carrier="att_us")
        assert found.raised(cell, MORNING_S, AlarmKind.SILENT) <= 15


# --- who is down, and who only can't be reached ---------------------------------------------------

CALLERS = replace(SMALL, agents=3_000, call_somebody=0.3)


def called(findings):
    return Happening(
        MORNING_S, MORNING_S + HOUR_S, findings, Side.REMOTE, "called-carrier-outage",
        called="att_us",
    )  # fmt: skip


def test_those_who_cannot_reach_a_carrier_that_is_down_are_not_down(calm):
    happenings = [fails(("own-epdg.silent",), "att_us"), called(("called-epdg.silent",))]
    begins_s, ends_s = MORNING_S - int(1.2 * HOUR_S), MORNING_S + 25 * 60
    found = run(CALLERS, happenings, begins_s, ends_s, known=calm.state)
    assert everywhere("", Stage.GATEWAYS) in {replace(a.cell, called="") for a in found.begun}
    (only,) = explain(found.begun)
    assert (only.trouble, only.carrier) == (Trouble.DOWN, "att_us")


def test_a_carrier_that_others_cannot_reach_is_told_as_that(calm):
    begins_s, ends_s = MORNING_S - int(1.2 * HOUR_S), MORNING_S + 25 * 60
    happenings = [called(("called-epdg.silent",))]
    found = run(CALLERS, happenings, begins_s, ends_s, known=calm.state)
    (only,) = explain(found.begun)
    assert (only.trouble, only.called) == (Trouble.NOT_REACHED, "att_us")


# --- outages of the past --------------------------------------------------------------------------

SEEDS = Path(__file__).parents[1] / "seeds"


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("att-2024-02-22", {"att_us"}),
        ("verizon-2024-09-30", {"verizon_us"}),
        ("rogers-2022-07-08", {"rogers_ca"}),
        ("optus-2023-11-08", {"optus_au"}),
        ("tmobile-2020-06-15", set()),  # calls fail behind a gateway that answers: nobody can see
        ("facebook-2021-10-04", set()),
    ],
)
def test_an_outage_of_the_past_names_its_carrier_and_no_bystander(name, named):
    seed = read_seed((SEEDS / f"{name}.toml").read_text())
    views = [view for view in seed.views if view.carrier]
    carriers = {view.carrier.id: 1.0 for view in views} | {"bystander_xx": 1.0}
    places = regions_of(views)
    weights = dict.fromkeys(places.values(), 1.0)
    makeup = Makeup(250 * len(places), carriers, weights, tell_of_phones=0.3, call_somebody=0.3)
    happenings = happenings_of(views)
    first_s = min((one.begins_s for one in happenings), default=MORNING_S)
    found = run(makeup, happenings, first_s - int(1.2 * HOUR_S), first_s + int(1.5 * HOUR_S))
    assert found.down == named
    regions = {a.cell.region for a in found.begun if not a.cell.called} - {""}
    touched = {places[v.id] for v in views if v.carrier.id in named and v.id != "home-outside"}
    assert regions <= touched


def test_the_regional_outage_is_alarmed_where_it_is():
    seed = read_seed((SEEDS / "verizon-2024-09-30.toml").read_text())
    inside, outside = (regions_of(seed.views)[id] for id in ("home-inside", "home-outside"))
    makeup = Makeup(
        2000, {"verizon_us": 1.0, "att_us": 1.0}, {inside: 1.0, outside: 9.0}, tell_of_phones=0.3
    )
    happenings = happenings_of(seed.views)
    first_s = min(one.begins_s for one in happenings)
    found = run(makeup, happenings, first_s - int(1.2 * HOUR_S), first_s + HOUR_S)
    assert {a.cell for a in found.begun} == {Cell("verizon_us", inside, Stage.REGISTRATION)}
