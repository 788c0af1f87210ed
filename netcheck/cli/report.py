"""`netcheck report`: see the anonymized report, decide whether it goes out, and what has gone."""

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE, FAILED
from netcheck.cli.options import CONFIG, JSON, Given, Positional
from netcheck.cli.problems import Problem, nearest
from netcheck.cli.reporting import (
    policy_told,
    put,
    report_of,
    standing_of,
    way_is_ruled,
    way_of,
)
from netcheck.cli.saved import result_in
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.model.result import Result
    from netcheck.report.delivery import Came
    from netcheck.report.outgoing import Outgoing
    from netcheck.store.outbox import State, Waiting

OPTIONS = (JSON, CONFIG)
POSITIONALS = (Positional("action", repeats=True),)
ACTIONS = ("status", "preview", "why", "on", "off", "send", "log", "forget")
_COLUMN = 18


def perform(given: Given, door: Door) -> int:
    """Do what the word says; without a word: where this device stands."""
    action, *rest = given.action or ["status"]
    if action not in ACTIONS:
        raise Problem("error.no-report-action", name=action, nearest=nearest(action, list(ACTIONS)))
    if rest and (action != "why" or len(rest) > 1):
        raise Problem("error.unexpected-word", name=rest[-1])
    chosen = settings(given, door)
    from netcheck.store import StoreUnavailable

    try:
        if action == "why":
            return _why(rest[0] if rest else None, given, chosen, door)
        return _ACTS[action](given, chosen, door)
    except StoreUnavailable as wrong:
        raise Problem("error.report-state", FAILED, reason=wrong.reason) from None


def _preview(given: Given, chosen: "Configuration", door: Door) -> int:
    """The exact bytes on stdout; about them, on stderr."""
    from netcheck.report.form import encode

    if not standing_of(chosen).previews:
        raise Problem("report.ruled.off", ANSWER_IS_NO)
    body = encode(report_of(_last_result(), chosen))
    door.say("report.preview", count=len(body))
    if standing_of(chosen).ruled is None:
        door.remark(_consent_told(chosen, door))
    for line in (*policy_told(chosen, door), _way_told(chosen, door)):
        door.remark(line)
    return door.answer(body.decode("ascii") + "\n", DONE)


def _why(name: str | None, given: Given, chosen: "Configuration", door: Door) -> int:
    from dataclasses import asdict

    from netcheck.report.form import FIELDS

    if name is not None and name not in FIELDS:
        raise Problem("error.no-report-field", name=name, nearest=nearest(name, list(FIELDS)))
    asked = FIELDS if name is None else (name,)
    if given.json:
        english = door.words.english
        return door.answer(
            as_json({field: english.say(f"report.why.{field}") for field in asked}), DONE
        )
    result = _result_if_any() if standing_of(chosen).previews else None
    values = asdict(report_of(result, chosen)) if result is not None else {}
    page = sheet(door.words)
    for field in asked:
        page.row(field, door.words.say(f"report.why.{field}"), _COLUMN)
        if values:
            page.row("", door.words.say("report.here", {"name": _shown(values[field])}), _COLUMN)
    return door.answer(page.text, DONE)


def _shown(value: object) -> str:
    import json

    return json.dumps(value if not isinstance(value, tuple) else list(value))


def _switch(on: bool, chosen: "Configuration", door: Door) -> int:
    from netcheck.store import consent, outbox

    ruled = standing_of(chosen).ruled
    if ruled is not None:
        raise Problem(f"report.ruled.{ruled.value}", ANSWER_IS_NO)
    consent.keep(on)
    if on:
        told = [door.words.say("report.on"), _way_told(chosen, door)]
    else:
        thrown = outbox.empty()
        told = [door.words.say("report.off", {"count": thrown})]
    return door.answer("\n".join(told) + "\n", DONE)


def _on(given: Given, chosen: "Configuration", door: Door) -> int:
    return _switch(True, chosen, door)


def _off(given: Given, chosen: "Configuration", door: Door) -> int:
    return _switch(False, chosen, door)


def _status(given: Given, chosen: "Configuration", door: Door) -> int:
    from netcheck.report.sending import lacking
    from netcheck.store import outbox

    standing, way = standing_of(chosen), way_of(chosen)
    waiting, state = outbox.waiting(), outbox.state()
    missing = lacking(way)
    if given.json:
        document = {
            "sends": standing.sends,
            "previews": standing.previews,
            "ruled_by_policy": standing.ruled.value if standing.ruled else None,
            "collector": way.collector,
            "collector_named_by": chosen.origins.get("report.collector"),
            "way_ruled_by_policy": way_is_ruled(chosen),
            "relay": way.relay,
            "oblivious": way.oblivious,
            "lacking": missing.value if missing else None,
            "waiting": len(waiting),
            "sent": state.sent,
            "last_sent_at": _at(state.sent_s) if state.sent else None,
            "dropped_full": state.dropped_full,
            "dropped_old": state.dropped_old,
            "dropped_broken": state.dropped_broken,
            "refused": state.refused,
        }
        return door.answer(as_json(document), DONE)
    ruled = policy_told(chosen, door)
    mine = [] if standing.ruled else [_consent_told(chosen, door)]
    lines = [*mine, *ruled, _way_told(chosen, door), *_counts(waiting, state, door)]
    return door.answer("".join(f"{line}\n" for line in lines), DONE)


def _counts(waiting: "tuple[Waiting, ...]", state: "State", door: Door) -> list[str]:
    lines = [door.words.say("report.counts", {"count": len(waiting), "total": state.sent})]
    if state.sent:
        lines.append(door.words.say("report.last-sent", {"time": _at(state.sent_s)}))
    lost = {
        "report.dropped-full": state.dropped_full,
        "report.dropped-old": state.dropped_old,
        "report.dropped-broken": state.dropped_broken,
        "report.refused": state.refused,
    }
    lines += [door.words.say(id, {"count": count}) for id, count in lost.items() if count]
    return lines


def _consent_told(chosen: "Configuration", door: Door) -> str:
    """As the user chose, where nobody rules."""
    return door.words.say("report.is-on" if standing_of(chosen).sends else "report.is-off")


def _way_told(chosen: "Configuration", door: Door) -> str:
    way = way_of(chosen)
    if way.collector is None:
        return door.words.say("report.no-collector")
    if not way.oblivious:
        return door.words.say("report.way.direct", {"host": way.collector})
    params = {"host": way.collector, "name": way.relay}
    if way.relay is None:
        return door.words.say("report.way.no-relay", params)
    return door.words.say("report.way.oblivious", params)


def _send(given: Given, chosen: "Configuration", door: Door) -> int:
    """Everything that waits, and the last run's report, now."""
    from netcheck.report.outgoing import send_waiting
    from netcheck.store import outbox

    standing = standing_of(chosen)
    if not standing.sends:
        ruled = standing.ruled
        raise Problem(f"report.ruled.{ruled.value}" if ruled else "report.is-off", ANSWER_IS_NO)
    result = _result_if_any()
    if result is not None:
        put(result, chosen, time.time())
    if not outbox.waiting():
        if result is None:
            raise Problem("error.nothing-to-report")
        return _told_sent(given, None, door)
    return _told_sent(given, send_waiting(way_of(chosen), only_due=False), door)


def _told_sent(given: Given, out: "Outgoing | None", door: Door) -> int:
    left = out.left if out else 0
    dropped = out.dropped if out else 0
    code = ANSWER_IS_NO if left or dropped or (out and out.refused) else DONE
    came = out.came.value if out and out.came else None
    if given.json:
        document = {
            "sent": out.accepted if out else 0,
            "refused": out.refused if out else 0,
            "dropped": dropped,
            "waiting": left,
            "came": came,
        }
        return door.answer(as_json(document), code)
    lines = []
    if out is None:
        lines.append(door.words.say("report.nothing-new"))
    elif out.accepted:
        lines.append(door.words.say("report.sent", {"count": out.accepted}))
    if out is not None and out.refused:
        lines.append(door.words.say("report.now-refused", {"count": out.refused}))
    if dropped:
        lines.append(door.words.say("report.now-dropped", {"count": dropped}))
    if left and out is not None and out.came is not None:
        lines.append(_waits(left, out.came, door))
    return door.answer("".join(f"{line}\n" for line in lines), code)


def _waits(left: int, came: "Came", door: Door) -> str:
    why = door.words.say(f"report.came.{came.value}")
    return f"{door.words.say('report.waits', {'count': left})} {why}"


def _log(given: Given, chosen: "Configuration", door: Door) -> int:
    """Everything that was ever sent: for each try when, where to and what came of it, then the
    bytes themselves."""
    from netcheck.store import sent_log

    tries = sent_log.read()
    if given.json:
        rows = [
            {"at": _at(one.at_s), "to": one.to, "outcome": one.outcome, "body": one.body}
            for one in tries
        ]
        return door.answer(as_json(rows), DONE)
    if not tries:
        return door.answer(door.words.say("report.log-empty") + "\n", DONE)
    lines = [f"{_at(one.at_s)} {one.to} {one.outcome}\n{one.body}\n" for one in tries]
    return door.answer("".join(lines), DONE)


def _forget(given: Given, chosen: "Configuration", door: Door) -> int:
    """A new secret first: what a run puts meanwhile is emptied too. The last run, sent again under
    the new one, would tell that both are one device; so it is never reported again."""
    from netcheck.store import device_secret, outbox

    device_secret.forget()
    thrown = outbox.empty()
    result = _result_if_any()
    if result is not None:
        outbox.pass_over(report_of(result, chosen).report_id)
    return door.answer(door.words.say("report.forgotten", {"count": thrown}) + "\n", DONE)


def _last_result() -> "Result":
    found = _result_if_any()
    if found is None:
        raise Problem("error.nothing-to-report")
    return found


def _result_if_any() -> "Result | None":
    from netcheck.store import last

    text = last.load()
    return None if text is None else result_in(text)


def _at(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_ACTS = {
    "preview": _preview,
    "on": _on,
    "off": _off,
    "status": _status,
    "send": _send,
    "log": _log,
    "forget": _forget,
}
