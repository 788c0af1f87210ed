"""`netcheck fleet summarize DIR|-`: who fails where, counted from files alone."""

import os
import sys
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE, FAILED
from netcheck.cli.options import CONFIG, JSON, Given, Option, Positional
from netcheck.cli.page import HTML, STDOUT, check_writable, write_page
from netcheck.cli.problems import Problem
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet
from netcheck.model.verdict import Worded

if TYPE_CHECKING:
    from netcheck.model.summary import Summary

OPTIONS = (JSON, HTML, Option("device-label", "NAME"), CONFIG)
POSITIONALS = (Positional("places", repeats=True),)
_DEVICE_LABEL = "host"


def perform(given: Given, door: Door) -> int:
    """Count, and tell it."""
    if not given.places:
        raise Problem("error.needs-file", name="fleet summarize")
    if given.html == STDOUT and given.json:
        raise Problem("error.not-with", name="--html -", reason="--json")
    if given.html not in (None, STDOUT):
        check_writable(given.html)
    names = {one.id: one.name for one in settings(given, door).catalog().carriers}
    summary = _summary(given)
    if not (summary.reports or summary.results or summary.bundles or summary.damaged.count):
        raise Problem("summary.nothing.found", path=", ".join(given.places))
    code = DONE if summary.devices else ANSWER_IS_NO
    if code == ANSWER_IS_NO:
        door.say("summary.nothing.whole")
    page = ""
    if given.html is not None:
        from netcheck.render.page.summary import render as page_of

        page = page_of(summary, door.words, names)
    if given.html == STDOUT:
        return door.answer(page, code)
    if given.json:
        from netcheck.render.summary import as_document

        text = as_json(as_document(summary, door.words))
    else:
        from netcheck.render.summary import render

        text = render(summary, door.words, names, sheet(door.words))
    code = door.answer(text, code)
    return (write_page(given.html, page, door) if given.html else DONE) or code


def _summary(given: Given) -> "Summary":
    try:
        from netcheck.fleet.summary import summarize
    except ImportError:
        raise Problem("error.extra-missing", FAILED, name="msgspec") from None
    label = given.device_label or _DEVICE_LABEL
    try:
        return summarize(given.places, sys.stdin.buffer, label)
    except OSError as wrong:
        reason = os.strerror(wrong.errno or 0).lower()
        raise Problem("error.unreadable-file", path=str(wrong.filename), reason=reason) from None
    except ValueError:  # a zero byte in the name
        path = ", ".join(given.places)
        raise Problem("error.unreadable-file", path=path, reason=Worded("reason.no-name")) from None
