"""The outage page over HTTP, with its JSON twins, from what the store has."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from netcheck.fleet.page import (
    Outages,
    Sources,
    carrier,
    carrier_json,
    front,
    front_json,
    gather,
)
from netcheck.fleet.page.data import BIN_MIN, SPAN_MIN
from netcheck.fleet.store import alarms
from netcheck.fleet.store.engine import Engine, StoreTrouble
from netcheck.fleet.store.queries import Queries

if TYPE_CHECKING:
    from netcheck.text import Words

FRESH_S = 20.0  # however many ask
EVERY_S = 60.0  # where the page is made before anybody asks
STALE_S = 150.0  # there: whoever asks makes it after all
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_HEADERS = {
    "cache-control": f"public, max-age={FRESH_S:.0f}",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_MINUTE_S = 60
_FRONT, _FRONT_TWIN, _CARRIER, _TWIN = "/", "/outages.json", "/carrier/", ".json"


@dataclass(frozen=True, slots=True)
class _Shown:
    """What was gathered then (a monotonic moment), and the pages made of it, by their paths."""

    at_s: float
    outages: Outages
    texts: dict[str, str] = field(default_factory=dict)


class Showing:
    """What the page shows, reckoned anew when it is older than `fresh_s` and somebody asks, or by
    `renew`. `names` are the carriers that may be shown."""

    def __init__(
        self,
        engine: Engine,
        names: Mapping[str, str],
        words: "Words",
        clock: Callable[[], float] = time.time,
        fresh_s: float = FRESH_S,
    ) -> None:
        self._engine, self._queries = engine, Queries(engine)
        self._names, self._clock, self._fresh_s = names, clock, fresh_s
        self.words = words
        self._lock = threading.Lock()
        self._shown: _Shown | None = None

    def outages(self) -> Outages:
        """Raises StoreTrouble."""
        return self._fresh().outages

    def renew(self) -> None:
        """Make all pages now, for whoever asks later. Raises StoreTrouble."""
        shown = _Shown(time.monotonic(), self._gather())
        for path in paths(shown.outages):
            shown.texts[path] = self._made(path, shown.outages)
        self._shown = shown

    def ready(self, path: str) -> str | None:
        """The text of this page, if it is made and fresh."""
        shown = self._shown
        return shown.texts.get(path) if shown is not None and self._is_fresh(shown) else None

    def text(self, path: str) -> str | None:
        """The text of this page; None: of that carrier nothing was measured. Raises
        StoreTrouble."""
        shown = self._fresh()
        if path not in shown.texts:
            if path not in paths(shown.outages):
                return None
            shown.texts[path] = self._made(path, shown.outages)
        return shown.texts[path]

    def _fresh(self) -> "_Shown":
        with self._lock:
            shown = self._shown
            if shown is None or not self._is_fresh(shown):
                shown = self._shown = _Shown(time.monotonic(), self._gather())
            return shown

    def _is_fresh(self, shown: "_Shown") -> bool:
        return time.monotonic() - shown.at_s < self._fresh_s

    def _made(self, path: str, outages: Outages) -> str:
        if path == _FRONT:
            return front(outages, self.words)
        if path == _FRONT_TWIN:
            return front_json(outages)
        id = path.removeprefix(_CARRIER).removesuffix(_TWIN)
        view = next(view for view in outages.carriers if view.id == id)
        return (
            carrier_json(view, outages)
            if path.endswith(_TWIN)
            else carrier(view, outages, self.words)
        )

    def _gather(self) -> Outages:
        now = int(self._clock()) // _MINUTE_S
        until = now - now % BIN_MIN + BIN_MIN  # whole bins: they are rolled up
        counts = self._queries.counts(until - BIN_MIN - SPAN_MIN, until, bin_minutes=BIN_MIN)
        kept = alarms.kept(self._engine, now - SPAN_MIN)
        return gather(Sources(counts, kept, self._names, now))


def paths(outages: Outages) -> set[str]:
    """Of all pages that there are of it."""
    of_carriers = {f"{_CARRIER}{view.id}" for view in outages.carriers}
    return {_FRONT, _FRONT_TWIN, *of_carriers, *(f"{path}{_TWIN}" for path in of_carriers)}


def routes(showing: Showing) -> list[BaseRoute]:
    """`/`, `/outages.json`, and of each carrier `/carrier/ID` and `/carrier/ID.json`."""

    async def page(request: Request) -> Response:
        path = request.url.path
        text = showing.ready(path)
        try:
            if text is None:
                text = await run_in_threadpool(showing.text, path)
        except StoreTrouble:
            return PlainTextResponse("The store does not answer just now.\n", 503)
        if text is None:
            return PlainTextResponse("Of that carrier nothing was measured.\n", 404)
        return Response(text, 200, _HEADERS, _JSON if path.endswith(_TWIN) else _HTML)

    return [Route(path, page) for path in (_FRONT, _FRONT_TWIN, f"{_CARRIER}{{id}}")]
