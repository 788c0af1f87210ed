"""Reports that wait to be sent: one file each, so that a crash loses at most the one being written.

Bounded in number and age; what is dropped is counted. A report's id makes it one report, however
often it is put here: one that waits or is done is not taken again. Runs at once share a lock.
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from netcheck.store.lock import locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import read_whole, write_whole

FOLDER = "outbox"
STATE = "state"
MOST_REPORTS = 40
MOST_AGE_S = 7 * 86_400
MOST_DONE = 200  # ids remembered, so that none is taken twice
LONGEST_WAIT_S = 6 * 3600  # none is put off for longer: more means that the clock was changed
END_OF_TIME_S = 1e11  # the year 5138
_REPORT = ".report"


@dataclass(frozen=True, slots=True)
class Waiting:
    """One report. `queued_s` and `due_s` are seconds since 1970; `body` is what is sent."""

    id: str
    queued_s: float
    due_s: float
    tries: int
    body: str

    def is_due(self, now_s: float) -> bool:
        """Whether its time has come. A clock that was set back makes nothing wait for years."""
        return not now_s < self.due_s <= now_s + LONGEST_WAIT_S


@dataclass(frozen=True, slots=True)
class State:
    """`last` is the verdict that was put here last, as words, and `last_s` when. The counts are of
    reports that never went out: too many, too old, no reports at all, or refused by the
    collector."""

    last: str = ""
    last_s: float = 0.0
    sent: int = 0
    sent_s: float = 0.0
    dropped_full: int = 0
    dropped_old: int = 0
    dropped_broken: int = 0
    refused: int = 0
    done: tuple[str, ...] = ()


def put(report: Waiting, verdict: str = "") -> bool:
    """Puts a report here. False: it is here already, or done.

    Raises:
        StoreUnavailable: the folder cannot be written.
    """
    with _alone():
        known = state()
        if report.id in known.done or _path(report.id).exists():
            return False
        _write(report)
        _save(replace(known, last=verdict or known.last, last_s=report.queued_s))
        _bound(report.queued_s)
    return True


def waiting() -> tuple[Waiting, ...]:
    """What waits, oldest first; a file that holds something else is passed over.

    Raises:
        StoreUnavailable: the folder may not be read.
    """
    done = set(state().done)
    found = [_read(path) for path in _files()]
    whole = [one for one in found if one is not None and one.id not in done]
    return tuple(sorted(whole, key=lambda one: (one.queued_s, one.id)))


def state() -> State:
    """What is remembered beside the reports.

    Raises:
        StoreUnavailable: it may not be read.
    """
    try:
        kept = json.loads(read_whole(_folder() / STATE) or "{}")
        fresh = asdict(State())
        fits = {k: v for k, v in kept.items() if k in fresh and _like(v, fresh[k])}
        return State(**{**fits, "done": tuple(map(str, fits.get("done", ())))})
    except (ValueError, AttributeError, TypeError, RecursionError):
        return State()


def put_off(report: Waiting, due_s: float) -> None:
    """One more try was in vain: it waits until then.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        if _path(report.id).exists():  # else forgotten, or dropped meanwhile
            _write(replace(report, tries=report.tries + 1, due_s=due_s))


def settle(report: Waiting, now_s: float, *, accepted: bool) -> None:
    """It is sent, or will never be taken. Remembered first, removed then: a crash between leaves a
    file that is passed over.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        known = _with_done(state(), report.id)
        if accepted:
            known = replace(known, sent=known.sent + 1, sent_s=now_s)
        else:
            known = replace(known, refused=known.refused + 1)
        _save(known)
        _remove(report.id)


def drop_broken(id: str) -> None:
    """Drops what waits here and is no report.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        if _path(id).exists():
            known = state()
            _save(replace(known, dropped_broken=known.dropped_broken + 1))
            _remove(id)


def pass_over(id: str) -> None:
    """A report of that id is never taken here: it counts as done.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        _save(_with_done(state(), id))
        _remove(id)


def waits(id: str) -> bool:
    """Whether a report of that id is still here."""
    return _path(id).exists()


def drop_old(now_s: float) -> None:
    """Drops what is older than MOST_AGE_S, what is too much, and what is no report.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        _bound(now_s)


def empty() -> int:
    """Throws all that waits away, whatever is in it. How many reports that were.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    with _alone():
        thrown = waiting()
        for path in _files():
            _unlink(path)
        return len(thrown)


@contextmanager
def sending() -> Iterator[None]:
    """Held by whoever sends: two at once would send everything twice.

    Raises:
        StoreUnavailable: another one sends just now.
    """
    path = _folder() / "sending"
    with told_as_unavailable(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path, 0.1):
            yield


def _bound(now_s: float) -> None:
    here, known = waiting(), state()
    for done in known.done:
        _remove(done)  # what a crash left of one that is settled
    # A clock set back makes a report look as if it came from the future: it is not old then.
    old = [one for one in here if now_s - one.queued_s > MOST_AGE_S]
    young = [one for one in here if one not in old]
    full = young[: max(0, len(young) - MOST_REPORTS)]
    whole = {_path(one.id) for one in here}
    broken = [path for path in _files() if path not in whole]
    if not (old or full or broken):
        return
    _save(
        replace(
            known,
            dropped_old=known.dropped_old + len(old),
            dropped_full=known.dropped_full + len(full),
            dropped_broken=known.dropped_broken + len(broken),
        )
    )
    for report in (*old, *full):
        _remove(report.id)
    for path in broken:
        _unlink(path)


@contextmanager
def _alone() -> Iterator[None]:
    path = _folder() / STATE
    with told_as_unavailable(path):
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with locked(path):
            yield


def _folder() -> Path:
    return state_dir() / FOLDER


def _files() -> list[Path]:
    """Whatever is named as a report here."""
    folder = _folder()
    with told_as_unavailable(folder):
        names = sorted(os.listdir(folder)) if folder.is_dir() else []
    return [folder / name for name in names if name.endswith(_REPORT)]


def _path(id: str) -> Path:
    return _folder() / f"{id}{_REPORT}"


def _write(report: Waiting) -> None:
    write_whole(_path(report.id), json.dumps(asdict(report)) + "\n")


def _save(known: State) -> None:
    write_whole(_folder() / STATE, json.dumps(asdict(known)) + "\n")


def _with_done(known: State, id: str) -> State:
    done = (*(one for one in known.done if one != id), id)
    return replace(known, done=done[-MOST_DONE:])


def _remove(id: str) -> None:
    _unlink(_path(id))


def _unlink(path: Path) -> None:
    with suppress(FileNotFoundError):
        path.unlink()


def _read(path: Path) -> Waiting | None:
    try:
        kept = json.loads(read_whole(path) or "")
        fresh = asdict(Waiting("", 0.0, 0.0, 0, ""))
        if kept.keys() != fresh.keys() or not all(_like(kept[k], fresh[k]) for k in fresh):
            return None
        return Waiting(**kept) if path.name == f"{kept['id']}{_REPORT}" else None
    except (ValueError, AttributeError, RecursionError):
        return None


def _like(value: object, example: object) -> bool:
    """Whether a value is of the example's type; a whole number is a number too. Moments that no
    clock tells are none."""
    if isinstance(example, float):
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and 0 <= value < END_OF_TIME_S  # type: ignore[operator]
    if isinstance(example, tuple):
        return isinstance(value, list)
    return isinstance(value, type(example)) and not isinstance(value, bool)
