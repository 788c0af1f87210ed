"""Whether this device's user lets reports go out. Nobody asks: they switch it on themselves."""

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "report-consent"
_ON, _OFF = "on\n", "off\n"


def keep(on: bool) -> None:
    """Keeps the choice.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    write_whole(state_dir() / FILE, _ON if on else _OFF)


def given() -> bool | None:
    """The choice; None where none was made. Only the exact word is a yes.

    Raises:
        StoreUnavailable: it may not be read.
    """
    text = read_whole(state_dir() / FILE)
    return None if text is None else text == _ON
