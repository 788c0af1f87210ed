"""The table of scenarios itself: whole, unambiguous, covering every fault that a lab can show."""

import pytest

from netcheck.diagnosis.faults import BY_ID
from tests.lab.radio.scenarios import SCENARIOS as ON_WIFI
from tests.lab.radio.scenarios import named as named_on_wifi
from tests.lab.scenario import EXIT_CODES, wrongly_blames
from tests.lab.scenarios import SCENARIOS as WIRED
from tests.lab.scenarios import named as named_wired

SCENARIOS = (*WIRED, *ON_WIFI)

# What neither the wired lab nor the simulated radios can show.
SHOWN_ELSEWHERE = {
    "unknown": "wins only where nothing fits",
}


def test_every_sentence_and_every_file_name_is_there_once():
    sentences = [scenario.sentence for scenario in SCENARIOS]
    slugs = [scenario.slug for scenario in SCENARIOS]
    assert len(set(sentences)) == len(sentences)
    assert len(set(slugs)) == len(slugs)


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.slug)
def test_the_truth_is_one_that_netcheck_can_tell(scenario):
    assert scenario.then.side in EXIT_CODES
    if scenario.then.fault is not None and scenario.then.side != "inconclusive":
        assert BY_ID[scenario.then.fault].side == scenario.then.side
    assert 0 <= scenario.at_least <= scenario.runs


@pytest.mark.parametrize(
    "scenario", [one for one in SCENARIOS if one.rival], ids=lambda scenario: scenario.slug
)
def test_the_rival_is_a_scenario_with_another_truth(scenario):
    named = named_on_wifi if scenario in ON_WIFI else named_wired
    rival = named(scenario.rival)
    assert rival.sentence == scenario.rival
    assert (rival.then.side, rival.then.fault) != (scenario.then.side, scenario.then.fault)


def test_every_fault_is_shown_by_a_scenario_or_it_is_said_where():
    shown = {scenario.then.fault for scenario in SCENARIOS} - {None}
    assert shown | set(SHOWN_ELSEWHERE) == set(BY_ID)
    assert not shown & set(SHOWN_ELSEWHERE)


def test_the_two_costly_errors():
    assert wrongly_blames("local", "carrier")
    assert wrongly_blames("isp", "carrier")
    assert wrongly_blames("carrier", "local")
    assert not wrongly_blames("isp", "local")
    assert not wrongly_blames("carrier", "inconclusive")
    assert not wrongly_blames("carrier", "carrier")
