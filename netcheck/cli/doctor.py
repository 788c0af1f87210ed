"""`netcheck doctor`: what on this machine limits netcheck, what that costs, how to lift it."""

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE
from netcheck.cli.options import JSON, Given
from netcheck.cli.telling import as_json, sheet

OPTIONS = (JSON,)
POSITIONALS = ()


def perform(given: Given, door: Door) -> int:
    """Look, and say it. Nothing is sent."""
    from netcheck.agent.limits import examine
    from netcheck.agent.own_facts import gather
    from netcheck.model.limit import Weight
    from netcheck.render import limits

    found = examine(gather())
    code = ANSWER_IS_NO if found.of(Weight.MATTERS) else DONE
    if given.json:
        return door.answer(as_json(limits.as_json(found, door.words)), code)
    page = sheet(door.words)
    limits.write(found, door.words, page)
    return door.answer(page.text, code)
