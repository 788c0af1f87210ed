"""dns: does a question sent to an address that runs no resolver stay unanswered?

The address is one of those kept for documentation (192.0.2.53, RFC 5737; 2001:db8::53, RFC 3849):
nobody may have it, so nobody is bothered, and whoever answers took the question out of its way. A
real server without a resolver would do as well, and would be pestered. Silence proves little:
networks drop such addresses on sight, before or behind a box that takes questions. An answer says
that the public resolvers asked here are no controls: the same box may have spoken for them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Family, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask
from netcheck.probe.nowhere import NOBODY


@dataclass(frozen=True, slots=True)
class NobodyFacts(Facts):
    """What came from nowhere; `delay_ms` tells how near it came from."""

    rcode: str | None
    delay_ms: float | None


def targets(situation: Situation) -> Iterable[Target]:
    family = Family.IPV4 if situation.has_ipv4 or not situation.has_ipv6 else Family.IPV6
    yield Target(NOBODY[family], Role.PATH, address=NOBODY[family], port=53, family=family)


def observe(target: Target, situation: Situation) -> Observed:
    host = situation.catalog.anchors[0].host
    answer = ask(situation.net, target.name, host, deadline_ms=1200, retries_at_ms=(400,))
    facts = NobodyFacts(answer.rcode, answer.delay_ms)
    return ok(facts) if answer.rcode is None else failed(Failure.WRONG_ANSWER, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, NobodyFacts):
        yield Finding(f"dns-way.{'free' if facts.rcode is None else 'taken'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="nobody-answers-elsewhere",
        stage=Stage.DNS,
        question="Does a question to an address that runs no resolver stay unanswered?",
        control="The address itself: nobody may have it, so any answer is somebody else's.",
        packets=2,
        deadline_ms=1500,
        tells=("dns-way",),
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
