"""wifi-calling: how would a call sound on this network's way to the internet?

At least 20 small packets of 50 ms spacing to each of two public resolvers, since no gateway may
be hammered: the answers' delay, jitter (RFC 3550 6.4.1, unsmoothed) and loss, in the R factor and
the mean opinion score of ITU-T G.107 as `voice_score` simplifies it. The better of the two counts:
what both share is the way out of here. It does not see the way on to the carrier, and a good score
does not prove a good call. Silence of both says that DNS is blocked, not that calls sound bad.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from netcheck.checks.contract import Check, Situation
from netcheck.checks.voice_score import score
from netcheck.model.check import CheckSpec
from netcheck.model.finding import Finding
from netcheck.model.observation import Facts, Observed, Target, failed, ok
from netcheck.model.outcome import Failure
from netcheck.model.stage import Stage
from netcheck.probe.train import Train, dns_train

_PROBES = 20  # to each of the two
_SPACING_MS = 50.0
_OPERATORS = 2


@dataclass(frozen=True, slots=True)
class VoiceFacts(Facts):
    """The better of the two ways. `rtt_ms` is the middle round trip. `r` and `mos`: see
    `voice_score`, with its limits. `operators` answered at all."""

    towards: str | None
    operators: int
    sent: int
    lost: int
    rtt_ms: float | None
    jitter_ms: float | None
    r: float | None
    mos: float | None


def targets(situation: Situation) -> Iterable[Target]:
    if situation.resolvers:
        yield Target("public resolvers")


def observe(target: Target, situation: Situation) -> Observed:
    servers = [resolver.name for resolver in situation.resolvers[:_OPERATORS]]
    trains = dns_train(
        situation.net,
        servers,
        situation.catalog.anchors[0].host,
        count=_PROBES * len(servers),
        interval_ms=_SPACING_MS / len(servers),
    )
    heard = [facts_of(server, train) for server, train in trains.items()]
    answering = [facts for facts in heard if facts.r is not None]
    if not answering:
        sent = sum(train.sent for train in trains.values())
        lost = sum(train.lost for train in trains.values())
        nothing = VoiceFacts(None, 0, sent, lost, None, None, None, None)
        return failed(Failure.TIMEOUT, nothing)
    best = max(answering, key=lambda facts: facts.r or 0.0)
    facts = VoiceFacts(
        best.towards,
        len(answering),
        best.sent,
        best.lost,
        best.rtt_ms,
        best.jitter_ms,
        best.r,
        best.mos,
    )
    return failed(Failure.LOSS, facts) if grade(facts, situation) == "poor" else ok(facts)


def facts_of(server: str, train: Train) -> VoiceFacts:
    """One way, scored; unscored where hardly anything was answered."""
    rtt_ms, jitter_ms = train.median_ms, train.jitter_ms
    if rtt_ms is None or jitter_ms is None:
        return VoiceFacts(server, 0, train.sent, train.lost, rtt_ms, jitter_ms, None, None)
    scored = score(rtt_ms, jitter_ms, 100 * train.lost / train.sent)
    return VoiceFacts(server, 1, train.sent, train.lost, rtt_ms, jitter_ms, scored.r, scored.mos)


def grade(facts: VoiceFacts, situation: Situation) -> str | None:
    """good, fair or poor; None where too little was sent to tell."""
    limits = situation.catalog.thresholds
    if facts.r is None or facts.sent < _PROBES:
        return None
    if facts.r >= limits.voice_good_r:
        return "good"
    return "fair" if facts.r >= limits.voice_fair_r else "poor"


def read(situation: Situation) -> Iterable[Finding]:
    for _, facts in situation.seen.facts(CHECK.id, VoiceFacts):
        state = grade(facts, situation)
        if state is not None:
            yield Finding(f"voice.{state}", (CHECK.id,))


CHECK = Check(
    CheckSpec(
        id="voice-sounds-good",
        stage=Stage.WIFI_CALLING,
        question="How would a call sound on the way out of here?",
        control="Two operators at once: only what both suffer from is the way's.",
        packets=40,
        deadline_ms=2600,
        tells=("voice",),
        needs=("route-exists",),
        deep=True,
    ),
    targets,
    observe,
    read,
)
