"""The outage page over HTTP, with its JSON twins, from what the store has."""

import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from netcheck.fleet.page import (
    CarrierView,
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
_HTML, _JSON = "text/html; charset=utf-8", "application/json"
_HEADERS = {
    "cache-control": f"public, max-age={FRESH_S:.0f}",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_MINUTE_S = 60


class Showing:
    """What the page shows, reckoned anew when it is older than FRESH_S. `names` are the carriers
    that may be shown."""

    def __init__(
        self,
        engine: Engine,
        names: Mapping[str, str],
        words: "Words",
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._queries = engine, Queries(engine)
        self._names, self._clock = names, clock
        self.words = words
        self._lock = threading.Lock()
        self._gathered: tuple[float, Outages] | None = None

    def outages(self) -> Outages:
        """Raises StoreTrouble."""
        with self._lock:
            gathered, now_s = self._gathered, time.monotonic()
            if gathered is None or now_s - gathered[0] >= FRESH_S:
                gathered = self._gathered = (now_s, self._gather())
            return gathered[1]

    def _gather(self) -> Outages:
        now = int(self._clock()) // _MINUTE_S
        until = now - now % BIN_MIN + BIN_MIN  # whole bins: they are rolled up
        counts = self._queries.counts(until - BIN_MIN - SPAN_MIN, until, bin_minutes=BIN_MIN)
        kept = alarms.kept(self._engine, now - SPAN_MIN)
        return gather(Sources(counts, kept, self._names, now))


def routes(showing: Showing) -> list[BaseRoute]:
    """`/`, `/outages.json`, and of each carrier `/carrier/ID` and `/carrier/ID.json`."""
    words = showing.words

    def of_all(text: Callable[[Outages], str], kind: str) -> Callable[[Request], Response]:
        return lambda _: _answer(showing, text, kind)

    def of_one(
        text: Callable[[CarrierView, Outages], str], kind: str
    ) -> Callable[[Request], Response]:
        def endpoint(request: Request) -> Response:
            id = request.path_params["id"]

            def told(outages: Outages) -> str | None:
                views = (view for view in outages.carriers if view.id == id)
                return next((text(view, outages) for view in views), None)

            return _answer(showing, told, kind)

        return endpoint

    return [
        Route("/", of_all(lambda outages: front(outages, words), _HTML)),
        Route("/outages.json", of_all(front_json, _JSON)),
        Route("/carrier/{id}.json", of_one(carrier_json, _JSON)),
        Route("/carrier/{id}", of_one(lambda view, outages: carrier(view, outages, words), _HTML)),
    ]


def _answer(showing: Showing, told: Callable[[Outages], str | None], kind: str) -> Response:
    try:
        text = told(showing.outages())
    except StoreTrouble:
        return PlainTextResponse("The store does not answer just now.\n", 503)
    if text is None:
        return PlainTextResponse("Of that carrier nothing was measured.\n", 404)
    return Response(text, 200, _HEADERS, kind)
