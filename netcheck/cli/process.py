"""The process around a verb: signals, defects, and leaving without waiting for anybody.

The verb runs in a thread, and the main thread does nothing but wait. So a signal is handled at
once whatever the verb is doing, an import cannot be cut in half, and no KeyboardInterrupt is ever
raised in the middle of somebody's code.
"""

import _signal  # type: ignore[import-not-found, unused-ignore]  # `signal` without `enum`
import os
import sys
import threading
from collections.abc import Callable, Sequence
from typing import NoReturn

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import FAILED

_JOB_DONE = b"\0"  # no signal has this number


def lead(argv: Sequence[str]) -> NoReturn:
    """Run the verb and leave."""
    read_end, write_end = os.pipe()
    if os.name != "nt":
        os.set_blocking(write_end, False)
    # A signal writes its number into this pipe, whichever thread the system gives it to; waiting
    # for a lock or a queue instead was seen to miss one in thirty.
    _signal.set_wakeup_fd(write_end, warn_on_full_buffer=False)
    for signum in (_signal.SIGINT, _signal.SIGTERM):
        if _signal.getsignal(signum) != _signal.SIG_IGN:
            _signal.signal(signum, lambda _signum, _frame: None)
    if not _debugging():
        # A defect in a background thread is told by what it did to the answer.
        threading.excepthook = _quiet
        sys.unraisablehook = _quiet
    door = Door()

    def begin(job: Callable[..., int], *given: object) -> list[int]:
        """Do it in a thread; its code is in the list once it is done."""
        done: list[int] = []

        def perform() -> None:
            done.append(job(*given))
            os.write(write_end, _JOB_DONE)

        threading.Thread(target=perform, daemon=True).start()
        return done

    done = begin(_work, list(argv), door)
    cut: list[int] | None = None
    caught: list[int] = []
    while True:
        caught += [number for number in os.read(read_end, 64) if number]
        if cut is None and done:
            _leave(done[0])
        if cut is None and caught:
            cut = begin(_cut_short, door, caught[0])
        elif cut:
            _leave(cut[0])
        elif len(caught) > 1:
            _show_cursor()
            _leave(128 + caught[1])  # asked twice: whatever the first is waiting for


def _leave(code: int) -> NoReturn:
    """End the process now, and with it the programs that a phone's reader still waits for."""
    programs = sys.modules.get("netcheck.device.program")  # loaded only where one was run
    if programs is not None:
        programs.end_all()
    os._exit(code)


def _work(argv: list[str], door: Door) -> int:
    try:
        from netcheck.cli.dispatch import perform

        return perform(argv, door)
    except BaseException as defect:
        return _failed(door, defect)


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


def _show_cursor() -> None:
    """The drawn path hides it, and is not asked to clear up any more."""
    if os.isatty(2) and os.environ.get("TERM", "dumb") != "dumb":
        os.write(2, b"\x1b[?25h")


def _show_traceback() -> None:
    import traceback

    traceback.print_exc()


def _debugging() -> bool:
    return os.environ.get("NETCHECK_DEBUG", "") not in ("", "0")


def _quiet(_: object) -> None:
    return None
