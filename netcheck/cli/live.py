"""The path on stderr while a run is under way: shown once what draws it is loaded."""

import sys
import threading
from typing import TYPE_CHECKING

from netcheck.cli.door import Door, in_colour, speaks_unicode

if TYPE_CHECKING:
    from netcheck.model.carrier import Carrier
    from netcheck.model.result import StageView
    from netcheck.render.terminal import LivePath


class Live:
    """Draws nothing until it is both allowed (no question is on screen) and warm."""

    def __init__(self, door: Door, *, shown: bool) -> None:
        self.shown = shown
        self.allowed = False
        self._door = door
        self._carrier: str | None = None
        self._warm = threading.Event()
        self._path: LivePath | None = None

    def allow(self, carrier: "Carrier | None") -> None:
        """From now on the path may be drawn, to this carrier."""
        self._carrier = carrier.name if carrier else None
        self.allowed = True

    def warm(self) -> None:
        """Load what draws; in a background thread."""
        from netcheck.render.terminal import warm

        warm()
        self._warm.set()

    def update(self, stages: "tuple[StageView, ...]") -> None:
        """Draw these stages."""
        if not (self.allowed and self._warm.is_set()):
            return
        if self._path is None:
            from netcheck.render.terminal import LivePath

            self._path = LivePath(
                self._door.words,
                sys.stderr,
                carrier=self._carrier,
                colour=in_colour(sys.stderr),
                unicode=speaks_unicode(sys.stderr),
            )
        self._path.update(stages)

    def stop(self) -> None:
        """Wipe it; nothing is drawn after this."""
        self._warm.clear()
        if self._path is not None:
            self._path.stop()
