"""phone: does another phone on the same carrier, in the same place, have service?

The control of a phone that shows SOS or no service: a second one beside it. In the outage of
22 February 2024 some phones worked beside identical ones that did not, so that one which works
does not clear the carrier, it makes it less likely.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Role, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.model.testimony import Beside


@dataclass(frozen=True, slots=True)
class BesideFacts(Facts):
    """How the other phone does, as the user tells it."""

    works: bool


def targets(situation: Situation) -> Iterable[Target]:
    if situation.told.beside_me is not None:
        yield Target("the user's word", Role.CONTROL)


def observe(target: Target, situation: Situation) -> Observed:
    works = situation.told.beside_me == Beside.WORKS
    return ok(BesideFacts(works)) if works else failed(Failure.ABSENT, BesideFacts(works))


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, BesideFacts):
        yield Finding(f"beside-me.{'works' if facts.works else 'fails'}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="others-here-have-service",
        stage=Stage.PHONE,
        question="Does another phone on the same carrier, beside the user's, have service?",
        control="It is itself the control of what the user's phone shows.",
        packets=0,
        deadline_ms=500,
        tells=("beside-me",),
    ),
    targets,
    observe,
    read,
)
