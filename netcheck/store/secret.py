"""Secrets that only this device knows, each in a file that only its user may read."""

import os

from netcheck.store.lock import locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import make_folder, read_whole, write_whole

BYTES = 32


def known(file: str) -> bytes | None:
    """The secret in that file; None where there is none yet, or something else is in it.

    Raises:
        StoreUnavailable: it is there and may not be read.
    """
    try:
        found = bytes.fromhex((read_whole(state_dir() / file) or "").strip())
    except ValueError:
        return None
    return found if len(found) == BYTES else None


def secret(file: str) -> bytes:
    """The same, made on first use.

    Raises:
        StoreUnavailable: it can be neither read nor kept.
    """
    found = known(file)
    if found is not None:
        return found
    path = state_dir() / file
    with told_as_unavailable(path):
        make_folder(path.parent)
        with locked(path):  # of two runs at once, the second takes what the first made
            return known(file) or _make(file)


def _make(file: str) -> bytes:
    made = os.urandom(BYTES)
    write_whole(state_dir() / file, made.hex() + "\n")
    return made
