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


# No right run of these has been kept so far: machines without a lab do not judge them.
UNRECORDED = {
    "a campus firewall lets out no datagrams but names and IKE, everything works",
    "one person cannot be reached, and their carrier's names are gone",
    "one person cannot be reached, and their carrier's gateway is silent",
}


def loaded(path):
    return json.loads(path.read_text())


def test_every_recording_is_of_a_scenario_that_is_still_told():
    assert {path.stem for path in FILES} <= set(SLUGS)


def test_nearly_every_scenario_has_a_recording():
    assert {one.sentence for one in SLUGS.values()} >= UNRECORDED
    lacking = {SLUGS[slug].sentence for slug in set(SLUGS) - {path.stem for path in FILES}}
    assert lacking - UNRECORDED == set()


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_recorded_run_is_judged_rightly(path):
    kept = loaded(path)
    scenario = SLUGS[path.stem]
    verdict = replayed(read(json.dumps(kept["result"]))).verdict
    assert kept["scenario"] == scenario.sentence
    assert verdict.side in scenario.then.sides
    assert scenario.then.names(verdict.fault)
