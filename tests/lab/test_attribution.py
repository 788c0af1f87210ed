"""What tells a fault, and whether recorded runs lean on it."""

import json

import pytest

from netcheck.agent.replaying import replayed
from netcheck.diagnosis.faults import FAULTS
from netcheck.render.json import render
from netcheck.render.read import read
from netcheck.text import words
from tests.lab.attribution import attributed, strongest, telling
from tests.lab.scenario import RECORDED
from tests.lab.scenarios import SCENARIOS

INJECTED = {
    scenario.slug: scenario.then.fault
    for scenario in SCENARIOS
    if scenario.then.fault and scenario.then.side not in ("none", "inconclusive")
}


def judged(path):
    """A recorded result as today's rules judge it."""
    kept = json.dumps(json.loads(path.read_text())["result"])
    return json.loads(render(replayed(read(kept)), words("en")))


@pytest.mark.parametrize(
    ("fault", "thing"),
    [
        ("cable-out", "link"),
        ("provider-lossy", "internet-loss"),
        ("bufferbloat", "full-line"),
        ("router-forgets-calls", "mapping"),
        ("proxy-dead", "proxy"),
    ],
)
def test_what_tells_a_fault(fault, thing):
    assert thing in telling(fault)


def test_every_fault_is_told_by_something():
    assert [one.id for one in FAULTS if not telling(one.id)] == []


def test_the_strongest_reason_names_the_check_that_looked():
    kept = judged(RECORDED / "the-cable-is-out-and-the-address-is-gone.json")
    assert strongest(kept) == ("link.no-carrier", "link-is-connected")
    assert attributed(kept, "cable-out")
    assert not attributed(kept, "proxy-dead")


def test_nearly_all_recorded_failures_are_laid_to_a_right_check():
    """Nine of ten at least: a run may lean on what follows from a failure before the failure."""
    results = {path.stem: judged(path) for path in RECORDED.glob("*.json") if path.stem in INJECTED}
    assert results
    wrong = [slug for slug, result in results.items() if not attributed(result, INJECTED[slug])]
    assert len(wrong) <= len(results) / 10, wrong
