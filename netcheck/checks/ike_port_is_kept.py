"""wifi-calling: does the gateway see us on the port we sent from?

An answer with an SA holds a hash of our address and port as the gateway sees them (RFC 7296 2.23).
With the public address known from STUN, the 65,536 ports are tried until one fits. A router that
rewrites the port is within its rights (RFC 4787 4.2.1), and phones move to port 4500 for it; some
gateways and some "IPsec pass-through" settings of routers do not like it. Nothing is sent: the
hash is one that was heard already, and never kept. No fit says that the gateway sees another
address than STUN does.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.stun_answers import StunFacts
from netcheck.model.check import CheckSpec
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class PortFacts(Facts):
    """`same_address`: the gateway sees the address that STUN sees. `kept`: and the port we sent
    from; None: it cannot be told, as the address is another. `seen_port` as the gateway has it."""

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
    for address in _public_addresses(situation):
        port = seen.hashes.port_of(address)
        if port is not None:
            facts = PortFacts(True, port == seen.own_port, port)
            return ok(facts) if facts.kept else failed(Failure.WRONG_ANSWER, facts)
    return failed(Failure.WRONG_ANSWER, PortFacts(False, None, None))


def _public_addresses(situation: Situation) -> list[str]:
    found = [
        server.address
        for _, facts in situation.seen.facts("stun-answers", StunFacts)
        for server in facts.servers
        if server.address is not None
    ]
    return list(dict.fromkeys(found))


CHECK = Check(
    CheckSpec(
        id="ike-port-is-kept",
        stage=Stage.WIFI_CALLING,
        question="Does the gateway see us on the port we sent from?",
        control="The address that STUN servers see.",
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
