"""A number that only this device knows, from which a report's id and its token are made.

Forgetting it makes all that was sent before nobody's: what comes after can't be linked to it.
"""

import os

from netcheck.store.lock import locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import read_whole, write_whole

FILE = "report-secret"
BYTES = 32


def secret() -> bytes:
    """The secret, made on first use.

    Raises:
        StoreUnavailable: it can be neither read nor kept.
    """
    known = _read()
    if known is not None:
        return known
    path = state_dir() / FILE
    with told_as_unavailable(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):  # of two runs at once, the second takes what the first made
            return _read() or _make()


def forget() -> None:
    """Puts a new secret in its place.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    _make()


def _read() -> bytes | None:
    try:
        known = bytes.fromhex((read_whole(state_dir() / FILE) or "").strip())
    except ValueError:
        return None
    return known if len(known) == BYTES else None


def _make() -> bytes:
    made = os.urandom(BYTES)
    write_whole(state_dir() / FILE, made.hex() + "\n")
    return made
