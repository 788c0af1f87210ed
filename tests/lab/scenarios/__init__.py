"""Every scenario, one file a side."""

from tests.lab.scenario import Scenario, named_among
from tests.lab.scenarios import (
    beyond,
    calling,
    carrier,
    device,
    dns,
    isp,
    lan,
    line,
    local,
    loss,
    mapping,
    none,
    phone,
    portal,
    resolved,
    router,
    web,
    worlds,
)
from tests.lab.scenarios.isp import (
    everything_behind_the_providers_first_hop,
    everything_behind_the_router,
)

HEALTHY = none.HEALTHY
SCENARIOS: tuple[Scenario, ...] = (
    *none.SCENARIOS,
    *local.SCENARIOS,
    *device.SCENARIOS,
    *isp.SCENARIOS,
    *carrier.SCENARIOS,
    *beyond.SCENARIOS,
    *calling.SCENARIOS,
    *dns.SCENARIOS,
    *resolved.SCENARIOS,
    *router.SCENARIOS,
    *lan.SCENARIOS,
    *web.SCENARIOS,
    *portal.SCENARIOS,
    *phone.SCENARIOS,
    *loss.SCENARIOS,
    *line.SCENARIOS,
    *mapping.SCENARIOS,
    *worlds.SCENARIOS,
)


def named(words: str) -> Scenario:
    """The scenario whose sentence is, begins with or contains these words."""
    return named_among(SCENARIOS, words)


__all__ = [
    "HEALTHY",
    "SCENARIOS",
    "everything_behind_the_providers_first_hop",
    "everything_behind_the_router",
    "named",
]
