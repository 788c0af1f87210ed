"""`netcheck replay FILE`: the verdict again, from what was seen then; or an outage of the past."""

from typing import TYPE_CHECKING

from netcheck.cli import exit_codes
from netcheck.cli.door import Door
from netcheck.cli.options import JSON, Given, Positional
from netcheck.cli.problems import Problem
from netcheck.cli.reading_files import read_text
from netcheck.cli.saved import result_in
from netcheck.cli.telling import FAIL_ON, FORMAT, as_json, sheet, told

if TYPE_CHECKING:
    from netcheck.agent.replaying import Hour, Seed
    from netcheck.model.result import Result

OPTIONS = (JSON, FORMAT, FAIL_ON)
POSITIONALS = (Positional("file"),)


def perform(given: Given, door: Door) -> int:
    """Judge anew; the exit code is that of the new verdict, or of a seed's last hour."""
    if given.file is None:
        raise Problem("error.needs-file", name="replay")
    text = read_text(given.file)
    if text.lstrip().startswith("{"):
        return _replay_result(text, given, door)
    return _replay_seed(text, given, door)


def _replay_result(text: str, given: Given, door: Door) -> int:
    from netcheck.agent.replaying import replayed

    saved = result_in(text, given.file)
    result = replayed(saved)
    format = "json" if given.json else given.format or "text"
    code = exit_codes.of_format(result, format, fail_on=given.fail_on)
    said = told(result, format, door.words)
    if format == "text":
        page = sheet(door.words)
        page.paragraph(_compared(saved, result, door))
        said += page.text
    return door.answer(said, code)


def _compared(saved: "Result", result: "Result", door: Door) -> str:
    then, now = saved.verdict, result.verdict
    if (then.side, then.fault) == (now.side, now.fault):
        return door.words.say("explain.same-verdict", {"count": result.rules_version})
    fault = then.fault or then.side.value
    name = f"{then.side.value}, {fault}"
    return door.words.say("explain.other-verdict", {"count": result.rules_version, "name": name})


def _replay_seed(text: str, given: Given, door: Door) -> int:
    from netcheck.agent.replaying import UnreadableSeed, read_seed, result_of

    try:
        seed = read_seed(text)
    except UnreadableSeed as wrong:
        raise Problem("error.unreadable-seed", reason=wrong.reason, path=wrong.path) from None
    hours = [(hour, result_of(seed, hour)) for hour in seed.hours]
    last = hours[-1][1]
    if given.json or given.format == "json":
        code = exit_codes.of_result(last, fail_on=given.fail_on)
        return door.answer(as_json(_document(seed, hours, door)), code)
    format = given.format or "text"
    code = exit_codes.of_format(last, format, fail_on=given.fail_on)
    said = _timeline(seed, hours, door) if format == "text" else told(last, format, door.words)
    return door.answer(said, code)


def _timeline(seed: "Seed", hours: "list[tuple[Hour, Result]]", door: Door) -> str:
    from netcheck.agent.replaying import is_as_expected
    from netcheck.render.timeline import Moment, render

    moments = [
        Moment(
            hour.at.strftime("%H:%M"),
            hour.what,
            result,
            None if is_as_expected(hour, result) else hour.fault,
        )
        for hour, result in hours
    ]
    return render(seed.title, seed.times, moments, door.words, sheet=sheet(door.words))


def _document(seed: "Seed", hours: "list[tuple[Hour, Result]]", door: Door) -> dict[str, object]:
    from netcheck.agent.replaying import is_as_expected
    from netcheck.render.json import as_document

    return {
        "schema": "netcheck.replay/1",
        "seed": seed.id,
        "title": seed.title,
        "known": list(seed.known),
        "sources": list(seed.sources),
        "hours": [
            {
                "at": hour.at.isoformat(),
                "what": hour.what,
                "expected": {"side": hour.side.value, "fault": hour.fault},
                "as_expected": is_as_expected(hour, result),
                "verdict": as_document(result, door.words)["verdict"],
            }
            for hour, result in hours
        ],
    }
