"""Simulated devices: their rhythm is the shipped one, their reports are real ones."""

import statistics
from collections import Counter, defaultdict
from dataclasses import replace
from itertools import pairwise

import pytest

from netcheck.agent import watching
from netcheck.cli.reporting import known
from netcheck.diagnosis.likelihoods import ROWS
from netcheck.fleet.attributing import cells, outcomes
from netcheck.fleet.measured import Received, Stage
from netcheck.fleet.population import living
from netcheck.fleet.population.forging import flood
from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.people import Makeup, devices
from netcheck.fleet.population.speaking import BASE
from netcheck.fleet.population.weather import quiet, turned_away
from netcheck.model.verdict import Side
from netcheck.report import form, reading

MIDNIGHT_S = 1708560000  # 2024-02-22, UTC: six in the evening in US Central
HOUR_S = 3600
SMALL = Makeup(
    400, {"att_us": 0.5, "verizon_us": 0.5}, {"US": 0.7, "": 0.3}, tell_of_phones=0.3,
    call_somebody=0.1,
)  # fmt: skip


def reports(makeup=SMALL, happenings=(), hours=3.0, begins_s=MIDNIGHT_S):
    """All that arrive, in order."""
    stream = living.live(makeup, happenings, begins_s, begins_s + int(hours * HOUR_S))
    return [one for _, arrived in stream for one in arrived]


def test_the_rhythm_is_the_agents():
    ours = (living.LOOK_S, living.JITTER, living.AGAIN_AFTER_S, living.CARRIERS_EVERY_S)
    theirs = (watching.EVERY_S, watching.JITTER, watching.AGAIN_AFTER_S, watching.CARRIERS_EVERY_S)
    assert ours == theirs


def test_every_report_is_one_that_a_collector_takes():
    makeup = replace(SMALL, agents=40)
    end_s = MIDNIGHT_S + 3 * HOUR_S
    happenings = [*quiet(makeup, MIDNIGHT_S, end_s), *turned_away("att_us", MIDNIGHT_S + HOUR_S)]
    found = reports(makeup, happenings)
    assert len(found) > 100
    for one in found:
        body = form.encode(one.report)
        assert form.encode(reading.read(body)) == body
        assert set(one.report.findings) <= known().findings
    assert len({one.report.report_id for one in found}) == len(found)


def test_a_healthy_home_finds_no_thing_that_netcheck_does_not_know():
    assert set(BASE) <= {f"{row.thing}.{state}" for row in ROWS for state in row.states}


def test_the_same_population_lives_the_same_day():
    assert reports(hours=1) == reports(hours=1)
    assert reports(hours=1) != reports(replace(SMALL, seed=2), hours=1)


def test_each_device_reports_about_once_an_hour():
    """A day brings some two dozen reports, more by what changes, fewer by night."""
    makeup = replace(SMALL, agents=200, sleep_at_night=0.0)
    found = reports(makeup, hours=20)
    assert 0.95 < len(found) / (200 * 20) < 1.35


def test_an_hourly_report_is_heard_an_hour_and_some_looks_after_the_last():
    """What the search for missing reports rests on."""
    makeup = replace(SMALL, sleep_at_night=0.0)
    heard = defaultdict(list)
    for one in reports(makeup, hours=20):
        heard[one.report.device_token].append(one.at_s)
    gaps = [later - at for times in heard.values() for at, later in pairwise(times)]
    assert max(gaps) < 65 * 60
    assert statistics.median(gaps) > 59 * 60


def test_by_night_fewer_devices_report():
    makeup = replace(SMALL, sleep_at_night=0.8)
    by_hour = Counter((one.at_s - MIDNIGHT_S) // HOUR_S for one in reports(makeup, hours=20))
    evening, night, noon = by_hour[2], by_hour[9], by_hour[18]  # 20:00, 3:00 and 12:00 there
    assert night < 0.4 * evening
    assert noon > 0.7 * evening


def delays(happening, makeup, stage, fails=True):
    """Seconds from the beginning to the first report that tells of it, for each device."""
    found = {}
    for one in reports(makeup, [happening], hours=2):
        befalls = one.report.carrier in happening.carriers and one.at_s > happening.begins_s
        if befalls and outcomes(one.report).get(stage) is fails:
            found.setdefault(one.report.device_token, one.at_s - happening.begins_s)
    return sorted(found.values())


BEGINS_S = MIDNIGHT_S + HOUR_S
AWAKE = replace(SMALL, sleep_at_night=0.0, cellular_only=0.0, tell_of_phones=1.0)


@pytest.mark.parametrize(
    ("hear", "longest_s"),
    [(1.0, 3 + 8 + 66), (0.0, 60 + 8 + 66)],  # heard or looked for, once more, and the next look
)
def test_a_phone_that_is_turned_away_is_told_of_after_a_look_and_a_delay(hear, longest_s):
    event = Happening(BEGINS_S, BEGINS_S + HOUR_S, ("phone-service.denied",), carriers=("att_us",))
    makeup = replace(AWAKE, hear_events=hear)
    found = delays(event, makeup, Stage.REGISTRATION)
    count = sum(device.carrier == "att_us" for device in devices(makeup))
    assert len([one for one in found if one <= longest_s]) >= 0.97 * count
    assert found[0] < 30


def test_a_silent_gateway_is_noticed_when_it_is_asked_again():
    event = Happening(BEGINS_S, BEGINS_S + HOUR_S, ("own-epdg.silent",), carriers=("att_us",))
    makeup = replace(AWAKE, tell_of_phones=0.0)
    found = delays(event, makeup, Stage.GATEWAYS)
    assert found[-1] <= 900 + 8 + 66
    assert 300 < statistics.median(found) < 600


def test_who_is_cut_off_reports_late_what_was_then():
    event = Happening(
        BEGINS_S, BEGINS_S + HOUR_S, ("own-epdg.silent",), carriers=("att_us",), cuts_off=True
    )
    found = reports(AWAKE, [event], hours=3)
    during = [one for one in found if BEGINS_S + 120 < one.at_s < BEGINS_S + HOUR_S]
    assert "att_us" not in {one.report.carrier for one in during}
    late = [one for one in found if one.at_s // 60 - minute_of(one) > 20]
    assert {one.report.carrier for one in late} == {"att_us"}
    assert all(one.at_s >= BEGINS_S + HOUR_S for one in late)


def minute_of(received: Received) -> int:
    from datetime import datetime

    return int(datetime.fromisoformat(received.report.time).timestamp()) // 60


def test_tokens_are_of_a_day():
    """No token of one day is one of the next: nobody can tell who is who."""
    found = reports(replace(SMALL, agents=50, sleep_at_night=0.0), hours=27)
    days = [{o.report.device_token for o in found if o.report.time.startswith(f"2024-02-{day}")}
            for day in (22, 23)]  # fmt: skip
    assert len(days[0]) == len(days[1]) == 50
    assert not days[0] & days[1]


def test_only_who_looks_at_a_called_carrier_tells_of_it():
    event = Happening(
        MIDNIGHT_S, MIDNIGHT_S + 3 * HOUR_S, ("called-epdg.silent",), side=Side.REMOTE,
        called="att_us",
    )  # fmt: skip
    told = {cell: fails for one in reports(SMALL, [event]) for cell, fails in
            cells(one.report).items() if cell.called}  # fmt: skip
    assert {cell.carrier for cell in told} == {"att_us", "verizon_us"}
    assert {cell.called for cell, fails in told.items() if fails} == {"att_us"}


def test_a_flood_is_of_devices_that_never_were():
    somebody = replace(devices(SMALL)[0], tells_of_phone=True, carrier="att_us")
    made = flood(500, MIDNIGHT_S, 60, somebody, ("phone-service.denied",))
    assert len({one.report.device_token for one in made}) > 490
    assert {outcomes(one.report)[Stage.REGISTRATION] for one in made} == {True}
    assert [one.at_s for one in made] == sorted(one.at_s for one in made)
