"""`netcheck replay FILE`: the verdict again, from what a result or a bundle holds; or an outage of
the past, hour by hour, from where each person stood (`--view ID` for one of them)."""

from typing import TYPE_CHECKING

from netcheck.cli import exit_codes
from netcheck.cli.door import Door
from netcheck.cli.opening import KEY, bundle_in, read_any
from netcheck.cli.options import JSON, Given, Option, Positional
from netcheck.cli.page import HTML, answer, check_place
from netcheck.cli.problems import Problem, nearest
from netcheck.cli.reading_files import as_text
from netcheck.cli.saved import result_in
from netcheck.cli.telling import FAIL_ON, FORMAT, as_json, sheet, told

if TYPE_CHECKING:
    from netcheck.agent.seeds import Hour, Seed, View
    from netcheck.model.history import Stretch
    from netcheck.model.result import Result

    Judged = list[tuple[View, list[tuple[Hour, Result]]]]

OPTIONS = (JSON, FORMAT, HTML, FAIL_ON, Option("view", "ID"), KEY)
POSITIONALS = (Positional("file"),)


def perform(given: Given, door: Door) -> int:
    """Judge anew; the exit code is that of the new verdict, or of a seed's last hour."""
    if given.file is None:
        raise Problem("error.needs-file", name="replay")
    check_place(given)
    raw = read_any(given.file, given.key)
    bundle = bundle_in(raw, given.file)
    if bundle is not None:
        return _replay_result(bundle.result, given, door)
    text = as_text(raw, given.file)
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
    return answer(said, code, result, given, door)


def _compared(saved: "Result", result: "Result", door: Door) -> str:
    then, now = saved.verdict, result.verdict
    if (then.side, then.fault) == (now.side, now.fault):
        return door.words.say("explain.same-verdict", {"count": result.rules_version})
    fault = then.fault or then.side.value
    name = f"{then.side.value}, {fault}"
    return door.words.say("explain.other-verdict", {"count": result.rules_version, "name": name})


def _replay_seed(text: str, given: Given, door: Door) -> int:
    from netcheck.agent.seeds import UnreadableSeed, read_seed

    try:
        seed = read_seed(text)
    except UnreadableSeed as wrong:
        raise Problem("error.unreadable-seed", reason=wrong.reason, path=wrong.path) from None
    judged = _judged(seed, given.view)
    last = judged[0][1][-1][1]
    format = "json" if given.json else given.format or "text"
    code = exit_codes.of_format(last, format, fail_on=given.fail_on)
    if format == "json":
        said = as_json(_document(seed, judged, door))
    elif format == "text":
        said = _timeline(seed, judged, door)
    else:
        said = told(last, format, door.words)
    return answer(said, code, last, given, door, _stretches(judged[0][1]))


def _stretches(hours: "list[tuple[Hour, Result]]") -> "list[Stretch]":
    """The hours of one person as the history that led to the last of them."""
    from netcheck.model.history import Stretch

    ends = [hour.at for hour, _ in hours[1:]] + [hours[-1][0].at]
    return [
        Stretch(hour.at, end, result.verdict.side.value, result.verdict.severity.value)
        for (hour, result), end in zip(hours, ends, strict=True)
    ]


def _judged(seed: "Seed", wanted: str | None) -> "Judged":
    """Every hour of every view, or of the one that is wanted, with what netcheck says of it."""
    from netcheck.agent.seeds import result_of

    views = [view for view in seed.views if wanted in (None, view.id)]
    if not views:
        known = [view.id for view in seed.views]
        near = nearest(str(wanted), known)
        raise Problem(
            "error.not-a-choice",
            name="--view",
            reason=wanted,
            nearest=near,
            choices=", ".join(known),
        )
    return [(view, [(hour, result_of(seed, view, hour)) for hour in view.hours]) for view in views]


def _timeline(seed: "Seed", judged: "Judged", door: Door) -> str:
    from netcheck.agent.seeds import is_as_expected
    from netcheck.render.timeline import Moment, Strand, render

    strands = [
        Strand(
            view.who,
            view.limit,
            [
                Moment(
                    hour.at.strftime("%H:%M"),
                    hour.what,
                    result,
                    None if is_as_expected(hour, result) else hour.fault,
                )
                for hour, result in hours
            ],
        )
        for view, hours in judged
    ]
    return render(seed.title, seed.times, strands, door.words, sheet=sheet(door.words))


def _document(seed: "Seed", judged: "Judged", door: Door) -> dict[str, object]:
    from netcheck.agent.seeds import is_as_expected
    from netcheck.render.json import as_document

    return {
        "schema": "netcheck.replay/1",
        "seed": seed.id,
        "title": seed.title,
        "known": list(seed.known),
        "sources": list(seed.sources),
        "views": [
            {
                "view": view.id,
                "who": view.who,
                "limit": view.limit,
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
            for view, hours in judged
        ],
    }
