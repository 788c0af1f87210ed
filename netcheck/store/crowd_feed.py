"""What was last heard of a status feed: the file itself, and the numbers it must not fall behind.

Public data, the same for all who ask; which country's it is stands in it. What cannot be kept is
not missed: a file that was rolled back is then believed until it expires, minutes later.
"""

import json
from dataclasses import dataclass

from netcheck.store.lock import locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import make_folder, read_whole, write_whole

FOLDER = "crowd"


@dataclass(frozen=True, slots=True)
class Kept:
    """`keys` and `sequence` are the highest numbers that were ever believed; `text` the newest file
    that was, `at_s` when it came; `keys_text` is the part of it that names the keys."""

    keys: int
    sequence: int
    at_s: float = 0.0
    text: str = ""
    keys_text: str = ""


def kept(name: str) -> Kept | None:
    """Of the feed of that name (hexadecimal digits); None: nothing.

    Raises:
        StoreUnavailable: it is there and may not be read.
    """
    try:
        told = json.loads(read_whole(state_dir() / FOLDER / f"{name}.json") or "")
        return Kept(
            int(told["keys"]),
            int(told["sequence"]),
            float(told["at_s"]),
            str(told["text"]),
            str(told["keys_text"]),
        )
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        return None


def keep(name: str, new: Kept) -> None:
    """In place of what was kept, unless that is ahead: another run was quicker.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    path = state_dir() / FOLDER / f"{name}.json"
    with told_as_unavailable(path):
        make_folder(path.parent)
        with locked(path):
            before = kept(name)
            if before and (before.keys, before.sequence) > (new.keys, new.sequence):
                return
            told = {field: getattr(new, field) for field in Kept.__dataclass_fields__}
            write_whole(path, json.dumps(told) + "\n")
