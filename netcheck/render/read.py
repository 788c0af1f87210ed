"""JSON text -> Result: for `show`, `replay`, `explain` and the desk.

The text may come from anybody. Sides, outcomes, severities and roles are closed in this major
version; a stage, a failure or a family that is not known here is set aside, as a newer netcheck
may have more of them.
"""

from dataclasses import dataclass, field

from netcheck.catalog.shape import located
from netcheck.model.finding import Finding, Parameter
from netcheck.model.observation import Facts, Family, Observation, RecordedFacts, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.result import SCHEMA, CarrierChoice, Result, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import (
    Alternative,
    Companion,
    Complaint,
    Reason,
    Severity,
    Side,
    Verdict,
    WifiCalling,
    Worded,
)

LONGEST_TEXT = 16 * 1024 * 1024  # characters; a run makes some tens of thousands

_Params = dict[str, Parameter]


class UnreadableResult(Exception):
    """The text is no result. `path` is the offending field (`$.verdict.side`; `$` is the whole),
    `reason` one clause in English."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}")
        self.path = path
        self.reason = reason


def read(text: str) -> Result:
    """The result; its facts come back as RecordedFacts. Raises UnreadableResult."""
    import msgspec

    if len(text) > LONGEST_TEXT:
        raise UnreadableResult("$", f"longer than {LONGEST_TEXT} characters")
    try:
        document = msgspec.json.decode(text.encode("utf-8", "surrogatepass"), strict=True)
        if not isinstance(document, dict):
            raise UnreadableResult("$", "not an object")
        if document.get("schema") != SCHEMA:
            raise UnreadableResult("$.schema", f"is not {SCHEMA}")
        document["stages"] = _known_stages(document.get("stages"))
        saved = msgspec.convert(document, _Saved, strict=True)
    except msgspec.ValidationError as wrong:
        raise UnreadableResult(*located(str(wrong))) from None
    except (msgspec.DecodeError, UnicodeError) as wrong:
        raise UnreadableResult("$", f"not JSON: {wrong}") from None
    except RecursionError:
        raise UnreadableResult("$", "nested too deeply") from None
    _check(saved)
    return _result(saved)


def _known_stages(stages: object) -> object:
    if not isinstance(stages, list):
        return stages
    known = set(Stage)
    return [
        stage
        for stage in stages
        if not (
            isinstance(stage, dict)
            and isinstance(stage.get("stage"), str)
            and stage["stage"] not in known
        )
    ]


def _check(saved: "_Saved") -> None:
    """What types cannot say."""
    verdict = saved.verdict
    if not 0 <= verdict.confidence <= 1:
        raise UnreadableResult("$.verdict.confidence", "is not between 0 and 1")
    if verdict.side is Side.NONE and verdict.severity is not Severity.OK:
        raise UnreadableResult("$.verdict.severity", "must be ok where the side is none")
    for index, other in enumerate(verdict.alternatives):
        if not 0 <= other.probability <= 1:
            path = f"$.verdict.alternatives[{index}].probability"
            raise UnreadableResult(path, "is not between 0 and 1")
    for index, beside in enumerate(verdict.also):
        if not 0 <= beside.confidence <= 1:
            raise UnreadableResult(f"$.verdict.also[{index}].confidence", "is not between 0 and 1")
    for index, finding in enumerate(saved.findings):
        thing, point, state = finding.id.partition(".")
        if not (thing and point and state):
            raise UnreadableResult(f"$.findings[{index}].id", "is not thing.state")
    if saved.duration_ms < 0:
        raise UnreadableResult("$.duration_ms", "is negative")


# The shapes of the file. They differ from the model where the file is flat (a reason holds its
# words) or where the model is closed and the file is not (failures, families).


@dataclass
class _Worded:
    id: str
    params: _Params

    def words(self) -> Worded:
        return Worded(self.id, self.params)


@dataclass
class _Reason(_Worded):
    finding: str
    weight: int


@dataclass
class _Verdict:
    side: Side
    fault: str | None
    severity: Severity
    confidence: float
    headline: _Worded
    because: list[_Reason]
    against: list[_Reason]
    alternatives: list[Alternative]
    next_steps: list[_Worded]
    would_settle: _Worded | None
    also: list[Companion] = field(default_factory=list)
    complaint: Complaint | None = None


@dataclass
class _Calling:
    ready: bool | None
    reason: _Worded


@dataclass
class _Finding(_Worded):
    checks: list[str]


@dataclass
class _Target:
    name: str
    role: Role
    operator: str | None = None
    address: str | None = None
    port: int | None = None
    family: str | None = None
    via: str | None = None


@dataclass
class _Observation:
    check: str
    target: _Target
    outcome: Outcome
    failure: str | None
    facts: dict[str, object] | None
    start_ms: float
    duration_ms: float
    interface: str | None = None
    unmet: str | None = None
    detail: str | None = None
    age_s: float | None = None


@dataclass
class _Stage:
    stage: Stage
    state: StageState
    params: _Params


@dataclass
class _Saved:
    schema: str
    run_id: str
    started_at: str
    netcheck_version: str
    rules_version: int
    carrier: CarrierChoice | None
    labels: dict[str, str]
    interrupted: bool
    duration_ms: float
    verdict: _Verdict
    wifi_calling: _Calling
    stages: list[_Stage]
    findings: list[_Finding]
    observations: list[_Observation]
    symptom: str | None = None
    packets_sent: int | None = None
    changed: _Worded | None = None


def _result(saved: _Saved) -> Result:
    return Result(
        run_id=saved.run_id,
        started_at=saved.started_at,
        netcheck_version=saved.netcheck_version,
        rules_version=saved.rules_version,
        carrier=saved.carrier,
        verdict=_verdict(saved.verdict),
        wifi_calling=WifiCalling(saved.wifi_calling.ready, saved.wifi_calling.reason.words()),
        stages=tuple(StageView(s.stage, s.state, s.params) for s in saved.stages),
        findings=tuple(Finding(f.id, tuple(f.checks), f.params) for f in saved.findings),
        observations=tuple(_observation(seen) for seen in saved.observations),
        duration_ms=saved.duration_ms,
        interrupted=saved.interrupted,
        labels=saved.labels,
        symptom=saved.symptom,
        packets_sent=saved.packets_sent,
        changed=saved.changed.words() if saved.changed else None,
        schema=saved.schema,
    )


def _verdict(saved: _Verdict) -> Verdict:
    return Verdict(
        side=saved.side,
        fault=saved.fault,
        severity=saved.severity,
        confidence=saved.confidence,
        headline=saved.headline.words(),
        because=tuple(Reason(r.finding, r.weight, r.words()) for r in saved.because),
        against=tuple(Reason(r.finding, r.weight, r.words()) for r in saved.against),
        alternatives=tuple(saved.alternatives),
        next_steps=tuple(step.words() for step in saved.next_steps),
        would_settle=saved.would_settle.words() if saved.would_settle else None,
        also=tuple(saved.also),
        complaint=saved.complaint,
    )


def _observation(saved: _Observation) -> Observation:
    failure, detail = None, saved.detail
    if saved.failure in set(Failure):
        failure = Failure(saved.failure)
    elif saved.failure is not None:
        detail = detail or f"failure {saved.failure}"  # newer than this netcheck
    facts: Facts | None = RecordedFacts(saved.facts) if saved.facts is not None else None
    target = saved.target
    return Observation(
        check=saved.check,
        target=Target(
            name=target.name,
            role=target.role,
            operator=target.operator,
            address=target.address,
            port=target.port,
            family=Family(target.family) if target.family in set(Family) else None,
            via=target.via,
        ),
        outcome=saved.outcome,
        failure=failure,
        facts=facts,
        start_ms=saved.start_ms,
        duration_ms=saved.duration_ms,
        interface=saved.interface,
        unmet=saved.unmet,
        detail=detail,
        age_s=saved.age_s,
    )
