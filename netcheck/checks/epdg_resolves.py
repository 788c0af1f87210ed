"""carrier: do the names of the Wi-Fi-calling gateways resolve, ours and other operators'?

Names by 3GPP TS 23.003 19.4.2.9 and the catalogue's exceptions. Only public names are asked:
failing `ims.` and non-`.pub` names are normal (TS 23.003 Annex E) and say nothing.
"""

import ipaddress
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.internet_is_steady import loses_nothing
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.checks.resolvers_agree import is_global
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import (
    Facts,
    Family,
    Observation,
    Observed,
    Role,
    Target,
    failed,
    ok,
)
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask
from netcheck.probe.network import canonical

_MOST_HOSTS = {Role.OWN: 2, Role.CALLED: 1, Role.CONTROL: 1}
CONFIGURED = "configured"
PUBLIC = "public"


@dataclass(frozen=True, slots=True)
class EpdgNameFacts(Facts):
    """`resolver` is `configured` (this device's nameserver) or `public` (the control). `unusable`:
    what kind of address came that no phone can use: zero, loopback, private or reserved."""

    operator: str
    resolver: str
    rcode: str | None
    addresses: tuple[str, ...]
    delay_ms: float | None
    unusable: str | None = None


def resolvers_to_ask(situation: Situation) -> list[tuple[str, str]]:
    """This device's first nameserver and one public resolver that is another one."""
    chosen = [(CONFIGURED, server.name) for server in first_nameserver(situation)]
    for resolver in situation.resolvers:
        if (CONFIGURED, resolver.name) not in chosen:
            return [*chosen, (PUBLIC, resolver.name)]
    return chosen


def targets(situation: Situation) -> Iterable[Target]:
    resolvers = resolvers_to_ask(situation)
    for role, carrier in situation.operators:
        names = [host for host in carrier.epdg_hosts if literal_family(host) is None]
        for host in names[: _MOST_HOSTS[role]]:
            for kind, address in resolvers:
                for family in _families(situation):
                    yield Target(host, role, carrier.id, address, 53, family, via=kind)


def literal_family(host: str) -> Family | None:
    """The family of a gateway that is given as an address; None for a name."""
    try:
        canonical(host)
    except ValueError:
        return None
    return Family.IPV6 if ":" in host else Family.IPV4


def _families(situation: Situation) -> Sequence[Family]:
    families = (
        (Family.IPV4, situation.has_ipv4),
        (Family.IPV6, situation.has_ipv6),
    )
    return [family for family, wanted in families if wanted]


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.operator is None or target.via is None:
        raise ValueError("a target of this check names operator, resolver and its address")
    kind = "A" if target.family == Family.IPV4 else "AAAA"
    answer = ask(situation.net, target.address, target.name, kind)
    addresses = tuple(a for a in answer.addresses if is_global(a))
    situation.net.allowed.resolved(target.name, addresses)
    facts = EpdgNameFacts(
        target.operator,
        target.via,
        answer.rcode,
        addresses,
        answer.delay_ms,
        next((unusable_kind(a) for a in answer.addresses if a not in addresses), None),
    )
    if answer.failure is None and not addresses:
        # A loopback or private address for a public gateway is somebody's filter.
        return failed(Failure.WRONG_ANSWER, facts)
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def unusable_kind(address: str) -> str:
    """Of an address that is nobody's on the internet: zero, loopback, private or reserved."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.is_unspecified:
        return "zero"
    if found.is_loopback:
        return "loopback"
    return "private" if found.is_private or found.is_link_local else "reserved"


def read(situation: Situation) -> Iterable[Finding]:
    for role, thing in ((Role.OWN, "own-zone"), (Role.CALLED, "called-zone")):
        states = _states(situation, role)
        if states:
            state = states[0]
            if thing == "called-zone" and state != "resolves":
                state = "fails"
            yield Finding(f"{thing}.{state}", (CHECK.id,))
            if role == Role.OWN and state == "filtered":
                yield from _filter(situation)
    controls = _states(situation, Role.CONTROL)
    if controls:
        if "filtered" in controls:
            state = "filtered"
        else:
            state = "resolves" if "resolves" in controls else "fails"
        yield Finding(f"control-zone.{state}", (CHECK.id,))


_AS_A_FILTER_SAYS = {
    Failure.NXDOMAIN: "denied",
    Failure.NO_DATA: "empty",
    Failure.REFUSED: "refused",
}


def _filter(situation: Situation) -> Iterable[Finding]:
    """In which way the own resolver holds back what a public one gives."""
    for observation, facts in situation.seen.facts(CHECK.id, EpdgNameFacts):
        own = situation.own is not None and facts.operator == situation.own.id
        if not own or facts.resolver != CONFIGURED or observation.failure is None:
            continue
        if not _decides(observation, situation):
            continue
        if facts.unusable is not None:
            state = "zeroed" if facts.unusable == "zero" else "diverted"
        else:
            state = _AS_A_FILTER_SAYS.get(observation.failure, "unanswered")
        yield Finding(f"own-filter.{state}", (CHECK.id,))
        return


def _states(situation: Situation, role: Role) -> list[str]:
    """The state of each operator of that role whose names were asked at all."""
    found = []
    for asked_role, carrier in situation.operators:
        if asked_role == role:
            state = _state(situation, carrier.id)
            if state is not None:
                found.append(state)
    return found


def _decides(observation: Observation, situation: Situation) -> bool:
    """A gateway without an IPv6 address is the rule, not a fault: A decides where it is asked."""
    return observation.target.family == Family.IPV4 or not situation.has_ipv4


def _state(situation: Situation, operator: str) -> str | None:
    by_resolver: dict[str, list[Observation]] = {CONFIGURED: [], PUBLIC: []}
    for observation, facts in situation.seen.facts(CHECK.id, EpdgNameFacts):
        if facts.operator == operator and _decides(observation, situation):
            by_resolver[facts.resolver].append(observation)
    configured, public = by_resolver[CONFIGURED], by_resolver[PUBLIC]
    if any(o.failure is None for o in configured):
        return "resolves"
    asked = situation.device.nameservers[:1]
    configured_works = any(o.target.name in asked for o in situation.seen.ok("nameserver-answers"))
    if any(o.failure is None for o in public):
        told = any(o.failure != Failure.TIMEOUT for o in configured)
        # Two unanswered questions are what a lossy line does to any name.
        held_back = configured_works and (told or (bool(configured) and loses_nothing(situation)))
        return "filtered" if held_back else "resolves"
    trusted = public if situation.seen.ok("public-resolver-answers") else []
    trusted = trusted or (configured if configured_works else [])
    failures = {o.failure for o in trusted}
    if not failures:
        return None
    if Failure.WRONG_ANSWER in failures and Failure.WRONG_ANSWER in {o.failure for o in public}:
        return "unusable"  # everybody is told so: no filter here, and nothing to reach
    if failures & {Failure.NXDOMAIN, Failure.NO_DATA, Failure.WRONG_ANSWER}:
        return "missing"
    return "fails" if failures & {Failure.SERVFAIL, Failure.REFUSED} else "silent"


CHECK = Check(
    CheckSpec(
        id="epdg-resolves",
        stage=Stage.CARRIER,
        question="Do the names of the carrier's Wi-Fi-calling gateways resolve?",
        control="Two other operators' names, and a public resolver beside our own.",
        packets=3,
        deadline_ms=3500,  # silence takes 2.5 s, and a busy machine is late to say so
        tells=("own-zone", "own-filter", "control-zone", "called-zone"),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
