"""A collector that sees an outage: simulated devices report to it over real HTTP, hours in seconds.

Only the clock is not real: the collector receives each minute's reports in the simulated minute, so
that three quiet hours and the outage after them pass as fast as this machine can. From the present
on, the devices go on in real time.
"""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby

import requests

from netcheck.fleet.measured import Received
from netcheck.fleet.population.living import live
from netcheck.fleet.population.people import DAY_S, Makeup
from netcheck.fleet.population.weather import turned_away
from netcheck.fleet.watching import Watch
from netcheck.report.form import encode

DEVICES = 1000
BROKEN = "att_us"
_CARRIERS = {BROKEN: 0.35, "verizon_us": 0.35, "tmobile_us": 0.3}
_REGIONS = {"US": 1.0}
_TELL_OF_PHONES = 0.3  # more than of real ones, so that a thousand devices tell what many would
QUIET_S = 3 * 3600
OUTAGE_S = 40 * 60  # from its begin to now
_TOGETHER = 60  # minutes that are sent before the store is waited for
_NOON_S = DAY_S // 2
_MINUTE_S = 60
_STORED_WITHIN_S = 30.0
_ANSWER_WITHIN_S = 10.0
_LINES = 8  # to the collector: every device sends its reports alone, as real ones do


class DemoFailed(Exception):
    """`id` is what did not come about: `refused`, `not-stored`."""

    def __init__(self, id: str) -> None:
        super().__init__(id)
        self.id = id


@dataclass
class Sent:
    """What became of the reports so far."""

    reports: int = 0
    taken: int = 0


class SimulatedClock:
    """The collector's clock: seconds since 1970, of the minute that is being sent."""

    def __init__(self, at_s: float) -> None:
        self.at_s = at_s

    def __call__(self) -> float:
        """That moment."""
        return self.at_s


class Demo:
    """`catch_up` plays what was until now; `go_on` what happens from then on. Since `broke_s` the
    carrier is down; at `found_at_s` a minute was over that raised an alarm of it."""

    def __init__(self, address: str, clock: SimulatedClock, now_s: int, devices: int) -> None:
        self.broke_s = now_s - OUTAGE_S
        self.begins_s = self.broke_s - QUIET_S
        self.found_at_s: int | None = None
        self.sent = Sent()
        self._address, self._clock, self._now_s = address, clock, now_s
        makeup = Makeup(
            devices,
            _CARRIERS,
            _REGIONS,
            tell_of_phones=_TELL_OF_PHONES,
            utc_offset_s=_NOON_S - now_s % DAY_S,  # it is noon there, and nobody sleeps
        )
        happenings = turned_away(BROKEN, self.broke_s)
        self._minutes = live(makeup, happenings, self.begins_s, now_s + DAY_S)
        self._lines = ThreadPoolExecutor(_LINES)
        self._sessions = [_session() for _ in range(_LINES)]

    def catch_up(self, watch: Watch, stored: Callable[[], int]) -> None:
        """Until now, watched minute by minute. `stored` says how many reports the tables have.
        Raises DemoFailed, StoreTrouble."""
        for _, several in groupby(self._until_now(), key=lambda one: one[0] // _TOGETHER):
            minute = 0
            for minute, arrived in several:
                self._send(minute, arrived)
            self._wait_for(stored)
            self._watch(watch, minute + 1)

    def _watch(self, watch: Watch, until: int) -> None:
        for minute, alarm in watch.caught_up(until):
            if self.found_at_s is None and alarm.cell.carrier == BROKEN:
                self.found_at_s = (minute + 1) * _MINUTE_S

    def go_on(self, ended: threading.Event) -> None:
        """In real time, until it is ended. Raises DemoFailed."""
        for minute, arrived in self._minutes:
            if ended.wait(max(0.0, (minute + 1) * _MINUTE_S - time.time())):
                return
            self._send(minute, arrived)

    def _until_now(self) -> Iterator[tuple[int, list[Received]]]:
        for minute, arrived in self._minutes:
            yield minute, arrived
            if (minute + 1) * _MINUTE_S >= self._now_s:
                return

    def _send(self, minute: int, arrived: list[Received]) -> None:
        if not arrived:
            return
        self._clock.at_s = minute * _MINUTE_S
        self.sent.reports += len(arrived)
        parts = [arrived[at::_LINES] for at in range(_LINES)]
        try:
            self.sent.taken += sum(self._lines.map(self._send_over, self._sessions, parts))
        except requests.RequestException:
            raise DemoFailed("refused") from None

    def _send_over(self, session: requests.Session, arrived: Sequence[Received]) -> int:
        """One after the other; how many were taken."""
        taken = 0
        for one in arrived:
            body, url = encode(one.report), f"{self._address}/report"
            taken += session.post(url, data=body, timeout=_ANSWER_WITHIN_S).status_code == 202
        return taken

    def _wait_for(self, stored: Callable[[], int]) -> None:
        until_s = time.monotonic() + _STORED_WITHIN_S
        while stored() < self.sent.taken:
            if time.monotonic() > until_s:
                raise DemoFailed("not-stored")
            time.sleep(0.02)


def _session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False  # no proxy between us and this machine
    return session
