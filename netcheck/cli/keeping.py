"""What a run leaves on the device, once its answer is out."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.model.result import Result


def keep(result: "Result", door: Door) -> None:
    """Save the result and a line of history; one sentence if that cannot be."""
    from netcheck.render import json
    from netcheck.store import StoreUnavailable, history, last

    try:
        last.save(json.render(result, door.words, indent=None))
        history.append(_line(result))
    except StoreUnavailable as wrong:
        door.say("error.not-kept", reason=wrong.reason)


def _line(result: "Result") -> dict[str, object]:
    """What the history keeps of a run: enough to say what changed, no address and no name."""
    verdict = result.verdict
    return {
        "at": result.started_at,
        "run": result.run_id,
        "version": result.netcheck_version,
        "rules": result.rules_version,
        "carrier": result.carrier.id if result.carrier else None,
        "side": verdict.side.value,
        "fault": verdict.fault,
        "severity": verdict.severity.value,
        "confidence": verdict.confidence,
        "calling": result.wifi_calling.ready,
        "symptom": result.symptom,
        "duration_ms": result.duration_ms,
        "interrupted": result.interrupted,
        "findings": [finding.id for finding in result.findings],
    }
