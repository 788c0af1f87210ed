"""Until the router's address is known nothing leaves: where the first question for it got lost the
link is judged all the same, and no name server is blamed for the second that it took."""

import pytest

from tests.lab.acts_lan import misses_the_first_question_for_its_address
from tests.lab.runner import run_agent
from tests.lab.words import home
from tests.lab.world import World

pytestmark = pytest.mark.lab


def test_a_router_that_was_first_asked_for_in_vain_is_knocked_at_again(world: World) -> None:
    with home(router=misses_the_first_question_for_its_address()).in_world(world):
        seen = run_agent(world, "--carrier", "att").result["observations"]
    trains = [one["facts"] for one in seen if one["check"] == "gateway-answers"]
    assert [(one["by"], one["sent"], one["lost"]) for one in trains] == [("tcp/80", 20, 0)]
    names = [one["facts"]["delays_ms"] for one in seen if one["check"] == "fresh-names-resolve"]
    assert max(delays_ms[0] for delays_ms in names) > 400
    assert max(min(delays_ms) for delays_ms in names) < 400
