"""dns: do names resolve the way applications ask for them?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class SystemResolverFacts(Facts):
    """`addresses` is a count. A cache on this device may answer for a dead network."""

    addresses: int
    delay_ms: float | None


def targets(situation: Situation) -> Iterable[Target]:
    for anchor in situation.catalog.anchors[:2]:
        yield Target(anchor.host, operator=anchor.operator)


def observe(target: Target, situation: Situation) -> Observed:
    answer = situation.resolver.by_system(target.name)
    facts = SystemResolverFacts(len(answer.addresses), answer.delay_ms)
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    seen = situation.seen.of(CHECK.id)
    if not seen:
        return
    if situation.seen.ok(CHECK.id):
        state = "answers"
    else:
        silent = all(o.failure == Failure.TIMEOUT for o in seen)
        state = "silent" if silent else "fails"
    yield Finding(f"system-resolver.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="system-resolver-answers",
        stage=Stage.DNS,
        question="Do names resolve the way applications ask for them?",
        control="Public resolvers asked directly, and two names of unrelated operators.",
        packets=4,
        deadline_ms=2800,
        tells=("system-resolver",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
