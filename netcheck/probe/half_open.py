"""How many half-open security associations an operator may be left with by one run.

A responder keeps state for every initiator that it has answered, and may fall silent after a few
of one address (see `ike`): what is asked of one operator is counted in one place.
"""

import threading


class HalfOpenBudget:
    """How many half-open SAs one operator may be left with: shared by its addresses and threads.

    An SPI that was answered with an SA, or not at all, keeps its place for good; one that was
    refused left nothing behind and gives it back.
    """

    def __init__(self, limit: int = 4) -> None:
        self.limit = limit
        self._taken = 0
        self._unanswered: dict[tuple[str, int], bytes] = {}
        self._lock = threading.Lock()

    @property
    def taken(self) -> int:
        """Places in use."""
        return self._taken

    def take(self, *, spare: int = 0) -> bool:
        """Take a place for one more SPI, leaving `spare` for later; False if none is left.

        The very first place is given in any case.
        """
        with self._lock:
            if self._taken >= max(1, self.limit - spare):
                return False
            self._taken += 1
            return True

    def give_back(self) -> None:
        """Return the place of an SPI that left no state behind."""
        with self._lock:
            self._taken -= 1

    def remember(self, address: str, port: int, datagram: bytes) -> None:
        """Keep a datagram that got no answer: sent again, it costs no further place."""
        with self._lock:
            self._unanswered.setdefault((address, port), datagram)

    def unanswered(self, address: str, port: int) -> bytes | None:
        """The first datagram to there that got no answer."""
        with self._lock:
            return self._unanswered.get((address, port))
