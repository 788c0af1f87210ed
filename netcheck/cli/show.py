"""`netcheck show [FILE]`: a saved result, rendered as it was then; a bundle, checked and judged."""

from typing import TYPE_CHECKING

from netcheck.cli import exit_codes
from netcheck.cli.door import Door
from netcheck.cli.opening import FAILING, KEY, bundle_in, read_any, result_of_bundle
from netcheck.cli.options import JSON, Given, Positional
from netcheck.cli.page import HTML, answer, check_place, own_history
from netcheck.cli.problems import Problem
from netcheck.cli.reading_files import as_text
from netcheck.cli.saved import last_result, result_in
from netcheck.cli.telling import FAIL_ON, FORMAT, sheet, told

if TYPE_CHECKING:
    from netcheck.desk.opening import Opened
    from netcheck.model.finding import Parameter

OPTIONS = (JSON, FORMAT, HTML, FAIL_ON, KEY, FAILING)
POSITIONALS = (Positional("file"),)


def perform(given: Given, door: Door) -> int:
    """Render it; the exit code is the verdict's."""
    check_place(given)
    if given.file is not None:
        raw = read_any(given.file, given.key)
        bundle = bundle_in(raw, given.file)
        if bundle is not None:
            return _show_bundle(bundle, given, door)
        result = result_in(as_text(raw, given.file), given.file)
    else:
        result = last_result()
    if given.failing:
        raise Problem("bundle.no-failing")
    format = "json" if given.json else given.format or "text"
    code = exit_codes.of_format(result, format, fail_on=given.fail_on)
    said = told(result, format, door.words, own=given.file is None)
    history = own_history(result) if given.html and given.file is None else ()
    return answer(said, code, result, given, door, history)


def _show_bundle(bundle: "Opened", given: Given, door: Door) -> int:
    """Every hash fits: the verdict, judged anew, and what else is in it."""
    from netcheck.agent.replaying import replayed
    from netcheck.desk import bundle as layout

    saved = result_of_bundle(bundle, failing=given.failing)
    result = replayed(saved)
    format = "json" if given.json else given.format or "text"
    code = exit_codes.of_format(result, format, fail_on=given.fail_on)
    said = told(result, format, door.words)
    if format == "text":
        manifest, say, page = bundle.manifest, door.words.say, sheet(door.words)
        about: dict[str, Parameter] = {
            "name": manifest.ticket,
            "time": manifest.made_at,
            "count": len(bundle.members),
        }
        page.paragraph(say("bundle.about", about))
        same = saved.verdict == result.verdict
        by_other_rules = saved.rules_version != result.rules_version
        word = "same" if same else "other-rules" if by_other_rules else "changed"
        page.paragraph(say(f"bundle.verdict.{word}"))
        if layout.FAILING in bundle.members and layout.RESULT in bundle.members:
            page.paragraph(say("bundle.shown-failing" if given.failing else "bundle.has-failing"))
        said += page.text
    return answer(said, code, result, given, door)
