"""What a collector with a store does beside taking reports: it watches, and shows the page."""

import time
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.problems import Problem

if TYPE_CHECKING:
    from starlette.routing import BaseRoute

    from netcheck.fleet.watching import Watching
    from netcheck.text import Words

_MINUTE_S = 60


def watched(dsn: str, folder: Path, words: "Words") -> "tuple[list[BaseRoute], Watching]":
    """The pages, and the watch, which is not started yet. Raises Problem."""
    from netcheck.catalog import load
    from netcheck.fleet.showing import Showing, routes
    from netcheck.fleet.store.engine import Engine, StoreTrouble
    from netcheck.fleet.watching import Watch, Watching

    try:
        showing = Showing(Engine(dsn), {one.id: one.name for one in load().carriers}, words)
        watch = Watch(Engine(dsn), folder / "watch.json", int(time.time()) // _MINUTE_S)
    except StoreTrouble as wrong:
        raise Problem("fleet.serve.store", 1, reason=str(wrong)) from None
    return routes(showing), Watching(watch)
