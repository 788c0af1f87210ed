"""What a run leaves on the device, once its answer is out, and what the next one finds of it."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.model.device import Device
    from netcheck.model.result import Result


def keep(
    result: "Result", door: Door, carriers_seen: str | None = None, device: "Device | None" = None
) -> None:
    """Save the result, a line of history, what the next run may take over (`carriers_seen`) and
    whose line `device` is on; one sentence if that cannot be."""
    from netcheck.render import json
    from netcheck.store import StoreUnavailable, carrier_seen, history, last

    try:
        last.save(json.render(result, door.words, indent=None))
        history.append(_line(result))
        if carriers_seen is not None:
            carrier_seen.save(carriers_seen)
        if device is not None:
            _keep_provider(result, device)
    except StoreUnavailable as wrong:
        door.say("error.not-kept", reason=wrong.reason)


def _keep_provider(result: "Result", device: "Device") -> None:
    from netcheck.checks.provider_is_known import ProviderFacts
    from netcheck.store import provider

    for observation in result.observations:
        facts = observation.facts
        if isinstance(facts, ProviderFacts) and facts.asn is not None and not facts.remembered:
            kept = provider.KeptProvider(facts.asn, facts.name, facts.country)
            provider.keep(kept, device)


def carriers_seen_before() -> str | None:
    """What the run before kept of carriers; None where it kept nothing, or it cannot be read."""
    from netcheck.store import StoreUnavailable, carrier_seen

    try:
        return carrier_seen.load()
    except StoreUnavailable:
        return None


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
