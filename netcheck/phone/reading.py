"""A phone that is being read while other things go on."""

import threading
import time
from collections.abc import Callable

from netcheck.model.phone import Phone, Source
from netcheck.phone.contract import CannotRead, PhoneReader, Unread


class ReaderBroke(Exception):
    """A defect of ours. Carries no text of the phone's."""


class Reading:
    """See AwaitedPhone. Reads once, in a daemon thread: a phone that hangs holds nothing up."""

    def __init__(self, source: Source, make: Callable[[], PhoneReader], timeout_s: float) -> None:
        """`make` gives the reader; it is called in the thread, since it may have much to load."""
        self._source = source
        self._make = make
        self._timeout_s = timeout_s
        self._over = threading.Event()
        self._said: Phone | Unread | None = None
        self._broke: str | None = None

    @property
    def source(self) -> Source:
        """Whom it asks."""
        return self._source

    @property
    def timeout_s(self) -> float:
        """The most that reading takes, once it is started."""
        return self._timeout_s

    def start(self) -> None:
        """Begin. Whoever waits already is told as well."""
        threading.Thread(target=self._read, daemon=True).start()

    def wait(self, timeout_s: float) -> Phone | Unread | None:
        """See AwaitedPhone. Raises ReaderBroke if netcheck itself failed."""
        if not self._over.wait(max(0.0, timeout_s)):
            return None
        if self._broke is not None:
            raise ReaderBroke(self._broke)
        return self._said

    def _read(self) -> None:
        began_s = time.monotonic()
        try:
            self._said = self._make().read(self._timeout_s)
        except CannotRead as problem:
            self._said = problem.why
        except Exception as problem:
            after_s = time.monotonic() - began_s
            self._broke = (
                f"{type(problem).__name__} in the reader of {self.source} at {after_s:.1f} s"
            )
        self._over.set()
