"""dns: is a name that does not exist reported as such, or answered with somebody's address?"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.nameserver_answers import first_nameserver
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.dns import ask


@dataclass(frozen=True, slots=True)
class UnknownNameFacts(Facts):
    """`rewritten`: an address came back for a random name under .com (RFC 8020 forbids it)."""

    rcode: str | None
    rewritten: bool
    delay_ms: float | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from first_nameserver(situation)
    yield from situation.resolvers[-1:]


def observe(target: Target, situation: Situation) -> Observed:
    answer = ask(situation.net, target.name, f"{secrets.token_hex(9)}.com")
    facts = UnknownNameFacts(answer.rcode, bool(answer.addresses), answer.delay_ms)
    if answer.failure == Failure.NXDOMAIN:
        return ok(facts)
    if answer.addresses:
        return failed(Failure.WRONG_ANSWER, facts)
    return failed(answer.failure or Failure.WRONG_ANSWER, facts)


def read(situation: Situation) -> Iterable[Finding]:
    rewrites: dict[Role, bool] = {}
    for observation, facts in situation.seen.facts(CHECK.id, UnknownNameFacts):
        if facts.rewritten or observation.failure is None:
            rewrites[observation.target.role] = facts.rewritten
    if Role.OWN not in rewrites:
        return
    if not rewrites[Role.OWN]:
        state = "honest"
    else:
        state = "rewritten-everywhere" if rewrites.get(Role.CONTROL) else "rewritten"
    yield Finding(f"unknown-names.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="unknown-names-stay-unknown",
        stage=Stage.DNS,
        question="Is a name that does not exist reported as such?",
        control="A public resolver is asked for another random name.",
        packets=3,
        deadline_ms=2800,
        tells=("unknown-names",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
