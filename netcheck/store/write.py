"""The crash-safe writes: a reader sees the old whole or the new whole, whenever the power fails."""

import contextlib
import os
import time
from pathlib import Path

from netcheck.store.lock import WAIT_S, locked
from netcheck.store.unavailable import told_as_unavailable

STALE_TEMPORARY_S = 3600
TEMPORARY = ".tmp"


def write_whole(path: Path, text: str) -> None:
    """Replaces a file: a temporary one beside it, flushed to the disk, renamed over it, and the
    folder flushed too. Only the user may read it.

    Raises:
        StoreUnavailable: the folder cannot be made or written.
    """
    write_whole_bytes(path, text.encode())


def write_whole_bytes(path: Path, raw: bytes) -> None:
    """The same for what is no text.

    Raises:
        StoreUnavailable: the folder cannot be made or written.
    """
    with told_as_unavailable(path):
        make_folder(path.parent)
        _sweep(path)
        temporary = path.with_name(f".{path.name}.{os.getpid()}.{time.monotonic_ns()}{TEMPORARY}")
        try:
            _write_flushed(temporary, raw)
            _rename(temporary, path)
        except BaseException:
            with contextlib.suppress(OSError):
                temporary.unlink()
            raise
        _flush_folder(path.parent)


def append_line(path: Path, line: str, *, most_lines: int, wait_s: float = WAIT_S) -> None:
    """Appends one line under a lock. What a crash left without its newline is cut off first.

    Past `most_lines` the oldest half is dropped, in the crash-safe way.

    Raises:
        StoreUnavailable: the folder cannot be written, or another run holds the lock too long.
        ValueError: `line` is more than one line; a defect of the caller.
    """
    if "\n" in line:
        raise ValueError("a line has no newline inside")
    with told_as_unavailable(path):
        make_folder(path.parent)
        with locked(path, wait_s):
            grown = append_held(path, line.encode() + b"\n")
            if grown > most_lines:
                newest = read_lines(path)[-(most_lines // 2) :]
                write_whole(path, "".join(f"{kept}\n" for kept in newest))


def read_whole(path: Path) -> str | None:
    """A file's text; None where there is none or its bytes are no text.

    Raises:
        StoreUnavailable: it is there and may not be read.
    """
    raw = _read_bytes(path)
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None


def read_lines(path: Path) -> list[str]:
    """The whole lines of a file; a last one without its newline is not whole.

    Raises:
        StoreUnavailable: it is there and may not be read.
    """
    whole, _, _ = (_read_bytes(path) or b"").rpartition(b"\n")
    return [line.decode(errors="replace") for line in whole.split(b"\n") if line]


def _read_bytes(path: Path) -> bytes | None:
    with told_as_unavailable(path):
        try:
            return path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None


def make_folder(folder: Path) -> None:
    """Makes it where it is missing, for the user alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)


def _write_flushed(path: Path, raw: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | _binary(), 0o600)
    try:
        _write_all(descriptor, raw)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def append_held(path: Path, raw: bytes) -> int:
    """Appends one line, whose lock the caller holds, and says how many lines there are now. What a
    crash left without its newline is cut off first."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | _binary(), 0o600)
    try:
        before = _read_all(descriptor)
        whole = before[: before.rfind(b"\n") + 1]
        if len(whole) < len(before):
            os.ftruncate(descriptor, len(whole))
        os.lseek(descriptor, len(whole), os.SEEK_SET)
        _write_all(descriptor, raw)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    if not before:
        _flush_folder(path.parent)
    return whole.count(b"\n") + 1


def _read_all(descriptor: int) -> bytes:
    parts = []
    while part := os.read(descriptor, 1 << 20):
        parts.append(part)
    return b"".join(parts)


def _write_all(descriptor: int, raw: bytes) -> None:
    view = memoryview(raw)
    while view:
        view = view[os.write(descriptor, view) :]


def _rename(temporary: Path, path: Path) -> None:
    """Windows refuses while a reader has the file open; a reader is done in no time."""
    for last_try in (False, False, True):
        try:
            temporary.replace(path)
            return
        except PermissionError:
            if os.name != "nt" or last_try:
                raise
            time.sleep(0.05)


def _flush_folder(folder: Path) -> None:
    """Makes the rename itself durable. Windows has no such call and needs none."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _sweep(path: Path) -> None:
    """Removes temporary files of this name that a killed run left behind."""
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:
        oldest = time.time() - STALE_TEMPORARY_S
        for entry in entries:
            ours = entry.name.startswith(f".{path.name}.") and entry.name.endswith(TEMPORARY)
            if ours and entry.stat().st_mtime < oldest:
                os.unlink(entry.path)


def _binary() -> int:
    return getattr(os, "O_BINARY", 0)
