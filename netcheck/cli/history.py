"""`netcheck history`: the outages this device saw; `--statement` writes one down to hand over."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from netcheck.cli.door import Door, speaks_unicode
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE, FAILED
from netcheck.cli.options import CONFIG, JSON, Given, Option
from netcheck.cli.problems import Problem
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.agent.configuration import Configuration
    from netcheck.desk.statement import Signed
    from netcheck.model.history import Entry, Outage

OPTIONS = (
    JSON,
    Option("statement"),
    Option("outage", "N", read=int),
    Option("output", "FILE"),
    CONFIG,
)
POSITIONALS = ()


def perform(given: Given, door: Door) -> int:
    """Show it, or write a statement of one outage: the newest, or the Nth of those shown."""
    from netcheck.model.history import outages, stretches
    from netcheck.render.history import as_document, render

    entries = _entries()
    found = outages(entries)
    if given.statement:
        return _statement(found, given, door)
    if given.json:
        return door.answer(as_json(as_document(found, stretches(entries))), DONE)
    text = render(
        found,
        stretches(entries),
        door.words,
        sheet=sheet(door.words),
        now=datetime.now(UTC),
        zone=None,
        unicode=speaks_unicode(sys.stdout),
    )
    return door.answer(text, DONE)


def _entries() -> "tuple[Entry, ...]":
    from netcheck.store import StoreUnavailable, history

    try:
        return history.entries()
    except StoreUnavailable as wrong:
        raise Problem("error.unreadable-history", FAILED, reason=wrong.reason) from None


def _statement(found: "tuple[Outage, ...]", given: Given, door: Door) -> int:
    """The statement on stdout, or in the file that is named."""
    number = given.outage or 1
    if not found:
        raise Problem("history.no-outage", ANSWER_IS_NO)
    if not 1 <= number <= len(found):
        raise Problem("history.no-such-outage", total=len(found), count=number)
    chosen = settings(given, door)
    try:
        text = _written(found[-number], chosen, door)
    except ImportError:
        raise Problem("verify.needs-secure", FAILED) from None
    if given.output is None:
        return door.answer(text, DONE)
    from pathlib import Path

    try:
        Path(given.output).write_text(text, encoding="utf-8")
    except OSError as wrong:
        reason = (wrong.strerror or "").lower()
        raise Problem("error.unwritable-file", path=given.output, reason=reason) from None
    return door.answer(door.words.say("history.written", {"path": given.output}) + "\n", DONE)


def _written(outage: "Outage", chosen: "Configuration", door: Door) -> str:
    from dataclasses import asdict

    from netcheck import __version__
    from netcheck.desk import statement
    from netcheck.diagnosis import RULES_VERSION
    from netcheck.render.statement import render
    from netcheck.store import StoreUnavailable, device_secret, history

    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    try:
        told = statement.of_outage(
            outage, history.read(), written_at=now, netcheck=__version__, rules=RULES_VERSION
        )
        signed = statement.sealed(told, device_secret.secret(device_secret.OF_STATEMENTS))
    except StoreUnavailable as wrong:
        raise Problem("error.unreadable-history", FAILED, reason=wrong.reason) from None
    signed = _stamped(signed, chosen, door)
    text = render(asdict(told), key=signed.key, stamped=signed.stamp is not None, words=door.words)
    return text + statement.armoured(signed)


def _stamped(signed: "Signed", chosen: "Configuration", door: Door) -> "Signed":
    """With a third party's time stamp, where a service is set; without one it is signed all the
    same, and says so."""
    from dataclasses import replace

    service = chosen.report.get("timestamp")
    if service is None:
        return signed
    import base64

    from netcheck.desk.statement import stamped_message
    from netcheck.report.stamp import stamped

    answer = stamped(service, stamped_message(signed))
    if answer is None:
        door.say("error.no-stamp", host=service)
        return signed
    return replace(signed, stamp=base64.b64encode(answer).decode(), stamped_by=service)
