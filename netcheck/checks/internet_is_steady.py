"""isp: how much gets lost between here and several operators?"""

from collections.abc import Iterable

from netcheck.checks.contract import Check, Situation
from netcheck.checks.loss_counts import INTERNET_TRAIN, LOOK, SteadyFacts, ways_of
from netcheck.checks.loss_grade import loss_state
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.train import Train, dns_train


def targets(situation: Situation) -> Iterable[Target]:
    yield Target("public resolvers")


def observe(target: Target, situation: Situation) -> Observed:
    limits = situation.catalog.thresholds
    servers = tuple(resolver.name for resolver in situation.resolvers)
    trains = dns_train(
        situation.net,
        servers,
        situation.catalog.anchors[0].host,
        count=limits.train_probes,
        interval_ms=limits.train_interval_ms,
    )
    alive = alive_of(trains)
    sent, lost = counted(alive)
    best = min(alive, key=lambda train: train.median_ms or 0.0, default=None)
    facts = SteadyFacts(
        operators=len(alive),
        sent=sent,
        lost=lost,
        delay_ms=best.median_ms if best else None,
        jitter_ms=best.jitter_ms if best else None,
    )
    if not alive:
        unsent = next((train.failure for train in trains.values() if train.failure), None)
        return failed(unsent or Failure.TIMEOUT, facts)
    return ok(facts) if loss_state(lost, sent, limits) == "none" else failed(Failure.LOSS, facts)


def alive_of(trains: dict[str, Train]) -> list[Train]:
    """The trains that were answered at all: a dead or filtered operator is not loss."""
    return [train for train in trains.values() if train.lost < train.sent]


def counted(trains: list[Train]) -> tuple[int, int]:
    """(sent, lost) of all of them."""
    return sum(train.sent for train in trains), sum(train.lost for train in trains)


def loses_nothing(situation: Situation) -> bool:
    """Whether no train to the internet lost what would make an unanswered question mean nothing;
    true where none was sent."""
    count = ways_of(situation).internet
    return count is None or loss_state(*count, situation.catalog.thresholds) == "none"


def read(situation: Situation) -> Iterable[Finding]:
    ways = ways_of(situation)
    for _, facts in situation.seen.facts(CHECK.id, SteadyFacts):
        if ways.internet and ways.internet_state:
            lost, sent = ways.internet
            shown: dict[str, Parameter] = {"loss_percent": round(100 * lost / sent)}
            if facts.delay_ms is not None:
                shown["delay_ms"] = round(facts.delay_ms, 1)
            yield Finding(f"internet-loss.{ways.internet_state}", (CHECK.id, LOOK), shown)


CHECK = Check(
    CheckSpec(
        id=INTERNET_TRAIN,
        stage=Stage.ISP,
        question="How much gets lost between here and the internet?",
        control="Three operators in turn, beside the same count of probes to the router.",
        packets=20,
        deadline_ms=2500,
        tells=("internet-loss",),
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
