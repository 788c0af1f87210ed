"""device: has it one way out, or several, and is it clear which of them is used?

The kernel's default routes, and the way it names for real targets (RTM_GETROUTE). Of several the
lowest metric wins; two of one family with the same metric on different interfaces are chosen
between by chance of order, and may change under one's feet. A person with a cable and a Wi-Fi has
two ways and no fault: but what is measured holds for the one in use alone.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.route_exists import RouteFacts
from netcheck.model.check import CheckSpec
from netcheck.model.device import Device, LinkKind, Route
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class WayOutFacts(Facts):
    """One default route. `kind` is the interface's; `origin`: dhcp, ra or set."""

    interface: str
    kind: str
    family: str
    metric: int | None
    origin: str | None


@dataclass(frozen=True, slots=True)
class WaysOutFacts(Facts):
    """All of them, the kernel's favourite first. `used` is the interface that traffic takes, of
    the kind `used_kind`. `alike`: the first two of a family stand equal on two interfaces."""

    ways: tuple[WayOutFacts, ...]
    used: str | None
    used_kind: str | None
    alike: bool


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("this device")


def observe(target: Target, situation: Situation) -> Observed:
    device = situation.device
    if "default-routes" in (*device.not_measured, *device.not_permitted):
        return error(Failure.NOT_PERMITTED, "this system does not tell its routes")
    used = _used(situation)
    facts = WaysOutFacts(
        ways=tuple(_way(route, device) for route in device.default_routes if route.interface),
        used=used,
        used_kind=_kind(used, device) if used else None,
        alike=any(_alike(of_family) for of_family in _by_family(device.default_routes)),
    )
    return failed(Failure.WRONG_ANSWER, facts) if facts.alike else ok(facts)


def _used(situation: Situation) -> str | None:
    """As the kernel answered for real targets; a tunnel is the way out where it takes them."""
    asked = [facts.interface for _, facts in situation.seen.facts("route-exists", RouteFacts)]
    if situation.interface_wanted:
        return situation.interface_wanted
    return asked[0] if asked else None


def _way(route: Route, device: Device) -> WayOutFacts:
    name = str(route.interface)
    return WayOutFacts(name, _kind(name, device), route.family.value, route.metric, route.origin)


def _kind(name: str, device: Device) -> str:
    interface = device.interface(name)
    return (interface.kind if interface else LinkKind.OTHER).value


def _by_family(routes: Sequence[Route]) -> list[list[Route]]:
    return [[r for r in routes if r.family == family] for family in {r.family for r in routes}]


def _alike(routes: Sequence[Route]) -> bool:
    """Whether the best metric of a family is shared by two interfaces. Two hops of one route on
    one interface are the same way; a tunnel stands in another table and is chosen by rule."""
    first = routes[0]
    return first.metric is not None and any(
        other.metric == first.metric and other.interface != first.interface for other in routes[1:2]
    )


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, WaysOutFacts):
        several = len({way.interface for way in facts.ways}) > 1
        if facts.ways:
            state = "alike" if facts.alike else "several" if several else "one"
            yield Finding(f"ways-out.{state}", (CHECK.id,), {"kind": facts.used_kind})


CHECK = Check(
    CheckSpec(
        id="way-out-is-clear",
        stage=Stage.DEVICE,
        question="Is it clear which of this device's ways out is used?",
        control="The table of routes beside the way the kernel names for real targets.",
        packets=0,
        deadline_ms=500,
        tells=("ways-out",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
