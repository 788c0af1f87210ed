"""`--html FILE`: a result as one file for a browser; `-` writes it to standard output instead of
the answer. The bundle puts the same page into its archive."""

import os
from collections.abc import Sequence
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.options import Given, Option
from netcheck.cli.problems import Problem
from netcheck.cli.telling import code_of
from netcheck.model.verdict import Worded

if TYPE_CHECKING:
    from netcheck.model.history import Stretch
    from netcheck.model.result import Result
    from netcheck.text import Words

    History = Sequence[Stretch]

HTML = Option("html", "FILE")
STDOUT = "-"


def page_of(
    result: "Result", words: "Words", history: "History" = (), zone: tzinfo | None = UTC
) -> str:
    """The page of a result, with the sum behind it by the rules of this netcheck. `zone` is whose
    time is shown; None: this machine's."""
    from netcheck.agent.concluding import case_of
    from netcheck.agent.replaying import about
    from netcheck.checks import ALL
    from netcheck.diagnosis import RULES_VERSION
    from netcheck.diagnosis.accounting import account, turn
    from netcheck.render import page
    from netcheck.render.waterfall import critical_path

    specs = [check.spec for check in ALL]
    behind = page.Behind(
        code=code_of(result),
        account=account(result.findings),
        turn=turn(result.findings, case_of(result.findings, about(result))),
        rules_version=RULES_VERSION,
        stage_of={spec.id: spec.stage for spec in specs},
        chain=critical_path(result.observations, specs),
        history=history,
        zone=zone,
    )
    return page.render(result, words, behind)


def check_place(given: Given) -> None:
    """Before anything is looked at: a page that could not be written would come too late. Raises
    Problem."""
    if given.html is None:
        return
    if given.html == STDOUT:
        taken = "--json" if given.json else f"--format {given.format}" if given.format else None
        if taken is not None:
            raise Problem("error.not-with", name="--html -", reason=taken)
        return
    check_writable(given.html)


def check_writable(path: str) -> None:
    """Raises Problem where no page could be written there."""
    try:
        reason = _unfit(path, os.path.dirname(path) or ".")
    except ValueError:  # a zero byte in the name
        reason = Worded("reason.no-name")
    if reason is not None:
        raise Problem("error.unwritable-page", path=path, reason=reason)


def _unfit(path: str, folder: str) -> Worded | None:
    if os.path.isdir(path) or not os.path.basename(path):
        return Worded("reason.folder")
    if not os.path.isdir(folder):
        return Worded("reason.no-folder")
    if not os.access(path if _is_no_file(path) else folder, os.W_OK):
        return Worded("reason.eacces")
    return None


def answer(
    text: str, code: int, result: "Result", given: Given, door: Door, history: "History" = ()
) -> int:
    """The answer, and the page where it was asked for: beside it, or in its place. The exit code:
    `code`, unless one of them could not be delivered."""
    if given.html == STDOUT:
        return door.answer(page_of(result, door.words, history, zone=None), code)
    code = door.answer(text, code)
    return keep_page(given.html, result, door, history) or code


def keep_page(
    path: str | None, result: "Result", door: Door, history: "History | None" = None
) -> int:
    """Write the page to a file, if one was named; with this device's own history, unless another
    is given. The exit code; a sentence where it failed."""
    if path is None or path == STDOUT:
        return DONE
    if history is None:
        history = own_history(result)
    return write_page(path, page_of(result, door.words, history, zone=None), door)


def write_page(path: str, text: str, door: Door) -> int:
    """The exit code; a sentence where it could not be written."""
    reason = _written(path, text)
    if reason is None:
        return DONE
    door.say("error.unwritable-page", path=path, reason=reason)
    return FAILED


def own_history(result: "Result") -> "History":
    """What this device saw until that run of its own, the run included; nothing where it cannot be
    read: a page without it is better than none."""
    from netcheck.model.history import Entry, stretches
    from netcheck.store import StoreUnavailable, history

    try:
        before = history.entries()
        at = datetime.fromisoformat(result.started_at)
    except (StoreUnavailable, ValueError):
        return ()
    if at.tzinfo is None:
        return ()
    verdict = result.verdict
    now = Entry(at, verdict.side.value, None, verdict.severity.value, verdict.confidence)
    return stretches([*(entry for entry in before if entry.at < at), now])


def _written(path: str, text: str) -> str | None:
    """Why it could not be written, if so. A pipe or a device is not replaced by a file."""
    from netcheck.store.unavailable import StoreUnavailable
    from netcheck.store.write import write_whole

    try:
        if _is_no_file(path):
            with open(path, "w", encoding="ascii", newline="\n") as file:
                file.write(text)
        else:
            write_whole(Path(os.path.realpath(path)), text)
    except (OSError, StoreUnavailable) as wrong:
        cause = wrong if isinstance(wrong, OSError) else wrong.__cause__
        return os.strerror(getattr(cause, "errno", None) or 0).lower()
    return None


def _is_no_file(path: str) -> bool:
    return path.startswith("/dev/") or (os.path.exists(path) and not os.path.isfile(path))
