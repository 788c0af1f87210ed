"""dns: do public resolvers of unrelated operators answer? The control of every DNS check."""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask


@dataclass(frozen=True, slots=True)
class PublicResolverFacts(Facts):
    """What one public resolver said of a name that all the world knows."""

    rcode: str | None
    delay_ms: float | None
    addresses: tuple[str, ...] = ()


def targets(situation: Situation) -> Iterable[Target]:
    yield from situation.resolvers


def observe(target: Target, situation: Situation) -> Observed:
    answer = ask(situation.net, target.name, situation.catalog.anchors[0].host)
    facts = PublicResolverFacts(answer.rcode, answer.delay_ms, answer.addresses)
    return ok(facts) if answer.failure is None else failed(answer.failure, facts)


def read(situation: Situation) -> Iterable[Finding]:
    asked, good = situation.seen.of(CHECK.id), situation.seen.ok(CHECK.id)
    if len(asked) < 2:
        return
    shown: dict[str, Parameter] = {"count": len(good), "total": len(asked)}
    state = "silent" if not good else "answer" if len(good) == len(asked) else "one-silent"
    yield Finding(f"public-resolver.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="public-resolver-answers",
        stage=Stage.DNS,
        question="Do public resolvers of unrelated operators answer?",
        control="They are the control; each other's as well.",
        packets=3,
        deadline_ms=2800,
        tells=("public-resolver",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
