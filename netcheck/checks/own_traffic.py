"""How much this device itself sends and loads, over a length of time: no check, but their meter."""

import time
from dataclasses import dataclass

from netcheck.device.send_queue import send_queue
from netcheck.device.sysfs import counters
from netcheck.model.observation import Facts


@dataclass(frozen=True, slots=True)
class TrafficFacts(Facts):
    """Rates over `watched_ms`, in kilobits a second, this run's own probes included. `errors` and
    `drops` count from when the interface came up; `new_errors` and `new_drops` are of the time
    watched, as is `queue_dropped`: what this device's own send queue threw away, being full."""

    received_kbps: float
    sent_kbps: float
    errors: int
    drops: int
    new_errors: int
    new_drops: int | None = None
    queue_dropped: int | None = None
    watched_ms: float | None = None

    @property
    def kbps(self) -> float:
        """The busier of both ways: a line is filled by one."""
        return max(self.received_kbps, self.sent_kbps)


class Meter:
    """Reads an interface's counters when it is made and whenever it is asked. Sends nothing."""

    def __init__(self, interface: str) -> None:
        self._interface = interface
        self._began_s = time.monotonic()
        self._before = counters(interface)
        self._queue_before = send_queue(interface)

    @property
    def watched_s(self) -> float:
        """How long it has watched."""
        return time.monotonic() - self._began_s

    def read(self) -> TrafficFacts | None:
        """What moved since. None: this system does not show it, or no time has passed."""
        before, after, watched_s = self._before, counters(self._interface), self.watched_s
        if before is None or after is None or watched_s <= 0:
            return None
        first, queue = self._queue_before, send_queue(self._interface)
        return TrafficFacts(
            received_kbps=_kbps(after.received_bytes - before.received_bytes, watched_s),
            sent_kbps=_kbps(after.sent_bytes - before.sent_bytes, watched_s),
            errors=after.errors,
            drops=after.drops,
            new_errors=after.errors - before.errors,
            new_drops=after.drops - before.drops,
            queue_dropped=queue.dropped - first.dropped if queue and first else None,
            watched_ms=round(watched_s * 1000, 1),
        )

    def wait(self, seconds: float) -> None:
        """Let time pass on the meter's own clock."""
        time.sleep(seconds)


def _kbps(moved_bytes: int, watched_s: float) -> float:
    return round(moved_bytes / watched_s / 125, 1)
