"""A result as JSON: the contract `netcheck.result/1`, fields in the contract's order.

Whatever is worded is `{id, params, text}`; `text` is English in every locale. Nothing is rounded
here: what is read back is what was measured.
"""

import dataclasses
import json
import math
from collections.abc import Mapping
from enum import Enum

from netcheck.model.observation import Facts, Observation, RecordedFacts
from netcheck.model.result import Result
from netcheck.model.verdict import Reason, Verdict, Worded
from netcheck.render import wording
from netcheck.text import Words

Json = object  # what json.dumps takes: dict, list, str, int, float, bool, None


def render(result: Result, words: Words, *, indent: int | None = 2) -> str:
    """The JSON text, ASCII only, ending in a newline. `indent` None: one line, for logs."""
    document = as_document(result, words)
    separators = None if indent is not None else (",", ":")
    return json.dumps(document, indent=indent, separators=separators, allow_nan=False) + "\n"


def as_document(result: Result, words: Words) -> dict[str, Json]:
    """The same as plain dicts and lists."""
    english = words.english
    calling = result.wifi_calling
    return {
        "schema": result.schema,
        "run_id": result.run_id,
        "started_at": result.started_at,
        "netcheck_version": result.netcheck_version,
        "rules_version": result.rules_version,
        "carrier": plain(result.carrier),
        "labels": plain(result.labels),
        "interrupted": result.interrupted,
        "duration_ms": plain(result.duration_ms),
        "symptom": result.symptom,
        "packets_sent": result.packets_sent,
        "verdict": _verdict(result.verdict, english, result),
        "changed": _changed(result, english),
        "wifi_calling": {
            "ready": calling.ready,
            "reason": _worded(calling.reason, wording.say(english, calling.reason, result)),
        },
        "stages": [plain(stage) for stage in result.stages],
        "findings": [
            {
                **_worded(worded, wording.say(english, worded, result)),
                "id": finding.id,
                "checks": list(finding.checks),
            }
            for finding in result.findings
            for worded in (Worded(f"finding.{finding.id}", finding.params),)
        ],
        "observations": [_observation(seen) for seen in result.observations],
    }


def plain(value: object) -> Json:
    """A value of the model as JSON has it: an enum as its value, bytes as hex, what is not a
    number as null."""
    if isinstance(value, Enum):
        return plain(value.value)
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, RecordedFacts):
        return plain(value.values)
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, set | frozenset):
        return sorted((plain(item) for item in value), key=repr)
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if dataclasses.is_dataclass(value):
        return {
            field.name: plain(getattr(value, field.name)) for field in dataclasses.fields(value)
        }
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _verdict(verdict: Verdict, words: Words, result: Result) -> dict[str, Json]:
    settles = verdict.would_settle
    return {
        "side": verdict.side.value,
        "fault": verdict.fault,
        "severity": verdict.severity.value,
        "confidence": plain(verdict.confidence),
        "headline": _worded(verdict.headline, wording.headline(words, result)),
        "because": [_reason(reason, words, result) for reason in verdict.because],
        "against": [_reason(reason, words, result) for reason in verdict.against],
        "alternatives": [plain(other) for other in verdict.alternatives],
        "next_steps": [
            _worded(step, wording.step_text(words, step, result)) for step in verdict.next_steps
        ],
        "would_settle": _worded(settles, wording.say(words, settles, result)) if settles else None,
        "also": [plain(other) for other in verdict.also],
        "complaint": plain(verdict.complaint),
    }


def _changed(result: Result, words: Words) -> Json:
    if result.changed is None:
        return None
    return _worded(result.changed, wording.changed(words, result) or "")


def _reason(reason: Reason, words: Words, result: Result) -> dict[str, Json]:
    said = wording.say(words, reason.words, result)
    return {"finding": reason.finding, "weight": reason.weight, **_worded(reason.words, said)}


def _worded(worded: Worded, text: str) -> dict[str, Json]:
    return {"id": worded.id, "params": plain(worded.params), "text": text}


def _observation(seen: Observation) -> dict[str, Json]:
    return {
        field.name: _facts(seen.facts)
        if field.name == "facts"
        else plain(getattr(seen, field.name))
        for field in dataclasses.fields(seen)
    }


def _facts(facts: Facts | None) -> Json:
    return None if facts is None else plain(facts)
