"""`--capture FILE`: the run's own packets as a file, where the system and the extra allow it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.problems import Problem

if TYPE_CHECKING:
    from netcheck.agent.running import Run


@contextmanager
def capturing(path: str | None, run: "Run", door: Door) -> Iterator[None]:
    """Keep the packets of what happens inside; nothing where no file was asked for."""
    if path is None:
        yield
        return
    from netcheck.probe.raw import lacking
    from netcheck.probe.raw_capture import Capture

    why = lacking()
    interface = run.situation.interface
    if why is not None or interface is None:
        raise Problem("error.no-capture", reason=why or "this device has no interface")
    capture = Capture(interface.name)
    if not capture.start():
        raise Problem("error.no-capture", reason=f"{interface.name} can't be listened to")
    try:
        yield
    finally:
        capture.stop()
        try:
            count = capture.write(path, run.situation.net.allowed.addresses())
        except OSError as wrong:
            door.say("error.capture-not-kept", path=path, reason=(wrong.strerror or "").lower())
        else:
            door.say("ui.captured", count=count, name=path)
