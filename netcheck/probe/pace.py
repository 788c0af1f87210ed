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

    def __init__(self, limit: int = 5, window_s: float = 1.0) -> None:
        self._limit = limit
        self._window_s = window_s
        self._asked: dict[str, deque[float]] = {}
        self._lock = threading.Lock()

    def reserve(
        self, router: str, *, within_s: float = 0.0, not_before_s: float = 0.0
    ) -> float | None:
        """Seconds to wait before asking `router`; None, nothing reserved, if over `within_s`.

        Whoever means to ask `not_before_s` from now says so: the moment is reserved, not the call.
        """
        with self._lock:
            now = time.monotonic()
            asked = self._asked.setdefault(router, deque(maxlen=self._limit))
            wanted_at = now + not_before_s
            full = len(asked) == self._limit
            free_at = max(wanted_at, min(asked) + self._window_s) if full else wanted_at
            if free_at - now > within_s:
                return None
            asked.append(free_at)
            return free_at - now
