"""What a run leaves on the device, once its answer is out, and what the next one finds of it."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.checks.provider_is_known import ProviderFacts
    from netcheck.model.device import Device
    from netcheck.model.result import Result
    from netcheck.store.last_good import Line


def keep(
    result: "Result",
    door: Door,
    carriers_seen: str | None = None,
    device: "Device | None" = None,
    *,
    partial: bool = False,
) -> None:
    """Save the result, a line of history, what the next run may take over (`carriers_seen`) and
    whose line `device` is on; one sentence if that cannot be. `partial`: not all was looked at that
    it takes to judge, so that its verdict is neither trouble nor its end."""
    from netcheck.model.verdict import Severity
    from netcheck.render import json
    from netcheck.store import StoreUnavailable, carrier_seen, history, last

    text = json.render(result, door.words, indent=None)
    steps: list[Callable[[], object]] = [lambda: last.save(text)]
    if result.verdict.severity is not Severity.OK and not partial:
        steps.append(lambda: last.save_trouble(text))  # for a bundle made once all is well again
    steps.append(lambda: history.append(_line(result, partial=partial)))
    if carriers_seen is not None:
        steps.append(lambda: carrier_seen.save(carriers_seen))
    if device is not None:
        steps.append(lambda: _keep_line(result, device, partial=partial))
    wrong: list[StoreUnavailable] = []
    for step in steps:
        try:
            step()
        except StoreUnavailable as unavailable:
            wrong.append(unavailable)  # what needs less room may still be kept
    if wrong:
        door.say("error.not-kept", reason=wrong[0].reason)


def _keep_line(result: "Result", device: "Device", *, partial: bool) -> None:
    _keep_provider(result, device)
    if not partial:
        _keep_if_good(result, device)


def told_of_changes(result: "Result", device: "Device") -> "Result":
    """The result with a note of what differs from the last good run, where it is not good itself
    and something does."""
    from netcheck.model.verdict import Side, Worded
    from netcheck.store import StoreUnavailable, last_good

    if result.verdict.side is Side.NONE:
        return result
    try:
        good = last_good.load()
        changes = last_good.changes(good.line, _line_now(result, device)) if good else ()
    except StoreUnavailable:
        return result  # what was cannot be known; that it is not kept either is said at the end
    if good is None or not changes:
        return result
    note = Worded("changed.since", {"at": good.at, "what": ",".join(changes)})
    return replace(result, changed=note)


def _keep_if_good(result: "Result", device: "Device") -> None:
    from netcheck.model.verdict import Side
    from netcheck.store import last_good

    if result.verdict.side is Side.NONE and not result.interrupted:
        line = _line_now(result, device)
        last_good.save(last_good.LastGood(result.started_at, line))


def _line_now(result: "Result", device: "Device") -> "Line":
    from netcheck.store.last_good import line_of

    vpn = [finding.state == "on" for finding in result.findings if finding.thing == "vpn"]
    seen = _provider_seen(result)
    return line_of(
        device,
        vpn=vpn[0] if vpn else None,
        provider=seen.asn if seen else None,
        carrier=result.carrier.id if result.carrier else None,
    )


def _provider_seen(result: "Result") -> "ProviderFacts | None":
    """What this run itself saw of the line's provider."""
    from netcheck.checks.provider_is_known import ProviderFacts

    for observation in result.observations:
        facts = observation.facts
        if isinstance(facts, ProviderFacts) and facts.asn is not None and not facts.remembered:
            return facts
    return None


def _keep_provider(result: "Result", device: "Device") -> None:
    from netcheck.store import provider

    seen = _provider_seen(result)
    if seen is not None and seen.asn is not None:
        provider.keep(provider.KeptProvider(seen.asn, seen.name, seen.country), device)


def carriers_seen_before() -> str | None:
    """What the run before kept of carriers; None where it kept nothing, or it cannot be read."""
    from netcheck.store import StoreUnavailable, carrier_seen

    try:
        return carrier_seen.load()
    except StoreUnavailable:
        return None


def _line(result: "Result", *, partial: bool) -> dict[str, object]:
    """What the history keeps of a run: ids and figures, so that it may be handed to others."""
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
        "partial": partial,
        "findings": [finding.id for finding in result.findings],
    }
