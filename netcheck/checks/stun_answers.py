"""router: from which address and port does the internet see this device?

RFC 8489 (STUN's Binding), RFC 4787 4.1 (mapping behaviour): one socket asks two unrelated
servers; the same address and port towards both is endpoint-independent mapping, which calls over
UDP need. Silence proves little: networks that let web and DNS out alone, and some that know STUN's
ports, drop it. Two answers may agree by chance, and say nothing of filtering (RFC 4787 5).
"""

import ipaddress
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.dns import ask
from netcheck.probe.stun import SeenAs, mappings

_NAME_DEADLINE_MS = 1000
_MOST_SERVERS = 2
_SHARED = ipaddress.ip_network("100.64.0.0/10")  # RFC 6598: between a provider's NAT and homes


@dataclass(frozen=True, slots=True)
class StunServerFacts(Facts):
    """One server: what it saw, after how many milliseconds; `failure` where it said nothing."""

    operator: str
    address: str | None
    port: int | None
    delay_ms: float | None
    failure: str | None


@dataclass(frozen=True, slots=True)
class StunFacts(Facts):
    """`address_class`: public, private or shared. `translated`: the address seen is none of this
    device's. `mapping`: endpoint-independent or endpoint-dependent; None where fewer than two
    servers answered."""

    servers: tuple[StunServerFacts, ...]
    address_class: str | None
    translated: bool | None
    mapping: str | None


def class_of(address: str) -> str:
    """`shared` (RFC 6598), `private` (whatever the internet does not route) or `public`."""
    found = ipaddress.ip_address(address.partition("%")[0])
    if found.version == 4 and found in _SHARED:
        return "shared"
    return "public" if found.is_global else "private"


def targets(situation: Situation) -> Iterable[Target]:
    servers = situation.catalog.stun[:_MOST_SERVERS]
    if servers:
        family = Family.IPV6 if situation.has_ipv6 and not situation.has_ipv4 else Family.IPV4
        operators = " and ".join(dict.fromkeys(server.operator for server in servers))
        yield Target(servers[0].host, Role.CONTROL, operators, None, servers[0].port, family)


def observe(target: Target, situation: Situation) -> Observed:
    servers = situation.catalog.stun[:_MOST_SERVERS]
    found = _addresses([server.host for server in servers], target.family, situation)
    known = [(server, found[server.host]) for server in servers if server.host in found]
    if not known:
        return skipped("system-resolver-answers")
    seen = mappings(situation.net, [(address, server.port) for server, address in known])
    answers = [one for one in seen if one.address is not None]
    addresses = [one.address for one in answers if one.address is not None]
    own = {a.address for i in situation.device.interfaces for a in i.addresses}
    facts = StunFacts(
        servers=tuple(
            _server_facts(server.operator, one)
            for (server, _), one in zip(known, seen, strict=True)
        ),
        address_class=class_of(addresses[0]) if addresses else None,
        translated=addresses[0] not in own if addresses else None,
        mapping=_mapping(answers),
    )
    if answers:
        return ok(facts)
    return failed(next((one.failure for one in seen if one.failure), Failure.TIMEOUT), facts)


def _server_facts(operator: str, seen: SeenAs) -> StunServerFacts:
    failure = seen.failure.value if seen.failure else None
    return StunServerFacts(operator, seen.address, seen.mapped_port, seen.delay_ms, failure)


def _mapping(answers: Sequence[SeenAs]) -> str | None:
    if len(answers) < 2:
        return None
    ends = {(one.address, one.mapped_port) for one in answers}
    return "endpoint-independent" if len(ends) == 1 else "endpoint-dependent"


def _addresses(hosts: Sequence[str], family: Family | None, situation: Situation) -> dict[str, str]:
    """One address a host, each for one question: the system's way would ask for both families."""
    found: dict[str, str] = {}
    kind = "AAAA" if family == Family.IPV6 else "A"
    server = next(iter(situation.device.nameservers), None)
    if server is None:
        return found
    situation.net.allowed.learned(LearnedFrom.RESOLVER, server)

    def look_up(host: str) -> None:
        answer = ask(situation.net, server, host, kind, deadline_ms=_NAME_DEADLINE_MS)
        for address in answer.addresses[:1]:
            situation.net.allowed.resolved(host, [address])
            found[host] = address

    asking = [threading.Thread(target=look_up, args=(host,), daemon=True) for host in hosts]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join(_NAME_DEADLINE_MS / 1000 + 0.1)
    return dict(found)


def read(situation: Situation) -> Iterable[Finding]:
    """What it means is read by `udp-passes`, beside whatever else was sent over UDP."""
    return ()


CHECK = Check(
    CheckSpec(
        id="stun-answers",
        stage=Stage.ROUTER,
        question="From which address and port does the internet see this device?",
        control="Two servers of unrelated operators, asked from the same socket.",
        packets=10,
        deadline_ms=2300,
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
