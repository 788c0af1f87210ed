"""Was this machine itself too slow to measure? Its own timer, watched beside the probes."""

import threading
import time
from collections import deque

_NOTICED_MS = 2.0  # ordinary jitter; not worth a place


class LagWatch:
    """A daemon thread that sleeps 10 ms at a time and notes by how much it overslept.

    It sees what probes suffer: a starved processor, a stopped process, another thread that keeps
    the interpreter lock. Times are those of `time.monotonic`, which stands still in suspend on
    Linux: a sleeping laptop is not seen here.
    """

    def __init__(self, *, period_ms: float = 10.0, keep: int = 20_000) -> None:
        self._period_s = period_ms / 1000
        self._late: deque[tuple[float, float]] = deque(maxlen=keep)  # (due, woke)
        self._due_s: float | None = None
        self._ending = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        """Begin to watch. Starting twice is once."""
        if self._thread is None:
            self._due_s = time.monotonic() + self._period_s
            self._thread = threading.Thread(target=self._run, name="lag", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """End watching; what was seen stays."""
        self._ending.set()

    def __enter__(self) -> "LagWatch":
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._ending.is_set():
            due = time.monotonic() + self._period_s
            self._due_s = due
            time.sleep(self._period_s)
            woke = time.monotonic()
            if (woke - due) * 1000 > _NOTICED_MS:
                self._late.append((due, woke))
        self._due_s = None

    def worst_between(self, start_s: float, end_s: float) -> float:
        """The longest standstill, in ms, of which any part lay between these two moments.

        One that has not ended yet counts as far as it has gone.
        """
        standstills = list(self._late)
        due = self._due_s
        if due is not None:
            standstills.append((due, time.monotonic()))
        return max(
            ((woke - due) * 1000 for due, woke in standstills if woke > start_s and due < end_s),
            default=0.0,
        )
