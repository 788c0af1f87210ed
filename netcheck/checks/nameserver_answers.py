"""dns: does each nameserver this device was given answer, and does anything come behind it?"""

import ipaddress
import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.gateway_answers import is_home
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observation, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.target import LearnedFrom
from netcheck.probe.dns import DnsAnswer, ask

_MOST_NAMESERVERS = 3  # resolv.conf(5): the C library uses no more


@dataclass(frozen=True, slots=True)
class NameserverFacts(Facts):
    """`alive`: whether it answered a question about itself (CHAOS version.bind, RFC 4892), which
    needs nobody behind it; any answer counts. `itself_ms` is how long that answer took: a forwarder
    that passes the question on hides its own pace."""

    rcode: str | None
    alive: bool | None
    delay_ms: float | None
    addresses: tuple[str, ...] = ()
    itself_ms: float | None = None


def targets(situation: Situation) -> Iterable[Target]:
    for address in situation.device.nameservers[:_MOST_NAMESERVERS]:
        situation.net.allowed.learned(LearnedFrom.RESOLVER, address)
        yield Target(address, role=Role.OWN, address=address, port=53)


def first_nameserver(situation: Situation) -> tuple[Target, ...]:
    """The nameserver that this device asks first, for checks that look at one alone; none at all
    where the device has none. From here on it may be asked."""
    own = situation.device.nameservers[:1]
    for address in own:
        situation.net.allowed.learned(LearnedFrom.RESOLVER, address)
    return tuple(Target(address, Role.OWN, address=address, port=53) for address in own)


def place_of(address: str, situation: Situation) -> str:
    """Where a nameserver stands: `home`, `public`, or with the `provider`. As far as is known by
    now: a second router of the home shows only once the way out has been traced."""
    if is_home(address, situation):
        return "home"
    known = {a for r in situation.catalog.resolvers for a in (r.ipv4, r.ipv6)}
    return "public" if address in known else "provider"


def observe(target: Target, situation: Situation) -> Observed:
    of_itself: list[DnsAnswer] = []
    aside = threading.Thread(
        target=lambda: of_itself.append(
            ask(
                situation.net,
                target.name,
                "version.bind",
                "TXT",
                rdclass="CH",
                deadline_ms=1500,
                retries_at_ms=(500,),
            )
        ),
        daemon=True,
    )
    aside.start()
    answer = ask(situation.net, target.name, situation.catalog.anchors[0].host)
    aside.join(1.6)
    facts = NameserverFacts(
        rcode=answer.rcode,
        alive=_alive(answer, of_itself),
        delay_ms=answer.delay_ms,
        addresses=answer.addresses,
        itself_ms=of_itself[0].delay_ms if of_itself else None,
    )
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def _alive(answer: DnsAnswer, of_itself: list[DnsAnswer]) -> bool | None:
    if answer.rcode is not None:
        return True
    return of_itself[0].rcode is not None if of_itself else None


def read(situation: Situation) -> Iterable[Finding]:
    order = situation.device.nameservers
    measured = sorted(
        situation.seen.facts(CHECK.id, NameserverFacts),
        # Behind a stub on this device stands the server that counts (see device/resolvers.py).
        key=lambda pair: (is_stub(pair[0].target.name), _rank(pair[0].target.name, order)),
    )
    if not measured:
        return
    seen, first = measured[0]
    place = place_of(seen.target.name, situation)
    yield Finding(f"nameserver-place.{place}", (CHECK.id,))
    yield from _stub(measured)
    good = [facts for observation, facts in measured if observation.failure is None]
    if good:
        shown: dict[str, Parameter] = {}
        if good[0].delay_ms is not None:
            shown["delay_ms"] = round(good[0].delay_ms, 1)
        yield Finding("nameserver.answers", (CHECK.id,), shown)
    else:
        yield Finding(f"nameserver.{_broken(first, seen.failure, place)}", (CHECK.id,))


def is_stub(address: str) -> bool:
    """Whether that nameserver is a program on this device (127.0.0.53: systemd-resolved)."""
    return ipaddress.ip_address(address.partition("%")[0]).is_loopback


def _rank(address: str, order: Sequence[str]) -> int:
    return order.index(address) if address in order else len(order)


def _stub(measured: Sequence[tuple[Observation, NameserverFacts]]) -> Iterable[Finding]:
    """The stub on this device beside the servers it forwards to: only a failure of its own, while
    one of them answers the same question, is the device's."""
    stubs = [o for o, _ in measured if is_stub(o.target.name)]
    behind = [o for o, _ in measured if not is_stub(o.target.name)]
    if not stubs or all(o.failure is not None for o in behind):
        return
    answers = any(o.failure is None for o in stubs)
    yield Finding(f"stub.{'answers' if answers else 'fails'}", (CHECK.id,))


def _broken(facts: NameserverFacts, failure: Failure | None, place: str) -> str:
    if facts.alive:
        return "forwards-nothing" if place == "home" else "fails"
    if failure in (Failure.TIMEOUT, Failure.REFUSED, Failure.UNREACHABLE, Failure.PROHIBITED):
        return "silent-at-home" if place == "home" else "silent-beyond"
    return "fails"


CHECK = Check(
    CheckSpec(
        id="nameserver-answers",
        stage=Stage.DNS,
        question="Does each nameserver this device was given answer for the outside world?",
        control="A question it can answer alone, and public resolvers asked the same name.",
        packets=5,
        deadline_ms=3000,
        tells=("nameserver", "nameserver-place", "stub"),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
