"""The one way in which this room fails."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class StoreUnavailable(Exception):
    """The state cannot be read or written. `reason` is the rest of a sentence that begins with
    "this run was not kept:"."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@contextmanager
def told_as_unavailable(path: Path) -> Iterator[None]:
    """Turns what the system refuses into StoreUnavailable with the path it was about."""
    try:
        yield
    except OSError as error:
        what = os.strerror(error.errno) if error.errno else str(error)
        raise StoreUnavailable(f"{what.lower()} ({path})") from error
