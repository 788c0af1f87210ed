"""isp: do packets of nearly full size get through, or vanish without a word?"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.path_continues import path_facts
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok, skipped
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.closed_port import CLOSED_PORT as TRACE_PORT
from netcheck.probe.dns import ask
from netcheck.probe.path import trace

PADDED_BYTES = 1350
"""A padded question of this length makes an IP packet near 1,400 bytes: more than a black hole
at 1,280 lets through, less than what PPPoE and common tunnels still carry whole."""


@dataclass(frozen=True, slots=True)
class LargeFacts(Facts):
    """Whether a padded question (RFC 7830) came back where a small one did, and the furthest hop
    that a large and a small datagram were seen to reach (None: no hop answered)."""

    padded_bytes: int
    passed: bool
    large_last_ttl: int | None = None
    small_last_ttl: int | None = None


def targets(situation: Situation) -> Iterable[Target]:
    yield from situation.resolvers[:2]


def observe(target: Target, situation: Situation) -> Observed:
    name = situation.catalog.anchors[0].host
    padded = ask(
        situation.net, target.name, name, padding_bytes=PADDED_BYTES, retries_at_ms=(400, 900),
        deadline_ms=1500,
    )  # fmt: skip
    if padded.rcode is not None or padded.icmp == "too-big":
        # A router that says "too big" (RFC 1191) is no black hole: senders learn the size.
        return ok(LargeFacts(PADDED_BYTES, True))
    small = ask(situation.net, target.name, name, retries_at_ms=(200,), deadline_ms=600)
    if small.rcode is None:
        return skipped("public-resolver-answers")
    large_path = trace(
        situation.net, target.name, TRACE_PORT, bytes(PADDED_BYTES), max_ttl=4, deadline_ms=600
    )
    small_path = trace(situation.net, target.name, TRACE_PORT, b"small", max_ttl=4, deadline_ms=600)
    facts = LargeFacts(
        PADDED_BYTES,
        False,
        path_facts(large_path).last_ttl if large_path else None,
        path_facts(small_path).last_ttl if small_path else None,
    )
    return failed(Failure.TIMEOUT, facts)


def read(situation: Situation) -> Iterable[Finding]:
    measured = situation.seen.facts(CHECK.id, LargeFacts)
    if not measured:
        return
    if any(facts.passed for _, facts in measured):
        yield Finding("large-packets.pass", (CHECK.id,))
        return
    state = "stop-unseen"
    for _, facts in measured:
        small, large = facts.small_last_ttl, facts.large_last_ttl
        if small is not None and small >= 2:
            state = "stop-beyond" if large is not None and large >= 2 else "stop-at-router"
    yield Finding(f"large-packets.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="large-packets-pass",
        stage=Stage.ISP,
        question="Do packets of nearly full size get through?",
        control="A small question to the same server, and a second operator.",
        packets=13,
        deadline_ms=4000,
        needs=("route-exists",),
    ),
    targets,
    observe,
    read,
)
