"""carrier: do all resolvers within reach name the same gateways for the own carrier?

The device's nameservers, the router (which asks the provider's resolver, whatever the device was
told to use) and the public ones, beside each other, for one name. Different answers are normal
where an operator names gateways by place, and say nothing alone; with a silent gateway they tell
where to look (`other-resolvers-gateway-answers`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.epdg_resolves import literal_family
from netcheck.checks.resolvers_agree import is_global
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.dns import ask

CONFIGURED, ROUTER, PUBLIC = "configured", "router", "public"
_MOST_CONFIGURED = 3


@dataclass(frozen=True, slots=True)
class NamedGatewaysFacts(Facts):
    """What one resolver (`configured`, `router`, `public`) named: addresses that a phone can use,
    in order; `unusable`: how many it named that no phone can (private, loopback)."""

    resolver: str
    rcode: str | None
    addresses: tuple[str, ...]
    unusable: int


def targets(situation: Situation) -> Iterable[Target]:
    names = situation.own.epdg_hosts if situation.own else ()
    host = next((name for name in names if literal_family(name) is None), None)
    if host is None or situation.own is None:
        return
    family = Family.IPV4 if situation.has_ipv4 or not situation.has_ipv6 else Family.IPV6
    asked: dict[str, str] = {}
    for address in situation.device.nameservers[:_MOST_CONFIGURED]:
        situation.net.allowed.learned(LearnedFrom.RESOLVER, address)
        asked.setdefault(address, CONFIGURED)
    for route in situation.device.default_routes:
        if route.gateway and route.family == family:
            situation.net.allowed.learned(LearnedFrom.GATEWAY, route.gateway)
            asked.setdefault(route.gateway, ROUTER)
    for resolver in situation.resolvers:
        asked.setdefault(resolver.name, PUBLIC)
    for address, kind in asked.items():
        yield Target(host, Role.OWN, situation.own.id, address, 53, family, via=kind)


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.via is None:
        raise ValueError("a target of this check names its resolver")
    kind = "A" if target.family == Family.IPV4 else "AAAA"
    answer = ask(situation.net, target.address, target.name, kind, deadline_ms=1500)
    usable = tuple(address for address in answer.addresses if is_global(address))
    unusable = len(answer.addresses) - len(usable)
    facts = NamedGatewaysFacts(target.via, answer.rcode, usable, unusable)
    if answer.failure is None and not usable:
        return failed(Failure.WRONG_ANSWER, facts)
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    named = [set(f.addresses) for _, f in situation.seen.facts(CHECK.id, NamedGatewaysFacts)]
    named = [addresses for addresses in named if addresses]
    if len(named) > 1:
        shared = set.intersection(*named)
        shown: dict[str, Parameter] = {"count": len(named)}
        yield Finding(f"gateway-names.{'alike' if shared else 'unlike'}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="gateways-are-named-alike",
        stage=Stage.CARRIER,
        question="Do all resolvers within reach name the same gateways?",
        control="Each other: the device's, the router's and the public ones.",
        packets=3,
        deadline_ms=1800,
        tells=("gateway-names",),
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
