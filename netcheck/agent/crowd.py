"""Asking the status feed beside a run: begun once the first packets are out, in a thread of its own
with a deadline of its own, and waited for by one check alone."""

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from netcheck.model.crowd import CrowdWord

if TYPE_CHECKING:
    from netcheck.checks.contract import Situation
    from netcheck.crowd.hearing import Feed

_TEXT_MS = 800.0


class CrowdBroke(Exception):
    """A defect of ours, which must not look like a feed that nobody answers."""


class Asking:
    """See AwaitedCrowd. Asks once, in a daemon thread."""

    def __init__(self, feed: "Feed", situation: "Situation", *, may_fetch: bool) -> None:
        """`may_fetch` False: only what was kept is heard."""
        self._feed = feed
        self._situation = situation
        self._may_fetch = may_fetch
        self._over = threading.Event()
        self._word: CrowdWord | None = None
        self._broke: str | None = None

    @property
    def word(self) -> CrowdWord | None:
        """What was heard by now."""
        return self._word

    def start(self) -> None:
        """Begin. Whoever waits already is told as well."""
        threading.Thread(target=self._hear, daemon=True).start()

    def wait(self, timeout_s: float) -> CrowdWord | None:
        """See AwaitedCrowd. Raises CrowdBroke if netcheck itself failed."""
        self._over.wait(max(0.0, timeout_s))
        if self._broke is not None:
            raise CrowdBroke(self._broke)
        return self._word

    def _hear(self) -> None:
        try:
            from netcheck.crowd.hearing import hear

            ask = text_asker(self._situation)
            self._word = hear(self._feed, time.time(), ask, may_fetch=self._may_fetch)
        except Exception as defect:
            self._broke = f"{type(defect).__name__}: {defect}"
        self._over.set()


def text_asker(situation: "Situation") -> Callable[[str], str | None]:
    """Asks the nameservers that this device was given, one after the other."""

    def ask(name: str) -> str | None:
        from netcheck.model.target import LearnedFrom
        from netcheck.probe import dns

        for server in situation.device.nameservers[:2]:
            situation.net.allowed.learned(LearnedFrom.RESOLVER, server)
            answer = dns.ask(situation.net, server, name, "TXT", deadline_ms=_TEXT_MS)
            if answer.records:
                return answer.records[0] if len(answer.records) == 1 else None
        return None

    return ask
