"""Numbers that only this device knows: one from which a report's id and its token are made, one
with which statements are signed, one by which it knows its own network again.

Forgetting the first makes all that was sent before nobody's: what comes after can't be linked to
it.
"""

import os

from netcheck.store.lock import locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import read_whole, write_whole

OF_REPORTS, OF_STATEMENTS, OF_NETWORKS = "report-secret", "statement-key", "network-secret"
BYTES = 32


def secret(file: str = OF_REPORTS) -> bytes:
    """That secret, made on first use.

    Raises:
        StoreUnavailable: it can be neither read nor kept.
    """
    known = _read(file)
    if known is not None:
        return known
    path = state_dir() / file
    with told_as_unavailable(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):  # of two runs at once, the second takes what the first made
            return _read(file) or _make(file)


def forget() -> None:
    """Puts a new secret in the place of that of reports.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    _make(OF_REPORTS)


def _read(file: str) -> bytes | None:
    try:
        known = bytes.fromhex((read_whole(state_dir() / file) or "").strip())
    except ValueError:
        return None
    return known if len(known) == BYTES else None


def _make(file: str) -> bytes:
    made = os.urandom(BYTES)
    write_whole(state_dir() / file, made.hex() + "\n")
    return made
