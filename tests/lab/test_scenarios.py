"""Every scenario against its truth, with the healthy world as control before and after."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import pytest

from tests.lab.scenario import Scenario, failure_of, play
from tests.lab.scenarios import HEALTHY, SCENARIOS
from tests.lab.world import World

pytestmark = pytest.mark.lab
SLOW = 2.0  # a control that takes this many times its first run tells of a slow machine
# What depends on when packets come, not only on whether: tried again where the machine was slow.
TIMING_WORDS = ("loss", "limps", "round trip")


@dataclass(slots=True)
class Control:
    """The healthy world, run beside the batch."""

    world: World
    first_s: float = 0.0

    def run_s(self) -> float:
        """One healthy run's seconds; a wrong verdict on it fails whoever asked."""
        shown = play(self.world, HEALTHY)
        trouble = failure_of(HEALTHY, shown)
        assert trouble is None, f"the control fails: {trouble}"
        return shown[0].run.wall_s

    def machine_is_slow(self) -> bool:
        """Whether the same healthy run takes far longer now than at the beginning."""
        return self.run_s() > SLOW * self.first_s


@pytest.fixture(scope="module")
def control(world: World) -> Iterator[Control]:
    """Healthy before the batch and healthy after it: what failed between was the deviation."""
    beside = Control(world)
    beside.first_s = min(beside.run_s() for _ in range(2))
    yield beside
    beside.run_s()


SAMPLE = 3  # runs of a scenario that the grid plays more often


def sampled(scenario: Scenario) -> Scenario:
    """The scenario in as many runs as the test command has minutes for; the grid plays it whole."""
    if scenario.runs <= SAMPLE:
        return scenario
    at_least = scenario.at_least * SAMPLE // scenario.runs
    return replace(scenario, runs=SAMPLE, at_least=max(1, at_least))


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.slug)
def test_scenario(scenario: Scenario, control: Control, request: pytest.FixtureRequest) -> None:
    world = request.getfixturevalue("dual_world") if scenario.ipv6 else control.world
    trouble = failure_of(scenario, play(world, sampled(scenario)))
    if trouble and scenario.runs > SAMPLE:
        trouble = failure_of(scenario, play(world, scenario))  # a small sample may stray
    timing = any(word in scenario.sentence for word in TIMING_WORDS)
    if trouble and timing and control.machine_is_slow():
        trouble = failure_of(scenario, play(world, scenario))
    assert trouble is None, trouble
