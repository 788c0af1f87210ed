"""A result as a report, and what a run does with it: what `report`, `run` and `watch` share."""

import os
import threading
from typing import TYPE_CHECKING

from netcheck.cli.door import Door

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.model.result import Result
    from netcheck.report.build import Known
    from netcheck.report.consent import Standing
    from netcheck.report.delivery import Way
    from netcheck.report.form import Report


def standing_of(chosen: "Configuration") -> "Standing":
    """Whether reports may be shown and sent. A choice that can't be read is none."""
    from netcheck.report.consent import standing
    from netcheck.store import StoreUnavailable, consent

    try:
        choice = consent.given()
    except StoreUnavailable:
        choice = None
    return standing(chosen.report.get("consent"), choice)


def way_of(chosen: "Configuration") -> "Way":
    """Where a report would go."""
    from netcheck.agent.report_settings import gateway_key
    from netcheck.report.delivery import Way

    key = chosen.report.get("key")
    return Way(
        collector=chosen.report.get("collector"),
        relay=chosen.report.get("relay"),
        key=gateway_key(key) if key else None,
    )


def way_is_ruled(chosen: "Configuration") -> bool:
    """Whether a policy has set where reports go, or a part of it."""
    from netcheck.agent import configuration

    policy = str(configuration.policy_path())
    parts = ("collector", "relay", "key")
    return any(chosen.origins.get(f"report.{part}") == policy for part in parts)


def policy_told(chosen: "Configuration", door: Door) -> list[str]:
    """What an administrator decided about reports, in sentences: for every preview, and the
    status."""
    ruled = standing_of(chosen).ruled
    told = [door.words.say(f"report.ruled.{ruled.value}")] if ruled else []
    return [*told, door.words.say("report.ruled.way")] if way_is_ruled(chosen) else told


def report_of(result: "Result", chosen: "Configuration") -> "Report":
    """The report of a run. Where this device's secret can't be kept, one is made up for now."""
    from netcheck.device import system_name
    from netcheck.device.version import system_version
    from netcheck.report.build import About, build
    from netcheck.store import StoreUnavailable, device_secret

    try:
        secret = device_secret.secret()
    except StoreUnavailable:
        secret = os.urandom(device_secret.BYTES)
    about = About(system_name(), system_version(), chosen.country)
    return build(result, about, known(), secret)


def known() -> "Known":
    """The ids of this netcheck as it is shipped: what a configuration adds may be a name."""
    from netcheck.catalog import load
    from netcheck.checks import ALL
    from netcheck.diagnosis.faults import BY_ID
    from netcheck.diagnosis.likelihoods import ROWS
    from netcheck.report.build import Known

    shipped = load()
    return Known(
        faults=frozenset(BY_ID),
        findings=frozenset(f"{row.thing}.{state}" for row in ROWS for state in row.states),
        checks=frozenset(check.id for check in ALL),
        plmns={one.id: one.plmns[0] if one.plmns else None for one in shipped.carriers},
        resolvers={a: one.id for one in shipped.resolvers for a in one.addresses},
    )


def after_run(result: "Result", chosen: "Configuration", door: Door) -> None:
    """With consent: leave a report in the outbox, where it waits. Nothing is sent here."""
    if not standing_of(chosen).sends:
        return
    import time

    from netcheck.report.timing import is_worth_one
    from netcheck.store import StoreUnavailable, outbox

    now_s = time.time()
    try:
        last = outbox.state()
        if is_worth_one(verdict_word(result), last.last, last.last_s, now_s):
            put(result, chosen, now_s)
    except StoreUnavailable as wrong:
        door.say("error.report-not-kept", reason=wrong.reason)


def put(result: "Result", chosen: "Configuration", now_s: float) -> bool:
    """Put a run's report into the outbox. False: it is there already, or was sent.

    Raises:
        StoreUnavailable: it cannot be kept.
    """
    from netcheck.report.form import encode
    from netcheck.report.timing import first_due_s
    from netcheck.store import outbox

    report = report_of(result, chosen)
    body = encode(report).decode("ascii")
    one = outbox.Waiting(report.report_id, now_s, first_due_s(now_s), 0, body)
    return outbox.put(one, verdict_word(result))


def verdict_word(result: "Result") -> str:
    """What makes a verdict another one."""
    verdict = result.verdict
    return f"{verdict.side.value} {verdict.fault} {verdict.severity.value}"


def send_aside(chosen: "Configuration") -> None:
    """In a watch: send what is due, beside it. What fails waits on, and `report status` says so."""
    if not standing_of(chosen).sends or way_of(chosen).collector is None:
        return
    threading.Thread(target=_send_quietly, args=(chosen,), daemon=True).start()


def _send_quietly(chosen: "Configuration") -> None:
    from netcheck.report.outgoing import send_waiting
    from netcheck.store import StoreUnavailable

    try:
        send_waiting(way_of(chosen), only_due=True)
    except StoreUnavailable:
        return  # another one sends, or the state is full: `report status` tells what waits
