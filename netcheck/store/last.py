"""The last result, whole, so that `explain` and `bundle` need no new run."""

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "last.json"


def save(text: str) -> None:
    """Keeps a result's JSON text in place of the one before.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_whole(state_dir() / FILE, text)


def load() -> str | None:
    """The JSON text of the last result; None before the first.

    Raises:
        StoreUnavailable: it may not be read.
    """
    return read_whole(state_dir() / FILE)
