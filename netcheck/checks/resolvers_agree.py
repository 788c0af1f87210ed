"""dns: does our nameserver give the same kind of answer as public ones?"""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import NameserverFacts
from netcheck.checks.public_resolver_answers import PublicResolverFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class AgreementFacts(Facts):
    """Kinds, not addresses: large sites answer every resolver differently, and rightly so."""

    own_global: bool
    public_global: bool


def targets(situation: Situation) -> Iterable[Target]:
    yield Target(situation.catalog.anchors[0].host)


def observe(target: Target, situation: Situation) -> Observed:
    seen = situation.seen
    own = [a for _, f in seen.facts("nameserver-answers", NameserverFacts) for a in f.addresses]
    public = [
        a
        for _, f in seen.facts("public-resolver-answers", PublicResolverFacts)
        for a in f.addresses
    ]
    if not own or not public:
        return skipped("nameserver-answers" if not own else "public-resolver-answers")
    facts = AgreementFacts(any(map(is_global, own)), any(map(is_global, public)))
    return ok(facts) if facts.own_global == facts.public_global else _differ(facts)


def _differ(facts: AgreementFacts) -> Observed:
    return failed(Failure.WRONG_ANSWER, facts)


def is_global(address: str) -> bool:
    """Whether an address can be anyone's on the internet: not private, loopback or reserved."""
    return ipaddress.ip_address(address).is_global


def read(situation: Situation) -> Iterable[Finding]:
    for observation, _ in situation.seen.facts(CHECK.id, AgreementFacts):
        state = "agree" if observation.failure is None else "differ"
        yield Finding(f"resolvers.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="resolvers-agree",
        stage=Stage.DNS,
        question="Does our nameserver give the same kind of answer as public ones?",
        control="Three public resolvers.",
        packets=0,
        deadline_ms=500,
        tells=("resolvers",),
        needs=("route-exists",),
        after=("nameserver-answers", "public-resolver-answers"),
    ),
    targets,
    observe,
    read,
)
