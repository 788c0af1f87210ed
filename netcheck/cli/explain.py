"""`netcheck explain [FAULT|CODE|NOTIFY|WIFI-CODE|NAME]`: why the last run said so, what a fault or
a code means, what a gateway's answer or a Wi-Fi reason says, what an emergency gateway's name is
for. `--why [FILE]` shows the whole sum behind a saved verdict."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.options import JSON, Given, Option, Positional
from netcheck.cli.problems import Problem, nearest
from netcheck.cli.saved import last_text, result_in, result_of
from netcheck.cli.telling import as_json, code_of, sheet

if TYPE_CHECKING:
    from netcheck.catalog import Notify
    from netcheck.catalog.wifi_codes import WifiCode
    from netcheck.render.explanation import CodeTold, FaultTold

OPTIONS = (JSON, Option("why"))
POSITIONALS = (Positional("what", repeats=True),)


def perform(given: Given, door: Door) -> int:
    """Explain it."""
    if given.why:
        return door.answer(_why(given, door), DONE)
    if not given.what:
        return door.answer(_last_run(given, door), DONE)
    from netcheck.diagnosis.faults import BY_ID

    asked = " ".join(given.what)
    if asked.casefold() in BY_ID:
        return door.answer(_fault(asked.casefold(), given, door), DONE)
    from netcheck.catalog import is_emergency_name, load

    notify = load().notify(asked)
    if notify is not None:
        return door.answer(_notify(notify, given, door), DONE)
    code = load().wifi_codes.find(asked)
    if code is not None:
        return door.answer(_wifi_code(code, given, door), DONE)
    if is_emergency_name(asked):
        return door.answer(_emergency_name(asked.casefold(), given, door), DONE)
    return door.answer(_code(asked, given, door), DONE)


def _last_run(given: Given, door: Door) -> str:
    text = last_text()
    if given.json:
        return text
    from netcheck.checks import ALL
    from netcheck.render.explanation import render_run

    result = result_in(text)
    stage_of = {check.id: check.spec.stage for check in ALL}
    page = sheet(door.words)
    return render_run(result, door.words, sheet=page, code=code_of(result), stage_of=stage_of)


def _why(given: Given, door: Door) -> str:
    """The sum behind the verdict of a saved result, by the rules of this netcheck."""
    if len(given.what) > 1:
        raise Problem("error.unexpected-word", name=given.what[1])
    from netcheck.agent.concluding import case_of
    from netcheck.agent.replaying import about
    from netcheck.diagnosis.accounting import account, turn
    from netcheck.render import why

    result = result_of(given.what[0] if given.what else None)
    whole = account(result.findings)
    turned = turn(result.findings, case_of(result.findings, about(result)))
    if given.json:
        return as_json(why.as_document(whole, turned))
    return why.render(result, whole, turned, door.words, sheet=sheet(door.words))


def _fault(id: str, given: Given, door: Door) -> str:
    from netcheck.render.explanation import render_fault

    told = _told(id)
    if not given.json:
        return render_fault(told, door.words, sheet=sheet(door.words))
    words = door.words.english
    return as_json(
        {
            "fault": told.id,
            "side": told.side.value,
            "severity": told.severity.value,
            "headline": words.say(_headline_id(told.id, door)),
            "engineer": words.say(f"engineer.{told.id}"),
            "over": words.say(f"fault.{told.id}.over"),
            "steps": [{"id": f"step.{s}", "text": words.say(f"step.{s}")} for s in told.steps],
            "settles": told.settles and words.say(f"settle.{told.settles}"),
        }
    )


def _headline_id(fault: str, door: Door) -> str:
    without = f"fault.{fault}.headline-no-carrier"
    return without if without in door.words else f"fault.{fault}.headline"


def _told(id: str) -> "FaultTold":
    from netcheck.diagnosis.faults import BY_ID
    from netcheck.render.explanation import FaultTold

    fault = BY_ID[id]
    steps = [*fault.steps, "emergency"] if fault.calls_may_fail else list(fault.steps)
    return FaultTold(fault.id, fault.side, fault.severity, tuple(steps), fault.settles)


def _notify(notify: "Notify", given: Given, door: Door) -> str:
    from netcheck.render.explanation import render_notify

    if not given.json:
        return render_notify(notify, door.words, sheet=sheet(door.words))
    return as_json(
        {
            "notify": notify.number,
            "name": notify.name,
            "meaning": notify.meaning,
            "who": notify.who.value,
            "exchange": notify.exchange.value,
            "seen": notify.seen,
            "source": notify.source,
        }
    )


def _wifi_code(code: "WifiCode", given: Given, door: Door) -> str:
    from netcheck.render.explanation import render_wifi_code

    if not given.json:
        return render_wifi_code(code, door.words, sheet=sheet(door.words))
    return as_json(
        {
            "wifi_code": code.number,
            "kind": code.kind.value,
            "name": code.name,
            "meaning": code.meaning,
            "who": code.who.value,
            "says": code.says.value,
            "source": code.source,
        }
    )


def _emergency_name(name: str, given: Given, door: Door) -> str:
    from netcheck.render.explanation import render_emergency_name

    if not given.json:
        return render_emergency_name(name, door.words, sheet=sheet(door.words))
    words = door.words.english
    means = f"{words.say('explain.emergency-name')} {words.say('explain.emergency-left-alone')}"
    return as_json({"name": name, "meaning": means, "contacted": False})


def _code(asked: str, given: Given, door: Door) -> str:
    from netcheck.render.explanation import render_code

    told = _decoded(asked)
    if not given.json:
        return render_code(told, door.words, sheet=sheet(door.words))
    return as_json(
        {
            "code": told.code,
            "side": told.side.value,
            "fault": told.fault,
            "severity": told.severity.value,
            "confidence": {"least": told.least / 100, "most": told.most / 100},
            "rules_version": told.rules_version,
        }
    )


def _decoded(asked: str) -> "CodeTold":
    from netcheck.diagnosis.code import BadCode, NewerCode, decode
    from netcheck.diagnosis.faults import BY_ID
    from netcheck.render.explanation import CodeTold

    try:
        said = decode(asked)
    except NewerCode:
        raise Problem("error.code-too-new", name=asked) from None
    except BadCode:
        if _looks_like_a_code(asked):
            raise Problem("error.bad-code", name=asked) from None
        near = nearest(asked, list(BY_ID))
        raise Problem("error.unknown-fault", name=asked, nearest=near) from None
    least = said.band * 10
    return CodeTold(
        asked.upper(), said.side, said.fault, said.severity, least, least + 9, said.rules_version
    )


def _looks_like_a_code(asked: str) -> bool:
    """Ten letters and digits or nearly so, with a digit or in capitals: not a fault mistyped."""
    plain = asked.replace("-", "").replace(" ", "")
    return 8 <= len(plain) <= 12 and (plain.isupper() or any(c.isdigit() for c in plain))
