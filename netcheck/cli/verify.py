"""`netcheck verify FILE`: is a statement as it was signed, and since when does it exist?"""

from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE, FAILED
from netcheck.cli.options import JSON, Given, Option, Positional
from netcheck.cli.problems import Problem
from netcheck.cli.reading_files import read_text
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.desk.statement import Signed

OPTIONS = (JSON, Option("root", "FILE"))
POSITIONALS = (Positional("file"),)


def perform(given: Given, door: Door) -> int:
    """0: it is; 3: it is not."""
    if given.file is None:
        raise Problem("error.no-file")
    try:
        signed, wrong = _read(given.file, door)
        at, unproven = (None, None) if wrong else _stamped(signed, given.root, door)
    except ImportError:
        raise Problem("verify.needs-secure", FAILED) from None
    wrong = wrong or unproven
    code = ANSWER_IS_NO if wrong else DONE
    if given.json:
        document = {
            "unaltered": wrong is None,
            "reason": wrong,
            "key": signed.key,
            "stamped_at": at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else None,
            "statement": asdict(signed.statement),
        }
        return door.answer(as_json(document), code)
    page = sheet(door.words)
    for line in _told(signed, wrong, at, door):
        page.paragraph(line)
    return door.answer(page.text, code)


def _read(path: str, door: Door) -> "tuple[Signed, str | None]":
    """What was signed, and what does not fit, in words."""
    from netcheck.desk import statement
    from netcheck.render.statement import render

    try:
        above, signed = statement.parted(read_text(path))
        found = statement.wrong_with(signed)
    except statement.UnreadableStatement as wrong:
        raise Problem("error.unreadable-statement", path=path, reason=wrong.reason) from None
    if found is not None:
        return signed, door.words.say(f"verify.{found[0]}", {"count": found[1]})
    document, stamped = asdict(signed.statement), signed.stamp is not None
    as_signed = render(document, key=signed.key, stamped=stamped, words=door.words)
    changed = above.strip() != as_signed.strip()
    return signed, door.words.say("verify.text-changed") if changed else None


def _stamped(signed: "Signed", root: str | None, door: Door) -> tuple[datetime | None, str | None]:
    """When a third party saw it; None: nobody did, or no root was named to check that with. And
    what is wrong with the stamp."""
    from netcheck.desk.statement import stamp_of, stamped_message
    from netcheck.seal.stamping import BadStamp, checked, when

    answer = stamp_of(signed)
    if answer is None:
        return None, None
    message = stamped_message(signed)
    try:
        if root is None:
            when(answer, message)
            return None, None
        return checked(answer, message, read_text(root).encode()), None
    except BadStamp:
        return None, door.words.say("verify.stamp")


def _told(signed: "Signed", wrong: str | None, at: datetime | None, door: Door) -> list[str]:
    say = door.words.say
    if wrong is not None:
        return [say("verify.bad", {"reason": wrong})]
    lines = [say("verify.good", {"name": signed.key})]
    if at is not None:
        told = {"time": at.strftime("%Y-%m-%d %H:%M:%S UTC"), "name": signed.stamped_by}
        lines.append(say("verify.stamped", told))
    elif signed.stamp is not None:
        lines.append(say("verify.stamp-unchecked"))
    return [*lines, say("statement.proves"), say("statement.limits")]
