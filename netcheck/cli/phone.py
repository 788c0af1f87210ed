"""`netcheck phone`: what a phone or modem says of itself, asked after saying what is asked."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE
from netcheck.cli.options import ADB, CONFIG, JSON, TERMUX, Given, Option
from netcheck.cli.problems import Problem
from netcheck.cli.settings import settings
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.model.phone import Phone, Source
    from netcheck.phone.contract import Unread

OPTIONS = (ADB, TERMUX, Option("serial", "NAME"), JSON, CONFIG)
POSITIONALS = ()
SCHEMA = "netcheck.phone/1"
_MOST_S = 30  # a phone that is asleep takes seconds; a person waits
_HOSTS_ASKED = 2  # by the phone itself: one that fails alone may be its own fault


def perform(given: Given, door: Door) -> int:
    """Say what is asked, ask it, and show the answer."""
    from netcheck.model.phone import Source
    from netcheck.phone.choosing import reader
    from netcheck.phone.reading import Reading

    source = named_source(given) or _at_hand()
    if given.serial is not None and source is not Source.ADB:
        raise Problem("error.serial-needs-adb")
    hosts = [anchor.host for anchor in settings(given, door).catalog().anchors[:_HOSTS_ASKED]]
    asked = reader(source, hosts=hosts, serial=given.serial)
    door.say("phone.asking")
    for command in asked.commands:
        door.remark(f"  {command}")
    reading = Reading(source, lambda: asked, _MOST_S)
    reading.start()
    # A reader keeps its own time; one that cannot (a call into the system) is left behind.
    said = reading.wait(_MOST_S + 1)
    return _answer(said, source, given, door)


def named_source(given: Given) -> "Source | None":
    """The phone that the command line asks for."""
    if not (given.adb or given.termux):
        return None
    from netcheck.model.phone import Source

    if given.adb and given.termux:
        raise Problem("error.one-phone")
    return Source.ADB if given.adb else Source.TERMUX


def _at_hand() -> "Source":
    """Without a word: this phone, else this device's modem, else a phone on a cable."""
    from netcheck.device import reader, system_name
    from netcheck.model.device import LinkKind
    from netcheck.model.phone import Source
    from netcheck.phone.choosing import own_modem

    system = system_name()
    if system == "android":
        return Source.TERMUX
    interfaces = reader().read().interfaces
    cellular = any(one.kind is LinkKind.CELLULAR for one in interfaces)
    return own_modem(system, cellular=cellular) or Source.ADB


def _answer(said: "Phone | Unread | None", source: "Source", given: Given, door: Door) -> int:
    from netcheck.model.phone import Phone
    from netcheck.phone.contract import Unread

    if isinstance(said, Phone):
        if given.json:
            return door.answer(as_json(_as_json(said)), DONE)
        from netcheck.render import phone

        page = sheet(door.words)
        phone.write(said, door.words, page)
        return door.answer(page.text, DONE)
    why = said or Unread.TIMEOUT
    if given.json:
        row = {"schema": SCHEMA, "source": source.value, "read": False, "reason": why.value}
        return door.answer(as_json(row), ANSWER_IS_NO)
    own = f"phone.unread.{why}.{source}"
    id = own if own in door.words else f"phone.unread.{why}"
    return door.complain(door.words.say(id, {"seconds": _MOST_S}), ANSWER_IS_NO)


def _as_json(phone: "Phone") -> dict[str, object]:
    from dataclasses import asdict

    return {"schema": SCHEMA, "read": True, **asdict(phone)}
