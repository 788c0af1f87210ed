"""Until the router's address is known nothing leaves: where the first question for it got lost the
link is judged all the same, and no name server is blamed for the second that it took."""

import pytest

from tests.lab.acts_lan import misses_the_first_question_for_its_address
from tests.lab.runner import run_agent
from tests.lab.words import home
from tests.lab.world import World

pytestmark = pytest.mark.lab


@pytest.mark.parametrize("groups", ["1 0", "0 2147483647"], ids=["ping barred", "ping allowed"])
def test_a_router_that_was_first_asked_for_in_vain_is_knocked_at_again(
    groups: str, world: World
) -> None:
    """Also where users may ping (as systemd lets them): pings wait for the same question, and would
    measure nothing but that."""
    device = world.places["device"]
    device.setting({"ipv4/ping_group_range": groups})
    try:
        with home(router=misses_the_first_question_for_its_address()).in_world(world):
            seen = run_agent(world, "--carrier", "att").result["observations"]
    finally:
        device.setting({"ipv4/ping_group_range": "1 0"})
    trains = [one["facts"] for one in seen if one["check"] == "gateway-answers"]
    assert [(one["sent"], one["lost"]) for one in trains] == [(20, 0)]
    assert trains[0]["by"] in ("tcp/80", "tcp/53")
    assert trains[0]["delay_ms"] < 50
    names = [one["facts"]["delays_ms"] for one in seen if one["check"] == "fresh-names-resolve"]
    assert max(min(delays_ms) for delays_ms in names) < 400
