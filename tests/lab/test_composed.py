"""A sample of the composed worlds against their truth; the whole is `python -m tests.grid`."""

from collections.abc import Callable

import pytest

from tests.lab.composed import Composed, drawn
from tests.lab.outcomes import Outcome, outcome_of, wrong_ones
from tests.lab.scenario import play
from tests.lab.world import World

pytestmark = pytest.mark.lab
WORLDS = 10  # beside the traps: what fits a minute
MAY_BE_WRONG = 2  # of all: the draw changes with the tables, and no world may be tuned to


def test_no_drawn_world_blames_wrongly_and_nearly_all_sides_are_right(
    request: pytest.FixtureRequest,
) -> None:
    outcomes = [one for world in drawn(WORLDS) for one in _played(world, request.getfixturevalue)]
    told = "\n".join(wrong_ones(outcomes, in_full=True))
    assert len(outcomes) > WORLDS
    assert not [one for one in outcomes if one.blames_wrongly], told
    assert sum(not one.side_right for one in outcomes) <= MAY_BE_WRONG, told


def _played(world: Composed, fixture: Callable[[str], World]) -> list[Outcome]:
    scenario = world.scenario
    shown = play(fixture("dual_world" if scenario.ipv6 else "world"), scenario)
    return [outcome_of(scenario, one, composed=True, hidden=world.hidden) for one in shown]
