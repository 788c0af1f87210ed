"""The last result, whole, so that `explain` and `bundle` need no new run."""

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE, FILE_OF_TROUBLE = "last.json", "last-trouble.json"


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


def save_trouble(text: str) -> None:
    """Keeps the JSON text of a run that saw trouble, until another one does.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_whole(state_dir() / FILE_OF_TROUBLE, text)


def load_trouble() -> str | None:
    """The JSON text of the last run that saw trouble; None where none did.

    Raises:
        StoreUnavailable: it may not be read.
    """
    return read_whole(state_dir() / FILE_OF_TROUBLE)
