"""device: is this device itself filling the line while others are being judged?

The interface's own byte counters (Linux, Documentation/ABI/testing/sysfs-class-net-statistics)
twice, while the trains of probes run. A line that the device fills by a download or a backup
loses and delays what it did not ask for (bufferbloat, RFC 8290), and nobody else is to blame.
Quiet here proves nothing of the others in the home; a busy cable may still be a free one.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.device.sysfs import Counters, counters
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Observed, Target, error, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage

_WATCHED_S = 0.35


@dataclass(frozen=True, slots=True)
class TrafficFacts(Facts):
    """Rates over the time watched, in kilobits a second, this run's own probes included. Errors
    and drops count from when the interface came up: only `new_errors` are of this run."""

    received_kbps: float
    sent_kbps: float
    errors: int
    drops: int
    new_errors: int


def targets(situation: Situation) -> Iterable[Target]:
    if situation.interface is not None:
        yield Target(situation.interface.name)


def observe(target: Target, situation: Situation) -> Observed:
    interface = situation.interface
    if interface is None:
        return skipped("interface-is-up")
    began_s, before = time.monotonic(), counters(interface.name)
    time.sleep(_WATCHED_S)
    after, watched_s = counters(interface.name), time.monotonic() - began_s
    if before is None or after is None:
        return error(Failure.NOT_PERMITTED, "this system does not show its interfaces' counters")
    facts = _facts(before, after, watched_s)
    limit_kbps = 1000 * situation.catalog.thresholds.own_traffic_busy_mbps
    busy = max(facts.received_kbps, facts.sent_kbps) >= limit_kbps
    return failed(Failure.LOSS, facts) if busy else ok(facts)


def _facts(before: Counters, after: Counters, watched_s: float) -> TrafficFacts:
    return TrafficFacts(
        received_kbps=round((after.received_bytes - before.received_bytes) / watched_s / 125, 1),
        sent_kbps=round((after.sent_bytes - before.sent_bytes) / watched_s / 125, 1),
        errors=after.errors,
        drops=after.drops,
        new_errors=after.errors - before.errors,
    )


def read(situation: Situation) -> Iterable[Finding]:
    for observation, facts in situation.seen.facts(CHECK.id, TrafficFacts):
        state = "quiet" if observation.failure is None else "busy"
        shown: dict[str, Parameter] = {
            "mbps": round(max(facts.received_kbps, facts.sent_kbps) / 1000)
        }
        yield Finding(f"own-traffic.{state}", (CHECK.id,), shown)


CHECK = Check(
    CheckSpec(
        id="link-is-quiet",
        stage=Stage.DEVICE,
        question="Is this device itself leaving the line free?",
        control="Counted in the same moment in which loss is measured.",
        packets=0,
        deadline_ms=1000,
        needs=("link-is-connected",),
    ),
    targets,
    observe,
    read,
)
