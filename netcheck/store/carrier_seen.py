"""What the last run saw of carriers, for the unattended run that follows within a minute."""

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "carrier-seen.json"


def save(text: str) -> None:
    """Keeps it in place of what was kept before.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_whole(state_dir() / FILE, text)


def load() -> str | None:
    """What was kept; None before the first run, or where it is no text.

    Raises:
        StoreUnavailable: it may not be read.
    """
    return read_whole(state_dir() / FILE)
