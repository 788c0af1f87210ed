"""The process around a verb: signals, defects, and leaving without waiting for anybody.

The verb runs in a thread, and the main thread does nothing but wait. So a signal is handled at
once whatever the verb is doing, an import cannot be cut in half, and no KeyboardInterrupt is ever
raised in the middle of somebody's code.
"""

import _signal  # type: ignore[import-not-found, unused-ignore]  # `signal` without `enum`
import os
import sys
import threading
from collections.abc import Sequence
from queue import Empty, SimpleQueue
from types import FrameType
from typing import NoReturn

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import FAILED

# A lock cannot be interrupted by Ctrl-C on Windows.
_LOOK_S = 0.2 if os.name == "nt" else None


def lead(argv: Sequence[str]) -> NoReturn:
    """Run the verb and leave."""
    events: SimpleQueue[tuple[str, int]] = SimpleQueue()
    caught: list[int] = []

    def stop(signum: int, _frame: FrameType | None) -> None:
        if caught:
            os._exit(128 + signum)  # asked twice: whatever the first is waiting for
        caught.append(signum)
        events.put(("signal", signum))

    door = Door()
    for signum in (_signal.SIGINT, _signal.SIGTERM):
        if _signal.getsignal(signum) != _signal.SIG_IGN:
            _signal.signal(signum, stop)
    if not _debugging():
        # A defect in a background thread is told by what it did to the answer.
        threading.excepthook = _quiet
        sys.unraisablehook = _quiet
    threading.Thread(target=_work, args=(list(argv), door, events), daemon=True).start()
    what, number = _next(events)
    code = number if what == "done" else _cut_short(door, number)
    os._exit(code)


def _next(events: "SimpleQueue[tuple[str, int]]") -> tuple[str, int]:
    while True:
        try:
            return events.get(timeout=_LOOK_S)
        except Empty:
            continue


def _work(argv: list[str], door: Door, events: "SimpleQueue[tuple[str, int]]") -> None:
    code = FAILED
    try:
        from netcheck.cli.dispatch import perform

        code = perform(argv, door)
    except BaseException as defect:
        code = _failed(door, defect)
    finally:
        events.put(("done", code))


def _cut_short(door: Door, signum: int) -> int:
    try:
        return door.cut_short(signum)
    except BaseException:
        if _debugging():
            _show_traceback()
        return 128 + signum


def _failed(door: Door, defect: BaseException) -> int:
    """One sentence for a defect of ours; the traceback only for those who ask."""
    if _debugging():
        _show_traceback()
    reason = f"{type(defect).__name__}: {defect}".rstrip(": ")
    try:
        said = door.words.say("error.netcheck-failed", {"reason": reason})
        return door.complain(f"{said} {door.words.say('error.how-to-report')}", FAILED)
    except BaseException:  # the words themselves may be what is broken
        os.write(2, f"netcheck itself failed: {reason}\n".encode(errors="replace"))
        return FAILED


def _show_traceback() -> None:
    import traceback

    traceback.print_exc()


def _debugging() -> bool:
    return os.environ.get("NETCHECK_DEBUG", "") not in ("", "0")


def _quiet(_: object) -> None:
    return None
