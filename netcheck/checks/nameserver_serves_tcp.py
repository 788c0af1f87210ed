"""dns: does each nameserver this device was given answer over TCP as well?

RFC 7766 5: every resolver must. Answers too large for a datagram (DNSSEC, long lists of gateways)
come no other way. A box in front of a healthy server may be what closes the port, so a failure
names nobody: it is kept as a fact.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks import nameserver_answers
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask


@dataclass(frozen=True, slots=True)
class TcpNameFacts(Facts):
    """`delay_ms` runs from the SYN, so it holds one round trip more than over UDP."""

    rcode: str | None
    delay_ms: float | None


def targets(situation: Situation) -> Iterable[Target]:
    yield from nameserver_answers.targets(situation)


def observe(target: Target, situation: Situation) -> Observed:
    answer = ask(situation.net, target.name, situation.catalog.anchors[0].host, tcp=True)
    facts = TcpNameFacts(answer.rcode, answer.delay_ms)
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


CHECK = Check(
    CheckSpec(
        id="nameserver-serves-tcp",
        stage=Stage.DNS,
        question="Does each nameserver this device was given answer over TCP as well?",
        control="The same question over UDP, by nameserver-answers.",
        packets=6,
        deadline_ms=2800,
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    lambda _: (),
)
