"""What was taken, on the disk before anybody is told so: a log that is written ahead of the store.

One thread writes what came in meanwhile as one frame, syncs it once for all, and only then lets
those who wait go on. A segment is deleted once all of it is in the store. After a crash what lies
here is read again; a frame that is not whole was never acknowledged.

A frame: MAGIC, the bytes that follow, their CRC-32, then lines of JSON.
"""

import os
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from netcheck.fleet.store.rows import Rows

_HEAD = struct.Struct(">4sII")
_MAGIC = b"ncs1"
MOST_FRAME_ROWS = 20_000
SEGMENT_BYTES = 32 << 20
SEGMENT_S = 10.0
RETRY_S = 2.0  # after the disk failed
Settled = Callable[[bool], None]


@dataclass
class Segment:
    """A file of the log. `left` frames of it are not in the store yet."""

    path: Path
    began_s: float
    bytes: int = 0
    left: int = 0
    closed: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """What was synced at once. `settled` is called once it is in the store."""

    rows: Rows
    segment: Segment


@dataclass(slots=True)
class _Waiting:
    rows: Rows
    settled: Settled


@dataclass
class Spool:
    """`pass_on` is given each frame once it is safe. `most_rows` may wait, on the disk and for it;
    more is refused."""

    folder: Path
    pass_on: Callable[[Frame], None]
    most_rows: int = 400_000
    failure: OSError | None = None
    rows_left: int = 0
    _failed_s: float = 0.0
    _queue: list[_Waiting] = field(default_factory=list)
    _wake: threading.Condition = field(default_factory=threading.Condition)
    _segment: Segment | None = None
    _number: int = 0
    _ended: bool = False
    _thread: threading.Thread | None = None

    def open(self) -> list[Segment]:
        """Make the folder. What a crash left in it, oldest first. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        left = sorted(self.folder.glob("*.spool"))
        self._number = int(left[-1].stem) if left else 0
        self._begin()
        return [Segment(path, 0.0, path.stat().st_size, closed=True) for path in left]

    def start(self) -> None:
        """Take in from now on."""
        self._thread = threading.Thread(target=self._write_on, daemon=True)
        self._thread.start()

    def put(self, rows: Rows, settled: Settled) -> bool:
        """Keep these rows; `settled` is called from another thread, with True once they are safe.
        False: there is no room, or the disk failed just now, and `settled` is never called."""
        with self._wake:
            failed = self.failure and time.monotonic() - self._failed_s < RETRY_S
            if self._ended or failed or self.rows_left + len(rows.ids) > self.most_rows:
                return False
            self.rows_left += len(rows.ids)
            self._queue.append(_Waiting(rows, settled))
            self._wake.notify()
        return True

    def stored(self, frames: Sequence[Frame]) -> None:
        """These frames are in the store: their files may go."""
        with self._wake:
            for frame in frames:
                self.rows_left -= len(frame.rows.ids)
                frame.segment.left -= 1
                self._drop(frame.segment)

    def forget(self, segment: Segment) -> None:
        """All of what a crash left there is in the store."""
        segment.path.unlink(missing_ok=True)

    def end(self) -> None:
        """Write what waits, and take no more."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        if self._thread is not None:
            self._thread.join()

    def _write_on(self) -> None:
        while True:
            with self._wake:
                while not self._queue and not self._ended:
                    self._wake.wait(SEGMENT_S)
                if not self._queue and self._ended:
                    return
                taken = self._next()
            try:
                frame = self._write(taken)
            except OSError as problem:
                self.failure, self._failed_s = problem, time.monotonic()
                self._refuse(taken)
                continue
            self.failure = None
            for waiting in taken:
                waiting.settled(True)
            self.pass_on(frame)

    def _next(self) -> list[_Waiting]:
        """What waits, up to a frame's size; at least one."""
        count = rows = 0
        for waiting in self._queue:
            if count and rows + len(waiting.rows.ids) > MOST_FRAME_ROWS:
                break
            count += 1
            rows += len(waiting.rows.ids)
        taken, self._queue = self._queue[:count], self._queue[count:]
        return taken

    def _refuse(self, taken: list[_Waiting]) -> None:
        with self._wake:
            self.rows_left -= sum(len(waiting.rows.ids) for waiting in taken)
        for waiting in taken:
            waiting.settled(False)

    def _write(self, taken: list[_Waiting]) -> Frame:
        segment = self._segment
        # A failure may have left half a frame, and none behind it would be read again.
        if segment is None or self.failure or segment.bytes > SEGMENT_BYTES or _is_old(segment):
            segment = self._turn()
        rows = Rows.joined([waiting.rows for waiting in taken])
        raw = rows.body
        head = _HEAD.pack(_MAGIC, len(raw), zlib.crc32(raw))
        if os.writev(self._file, (head, raw)) < len(head) + len(raw):
            raise OSError("the disk took only a part")
        os.fdatasync(self._file)
        segment.bytes += len(head) + len(raw)
        with self._wake:
            segment.left += 1
        return Frame(rows, segment)

    def _turn(self) -> Segment:
        """Close the segment at hand, and begin the next."""
        old = self._segment
        if old is not None:
            with suppress(OSError):
                os.close(self._file)
            with self._wake:
                old.closed = True
                self._drop(old)
        return self._begin()

    def _begin(self) -> Segment:
        self._number += 1
        path = self.folder / f"{self._number:012}.spool"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
        self._file = os.open(path, flags, 0o600)
        _sync_folder(self.folder)
        self._segment = Segment(path, time.monotonic())
        return self._segment

    def _drop(self, segment: Segment) -> None:
        if segment.closed and segment.left == 0:
            segment.path.unlink(missing_ok=True)


def frames_in(path: Path) -> Iterator[bytes]:
    """The frames of a segment, up to the first that is not whole."""
    with path.open("rb") as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            magic, length, crc = _HEAD.unpack(head)
            body = file.read(length) if magic == _MAGIC else b""
            if magic != _MAGIC or len(body) < length or zlib.crc32(body) != crc:
                return
            yield body


def _is_old(segment: Segment) -> bool:
    return segment.bytes > 0 and time.monotonic() - segment.began_s > SEGMENT_S


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
