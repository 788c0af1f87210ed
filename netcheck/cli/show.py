"""`netcheck show [FILE]`: a saved result, rendered as it was then."""

from netcheck.cli import exit_codes
from netcheck.cli.door import Door
from netcheck.cli.options import JSON, Given, Positional
from netcheck.cli.page import HTML, answer, check_place, own_history
from netcheck.cli.saved import result_of
from netcheck.cli.telling import FAIL_ON, FORMAT, told

OPTIONS = (JSON, FORMAT, HTML, FAIL_ON)
POSITIONALS = (Positional("file"),)


def perform(given: Given, door: Door) -> int:
    """Render it; the exit code is the verdict's."""
    check_place(given)
    result = result_of(given.file)
    format = "json" if given.json else given.format or "text"
    code = exit_codes.of_format(result, format, fail_on=given.fail_on)
    said = told(result, format, door.words, own=given.file is None)
    history = own_history(result) if given.html and given.file is None else ()
    return answer(said, code, result, given, door, history)
