"""Alarms, minute by minute, over all cells: regions rolled up, called carriers pooled.

Every count goes into its own cell, that of its country and that of all regions (`region` ""); of a
called carrier also into the cell in which all carriers' customers together fail to reach it
(`carrier` ""). The bound on false alarms holds over all of these.

Weakness: of devices that were cut off, each is missed once; that they are back shows an hour
after, so a silence is told to be over that much too late.
"""

from collections.abc import Iterable, Iterator, Mapping
from math import log
from typing import Any

from netcheck.fleet.detection.settings import Settings, shipped
from netcheck.fleet.detection.tally import cell_of
from netcheck.fleet.detection.track import Track
from netcheck.fleet.measured import Alarm, Cell, Count

_MINUTES = 30 * 1440
_LEAST_CONTROLS = 5  # devices of other carriers that were due in this minute


class Detector:
    """Fed with each minute's counts, in order; says what changed. Its state goes to a file and
    comes back from it."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or shipped()
        self._tracks: dict[tuple[Cell, bool], Track] = {}

    def feed(self, minute: int, counts: Iterable[Count], due: Iterable[Count] = ()) -> list[Alarm]:
        """The alarms that begin, turn into another kind or end with this minute. `due`: how many
        devices should have reported, as `failing` how many did not."""
        told = _rolled_up(counts)
        missing = _rolled_up(due)
        for cell in told:
            self._tracks.setdefault((cell, False), Track(cell))
        for cell in missing:
            self._tracks.setdefault((cell, True), Track(cell, silent=True))
        log_limit = log(len(self._tracks) or 1) + log(
            _MINUTES / self._settings.false_alarms_per_30_days
        )
        changed = [
            self._tracks[cell, False].step(minute, *sums, log_limit, self._settings)
            for cell, sums in told.items()
        ]
        changed += [
            self._tracks[cell, True].step(minute, *sums, log_limit, self._settings)
            for cell, sums in missing.items()
            if self._others_report(cell, minute, missing)
        ]
        changed += [track.forgotten(minute, self._settings) for track in self._tracks.values()]
        return sorted((alarm for alarm in changed if alarm is not None), key=lambda a: a.cell)

    @property
    def alarms(self) -> list[Alarm]:
        """All that last."""
        found = (track.alarm for track in self._tracks.values())
        return sorted((one for one in found if one is not None), key=lambda a: (a.cell, a.kind))

    def _others_report(
        self, cell: Cell, minute: int, missing: Mapping[Cell, tuple[int, int]]
    ) -> bool:
        """The control of a silence: where other carriers' devices fall silent too, or there are
        none, it is ours that does not hear, or the internet that does not carry."""
        others = [one for one in missing if one.region == "" and one.carrier != cell.carrier]
        told = sum(missing[one][0] for one in others)
        silent = sum(missing[one][1] for one in others)
        usual = sum(
            missing[one][0] * self._tracks[one, True].baseline.usual(minute, self._settings)
            for one in others
        )
        return told >= _LEAST_CONTROLS and silent <= usual + self._settings.tolerated_excess * told

    def to_json(self) -> dict[str, Any]:
        """All that a restart needs, as plain values."""
        return {
            "tracks": [
                [cell.carrier, cell.region, cell.stage.value, cell.called, track.to_json()]
                for (cell, _), track in self._tracks.items()
            ]
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any], settings: Settings | None = None) -> "Detector":
        """From what `to_json` gave."""
        detector = cls(settings)
        for *words, state in told["tracks"]:
            track = Track.from_json(cell_of(*words), state)
            detector._tracks[track.cell, track.silent] = track
        return detector


def _rolled_up(counts: Iterable[Count]) -> dict[Cell, tuple[int, int]]:
    """Told and failing of each cell that these counts are part of."""
    sums: dict[Cell, tuple[int, int]] = {}
    for count in counts:
        for cell in _above(count.cell):
            told, failing = sums.get(cell, (0, 0))
            sums[cell] = told + count.told, failing + count.failing
    return sums


def _above(cell: Cell) -> Iterator[Cell]:
    """The cell and all that hold it: `US-TX`, `US`, everywhere."""
    carriers = (cell.carrier, "") if cell.called else (cell.carrier,)
    country = cell.region.partition("-")[0]
    for carrier in carriers:
        for region in dict.fromkeys((cell.region, country, "")):
            yield Cell(carrier, region, cell.stage, cell.called)
