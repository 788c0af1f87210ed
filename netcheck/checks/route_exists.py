"""device: does the system know a way to where we are going, and does it lead into a tunnel?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.device import LinkKind
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Target, error, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class RouteFacts(Facts):
    """The way the kernel names for one address. `tunnel`: it leaves through a VPN."""

    interface: str
    gateway: str | None
    tunnel: bool


def targets(situation: Situation) -> Iterable[Target]:
    for resolver in situation.catalog.resolvers:
        if resolver.ipv4:
            yield Target(resolver.ipv4, operator=resolver.operator, family=Family.IPV4)
        if resolver.ipv6 and situation.has_ipv6:
            yield Target(resolver.ipv6, operator=resolver.operator, family=Family.IPV6)


def observe(target: Target, situation: Situation) -> Observed:
    route = situation.route_to(target.name)
    if route is None:
        return error(Failure.NOT_PERMITTED, "this system does not tell its routes")
    if route.interface is None:
        return failed(Failure.ABSENT)
    interface = situation.device.interface(route.interface)
    tunnel = interface is not None and interface.kind == LinkKind.TUNNEL
    return ok(RouteFacts(route.interface, route.gateway, tunnel))


def read(situation: Situation) -> Iterable[Finding]:
    seen = situation.seen
    if not seen.of(CHECK.id):
        return
    present = bool(seen.ok(CHECK.id))
    yield Finding(f"route.{'present' if present else 'missing'}", (CHECK.id,))
    if present:
        tunnel = any(facts.tunnel for _, facts in seen.facts(CHECK.id, RouteFacts))
        yield Finding(f"vpn.{'on' if tunnel else 'off'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="route-exists",
        stage=Stage.DEVICE,
        question="Does this device know a way to the internet, and does it lead through a VPN?",
        control="Asked from the kernel for several unrelated addresses, so policy routing shows.",
        packets=0,
        deadline_ms=500,
        tells=("route", "vpn"),
        needs=("device-has-address",),
    ),
    targets,
    observe,
    read,
)
