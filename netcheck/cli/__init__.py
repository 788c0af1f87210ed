"""The door: `netcheck VERB`. One file a verb; each imports the rooms it needs when it is called.

Nothing heavy is imported here: signals are caught before anything else is loaded.
"""

import os
import sys

STOPPED = b"Stopped before anything was known.\n"


def main(argv: "list[str] | None" = None) -> None:
    """Run the command and leave the process with its exit code; never returns."""
    # `signal` would load `enum` first, and an interrupt in between would show a traceback.
    import _signal  # type: ignore[import-not-found, unused-ignore]

    for signum in (_signal.SIGINT, _signal.SIGTERM):
        # Ignored signals stay ignored: a shell starts background jobs that way.
        if _signal.getsignal(signum) != _signal.SIG_IGN:
            _signal.signal(signum, _stop)
    given = list(sys.argv[1:] if argv is None else argv)
    if given in (["--version"], ["-V"]):
        from netcheck import __version__

        _write(f"netcheck {__version__}\n")
        os._exit(0)
    from netcheck.cli.process import lead

    lead(given)


def _stop(signum: int, _frame: object) -> None:
    """What a signal does until a verb is under way."""
    try:
        os.write(2, STOPPED)
    except OSError:
        os._exit(128 + signum)
    os._exit(128 + signum)


def _write(text: str) -> None:
    try:
        os.write(1, text.encode())
    except OSError:
        return
