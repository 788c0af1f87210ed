"""From the spool into the tables, by one thread, in batches, each report exactly once.

A report that came twice is dropped by its id. An insert that failed is tried again as the same
block with the same token, which the engine takes once. After a crash the spool is read again: what
the tables have is passed over, and the roll-up of those minutes is made anew, since the crash may
have come between a table and its roll-up.
"""

import threading
import time
from collections import deque
from dataclasses import dataclass, field

from netcheck.fleet.store.engine import Engine, StoreTrouble
from netcheck.fleet.store.rows import Rows
from netcheck.fleet.store.seen import KEPT_DAYS, Seen
from netcheck.fleet.store.spool import Frame, Segment, Spool, frames_in

BATCH_ROWS = 50_000
REST_S = 1.0  # between two inserts: small ones cost as much as large ones
_FIRST_WAIT_S, _LONGEST_WAIT_S = 0.25, 15.0


@dataclass
class Written:
    """What became of it, for the metrics. `trouble`: what the store says while it refuses."""

    stored: int = 0
    twice: int = 0
    replayed: int = 0
    inserts: int = 0
    failures: int = 0
    trouble: str | None = None


@dataclass
class Writer:
    """`open`, then `start`; `take` is what the spool passes frames on to."""

    engine: Engine
    spool: Spool
    written: Written = field(default_factory=Written)
    _seen: Seen = field(default_factory=Seen)
    _frames: deque[Frame] = field(default_factory=deque)
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _ended: bool = False
    _given_up: bool = False
    _thread: threading.Thread | None = None

    def open(self, left: list[Segment]) -> None:
        """Bring what a crash left into the tables, all of it. Raises StoreTrouble."""
        since = f"now() - toIntervalDay({KEPT_DAYS})"
        # The first half of an id, as `Rows.keys` takes it.
        sql = f"SELECT reinterpretAsUInt64(report_id) FROM reports WHERE received >= {since}"
        self._seen = Seen([self.engine.column(sql)])
        first: int | None = None
        for segment in left:
            for body in frames_in(segment.path):
                rows = Rows.read(body)
                came = rows.first_received_s()
                first = came if first is None else min(first, came)
                self.written.replayed += self._insert_new(rows)
        if first is not None:
            rebuild_roll_up(self.engine, first)
        for segment in left:
            self.spool.forget(segment)

    def start(self) -> None:
        """Write from now on."""
        self._thread = threading.Thread(target=self._write_on, daemon=True)
        self._thread.start()

    def take(self, frame: Frame) -> None:
        """What the spool has made safe."""
        with self._wake:
            self._frames.append(frame)
            self._wake.notify()

    def end(self, patience_s: float = 10.0) -> bool:
        """Write what waits, as long as that is allowed to take. False: it waits on in the spool."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join(patience_s)
            self._given_up = self._thread.is_alive()
        return not self._given_up

    def _write_on(self) -> None:
        while True:
            with self._wake:
                while not self._frames and not self._ended:
                    self._wake.wait(REST_S)
                if not self._frames:
                    return
                frames = self._next()
            began_s = time.monotonic()
            rows = Rows.joined([frame.rows for frame in frames])
            if not self._insert_patiently(rows):
                return
            self.spool.stored(frames)
            self._rest(began_s, len(rows.ids))

    def _rest(self, began_s: float, rows: int) -> None:
        with self._wake:
            if not self._ended and rows < BATCH_ROWS // 2:
                self._wake.wait_for(
                    lambda: self._ended, max(0.0, REST_S - (time.monotonic() - began_s))
                )

    def _next(self) -> list[Frame]:
        frames = [self._frames.popleft()]
        rows = len(frames[0].rows.ids)
        while self._frames and rows + len(self._frames[0].rows.ids) <= BATCH_ROWS:
            frames.append(self._frames.popleft())
            rows += len(frames[-1].rows.ids)
        return frames

    def _insert_patiently(self, rows: Rows) -> bool:
        """Until it is done. False: it was told to end before."""
        wait_s = _FIRST_WAIT_S
        while True:
            try:
                self._insert_new(rows)
                self.written.trouble = None
                return True
            except StoreTrouble as trouble:
                self.written.trouble = str(trouble)
                self.written.failures += 1
            except Exception as defect:  # ours: this thread must not die of it, nor lose a report
                self.written.trouble = f"the collector itself failed ({type(defect).__name__})"
                self.written.failures += 1
            with self._wake:
                if self._given_up or (self._ended and wait_s > 1.0):
                    return False
                self._wake.wait_for(lambda: self._ended, wait_s)
            wait_s = min(2 * wait_s, _LONGEST_WAIT_S)

    def _insert_new(self, rows: Rows) -> int:
        """How many were not there before. Raises StoreTrouble."""
        keys = rows.keys()
        fresh = self._seen.new(keys)
        new = rows.only(fresh)
        if new.ids:
            token = f"{new.ids[0]}-{new.ids[-1]}-{len(new.ids)}"
            self.engine.insert("reports", new.body, token)
            self._seen.add(keys[fresh])
        self.written.inserts += bool(new.ids)
        self.written.stored += len(new.ids)
        self.written.twice += len(rows.ids) - len(new.ids)
        return len(new.ids)


def rebuild_roll_up(engine: Engine, since_s: int) -> bool:
    """Make the roll-up of all that came since then anew. False: the tables are spread over a
    cluster, whose shards drop a repeated block by themselves. Raises StoreTrouble."""
    found = engine.rows(
        "SELECT name, engine, as_select FROM system.tables WHERE database = currentDatabase() "
        "AND name IN ('roll_up', 'into_roll_up')"
    )
    about = {name: (kind, select) for name, kind, select in found}
    if about["roll_up"][0] == "Distributed":
        return False
    since = f"bin >= toStartOfFiveMinutes(toDateTime({int(since_s)}, 'UTC'))"
    engine.command(f"DELETE FROM roll_up WHERE {since}")
    engine.command(
        f"INSERT INTO roll_up SELECT * FROM ({about['into_roll_up'][1]}) WHERE {since}",
        insert_deduplicate=0,
    )
    return True
