"""Two devices side by side: where do they differ first, and what does one say of the other?

A phone that has service beside one that has none is evidence: it becomes the finding that the
tables have for the user's own word of it (`beside-me`), and the shipped diagnosis weighs it.
Whoever compares two devices says that they stand side by side; nothing in a result can prove it.
What speaks against it (another carrier, another country, another hour) is looked for.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from netcheck.model.finding import Finding
from netcheck.model.observation import RecordedFacts
from netcheck.model.result import Result
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import Severity

MOST_MINUTES_APART = 30
"""Guessed: an outage may begin or end in a minute; half an hour is what two people need."""

BESIDE, BESIDE_CHECK = "beside-me", "others-here-have-service"
_SERVED = ("phone-service.home", "phone-service.roaming", "symptom.fine")
_UNSERVED = (
    *("phone-service.none", "phone-service.denied", "phone-service.emergency-only"),
    *("phone-service.searching", "symptom.sos", "symptom.no-service"),
)


class Silent(StrEnum):
    """Why one device says nothing of the other."""

    SAME_RUN = "same-run"
    WELL = "well"  # the other one has no trouble to explain
    NO_CARRIER = "no-carrier"
    OTHER_CARRIER = "other-carrier"
    OTHER_COUNTRY = "other-country"
    OTHER_TIME = "other-time"
    NO_WORD = "no-word"  # it does not say whether a phone has service
    KNOWN = "known"  # the other one's user has said so already


@dataclass(frozen=True, slots=True)
class Difference:
    """The first place where they differ. `thing` None: no finding of that place says why."""

    stage: Stage
    states: tuple[StageState, StageState]
    thing: str | None
    findings: tuple[Finding, Finding] | None


@dataclass(frozen=True, slots=True)
class Word:
    """What the other device adds to this one's verdict: the finding, and the run judged with it;
    or why nothing."""

    finding: Finding | None
    judged: Result | None
    silent: Silent | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """None: not known. `words`: what is added to the first, and to the second."""

    same_carrier: bool | None
    same_provider: bool | None
    minutes_apart: float | None
    difference: Difference | None
    words: tuple[Word, Word]


Judge = Callable[[Result], Result]


def compared(
    first: Result,
    second: Result,
    *,
    stage_of: Mapping[str, Stage],
    judge: Judge,
    within_minutes: float,
) -> Comparison:
    """Both judged by the same rules: `judge` gives a run its verdict from its findings. Of runs
    that are further apart than `within_minutes` neither is evidence for the other."""
    first, second = judge(first), judge(second)
    return Comparison(
        _same(_carrier(first), _carrier(second)),
        _same(_provider(first, "asn"), _provider(second, "asn")),
        _minutes_apart(first, second),
        _difference(first, second, stage_of),
        (
            _word(first, second, judge, within_minutes),
            _word(second, first, judge, within_minutes),
        ),
    )


def _word(one: Result, other: Result, judge: Judge, within_minutes: float) -> Word:
    silent, works = _why_silent(one, other, within_minutes), _has_service(other)
    if silent is None and works is None:
        silent = Silent.NO_WORD
    if silent is not None:
        return Word(None, None, silent)
    finding = Finding(f"{BESIDE}.{'works' if works else 'fails'}", (BESIDE_CHECK,))
    return Word(finding, judge(replace(one, findings=(*one.findings, finding))), None)


def _why_silent(one: Result, other: Result, within_minutes: float) -> Silent | None:
    apart = _minutes_apart(one, other)
    if (one.started_at, one.duration_ms) == (other.started_at, other.duration_ms):
        return Silent.SAME_RUN  # its number may have a stand-in
    if one.verdict.severity is Severity.OK:
        return Silent.WELL
    if one.carrier is None or other.carrier is None:
        return Silent.NO_CARRIER
    if _carrier(one) != _carrier(other):
        return Silent.OTHER_CARRIER
    if _same(_provider(one, "country"), _provider(other, "country")) is False:
        return Silent.OTHER_COUNTRY
    if apart is None or apart > within_minutes:
        return Silent.OTHER_TIME
    return Silent.KNOWN if any(f.thing == BESIDE for f in one.findings) else None


def _has_service(result: Result) -> bool | None:
    """Of the phone that a result is about; None where it says nothing, or contradicts itself."""
    ids = {finding.id for finding in result.findings}
    served, unserved = bool(ids & set(_SERVED)), bool(ids & set(_UNSERVED))
    return served if served != unserved else None


def _carrier(result: Result) -> str | None:
    return result.carrier.id if result.carrier else None


def _provider(result: Result, field: str) -> object:
    for seen in result.observations:
        if seen.check == "provider-is-known" and isinstance(seen.facts, RecordedFacts):
            value = seen.facts.values.get(field)
            if value is not None:
                return value
    return None


def _same(one: object, other: object) -> bool | None:
    return None if one is None or other is None else one == other


def _minutes_apart(one: Result, other: Result) -> float | None:
    try:
        times = [datetime.fromisoformat(result.started_at) for result in (one, other)]
        return abs((times[0] - times[1]).total_seconds()) / 60
    except (ValueError, TypeError, OverflowError):
        return None


def _difference(first: Result, second: Result, stage_of: Mapping[str, Stage]) -> Difference | None:
    """The first place that is well on one and not on the other; where there is none, the first
    place of which they found something else."""
    states = [{view.stage: view.state for view in result.stages} for result in (first, second)]
    pairs = {stage: (_state(states[0], stage), _state(states[1], stage)) for stage in Stage}
    for stage, pair in pairs.items():
        if pair[0] != pair[1] and StageState.UNKNOWN not in pair:
            found = _other(first, second, stage, stage_of)
            return Difference(stage, pair, found[0].thing if found else None, found)
    for stage, pair in pairs.items():
        found = _other(first, second, stage, stage_of)
        if found is not None:
            return Difference(stage, pair, found[0].thing, found)
    return None


def _state(states: Mapping[Stage, StageState], stage: Stage) -> StageState:
    return states.get(stage, StageState.UNKNOWN)


def _other(
    first: Result, second: Result, stage: Stage, stage_of: Mapping[str, Stage]
) -> tuple[Finding, Finding] | None:
    """The first thing of that place that both looked at and found in another state. What a phone
    says belongs to the carrier's place on the drawn path too."""
    stages: set[Stage] = {stage, Stage.PHONE} if stage is Stage.CARRIER else {stage}
    there = {finding.thing: finding for finding in second.findings}
    for one in _of(first.findings, stages, stage_of):
        other = there.get(one.thing)
        if other is not None and other.state != one.state:
            return one, other
    return None


def _of(
    findings: Iterable[Finding], stages: set[Stage], stage_of: Mapping[str, Stage]
) -> Iterable[Finding]:
    return (f for f in findings if any(stage_of.get(check) in stages for check in f.checks))
