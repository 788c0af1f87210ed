"""The crowd's word in the weighing: it bends a verdict, and never makes one."""

import json
from pathlib import Path

import pytest

from netcheck.agent.concluding import About, conclude
from netcheck.diagnosis.faults import FAULTS
from netcheck.diagnosis.likelihoods import PROBABILITY, THINGS
from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import Side, Verdict

CRICKET = CarrierChoice("cricket_us", "Cricket", "AT&T", "US")
MOST_RATIO = 5
SAMPLE = slice(None, None, 4)  # of what the lab has played: a verdict costs milliseconds
KEPT = [
    json.loads(line) for line in (Path(__file__).parent / "rules/3.ndjson").read_text().splitlines()
]


def verdict_of(row: dict, *more: str) -> Verdict:
    carrier = CarrierChoice(**row["carrier"]) if row["carrier"] else None
    return conclude([Finding(id) for id in (*row["findings"], *more)], About(carrier)).verdict


def named(verdict: Verdict) -> set[Side]:
    return {verdict.side, *(other.side for other in verdict.also)}


def row_of(scenario: str) -> dict:
    return next(row for row in KEPT if row["scenario"] == scenario)


@pytest.mark.parametrize("thing", ["crowd", "crowd-called"])
def test_no_word_of_the_crowd_is_much_likelier_under_one_fault_than_under_another(thing):
    for state in THINGS[thing].states:
        chances = [PROBABILITY[thing, fault.id][state] for fault in FAULTS]
        assert max(chances) <= MOST_RATIO * min(chances), state


@pytest.mark.parametrize("word", ["crowd.outage", "crowd.degraded"])
def test_trouble_elsewhere_never_turns_what_is_seen_here_against_the_carrier(word):
    """Whatever the lab has played: a fault at home, at the provider or nowhere, and a word of the
    crowd besides, names the carrier in no case in which nothing else did."""
    blamed = [
        row["scenario"]
        for row in KEPT[SAMPLE]
        if row["side"] in ("none", "local", "isp", "remote")
        and Side.CARRIER in named(verdict_of(row, word)) - named(verdict_of(row))
    ]
    assert blamed == []


def test_a_quiet_crowd_never_makes_a_home_that_is_well_a_fault():
    turned = [
        row["scenario"]
        for row in KEPT[SAMPLE]
        if row["side"] == "none" and verdict_of(row, "crowd.quiet").side != Side.NONE
    ]
    assert turned == []


def test_the_crowd_alone_decides_nothing():
    alone = conclude([Finding("crowd.outage")], About(CRICKET)).verdict
    assert alone.side == Side.INCONCLUSIVE
    everything_works = next(row for row in KEPT if row["side"] == "none" and row["carrier"])
    beside = verdict_of(everything_works, "crowd.outage")
    assert beside.side in (Side.NONE, Side.INCONCLUSIVE)
    assert "crowd.outage" in {reason.finding for reason in (*beside.because, *beside.against)}


SOS = next(
    row
    for row in KEPT
    if row["fault"] == "carrier-registration-outage" and "symptom.sos" in row["findings"]
)


def test_sos_beside_a_healthy_network_is_surer_with_the_crowd_and_less_sure_against_it():
    without, quiet = verdict_of(SOS), verdict_of(SOS, "crowd.quiet")
    degraded, outage = verdict_of(SOS, "crowd.degraded"), verdict_of(SOS, "crowd.outage")
    assert quiet.confidence < without.confidence < degraded.confidence <= outage.confidence
    assert outage.fault == "carrier-registration-outage"
    assert "crowd.outage" in {reason.finding for reason in outage.because}
    assert "crowd.quiet" in {reason.finding for reason in quiet.against}


def test_who_cannot_be_reached_is_likelier_down_if_others_say_so():
    row = row_of("one person cannot be reached, everything that can be seen works")
    called = About(CarrierChoice(**row["carrier"]), CarrierChoice.by_name("Verizon"))
    found = [Finding(id) for id in row["findings"]]
    before = conclude(found, called).verdict
    after = conclude([*found, Finding("crowd-called.outage")], called).verdict
    assert (before.side, before.fault) == (Side.INCONCLUSIVE, "all-well")
    assert (after.side, after.fault) == (Side.REMOTE, "called-carrier-outage")
