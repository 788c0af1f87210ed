"""wifi-calling: does the gateway see us on the port we sent from?

An answer with an SA holds a hash of our address and port as the gateway sees them (RFC 7296 2.23).
With our address known from STUN (over IPv6, which nothing is meant to translate, from this device
itself), the 65,536 ports are tried until one fits. A router that rewrites the port is within its
rights (RFC 4787 4.2.1), and phones move to port 4500 for it; some gateways and some "IPsec
pass-through" settings of routers do not like it. Nothing is sent: the hash is one that was heard
already, and never kept. No fit says that the gateway sees another address than STUN does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.stun_answers import StunFacts
from netcheck.model.check import CheckSpec
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class PortFacts(Facts):
    """`same_address`: the gateway sees the address that STUN sees, or this device's own over IPv6.
    `kept`: and the port we sent from; None: it cannot be told, as the address is another.
    `seen_port` as the gateway has it."""

    same_address: bool
    kept: bool | None
    seen_port: int | None


def targets(situation: Situation) -> Iterable[Target]:
    for (address, port), (operator, _) in situation.nat_seen.items():
        yield Target(address, Role.PATH, operator, address, port)


def observe(target: Target, situation: Situation) -> Observed:
    if target.address is None or target.port is None:
        raise ValueError("a target of this check names address and port")
    _, seen = situation.nat_seen[target.address, target.port]
    addresses = _own_addresses(target.address, situation)
    if not addresses:
        return skipped("stun-answers")
    addresses.sort(key=lambda one: seen.hashes.translated((one, seen.own_port)))  # likeliest first
    for address in addresses:
        port = seen.hashes.port_of(address)
        if port is not None:
            facts = PortFacts(True, port == seen.own_port, port)
            return ok(facts) if facts.kept else failed(Failure.WRONG_ANSWER, facts)
    return failed(Failure.WRONG_ANSWER, PortFacts(False, None, None))


def _own_addresses(gateway: str, situation: Situation) -> list[str]:
    """What a gateway may see us as: what STUN sees, in the gateway's own family. Nothing is
    expected to translate IPv6, so this device's own addresses count there too."""
    six = ":" in gateway
    found = [
        server.address
        for _, facts in situation.seen.facts("stun-answers", StunFacts)
        for server in facts.servers
        if server.address is not None
    ]
    if six:
        found += [
            own.address
            for interface in situation.device.interfaces
            for own in interface.addresses
            if own.family is Family.IPV6 and not own.link_local
        ]
    return list(dict.fromkeys(address for address in found if (":" in address) is six))


CHECK = Check(
    CheckSpec(
        id="ike-port-is-kept",
        stage=Stage.WIFI_CALLING,
        question="Does the gateway see us on the port we sent from?",
        control="The address that STUN servers see; over IPv6 the device's own.",
        packets=0,
        deadline_ms=2000,
        needs=("stun-answers",),
        after=("epdg-answers-ike",),
        deep=True,
    ),
    targets,
    observe,
    lambda _: (),
)
