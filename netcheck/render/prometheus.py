"""A result for node_exporter's textfile collector (Prometheus text format 0.0.4): HELP and TYPE,
no sample timestamps, a final newline. What was not measured has no sample. Write it to a
temporary file and rename it, or the collector may read half of it."""

from collections.abc import Iterable, Mapping
from datetime import datetime

from netcheck.model.outcome import Outcome
from netcheck.model.result import Result
from netcheck.model.stage import StageState
from netcheck.model.verdict import Severity, Side
from netcheck.text import Words

_Sample = tuple[Mapping[str, str], float]


def render(result: Result, words: Words) -> str:
    """The exposition. `words` is unused: names and labels are ids, the same in every locale."""
    del words
    verdict = result.verdict
    ready = result.wifi_calling.ready
    started = _epoch_s(result.started_at)
    carrier = result.carrier.id if result.carrier else ""
    about = {
        "version": result.netcheck_version,
        "rules": str(result.rules_version),
        "carrier": carrier,
    }
    families = (
        _gauge("run_info", "The run and what it was about.", [(about, 1)]),
        _gauge("side", "Whose fault it is: 1 on one side.", _states("side", Side, verdict.side)),
        _gauge(
            "severity",
            "How bad it is: 1 on one severity.",
            _states("severity", Severity, verdict.severity),
        ),
        _gauge(
            "fault",
            "The fault that is named; absent if none is.",
            [] if verdict.fault is None else [({"fault": verdict.fault}, 1)],
        ),
        _gauge("confidence_ratio", "How sure the side is, 0 to 1.", [({}, verdict.confidence)]),
        _gauge(
            "wifi_calling_ready",
            "Whether the path for Wi-Fi calling is open; absent if not measured.",
            [] if ready is None else [({}, int(ready))],
        ),
        _gauge("stage_up", "1 ok, 0.5 degraded, 0 down; absent if unknown.", _stages(result)),
        _gauge("stage_delay_seconds", "Delay to a place on the path.", _delays(result)),
        _gauge("checks", "Checks of this run by outcome.", _outcomes(result)),
        _gauge("interrupted", "Whether the run was cut short.", [({}, int(result.interrupted))]),
        _gauge("run_duration_seconds", "How long it took.", [({}, result.duration_ms / 1000)]),
        _gauge(
            "run_started_seconds",
            "When it started, in Unix time; absent if not known.",
            [] if started is None else [({}, started)],
        ),
    )
    return "".join(families)


def _gauge(name: str, help: str, samples: Iterable[_Sample]) -> str:
    lines = [f"netcheck_{name}{_labels(labels)} {_number(value)}" for labels, value in samples]
    if not lines:
        return ""
    head = (f"# HELP netcheck_{name} {help}", f"# TYPE netcheck_{name} gauge")
    return "\n".join((*head, *lines)) + "\n"


def _states(label: str, all: Iterable[str], present: str) -> list[_Sample]:
    return [({label: str(state)}, int(state == present)) for state in all]


def _stages(result: Result) -> list[_Sample]:
    worth = {StageState.OK: 1.0, StageState.DEGRADED: 0.5, StageState.DOWN: 0.0}
    return [
        ({"stage": view.stage.value}, worth[view.state])
        for view in result.stages
        if view.state in worth
    ]


def _delays(result: Result) -> list[_Sample]:
    samples: list[_Sample] = []
    for view in result.stages:
        delay_ms = view.params.get("delay_ms")
        if isinstance(delay_ms, int | float):
            samples.append(({"stage": view.stage.value}, delay_ms / 1000))
    return samples


def _outcomes(result: Result) -> list[_Sample]:
    seen = [observation.outcome for observation in result.observations]
    return [({"outcome": outcome.value}, seen.count(outcome)) for outcome in Outcome]


def _epoch_s(started_at: str) -> float | None:
    try:
        at = datetime.fromisoformat(started_at)
    except ValueError:
        return None
    return at.timestamp() if at.tzinfo is not None else None


def _number(value: float) -> str:
    return f"{value:.6g}" if abs(value) < 1_000_000 else f"{value:.0f}"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    pairs = (f'{name}="{_escaped(value)}"' for name, value in labels.items())
    return "{" + ",".join(pairs) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
