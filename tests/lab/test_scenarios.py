"""Scenarios against their truth, with the healthy world as control before and after."""

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from math import ceil

import pytest

from tests.lab.composed import seed_of_the_tables
from tests.lab.scenario import Scenario, blames_wrongly, failure_of, play
from tests.lab.scenarios import HEALTHY, SCENARIOS
from tests.lab.world import World

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


RUNS = 3  # of a scenario that the grid plays more often
MOST = 5  # scenarios of one fault; there are over eighty in which nothing is wrong


def sampled(scenario: Scenario) -> Scenario:
    """The scenario in as many runs as the test command has minutes for; the grid plays it whole."""
    if scenario.runs <= RUNS:
        return scenario
    return replace(scenario, runs=RUNS, at_least=ceil(scenario.at_least * RUNS / scenario.runs))


def third_of(scenarios: Iterable[Scenario], seed: str) -> tuple[Scenario, ...]:
    """A third of the scenarios of each fault, rounded up, but no more than MOST: what the test
    command has minutes for. Which ones, the seed says; `python -m tests.grid` plays all."""

    def drawn(scenario: Scenario) -> bytes:
        return hashlib.sha256(f"{seed} {scenario.slug}".encode()).digest()

    of_fault: dict[tuple[str, str | None], list[Scenario]] = {}
    for one in sorted(scenarios, key=drawn):
        of_fault.setdefault((one.then.side, one.then.fault), []).append(one)
    return tuple(
        one for group in of_fault.values() for one in group[: min(MOST, ceil(len(group) / 3))]
    )


CHOSEN = third_of(SCENARIOS, seed_of_the_tables())


def test_every_fault_of_the_scenarios_is_in_the_part_that_is_played() -> None:
    assert {one.then.fault for one in CHOSEN} == {one.then.fault for one in SCENARIOS}


def test_with_other_tables_another_part_is_played() -> None:
    assert third_of(SCENARIOS, "one") != third_of(SCENARIOS, "another")


def test_a_small_sample_asks_for_no_smaller_share() -> None:
    seldom = replace(HEALTHY, runs=10, at_least=6)
    assert (sampled(seldom).runs, sampled(seldom).at_least) == (3, 2)


@pytest.mark.lab
@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda scenario: scenario.slug)
def test_scenario(scenario: Scenario, control: Control, request: pytest.FixtureRequest) -> None:
    world = request.getfixturevalue("dual_world") if scenario.ipv6 else control.world
    few = sampled(scenario)
    shown = play(world, few)
    trouble = failure_of(few, shown)
    blamed = any(blames_wrongly(scenario.then, one.side) for one in shown)
    if trouble and not blamed and _may_stray(scenario, control):
        trouble = failure_of(scenario, play(world, scenario))
    assert trouble is None, trouble


def _may_stray(scenario: Scenario, control: Control) -> bool:
    """Whether it deserves its whole number of runs: only a sample was taken, or what depends on
    time met a slow machine. A wrong blame is never forgiven."""
    timing = any(word in scenario.sentence for word in TIMING_WORDS)
    return scenario.runs > RUNS or (timing and control.machine_is_slow())
