"""carrier: do many other devices see this carrier, and the called one, in trouble?

The word of a signed status feed, where one is set. The run has begun to ask it in a thread of its
own; this check waits for that thread and sends nothing itself. A feed that is not heard, or that
does not tell of this carrier, says nothing of the network: it is skipped, never a failure.

Weak on purpose: what others see is not what this device sees. A feed may be late by minutes, and
an outage elsewhere in the country is no outage here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.carrier import Carrier
from netcheck.model.check import CheckSpec
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdWord, Unheard
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_WAIT_S = 2.0
_FEED = "the status feed"
_THINGS = {Role.OWN: "crowd", Role.CALLED: "crowd-called"}
_STATES = {
    CrowdState.OK: "quiet",
    CrowdState.DEGRADED: "degraded",
    CrowdState.OUTAGE: "outage",
}


@dataclass(frozen=True, slots=True)
class CrowdFacts(Facts):
    """`age_s` since it was signed; `minutes` since the trouble began; `failing` and `sure` are
    bands of per cent of the devices that could tell, and of the publisher's confidence."""

    state: str
    age_s: int
    minutes: int | None
    failing: str | None
    sure: str | None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.crowd is None:
        return
    if situation.own is not None:
        yield Target(_FEED, Role.OWN, situation.own.id)
    if situation.called is not None:
        yield Target(_FEED, Role.CALLED, situation.called.id)


def observe(target: Target, situation: Situation) -> Observed:
    word = situation.crowd.wait(_WAIT_S) if situation.crowd else None
    if word is None or word.status is None or word.age_s is None:
        why = word.ignored if word and word.ignored else Unheard.NO_ANSWER
        return skipped(f"crowd.ignored.{why.value}")
    entry = _entry(target.role, situation, word)
    if entry is None:
        return skipped("crowd.not-told")
    facts = CrowdFacts(
        state=_STATES[entry.state],
        age_s=round(word.age_s),
        minutes=None if entry.began is None else max(0, int(word.heard_s - entry.began) // 60),
        failing=entry.failing,
        sure=entry.confidence,
    )
    return ok(facts) if entry.state is CrowdState.OK else failed(Failure.ABSENT, facts)


def _entry(role: Role, situation: Situation, word: CrowdWord) -> CrowdEntry | None:
    """The feed's word on that carrier, else on the network that it is a guest on."""
    assert word.status is not None
    if role is Role.OWN:
        for id in _ids(situation.own, situation):
            if entry := word.status.of(id, word.region):
                return entry
        return None
    own = situation.own.id if situation.own else None
    for id in _ids(situation.called, situation):
        if entry := word.status.of_called(id, own, word.region):
            return entry
    return None


def _ids(carrier: Carrier | None, situation: Situation) -> Iterable[str]:
    if carrier is None:
        return
    yield carrier.id
    if carrier.is_guest:
        for other in situation.catalog.carriers:
            if other.name == carrier.host_network and other.country == carrier.country:
                yield other.id


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, CrowdFacts):
        role = observation.target.role
        params: dict[str, Parameter] = {"seconds": facts.age_s, "minutes": facts.minutes}
        if role is Role.OWN and situation.own is not None:
            params["carrier"] = situation.own.name
        yield Finding(f"{_THINGS[role]}.{facts.state}", (CHECK.id,), params)


CHECK = Check(
    CheckSpec(
        id="others-see-no-outage",
        stage=Stage.CARRIER,
        question="Do other devices have service with this carrier, by the status feed that is set?",
        control="All that this device sees itself: it outweighs what others see.",
        packets=0,
        deadline_ms=2500,
        tells=("crowd", "crowd-called"),
    ),
    targets,
    observe,
    read,
)
