"""How much this device itself sends and loads, over a length of time: no check, but their meter."""

import time
from dataclasses import dataclass

from netcheck.device.send_queue import SendQueue, send_queue
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
        """What moved since. None: this system does not show it, its counters began anew, or no
        time has passed."""
        before, after, watched_s = self._before, counters(self._interface), self.watched_s
        if before is None or after is None or watched_s <= 0:
            return None
        new = after.since(before)
        if new is None:
            return None
        return TrafficFacts(
            received_kbps=_kbps(new.received_bytes, watched_s),
            sent_kbps=_kbps(new.sent_bytes, watched_s),
            errors=after.errors,
            drops=after.drops,
            new_errors=new.errors,
            new_drops=new.drops,
            queue_dropped=_thrown_away(self._queue_before, send_queue(self._interface)),
            watched_ms=round(watched_s * 1000, 1),
        )

    def wait(self, seconds: float) -> None:
        """Let time pass on the meter's own clock."""
        time.sleep(seconds)


def _thrown_away(before: SendQueue | None, after: SendQueue | None) -> int | None:
    """None also for a queue that was set up anew meanwhile."""
    if before is None or after is None or after.dropped < before.dropped:
        return None
    return after.dropped - before.dropped


def _kbps(moved_bytes: int, watched_s: float) -> float:
    return round(moved_bytes / watched_s / 125, 1)
