"""Which reports are in the store: the ids of the last days, in memory, eight bytes each.

A few sorted runs, each much longer than the next, so that a look and an addition both stay quick.
"""

from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from netcheck.fleet.store.rows import Ids

KEPT_DAYS = 8  # an agent gives a report up after seven
MOST = 64_000_000  # ids: half a gigabyte


class Seen:
    """Weakness: beyond MOST reports in eight days the older half is forgotten."""

    def __init__(self, ids: Iterable[Ids] = ()) -> None:
        self._runs: list[Ids] = [np.sort(one) for one in ids]

    def __len__(self) -> int:
        return sum(len(run) for run in self._runs)

    def new(self, keys: Ids) -> NDArray[np.bool_]:
        """Which of them are not here, and not there before in `keys` itself."""
        fresh = np.zeros(len(keys), dtype=bool)
        fresh[np.unique(keys, return_index=True)[1]] = True
        for run in self._runs:
            if len(run):
                at = np.searchsorted(run, keys)
                at[at == len(run)] = 0
                fresh &= run[at] != keys
        return fresh

    def add(self, keys: Ids) -> None:
        """They are in the store now."""
        run = np.sort(keys)
        while self._runs and len(self._runs[-1]) <= 4 * len(run):
            run = np.sort(np.concatenate((self._runs.pop(), run)), kind="stable")
        self._runs.append(run)
        if len(self) > MOST:
            self._runs = self._runs[1:]
