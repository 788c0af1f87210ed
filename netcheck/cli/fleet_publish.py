"""`netcheck fleet publish`: write the signed status files that agents ask, into a folder that any
web server can serve."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.feed_key_files import SECRET, key_in, text_in
from netcheck.cli.options import CONFIG, Given, Option, Positional, whole_between
from netcheck.cli.problems import Problem
from netcheck.cli.settings import settings
from netcheck.model.verdict import Worded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from netcheck.fleet.measured import Alarm, Count

_LEAST_S, _MOST_S = 10, 600


OPTIONS: tuple[Option, ...] = (
    Option("measured", "FILE", read=Path),
    Option("feed-folder", "FOLDER", read=Path),
    Option("feed-keys", "FILE", read=Path),
    Option("signing-key", "FILE", read=Path),
    Option("again-every", "SECONDS", read=whole_between(_LEAST_S, _MOST_S)),
    CONFIG,
)
POSITIONALS: tuple[Positional, ...] = ()
_NEEDED = ("measured", "feed_folder", "feed_keys", "signing_key")


def perform(given: Given, door: Door) -> int:
    """Write them once, or again and again until somebody ends it."""
    missing = [name for name in _NEEDED if getattr(given, name) is None]
    if missing:
        raise Problem("fleet-feed.needs", name="--" + missing[0].replace("_", "-"))
    if not given.feed_folder.is_dir():
        reason = Worded("reason.no-folder")
        raise Problem("error.unwritable-file", path=str(given.feed_folder), reason=reason)
    catalog = settings(given, door).catalog()
    country_of = {carrier.id: carrier.country for carrier in catalog.carriers}
    secret, keys = key_in(given.signing_key, SECRET), text_in(given.feed_keys)
    if given.again_every is None:
        count, path = len(_publish(given, secret, keys, country_of)), str(given.feed_folder)
        said = door.words.say("fleet-feed.written", {"count": count, "path": path})
        return door.answer(said + "\n", DONE)
    while True:
        try:
            _publish(given, secret, keys, country_of)
        except Problem as wrong:  # a file that is being written anew is whole the next time
            door.refuse(wrong)
        time.sleep(given.again_every)


def _publish(given: Given, secret: bytes, keys: str, country_of: "Mapping[str, str]") -> list[str]:
    from netcheck.crowd.signing import TooMuch
    from netcheck.fleet import publishing
    from netcheck.store import StoreUnavailable

    alarms, counts = _measured(given.measured)
    now_s = int(time.time())
    try:
        key = publishing.online_key(secret, keys, now_s)
        found = publishing.feed(alarms, counts, now_s, country_of)
        return publishing.publish(given.feed_folder, found, keys, key, now_s)
    except ImportError:
        raise Problem("fleet-feed.needs-secure", FAILED) from None
    except publishing.NotVouched:
        raise Problem("fleet-feed.not-vouched", path=str(given.feed_keys)) from None
    except TooMuch as much:
        raise Problem("fleet-feed.too-much", FAILED, reason=str(much)) from None
    except StoreUnavailable as wrong:
        path = str(given.feed_folder)
        raise Problem("error.unwritable-file", path=path, reason=wrong.reason) from None


def _measured(path: Path) -> "tuple[list[Alarm], list[Count]]":
    """The alarms and counts in a file: an object with both as lists."""
    import msgspec

    from netcheck.fleet.measured import Alarm, Count

    try:
        told = json.loads(text_in(path))
        lists = (told["alarms"], told["counts"])
        return msgspec.convert(lists, tuple[list[Alarm], list[Count]])
    except (ValueError, RecursionError, TypeError, KeyError) as wrong:
        missing = isinstance(wrong, KeyError)
        reason = Worded("reason.no-measures") if missing else str(wrong)
        raise Problem("error.unreadable-file", path=str(path), reason=reason) from None
