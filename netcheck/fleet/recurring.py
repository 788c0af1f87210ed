"""A step that is taken again and again, in a thread of its own, while the service lasts."""

import threading
from collections.abc import Callable

from netcheck.fleet.store.engine import StoreTrouble

RETRY_S = 5.0


class CannotGoOn(Exception):
    """Why the step can't be done just now, in words without anything that came in."""


class Recurring:
    """`step` each `every_s` seconds, the first time at once, sooner after a trouble; and `last` at
    the end. `trouble`: why it stands still, None while it goes on."""

    def __init__(
        self,
        step: Callable[[], object],
        every_s: float,
        last: Callable[[], object] | None = None,
    ) -> None:
        self._step, self._every_s, self._last = step, every_s, last
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, daemon=True)
        self.trouble: str | None = None

    def start(self) -> None:
        """From now on."""
        self._thread.start()

    def why(self) -> str | None:
        """Its trouble."""
        return self.trouble

    def end(self, patience_s: float = 5.0) -> None:
        """Stop, with the last step done."""
        self._ended.set()
        self._thread.join(patience_s)

    def _go_on(self) -> None:
        while True:
            self._take(self._step)
            rest_s = self._every_s if self.trouble is None else min(self._every_s, RETRY_S)
            if self._ended.wait(rest_s):
                break
        if self._last is not None:
            self._take(self._last)

    def _take(self, step: Callable[[], object]) -> None:
        try:
            step()
            self.trouble = None
        except (StoreTrouble, CannotGoOn) as trouble:
            self.trouble = str(trouble)
        except Exception as defect:  # ours: the thread must not die of it, nor a log tell what came
            self.trouble = f"the collector itself failed ({type(defect).__name__})"
