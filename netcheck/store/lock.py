"""One writer at a time, across processes, without waiting for ever."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from netcheck.store.unavailable import StoreUnavailable

WAIT_S = 2.0
RETRY_S = 0.02


@contextmanager
def locked(path: Path, wait_s: float = WAIT_S) -> Iterator[None]:
    """Holds `path`'s lock file while the block runs.

    The system drops the lock when a process dies, however it dies. Where there is no locking (a
    file system without it, a Python without fcntl and msvcrt) the block runs unguarded.

    Raises:
        StoreUnavailable: another run held it for longer than `wait_s`.
        OSError: the lock file cannot be made.
    """
    descriptor = os.open(path.with_name(path.name + ".lock"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _acquire(_locking(), descriptor, time.monotonic() + wait_s)
        yield
    finally:
        os.close(descriptor)  # releases the lock on every system


def _acquire(lock: Callable[[int], bool], descriptor: int, until: float) -> None:
    while not lock(descriptor):
        if time.monotonic() >= until:
            raise StoreUnavailable("another run is writing, and did not end in time")
        time.sleep(RETRY_S)


def _locking() -> Callable[[int], bool]:
    """How this system locks: a function that says whether the lock is ours now."""
    try:
        import fcntl
    except ImportError:
        return _locking_on_windows()

    def by_flock(descriptor: int) -> bool:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:  # no locks here (some network file systems): better unguarded than lost
            return True
        return True

    return by_flock


def _locking_on_windows() -> Callable[[int], bool]:
    try:
        import msvcrt
    except ImportError:
        return lambda descriptor: True
    locking: Callable[[int, int, int], None] = getattr(msvcrt, "locking")  # noqa: B009  (typed per system)
    try_now: int = getattr(msvcrt, "LK_NBLCK")  # noqa: B009  (typed per system)

    def by_locking(descriptor: int) -> bool:
        try:
            locking(descriptor, try_now, 1)
        except OSError:
            return False
        return True

    return by_locking
