"""How often a router may be asked for an ICMP error: five times a second, whoever asks."""

import threading
import time
from collections import deque


class ErrorPace:
    """Hands out the moments at which one more ICMP error may be asked of a router.

    Routers limit what they send (Linux: six at once, then one a second), so asking faster only
    makes them look silent. A hop of a trace is keyed by its distance, since its name is not known
    before it answers: two hops at one distance share a budget, which errs on the quiet side.
    """

    # A tenth over the second: what is reserved for a moment may be sent a little after it, and
    # what is reserved for the next not late at all.
    def __init__(self, limit: int = 5, window_s: float = 1.1) -> None:
        self._limit = limit
        self._window_s = window_s
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def reserve(self, router: str, *, within_s: float = 0.0) -> float | None:
        """Seconds to wait before asking `router`; None, nothing reserved, if over `within_s`."""
        with self._lock:
            now = time.monotonic()
            asked = self._asked.setdefault(router, deque(maxlen=self._limit))
            free_at = now if len(asked) < self._limit else max(now, asked[0] + self._window_s)
            if free_at - now > within_s:
                return None
            asked.append(free_at)
            return free_at - now
