"""Every Wi-Fi scenario against its truth, on simulated radios in one emulated machine."""

from collections.abc import Iterator

import pytest

from tests.lab.radio.playing import missing, run_agent
from tests.lab.radio.scenarios import HEALTHY, SCENARIOS
from tests.lab.radio.world import RadioWorld
from tests.lab.scenario import Scenario, failure_of, play

pytestmark = [pytest.mark.lab, pytest.mark.radio]


@pytest.fixture(scope="module")
def radio() -> Iterator[RadioWorld]:
    """Booted once, for all of them."""
    lacks = missing()
    if lacks:
        pytest.skip(f"the Wi-Fi lab needs {', '.join(lacks)}")
    with RadioWorld() as world:
        yield world


@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.slug)
def test_scenario(scenario: Scenario, radio: RadioWorld) -> None:
    trouble = failure_of(scenario, play(radio, scenario, run_agent))
    if trouble and scenario is not HEALTHY:
        control = failure_of(HEALTHY, play(radio, HEALTHY, run_agent))
        trouble += f"\nthe healthy control beside it: {control or 'holds'}"
    assert trouble is None, trouble


def test_the_agent_is_an_ordinary_user_without_rights(radio: RadioWorld) -> None:
    shown = radio.machine.run(
        *radio.device.enter(
            "sh", "-c", "id -u; grep CapBnd /proc/self/status; ip addr add 10.9.9.9 dev lo"
        ),
        check=False,
    )
    assert shown.out.split() == ["65534", "CapBnd:", "0000000000000000"]
    assert "Operation not permitted" in shown.err
