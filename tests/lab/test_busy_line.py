"""A line that this device itself fills: whoever else has a part in it, nobody else is blamed."""

import pytest

from tests.lab.acts import loses
from tests.lab.acts_device import (
    downloads_more_than_its_line_takes,
    sends_more_than_its_own_link_takes,
    uploads_more_than_its_line_takes,
)
from tests.lab.runner import Run, run_agent
from tests.lab.words import Deviation, home, provider
from tests.lab.world import World

pytestmark = pytest.mark.lab
BUSY = {
    "an upload of which a third passes": home(
        device=uploads_more_than_its_line_takes(share_taken=0.3)
    ),
    "an upload of which most passes": home(
        device=uploads_more_than_its_line_takes(share_taken=0.97)
    ),
    "a fast upload of which half passes": home(
        device=uploads_more_than_its_line_takes(mbps=30, share_taken=0.5)
    ),
    "a download of which half passes": home(
        device=downloads_more_than_its_line_takes(share_taken=0.5)
    ),
    "a send queue that overflows": home(device=sends_more_than_its_own_link_takes()),
}

RIGHT = {("local", "own-traffic"), ("inconclusive", "own-traffic")}


def verdict_of(run: Run) -> tuple[str, str]:
    """Side and fault."""
    return run.result["verdict"]["side"], run.result["verdict"]["fault"]


@pytest.mark.parametrize("given", BUSY.values(), ids=BUSY.keys())
def test_nobody_else_is_blamed_while_this_device_fills_the_line(
    given: Deviation, world: World
) -> None:
    """Twice of three runs: a line of which a third passes now and then passes nothing at all while
    it is looked at, and looks dead then."""
    with given.in_world(world):
        runs = [verdict_of(run_agent(world, "--carrier", "att"))]
        while len(runs) < 3 and not RIGHT.issuperset(runs):
            runs.append(verdict_of(run_agent(world, "--carrier", "att")))
    assert sum(run in RIGHT for run in runs) > len(runs) / 2, runs


def test_beside_an_upload_that_fits_nobody_is_blamed_for_sure(world: World) -> None:
    """No device sees whether its line would take what it sends: the provider that loses here may
    stay unnamed, but the device is not called guilty beyond doubt, and no carrier is."""
    uploads = home(device=uploads_more_than_its_line_takes(share_taken=10))
    with (uploads + provider(core=loses(0.3))).in_world(world):
        verdict = run_agent(world, "--carrier", "att").result["verdict"]
    assert verdict["side"] in ("isp", "local", "inconclusive"), verdict
    assert verdict["confidence"] < 0.95, verdict
