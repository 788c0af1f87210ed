"""What the home's line can be like: how fast, and how deep the queue at either end of it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.namespaces import Namespace
from tests.lab.words import Act, Place
from tests.lab.world import World

_BURST = "16kb"


def has_a_line(
    *, up_mbps: float, down_mbps: float, queue_up_ms: int = 20, queue_down_ms: int = 20
) -> Act:
    """The router's line takes so much; what is more waits in a queue this long, and what waits
    longer is dropped (tbf). Upwards the router's own queue, downwards the provider's."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(_shaped(world.places["router"], "wan0", up_mbps, queue_up_ms))
            stack.enter_context(_shaped(world.places["access"], "sub0", down_mbps, queue_down_ms))
            yield

    return act


def has_a_slow_link(*, mbps: float, queue_ms: int) -> Act:
    """The link between device and router is the narrow place, with this queue at the device, as
    on a Wi-Fi whose radio is slow."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(_shaped(world.places["device"], "eth0", mbps, queue_ms))
            stack.enter_context(_shaped(world.places["router"], "lan0", mbps, queue_ms))
            yield

    return act


@contextmanager
def _shaped(place: Namespace, link: str, mbps: float, queue_ms: int) -> Iterator[None]:
    shape = ("tbf", "rate", f"{mbps}mbit", "burst", _BURST, "latency", f"{queue_ms}ms")
    place.run("tc", "qdisc", "add", "dev", link, "root", *shape)
    try:
        yield
    finally:
        place.run("tc", "qdisc", "del", "dev", link, "root")
