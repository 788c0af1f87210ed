"""Counting fairly, alarming rarely, ending alarms: the detector on counts made by hand."""

import json
from dataclasses import replace
from math import comb, exp, log

import pytest

from netcheck.fleet.detection.baseline import Baseline
from netcheck.fleet.detection.detector import Detector
from netcheck.fleet.detection.evidence import ALTERNATIVES, Evidence, log_chance, log_ratio
from netcheck.fleet.detection.explaining import Trouble, explain
from netcheck.fleet.detection.settings import Settings, shipped
from netcheck.fleet.detection.tally import Tally
from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Count, Received, Stage
from netcheck.report.form import Report

SETTINGS = shipped()
DAY = 1440
NOON = 20_000 * DAY + 720  # a minute of 1970
ATT = Cell("att_us", "US", Stage.REGISTRATION)


# --- the likelihood -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "share", "spread"), [(1, 0.2, 0.05), (30, 0.12, 0.05), (30, 0.7, 0.3), (200, 0.1, 0.1)]
)
def test_the_chances_of_all_counts_add_up_to_one(told, share, spread):
    chances = (comb(told, k) * exp(log_chance(k, told, share, spread)) for k in range(told + 1))
    assert sum(chances) == pytest.approx(1)


@pytest.mark.parametrize("true", [0.01, 0.05, 0.12])
@pytest.mark.parametrize("part", ALTERNATIVES)
def test_no_share_up_to_the_tolerated_one_makes_the_ratio_grow_in_the_mean(true, part):
    """What the bound on false alarms rests on: E[LR] <= 1 whatever the quiet share is."""
    told, tolerated, spread = 40, 0.12, 0.05
    looked_for = tolerated + part * (1 - tolerated)
    mean = sum(
        comb(told, k)
        * exp(log_chance(k, told, true, spread) + log_ratio(k, told, looked_for, tolerated, spread))
        for k in range(told + 1)
    )
    assert mean <= 1.000001


def test_evidence_of_nothing_rises_by_one_a_minute_at_most():
    evidence = Evidence()
    for minute in range(1000):
        evidence.weigh(minute, 0, 0, 0.02, 0.1, 0.05)
    assert exp(evidence.log_odds) == pytest.approx(1000)


def test_the_beginning_is_where_the_evidence_began_to_rise():
    evidence = Evidence()
    for minute in range(100):
        evidence.weigh(minute, 20 if minute >= 90 else 0, 30, 0.02, 0.1, 0.05)
    assert evidence.began == 90


# --- the baseline ---------------------------------------------------------------------------------


def learned(shares_by_day, hour=12):
    baseline = Baseline()
    for day, share in enumerate(shares_by_day):
        for minute in range(60):
            at = (20_000 + day) * DAY + hour * 60 + minute
            baseline.learn(at, 100, round(100 * share), SETTINGS, disturbed=False)
    baseline.learn((20_000 + len(shares_by_day)) * DAY, 1, 0, SETTINGS, disturbed=False)
    return baseline


def test_what_is_usual_is_a_bad_days_share_of_that_hour():
    baseline = learned([0.01] * 20 + [0.05, 0.06] + [0.01] * 6)
    assert baseline.usual(NOON, SETTINGS) == pytest.approx(0.06, abs=0.001)


def test_another_hour_of_the_day_is_another_matter():
    baseline = learned([0.06] * 28)
    assert baseline.usual(NOON + 300, SETTINGS) == SETTINGS.first_baseline  # nothing known of it


def test_with_few_days_only_what_is_plainly_broken_counts():
    assert learned([0.01]).usual(NOON, SETTINGS) == SETTINGS.first_baseline
    assert learned([0.01] * 3).usual(NOON, SETTINGS) == pytest.approx(0.01, abs=0.001)


def test_an_hour_with_an_alarm_is_not_learned():
    baseline = learned([0.01] * 5)
    for minute in range(60):
        baseline.learn(NOON + DAY * 9 + minute, 100, 90, SETTINGS, disturbed=minute == 30)
    baseline.learn(NOON + DAY * 9 + 60, 1, 0, SETTINGS, disturbed=False)
    assert baseline.usual(NOON, SETTINGS) == pytest.approx(0.01, abs=0.001)


def test_failures_that_come_in_groups_widen_what_is_usual_within_bounds():
    even, grouped = Baseline(), Baseline()
    for minute in range(6000):
        even.learn(NOON + minute, 20, 2, SETTINGS, disturbed=False)
        grouped.learn(NOON + minute, 20, 8 if minute % 4 == 0 else 0, SETTINGS, disturbed=False)
    assert even.overdispersion(SETTINGS) == SETTINGS.least_overdispersion
    # Variance 12 of counts with mean 2 of 20: 1.8 would be binomial, (12/1.8 - 1)/19.
    assert grouped.overdispersion(SETTINGS) == pytest.approx(0.298, abs=0.003)


# --- counting -------------------------------------------------------------------------------------

WELL = ("control-epdg.answers", "own-epdg.answers")
SILENT = ("control-epdg.answers", "own-epdg.silent")
GATEWAYS = Cell("att_us", "US", Stage.GATEWAYS)


def report(token, minute, findings=WELL, event_minute=None, **more):
    from datetime import UTC, datetime

    event = minute if event_minute is None else event_minute
    at = datetime.fromtimestamp((event - event % 5) * 60, UTC).strftime("%Y-%m-%dT%H:%MZ")
    given = {"carrier": "att_us", "region": "US", "side": "carrier", "findings": findings} | more
    return Received(Report("0" * 32, f"{token:08x}", at, "0.1", 1, **given), minute * 60)


def quarter(tally, minute):
    """The sums of one whole panel from that minute on: told and failing of the gateways."""
    found = [c for m in range(minute, minute + 15) for c in tally.close(m).counts]
    found = [c for c in found if c.cell == GATEWAYS]
    return sum(c.told for c in found), sum(c.failing for c in found)


def test_a_device_counts_once_in_a_quarter_of_an_hour_however_often_it_speaks():
    tally = Tally()
    for token in range(30):
        for _ in range(1 if token else 500):
            tally.add(report(token, NOON, SILENT if token == 0 else WELL))
    assert quarter(tally, NOON) == (30, 1)


def test_a_devices_last_word_stands():
    tally = Tally()
    tally.add(report(1, NOON - 1, SILENT))
    tally.add(report(1, NOON, WELL))
    assert quarter(tally, NOON) == (1, 0)


def test_who_was_not_heard_for_over_an_hour_is_not_counted():
    tally = Tally()
    tally.add(report(1, NOON - 91))
    assert quarter(tally, NOON) == (0, 0)


@pytest.mark.parametrize(
    ("age", "counts"), [(0, True), (14, True), (21, False), (600, False), (-5, True), (-60, False)]
)
def test_a_report_of_the_past_or_of_a_wrong_clock_is_not_counted(age, counts):
    tally = Tally()
    assert tally.add(report(1, NOON, SILENT, event_minute=NOON - age)) is counts
    assert quarter(tally, NOON) == ((1, 1) if counts else (0, 0))


def settled(devices=300, hours=3):
    """A tally that knows what is usual: each device reports once an hour, all is well."""
    tally = Tally()
    for minute in range(NOON - hours * 60, NOON):
        for token in range(minute % 60, devices, 60):
            tally.add(report(token, minute))
        tally.close(minute)
    return tally


def test_a_flood_of_unknown_devices_takes_only_the_seats_that_are_free():
    tally = settled()
    for token in range(5000, 8000):
        tally.add(report(token, NOON, SILENT))
    told, failing = quarter(tally, NOON)
    assert told <= 300 * 1.15
    assert failing / told <= 0.12


def test_devices_that_stay_are_familiar_and_count_in_full():
    tally = settled()
    for minute in (*range(NOON, NOON + 90),):
        for token in range(minute % 60, 300, 60):
            tally.add(report(token, minute))
        if minute in (NOON, NOON + 60):
            for token in range(5000, 5300):
                tally.add(report(token, minute, SILENT))
        tally.close(minute)
    told, failing = quarter(tally, NOON + 90)
    assert (told, failing) == (pytest.approx(600, abs=20), pytest.approx(300, abs=20))


def test_one_batch_is_no_more_than_its_part():
    tally = Tally()
    for token in range(600):
        tally.add(report(token, NOON))
    for token in range(1000, 1600):
        tally.add(report(token, NOON, SILENT), batch=1)
    told, failing = quarter(tally, NOON)
    assert failing / told == pytest.approx(0.09, abs=0.03)  # 0.05 of all, beside what is left


def test_a_batch_is_still_one_after_a_restart():
    tally = Tally()
    for token in range(600):
        tally.add(report(token, NOON))
        tally.add(report(1000 + token, NOON, SILENT), batch=1)
    again = Tally.from_json(json.loads(json.dumps(tally.to_json())))
    told, failing = quarter(again, NOON)
    assert failing / told == pytest.approx(0.09, abs=0.03)


def test_at_midnight_every_device_is_new_and_none_counts_twice():
    tally = Tally()
    midnight = 20_000 * DAY
    for minute in range(midnight - 120, midnight + 45):
        for device in range(minute % 60, 600, 60):
            tally.add(report(device + 100_000 * (minute >= midnight), minute))
        tally.close(minute)
    told, _ = quarter(tally, midnight + 45)
    assert told == pytest.approx(600, abs=30)


def hourly(tally, minutes, silent_since=None, devices=120):
    """Closes these minutes; each device reports every hour, until it falls silent."""
    due = []
    for minute in minutes:
        for token in range(minute % 60, devices, 60):
            if silent_since is None or minute < silent_since:
                tally.add(report(token, minute))
        due += [(c.told, c.failing) for c in tally.close(minute).due]
    return due


def test_devices_that_should_have_reported_are_due_and_missing():
    tally = Tally()
    assert set(hourly(tally, range(NOON, NOON + 200))) == {(2, 0)}
    missing = hourly(tally, range(NOON + 200, NOON + 230), silent_since=NOON + 200)
    # A device that reported an hour before the silence is missed five minutes into it.
    assert missing == [(2, 0)] * 5 + [(2, 2)] * 25


def test_nobody_is_missed_who_reported_only_once():
    tally = Tally()
    for token in range(100):
        tally.add(report(token, NOON))
    assert [tally.close(minute).due for minute in range(NOON, NOON + 80)] == [()] * 80


def test_nobody_is_missed_across_midnight_when_tokens_change():
    tally = Tally()
    midnight = 20_000 * DAY
    hourly(tally, range(midnight - 200, midnight))
    told = hourly(tally, range(midnight, midnight + 60), silent_since=midnight)
    assert told == []


def test_a_collector_that_was_away_misses_nobody_for_it():
    tally = Tally()
    hourly(tally, range(NOON, NOON + 200))
    assert hourly(tally, range(NOON + 230, NOON + 295)) == []


def test_a_tally_comes_back_from_a_file_as_it_was():
    tally = settled()
    again = Tally.from_json(json.loads(json.dumps(tally.to_json())))
    for minute in range(NOON, NOON + 90):
        for one in (tally, again):
            for token in range(minute % 60, 300, 60):
                one.add(report(token, minute, SILENT if token % 2 else WELL))
        assert tally.close(minute) == again.close(minute)


# --- alarms ---------------------------------------------------------------------------------------


def fed(detector, minutes, share, cell=ATT, told=40, others=True):
    """What it says of these minutes. The counts alternate a little, as real ones do."""
    said = []
    for minute in minutes:
        wobble = (minute % 3 - 1) if 0 < share < 0.95 else 0
        failing = min(told, max(0, round(share * told) + wobble))
        counts = [Count(cell, minute, told, failing)]
        if others:
            counts.append(Count(replace(cell, carrier="verizon_us"), minute, told, 0))
        said += detector.feed(minute, counts)
    return said


def experienced(days=5, share=0.02):
    """A detector that knows the cell; only the hours around noon, to be quick."""
    detector = Detector()
    for day in range(days, 0, -1):
        start = NOON - day * DAY - 60
        assert fed(detector, range(start, start + 240), share) == []
    return detector


def of(said, region=""):
    return [(a.kind, a.over) for a in said if a.cell == replace(ATT, region=region)]


def test_an_outage_is_alarmed_within_minutes_in_its_region_and_everywhere():
    said = fed(experienced(), range(NOON, NOON + 3), 0.98)
    assert of(said) == of(said, "US") == [(AlarmKind.OUTAGE, None)]
    alarm = said[0]
    assert (alarm.cell.carrier, alarm.began, alarm.over) == ("att_us", NOON, None)
    assert alarm.share_failing == pytest.approx(0.975)
    assert alarm.confidence > 0.5
    assert {a.cell.carrier for a in said} == {"att_us"}


def test_a_part_that_fails_is_a_degradation():
    said = fed(experienced(), range(NOON, NOON + 30), 0.3)
    assert of(said) == [(AlarmKind.DEGRADED, None)]


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1])
def test_what_is_tolerated_is_never_alarmed(share):
    assert fed(experienced(), range(NOON, NOON + 600), share) == []


def test_an_outage_limps_and_is_over():
    detector = experienced()
    said = fed(detector, range(NOON, NOON + 60), 0.98)
    said += fed(detector, range(NOON + 60, NOON + 120), 0.3)
    said += fed(detector, range(NOON + 120, NOON + 180), 0.02)
    (outage, _), (limps, _), (ended, over) = of(said)
    assert (outage, limps, ended) == (AlarmKind.OUTAGE, AlarmKind.DEGRADED, AlarmKind.DEGRADED)
    assert over == NOON + 120
    assert detector.alarms == []


def test_a_second_outage_is_a_second_alarm():
    detector = experienced()
    for start in (NOON, NOON + 120):
        fed(detector, range(start, start + 30), 0.98)
        assert [a.began for a in detector.alarms] == [start, start]
        fed(detector, range(start + 30, start + 120), 0.0)
        assert detector.alarms == []


def test_an_alarm_of_which_nobody_tells_any_more_ends_after_a_day():
    detector = experienced()
    fed(detector, range(NOON, NOON + 30), 0.98)
    assert detector.feed(NOON + 29 + DAY - 1, []) == []
    ended = detector.feed(NOON + 29 + DAY, [])
    assert of(ended) == [(AlarmKind.OUTAGE, NOON + 29)]
    assert detector.alarms == []


def test_regions_too_small_each_are_alarmed_together():
    detector, said = Detector(), []
    for minute in range(NOON, NOON + 4):
        counts = [
            Count(Cell("att_us", f"US-{number:02}", Stage.NAMES), minute, 2, 2)
            for number in range(40)
        ]
        said += detector.feed(minute, counts)
    regions = {alarm.cell.region for alarm in said}
    assert {"", "US"} <= regions


def test_fewer_false_alarms_may_be_asked_for_and_cost_time():
    def minutes(settings):
        detector = Detector(settings)
        return next(m for m in range(600) if detector.feed(m, [Count(ATT, m, 3, 3)]))

    rare = replace(SETTINGS, false_alarms_per_30_days=1e-6)
    assert minutes(SETTINGS) < minutes(rare)


def test_a_carrier_whose_names_always_fail_is_not_alarmed_for_it_once_it_is_known():
    cell = Cell("moved_xx", "XX", Stage.NAMES)
    detector = Detector()
    for day in range(6):
        start = NOON + day * DAY - 60
        said = fed(detector, range(start, start + 180), 0.55, cell)
    assert said == []


def due(minute, missing, others_missing=0, told=40):
    carriers = {"att_us": missing, "verizon_us": others_missing, "tmobile_us": others_missing}
    return [Count(replace(ATT, carrier=c), minute, told, k) for c, k in carriers.items()]


def test_devices_that_fall_silent_are_an_alarm_of_their_carrier():
    detector, said = Detector(), []
    for minute in range(NOON, NOON + 10):
        said += detector.feed(minute, [], due(minute, 38))
    assert {(a.cell.carrier, a.kind) for a in said} == {("att_us", AlarmKind.SILENT)}


def test_where_everybody_falls_silent_it_is_we_who_do_not_hear():
    detector, said = Detector(), []
    for minute in range(NOON, NOON + 60):
        said += detector.feed(minute, [], due(minute, 38, others_missing=38))
    assert said == []


def test_a_silence_without_a_control_is_no_alarm():
    detector, said = Detector(), []
    for minute in range(NOON, NOON + 60):
        said += detector.feed(minute, [], due(minute, 38)[:1])
    assert said == []


def test_a_detector_comes_back_from_a_file_in_the_middle_of_an_alarm():
    detector = experienced()
    fed(detector, range(NOON, NOON + 20), 0.98)
    again = Detector.from_json(json.loads(json.dumps(detector.to_json())))
    assert again.alarms == detector.alarms != []
    rest = range(NOON + 20, NOON + 100)
    assert fed(again, rest, 0.02) == fed(detector, rest, 0.02) != []


# --- what alarms come to --------------------------------------------------------------------------


def alarm(carrier, called="", stage=Stage.GATEWAYS, region=""):
    cell = Cell(carrier, region, stage, called)
    return Alarm(cell, AlarmKind.OUTAGE, NOON, None, 0.9, 0.9)


@pytest.mark.parametrize(
    ("alarms", "comes_to"),
    [
        ([], []),
        ([("a", "")], [(Trouble.DOWN, "a", "")]),
        # Its own customers, and those who call them: one trouble.
        ([("a", ""), ("b", "a"), ("c", "a"), ("", "a")], [(Trouble.DOWN, "a", "")]),
        ([("b", "a"), ("c", "a"), ("", "a")], [(Trouble.NOT_REACHED, "", "a")]),
        ([("", "a")], [(Trouble.NOT_REACHED, "", "a")]),  # too few of each to tell them apart
        ([("b", "a"), ("b", "c")], [(Trouble.REACHES_NOBODY, "b", "")]),
        ([("b", "a"), ("b", "c"), ("", "a")], [(Trouble.REACHES_NOBODY, "b", "")]),
        ([("b", "a")], [(Trouble.BETWEEN, "b", "a")]),
        ([("a", ""), ("b", "c")], [(Trouble.DOWN, "a", ""), (Trouble.BETWEEN, "b", "c")]),
        ([("a", ""), ("b", "")], [(Trouble.DOWN, "a", ""), (Trouble.DOWN, "b", "")]),
        (
            [("b", "a"), ("c", "a"), ("d", "e")],
            [(Trouble.NOT_REACHED, "", "a"), (Trouble.BETWEEN, "d", "e")],
        ),
    ],
)
def test_which_row_column_or_cell_explains_the_alarms(alarms, comes_to):
    found = explain([alarm(carrier, called) for carrier, called in alarms])
    assert [(one.trouble, one.carrier, one.called) for one in found] == comes_to
    assert all(one.alarms for one in found)


def test_settings_have_an_origin_each_and_refuse_nonsense():
    with pytest.raises(ValueError, match="panel_minutes is not above zero"):
        replace(SETTINGS, panel_minutes=0)
    with pytest.raises(ValueError, match="leave no share"):
        replace(SETTINGS, most_baseline=0.95)
    assert isinstance(SETTINGS, Settings)
    assert SETTINGS.false_alarms_per_30_days == 1.0
    assert log(SETTINGS.recovered_odds) > 0
