"""`netcheck checks`: the catalogue of checks, with what makes a failure of each mean something."""

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.options import JSON, Given
from netcheck.cli.telling import as_json, sheet

OPTIONS = (JSON,)
POSITIONALS = ()
_COLUMN = 10


def perform(given: Given, door: Door) -> int:
    """List them, in the order of the catalogue."""
    from netcheck.checks import ALL

    specs = [check.spec for check in ALL]
    if given.json:
        rows = [
            {
                "id": spec.id,
                "stage": spec.stage.value,
                "question": spec.question,
                "control": spec.control,
                "packets": spec.packets,
                "deadline_ms": spec.deadline_ms,
                "needs": list(spec.needs),
            }
            for spec in specs
        ]
        return door.answer(as_json(rows), DONE)
    page = sheet(door.words)
    for spec in specs:
        page.paragraph(spec.id)
        page.row(door.words.say("explain.asks"), spec.question, _COLUMN)
        page.row(door.words.say("explain.control"), spec.control, _COLUMN)
    return door.answer(page.text, DONE)
