"""From the store to alarms: each minute that is over is read once, counted, weighed, and what that
changes is kept in the store.

What was heard so far is kept in a file, so that a restart goes on where it ended. Of a store that
several collectors fill, one process watches. Weakness: a report that the store takes later than
LAG_S after its minute is not counted here (it is on the page).
"""

import json
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from netcheck.fleet.detection.detector import Detector
from netcheck.fleet.detection.tally import Tally
from netcheck.fleet.measured import Alarm, Received
from netcheck.fleet.recurring import Recurring
from netcheck.fleet.store import alarms as kept_alarms
from netcheck.fleet.store.engine import Engine
from netcheck.report.form import Report
from netcheck.store.unavailable import StoreUnavailable
from netcheck.store.write import write_whole

LAG_S = 20.0  # from a minute's end until the store has what came in it
BEFORE = 180  # minutes that are read where nothing is known: twice what the count remembers
LONGEST_GAP = 1440  # minutes; what lies further back is not caught up with
KEEP_EVERY_S = 120.0
_REST_S = 5.0
_MINUTE_S = 60
_FORMAT = 2


class Watch:
    """`caught_up` reads on; `keep` makes the state safe. Minutes are of 1970, UTC."""

    def __init__(self, engine: Engine, state: Path, now: int) -> None:
        """Goes on from the file `state`, or begins anew where it is missing, damaged or old."""
        self._engine, self._state = engine, state
        told = _read(state, now)
        if told is not None:
            self.next: int = told["next"]
            self._tally = Tally.from_json(told["tally"])
            self._detector = Detector.from_json(told["detector"])
        else:
            self.next, self._tally, self._detector = now - BEFORE, Tally(), Detector()
        self._resumed = told is not None
        self._kept_s = time.monotonic()

    @property
    def alarms(self) -> list[Alarm]:
        """All that last."""
        return self._detector.alarms

    def caught_up(self, until: int) -> list[tuple[int, Alarm]]:
        """Reads all minutes before `until` that were not read yet: the alarms that began, changed
        or ended, each with the minute that showed it. Raises StoreTrouble; what was read until then
        stands."""
        if not self._resumed:
            self._end_forgotten(until)
        changed: list[tuple[int, Alarm]] = []
        arrived = _Arrived(self._engine, self.next, until)
        while self.next < until:
            for received, batch in arrived.of(self.next):
                self._tally.add(received, batch or None)
            counts, due = self._tally.close(self.next)
            news = self._detector.feed(self.next, counts, due)
            changed += [(self.next, alarm) for alarm in news]
            self._keep_alarms(news)
            self.next += 1
            if time.monotonic() - self._kept_s >= KEEP_EVERY_S:
                self.keep()
        return changed

    def keep(self) -> None:
        """The lasting alarms as they are now, and the state. Raises StoreTrouble. Where the disk
        takes no more, a restart reads further back."""
        self._keep_alarms(self.alarms)
        self._kept_s = time.monotonic()
        told = {
            "format": _FORMAT,
            "next": self.next,
            "tally": self._tally.to_json(),
            "detector": self._detector.to_json(),
        }
        try:
            write_whole(self._state, json.dumps(told, separators=(",", ":")))
        except StoreUnavailable:
            return

    def _keep_alarms(self, alarms: list[Alarm]) -> None:
        kept_alarms.keep(self._engine, alarms, time.time_ns())

    def _end_forgotten(self, until: int) -> None:
        """Alarms of a detection whose state is lost would last for ever."""
        lasting = [one for one in kept_alarms.kept(self._engine, until) if one.over is None]
        self._keep_alarms([replace(one, over=max(one.began, self.next)) for one in lasting])
        self._resumed = True


def watching(watch: Watch, clock: Callable[[], float] = time.time) -> Recurring:
    """A watch in a thread of its own; at its end the state is kept."""

    def catch_up() -> None:
        watch.caught_up(int(clock() - LAG_S) // _MINUTE_S)

    return Recurring(catch_up, _REST_S, watch.keep)


class _Arrived:
    """What came from minute to minute, an hour read at once."""

    def __init__(self, engine: Engine, since: int, until: int) -> None:
        self._engine, self._until = engine, until
        self._loaded = since
        self._found: dict[int, list[tuple[Received, int]]] = {}

    def of(self, minute: int) -> list[tuple[Received, int]]:
        """Each with the number of its batch, 0 where it came alone."""
        if minute >= self._loaded:
            self._loaded = min(self._until, minute + 60)
            self._found = {}
            for received, batch in _received(self._engine, minute, self._loaded):
                at = received.at_s // _MINUTE_S
                self._found.setdefault(at, []).append((received, batch))
        return self._found.get(minute, [])


def _received(engine: Engine, since: int, until: int) -> Iterator[tuple[Received, int]]:
    """The fields of a report that the count looks at, and its batch."""
    sql = (
        "SELECT toUInt32(received), time, token, carrier, region, called, side, "
        "phone_service, findings, batch FROM reports "
        "WHERE received >= toDateTime({begin:UInt32}, 'UTC') "
        "AND received < toDateTime({end:UInt32}, 'UTC') AND carrier != '' "
        "ORDER BY received, report_id"
    )
    asked: dict[str, object] = {"begin": since * _MINUTE_S, "end": until * _MINUTE_S}
    for at_s, told, token, carrier, region, called, side, service, findings, batch in engine.rows(
        sql, asked
    ):
        received = Received(
            Report(
                report_id="",
                device_token=f"{token:08x}",
                time=told,
                netcheck="",
                rules=0,
                carrier=carrier,
                region=region or None,
                called=called or None,
                side=side,
                phone_service=service or None,
                findings=tuple(findings),
            ),
            at_s,
        )
        yield received, batch


def _read(state: Path, now: int) -> dict[str, Any] | None:
    """None where it is of no use."""
    try:
        told = json.loads(state.read_bytes())
        if told["format"] == _FORMAT and now - LONGEST_GAP <= told["next"] <= now:
            Tally.from_json(told["tally"])
            Detector.from_json(told["detector"])
            found: dict[str, Any] = told
            return found
    except (OSError, ValueError, LookupError, TypeError, AttributeError):
        return None
    return None
