"""device: is this device itself filling the line while others are being judged?

The interface's own counters (Linux, Documentation/ABI/testing/sysfs-class-net-statistics) and its
send queue (RTM_GETQDISC), from the first probe to the end of both trains, and again while
`loss-is-rare` takes its second look: what was lost is held against what this device itself moved
in that very time. A line that the device fills by a download or a backup loses and delays what it
did not ask for (bufferbloat, RFC 8290), and nobody else is to blame. Quiet here proves nothing of
the others in the home; a busy cable may still be a free one, and only loss beside it counts.
"""

from collections.abc import Iterable, Iterator

from netcheck.checks.contract import Check, Situation
from netcheck.checks.loss_counts import INTERNET_TRAIN, LOOK, ROUTER_TRAIN, LossFacts
from netcheck.checks.own_traffic import Meter, TrafficFacts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_TRAINS = (ROUTER_TRAIN, INTERNET_TRAIN)
_LEAST_S, _MOST_S = 0.35, 2.5
_STEP_S = 0.05


def targets(situation: Situation) -> Iterable[Target]:
    if situation.interface is not None:
        yield Target(situation.interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    meter = Meter(interface.name)
    while meter.watched_s < _LEAST_S or (meter.watched_s < _MOST_S and _trains_run(situation)):
        meter.wait(_STEP_S)
    facts = meter.read()
    if facts is None:
        return error(Failure.NOT_PERMITTED, "this system does not show its interfaces' counters")
    state = _state(facts, situation)
    if state == "overflows":
        return failed(Failure.LOSS, facts)
    return ok(facts) if state == "quiet" else failed(Failure.BUSY, facts)


def _trains_run(situation: Situation) -> bool:
    seen = {observation.check for observation in situation.seen.all()}
    return not seen.issuperset(_TRAINS)


def _state(facts: TrafficFacts, situation: Situation) -> str:
    """`overflows`: more than this device's own link takes. A queue that throws away next to
    nothing is not full: something else drops there."""
    limits = situation.catalog.thresholds
    dropped = (facts.queue_dropped or 0) >= limits.loss_least_lost
    if dropped and facts.kbps >= limits.own_traffic_least_kbps:
        return "overflows"
    return "busy" if facts.kbps >= 1000 * limits.own_traffic_busy_mbps else "quiet"


def _watched(situation: Situation) -> Iterator[TrafficFacts]:
    """Everything that was metered: beside the first trains, and beside the second look."""
    for _, facts in situation.seen.facts(CHECK.id, TrafficFacts):
        yield facts
    for _, look in situation.seen.facts(LOOK, LossFacts):
        if look.own is not None:
            yield look.own


def read(situation: Situation) -> Iterable[Finding]:
    states = [(_state(facts, situation), facts) for facts in _watched(situation)]
    for state in ("overflows", "busy", "quiet"):
        rates = [facts.kbps for one, facts in states if one == state]
        if rates:
            shown: dict[str, Parameter] = {"mbps": round(max(rates) / 1000)}
            yield Finding(f"own-traffic.{state}", (CHECK.id, LOOK), shown)
            return


CHECK = Check(
    CheckSpec(
        id="link-is-quiet",
        stage=Stage.DEVICE,
        question="Is this device itself leaving the line free?",
        control="Counted over the same time in which loss is measured.",
        packets=0,
        deadline_ms=3000,
        tells=("own-traffic",),
        needs=("link-is-connected",),
    ),
    targets,
    observe,
    read,
)
