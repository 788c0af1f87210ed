"""Runs another program within a time and a size, and gives back what it printed.

What it printed may hold identifiers: it is parsed and dropped by the reader that asked, and no
exception carries it.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from typing import NamedTuple

_MOST_BYTES = 2_000_000  # a registry dump without its logs has a few thousand
_running: "set[subprocess.Popen[bytes]]" = set()


class NotThere(Exception):
    """There is no such program."""


class TooSlow(Exception):
    """It had not ended in time, and was ended."""


class Printed(NamedTuple):
    """The exit code, and the standard output up to a limit."""

    code: int
    text: str


def run(
    command: Sequence[str], timeout_s: float, *, environment: Mapping[str, str] | None = None
) -> Printed:
    """Run it without a shell and without input; `environment` in addition to ours. Raises NotThere
    or TooSlow.

    A server that the program leaves behind may hold the pipe open, so the end of the program
    counts, not the end of its output.
    """
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env={**os.environ, **environment} if environment else None,
            start_new_session=True,  # a group of its own, so that all of it can be ended
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),  # Windows only
        )
    except OSError:
        raise NotThere from None
    _running.add(process)
    chunks: list[bytes] = []
    reading = threading.Thread(target=_drain, args=(process, chunks), daemon=True)
    reading.start()
    try:
        code = process.wait(max(0.0, timeout_s))
    except subprocess.TimeoutExpired:
        _end(process)
        raise TooSlow from None
    finally:
        _running.discard(process)
    reading.join(0.5)
    return Printed(code, b"".join(chunks)[:_MOST_BYTES].decode("utf-8", "replace"))


def end_all() -> None:
    """End what still runs: netcheck leaves, and nobody waits for it any more."""
    for process in tuple(_running):
        _kill(process)


def _drain(process: "subprocess.Popen[bytes]", chunks: list[bytes]) -> None:
    """Read to the end, keep up to the limit: a program that blocks on a full pipe never ends."""
    assert process.stdout is not None
    kept = 0
    with contextlib.suppress(OSError, ValueError):
        while chunk := os.read(process.stdout.fileno(), 65536):
            if kept < _MOST_BYTES:
                chunks.append(chunk)
                kept += len(chunk)


def _end(process: "subprocess.Popen[bytes]") -> None:
    _kill(process)
    # One that sleeps in the kernel is left there: its reading thread is a daemon.
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(1.0)


def _kill(process: "subprocess.Popen[bytes]") -> None:
    if sys.platform == "win32":
        process.kill()
    else:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
