"""`netcheck compare A B`: two devices side by side, and what one says of the other."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.opening import KEY, result_of_any
from netcheck.cli.options import JSON, Given, Positional
from netcheck.cli.problems import Problem
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netcheck.desk.comparing import Comparison, Difference, Word
    from netcheck.model.finding import Parameter
    from netcheck.model.result import Result

OPTIONS = (JSON, KEY)
POSITIONALS = (Positional("files", repeats=True),)
_COLUMN = 14


def perform(given: Given, door: Door) -> int:
    """Show both, the first place where they differ, and what changes in each verdict."""
    from netcheck.agent.replaying import replayed
    from netcheck.catalog import load
    from netcheck.checks import ALL
    from netcheck.desk.comparing import compared

    if len(given.files) != 2:
        raise Problem("compare.needs-two")
    pair = [result_of_any(path, given.key)[0] for path in given.files]
    stage_of = {check.spec.id: check.spec.stage for check in ALL}
    within = load().thresholds.beside_me_min
    found = compared(pair[0], pair[1], stage_of=stage_of, judge=replayed, within_minutes=within)
    judged = [replayed(one) for one in pair]
    if given.json:
        return door.answer(as_json(_document(found, judged, door)), DONE)
    return door.answer(_page(found, judged, given.files, door), DONE)


def _page(found: "Comparison", judged: "list[Result]", names: list[str], door: Door) -> str:
    from netcheck.render import wording

    say, page = door.words.say, sheet(door.words)
    for letter, name, result in zip("AB", names, judged, strict=True):
        carrier = result.carrier.name if result.carrier else say("compare.no-carrier")
        page.row(letter, f"{name}: {wording.headline(door.words, result)}", 3)
        page.row("", f"{carrier}, {result.started_at}", 3)
    page.blank()
    for id, same in (("carrier", found.same_carrier), ("isp", found.same_provider)):
        known = "unknown" if same is None else "same" if same else "other"
        page.row(say(f"stage.{id}"), say(f"compare.{known}"), _COLUMN)
    if found.minutes_apart is not None:
        apart = say("compare.minutes", {"minutes": round(found.minutes_apart)})
        page.row(say("compare.apart"), apart, _COLUMN)
    page.blank()
    for line in _of_difference(found.difference, judged, door):
        page.paragraph(line)
    for letter, word, result in zip("AB", found.words, judged, strict=True):
        page.paragraph(_of_word(letter, word, result, door))
    return page.text


def _of_difference(
    difference: "Difference | None", judged: "list[Result]", door: Door
) -> list[str]:
    say = door.words.say
    if difference is None:
        return [say("compare.alike")]
    lines = [say("compare.differ", {"name": say(f"stage.{difference.stage}")})]
    if difference.findings is not None:
        for letter, one, result in zip("AB", difference.findings, judged, strict=True):
            lines.append(
                door.words.joined("colon", (letter, _said(one.id, one.params, result, door)))
            )
    else:
        for letter, state in zip("AB", difference.states, strict=True):
            lines.append(door.words.joined("colon", (letter, say(f"compare.state.{state}"))))
    return [*lines, say(f"compare.means.{difference.stage}")]


def _said(id: str, params: "Mapping[str, Parameter]", result: "Result", door: Door) -> str:
    from netcheck.model.verdict import Worded
    from netcheck.render import wording

    return wording.say(door.words, Worded(f"finding.{id}", params), result)


def _of_word(letter: str, word: "Word", before: "Result", door: Door) -> str:
    say = door.words.say
    if word.finding is None or word.judged is None:
        return say(f"compare.silent.{word.silent}", {"name": letter})
    other, after, then = "B" if letter == "A" else "A", word.judged.verdict, before.verdict
    params: dict[str, Parameter] = {"name": letter, "works": other}
    heard = say(f"compare.heard.{word.finding.state}", params)
    carrier = before.carrier.name if before.carrier else None
    fault = say(f"fault.{after.fault}.name", {"carrier": carrier}) if after.fault else ""
    told: dict[str, Parameter] = {
        "name": letter,
        "kind": say(f"side.{after.side}"),
        "reason": fault or None,
        "count": round(after.confidence * 100),
        "total": round(then.confidence * 100),
    }
    same = (after.side, after.fault) == (then.side, then.fault)
    return f"{heard} {say('compare.stays' if same else 'compare.becomes', told)}"


def _document(found: "Comparison", judged: "list[Result]", door: Door) -> dict[str, object]:
    from netcheck.render.json import as_document

    def verdict(result: "Result | None") -> object:
        return None if result is None else as_document(result, door.words)["verdict"]

    difference = found.difference
    return {
        "schema": "netcheck.compare/1",
        "same_carrier": found.same_carrier,
        "same_provider": found.same_provider,
        "minutes_apart": found.minutes_apart,
        "difference": None
        if difference is None
        else {
            "stage": difference.stage.value,
            "states": [state.value for state in difference.states],
            "findings": [one.id for one in difference.findings] if difference.findings else None,
        },
        "devices": [
            {
                "carrier": result.carrier.id if result.carrier else None,
                "started_at": result.started_at,
                "verdict": verdict(result),
                "adds": word.finding.id if word.finding else None,
                "adds_nothing": word.silent.value if word.silent else None,
                "verdict_then": verdict(word.judged),
            }
            for result, word in zip(judged, found.words, strict=True)
        ],
    }
