"""The status feed straight from the collector's store: its files are written by the process that
has the store, since the embedded engine is open in one process alone."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from netcheck.crowd.signing import TooMuch
from netcheck.fleet import publishing
from netcheck.fleet.recurring import CannotGoOn
from netcheck.fleet.store import alarms
from netcheck.fleet.store.engine import Engine
from netcheck.fleet.store.queries import BIN_MINUTES, Queries
from netcheck.model.crowd import CrowdStatus
from netcheck.store.unavailable import StoreUnavailable

EVERY_S = 60.0
MOST_BEHIND_MIN = 5
"""Minutes that the watch may be behind: beyond it, "ok" would only mean that nobody looked."""
_MINUTE_S = 60


class Feeding:
    """`write` writes each country's file. `keys` is the file that the root has signed, read anew
    each time, so that a rotation needs no restart; `watched_until` the minute that the watch looks
    at next."""

    def __init__(
        self,
        engine: Engine,
        folder: Path,
        keys: Path,
        secret: bytes,
        country_of: Mapping[str, str],
        watched_until: Callable[[], int],
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._engine, self._queries = engine, Queries(engine)
        self._folder, self._keys, self._secret = folder, keys, secret
        self._country_of, self._watched_until, self._clock = country_of, watched_until, clock

    def write(self) -> list[str]:
        """The countries written. Raises StoreTrouble, CannotGoOn: what lies there expires."""
        now_s = int(self._clock())
        now = now_s // _MINUTE_S
        if self._watched_until() < now - MOST_BEHIND_MIN:
            raise CannotGoOn("the watch is behind")
        try:
            keys = self._keys.read_text("ascii")
            key = publishing.online_key(self._secret, keys, now_s)
            return publishing.publish(self._folder, self._told(now_s), keys, key, now_s)
        except publishing.NotVouched:
            raise CannotGoOn("the signed keys do not name the signing key, or not now") from None
        except (OSError, UnicodeDecodeError):
            raise CannotGoOn("the file of the signed keys can't be read") from None
        except StoreUnavailable as wrong:
            raise CannotGoOn(f"the folder can't be written ({wrong.reason})") from None
        except TooMuch:
            raise CannotGoOn("a country's file would be larger than any agent reads") from None

    def _told(self, now_s: int) -> Mapping[str, CrowdStatus]:
        now = now_s // _MINUTE_S
        until = now - now % BIN_MINUTES + BIN_MINUTES  # whole bins: they are rolled up
        counts = self._queries.counts(until - BIN_MINUTES - publishing.DAY_MIN, until)
        return publishing.feed(alarms.kept(self._engine, now), counts, now_s, self._country_of)
