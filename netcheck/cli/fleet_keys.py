"""`netcheck fleet keys`: the keys of a status feed. `new` makes a pair; `sign` and `rotate` are
done where the root key is kept, which is on no machine that is online."""

import base64
import os
import time
from pathlib import Path

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.feed_key_files import PUBLIC, SECRET, key_in, text_in, write
from netcheck.cli.options import Given, Option, Positional, whole_between
from netcheck.cli.problems import Problem

_DAYS, _HOURS = (1, 400), (1, 720)
_USUAL_DAYS, _USUAL_HOURS = 90, 24


OPTIONS: tuple[Option, ...] = (
    Option("root-key", "FILE", read=Path),
    Option("public-key", "FILE", repeats=True, read=Path),
    Option("earlier", "FILE", read=Path),
    Option("days", "NUMBER", read=whole_between(*_DAYS)),
    Option("overlap", "HOURS", read=whole_between(*_HOURS)),
)
POSITIONALS = (Positional("action", repeats=True),)
ACTIONS = ("new", "sign", "rotate")


def perform(given: Given, door: Door) -> int:
    """Do what the first word says to the file that the second names."""
    action, *rest = given.action or [""]
    if action not in ACTIONS:
        raise Problem("fleet-feed.no-action", name=action or None)
    if len(rest) != 1:
        raise Problem("fleet-feed.needs-file", name=action)
    try:
        return _new(Path(rest[0]), door) if action == "new" else _sign(action, given, rest[0], door)
    except ImportError:
        raise Problem("fleet-feed.needs-secure", FAILED) from None


def _new(path: Path, door: Door) -> int:
    """A pair: the secret one in FILE, for this user alone, the public one in FILE.pub."""
    from netcheck.seal import envelope, signing

    secret = os.urandom(signing.KEY_BYTES)
    public = signing.public_key(secret)
    write(path, envelope.written(SECRET, secret), 0o600)
    write(Path(f"{path}.pub"), envelope.written(PUBLIC, public), 0o644)
    said = {"path": str(path), "name": base64.b64encode(public).decode()}
    return door.answer(door.words.say("fleet-feed.new-key", said) + "\n", DONE)


def _sign(action: str, given: Given, file: str, door: Door) -> int:
    from netcheck.fleet import feed_keys
    from netcheck.fleet.publishing import NotVouched

    rotates = action == "rotate"
    if given.root_key is None:
        raise Problem("fleet-feed.needs", name="--root-key")
    publics = [key_in(path, PUBLIC) for path in given.public_key or ()]
    if not publics or (rotates and len(publics) > 1):
        raise Problem("fleet-feed.needs", name="--public-key")
    if rotates and given.earlier is None:
        raise Problem("fleet-feed.needs", name="--earlier")
    root, now_s = key_in(given.root_key, SECRET), int(time.time())
    days = given.days or _USUAL_DAYS
    if rotates:
        hours = given.overlap or _USUAL_HOURS
        try:
            before = text_in(given.earlier)
            line = feed_keys.rotated(root, before, publics[0], now_s, days, hours)
        except NotVouched:
            raise Problem("fleet-feed.no-keys", path=str(given.earlier)) from None
    else:
        line = feed_keys.signed(root, publics, now_s, days)
    write(Path(file), line, 0o644)
    said = {"path": file, "days": days}
    return door.answer(door.words.say("fleet-feed.signed", said) + "\n", DONE)
