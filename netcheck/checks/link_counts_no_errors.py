"""link: does the interface count errors while this runs?

Linux's own counters (Documentation/ABI/testing/sysfs-class-net-statistics): frames that came in
damaged, could not be sent, or found no place. A count since the interface came up tells little: one
that grows while a few hundred packets pass tells of a bad cable, a bad port, or a driver. Switches
and hosts also drop frames that are meant for nobody here, so drops alone are no finding.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.loss_counts import LOOK, LossFacts
from netcheck.checks.own_traffic import TrafficFacts
from netcheck.device.sysfs import error_counters
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_METER = "link-is-quiet"


@dataclass(frozen=True, slots=True)
class ErrorFacts(Facts):
    """`new_errors` and `new_drops` in `watched_ms`; all else since the interface came up. `flaps`:
    how often the link below came or went."""

    errors: int
    drops: int
    new_errors: int
    new_drops: int | None
    watched_ms: float | None
    damaged: int | None = None
    overruns: int | None = None
    collisions: int | None = None
    flaps: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.interface is not None:
        yield Target(situation.interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    watched = [facts for _, facts in situation.seen.facts(_METER, TrafficFacts)]
    watched += [
        look.own for _, look in situation.seen.facts(LOOK, LossFacts) if look.own is not None
    ]
    if not watched:
        return skipped(_METER)
    most = max(watched, key=lambda facts: facts.new_errors)
    more = error_counters(target.name)
    facts = ErrorFacts(
        errors=max(one.errors for one in watched),
        drops=max(one.drops for one in watched),
        new_errors=most.new_errors,
        new_drops=most.new_drops,
        watched_ms=most.watched_ms,
        damaged=more.get("damaged"),
        overruns=more.get("overruns"),
        collisions=more.get("collisions"),
        flaps=more.get("flaps"),
    )
    grows = facts.new_errors >= situation.catalog.thresholds.link_least_errors
    return failed(Failure.LOSS, facts) if grows else ok(facts)


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, ErrorFacts):
        shown: dict[str, Parameter] = {"count": facts.new_errors}
        yield Finding(f"link-errors.{'new' if observation.failure else 'none'}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="link-counts-no-errors",
        stage=Stage.LINK,
        question="Does the interface count no new errors while this runs?",
        control="The same counters before and after: old errors do not count.",
        packets=0,
        deadline_ms=500,
        tells=("link-errors",),
        needs=("link-is-connected",),
        after=(_METER, LOOK),
    ),
    targets,
    observe,
    read,
)
