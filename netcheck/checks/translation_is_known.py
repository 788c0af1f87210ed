"""router: does this network translate IPv6 into IPv4 (NAT64), and who makes up the addresses?

RFC 7050: a nameserver that answers with an IPv6 address for `ipv4only.arpa`, which has none, is a
DNS64 and names the prefix of the NAT64. RFC 6877 (464XLAT): a device that translates for its own
programs has an address of 192.0.0.0/29 (RFC 7335). A fact, no fault: calls over Wi-Fi pass both,
but a gateway given as an IPv4 literal is reached only through the latter. No answer proves no
absence: the prefix may come by router advertisement alone (RFC 8781), which is not read here.
"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask
from netcheck.wire.nat64 import NAME, prefix_of

_OWN_TRANSLATOR = ipaddress.ip_network("192.0.0.0/29")
_AN_ANSWER = (Failure.NXDOMAIN, Failure.NO_DATA)


@dataclass(frozen=True, slots=True)
class Nat64Facts(Facts):
    """`prefix`: what this network puts before IPv4 addresses; None with `dns64` False: it makes
    up none. `own_translator`: this device translates for its own programs."""

    ipv4: bool
    ipv6: bool
    dns64: bool | None
    prefix: str | None
    own_translator: bool


def targets(situation: Situation) -> Iterable[Target]:
    yield from first_nameserver(situation)


def observe(target: Target, situation: Situation) -> Observed:
    answer = ask(situation.net, target.name, NAME, "AAAA", deadline_ms=1500)
    prefixes = [prefix for prefix in map(prefix_of, answer.addresses) if prefix]
    heard = answer.failure is None or answer.failure in _AN_ANSWER
    facts = Nat64Facts(
        ipv4=situation.has_ipv4,
        ipv6=situation.has_ipv6,
        dns64=bool(prefixes) if heard else None,
        prefix=prefixes[0] if prefixes else None,
        own_translator=any(
            ipaddress.ip_address(own.address.partition("%")[0]) in _OWN_TRANSLATOR
            for interface in situation.device.interfaces
            for own in interface.addresses
        ),
    )
    return ok(facts) if heard else failed(answer.failure or Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    """Informative only: no fault is likelier for it."""
    return ()


CHECK = Check(
    CheckSpec(
        id="translation-is-known",
        stage=Stage.ROUTER,
        question="Does this network translate between IPv6 and IPv4 (NAT64)?",
        control="The name has no IPv6 address of its own: any there is was made up.",
        packets=3,
        deadline_ms=1800,
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
