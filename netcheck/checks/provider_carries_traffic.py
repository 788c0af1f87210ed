"""isp: does anything beyond the router answer?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.by_proxy import BY_PROXY
from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observation, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

BEYOND = (
    "public-resolver-answers",
    "anchor-answers",
    "no-portal",
    "internet-is-steady",
    "epdg-answers-ike",
    "stun-answers",
    BY_PROXY,
)
"""Checks whose every good answer came from beyond the router."""

_A_SERVERS_OWN_WORD = (Failure.NXDOMAIN, Failure.SERVFAIL, Failure.NO_DATA, Failure.REFUSED)
_HEARD_AFTER_ALL = (Failure.CERTIFICATE, Failure.TLS, Failure.WRONG_ANSWER, Failure.LOSS)


@dataclass(frozen=True, slots=True)
class BeyondFacts(Facts):
    """How many targets beyond the router were asked, and how many answered anything."""

    asked: int
    answered: int


def heard_from_beyond(situation: Situation) -> bool:
    """Whether anything that must have come through the router was heard at all."""
    return _count(situation).answered > 0


def _count(situation: Situation) -> BeyondFacts:
    asked = [o for check in BEYOND for o in situation.seen.of(check)]
    return BeyondFacts(len(asked), sum(_was_heard(o) for o in asked))


def _was_heard(observation: Observation) -> bool:
    """Whether the target itself said anything. A name that did not resolve says nothing of it,
    but for the resolver that was asked directly: its refusal is its own word."""
    failure = observation.failure
    if observation.check == "public-resolver-answers" and failure in _A_SERVERS_OWN_WORD:
        return True
    return failure is None or failure in _HEARD_AFTER_ALL


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("beyond the router")


def observe(target: Target, situation: Situation) -> Observed:
    facts = _count(situation)
    if not facts.asked:
        return skipped("route-exists")
    return ok(facts) if facts.answered else failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, BeyondFacts):
        state = "answers" if facts.answered else "silent"
        shown = {"count": facts.answered, "total": facts.asked}
        yield Finding(f"beyond-gateway.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="provider-carries-traffic",
        stage=Stage.ISP,
        question="Does anything beyond the router answer?",
        control="Resolvers, web sites and gateways of unrelated operators, whatever they answer.",
        packets=0,
        deadline_ms=500,
        tells=("beyond-gateway",),
        needs=("route-exists",),
        after=BEYOND,
    ),
    targets,
    observe,
    read,
)
