"""What the lab's runs saw, judged again by today's rules, on machines without a lab."""

import json

import pytest

from netcheck.agent.replaying import replayed
from netcheck.render.read import read
from tests.lab.radio.scenarios import SCENARIOS as ON_WIFI
from tests.lab.scenario import RECORDED
from tests.lab.scenarios import SCENARIOS as WIRED

FILES = sorted(RECORDED.glob("*.json"))
SLUGS = {scenario.slug: scenario for scenario in (*WIRED, *ON_WIFI)}


def loaded(path):
    return json.loads(path.read_text())


def test_every_recording_is_of_a_scenario_that_is_still_told():
    assert {path.stem for path in FILES} <= set(SLUGS)


def test_every_scenario_has_a_recording():
    assert {SLUGS[slug].sentence for slug in set(SLUGS) - {path.stem for path in FILES}} == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recorded_run_is_judged_rightly(path):
    kept = loaded(path)
    scenario = SLUGS[path.stem]
    verdict = replayed(read(json.dumps(kept["result"]))).verdict
    assert kept["scenario"] == scenario.sentence
    assert verdict.side in scenario.then.sides
    assert scenario.then.names(verdict.fault)
