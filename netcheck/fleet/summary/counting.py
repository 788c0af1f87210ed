"""Devices, counted by what they say: kept is which device said which of the different things."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import groupby

from netcheck.fleet.summary.reading import Heard, Said
from netcheck.fleet.summary.shares import share
from netcheck.model.summary import Row, StageRow

MOST_PAIRS = 5_000_000  # of a device and what it said: about 500 MB
MOST_SAID = 1 << 20

_Place = tuple[str, str, str]  # carrier, region, stage
_Names = Callable[[Sequence[Said]], Iterable[str]]
_NamesOfOne = Callable[[Said], Iterable[str]]
_PlaceOf = Callable[[Said, str], _Place]


class Tally:
    """What was heard. `crowded` counts words beyond the bounds."""

    def __init__(self, most_pairs: int = MOST_PAIRS) -> None:
        self._most_pairs = most_pairs
        self._said: dict[Said, int] = {}
        self._pairs: set[int] = set()
        self.reports = self.results = self.crowded = 0
        self.first: str | None = None
        self.last: str | None = None

    def add(self, heard: Heard) -> None:
        """One document."""
        if heard.of_report:
            self.reports += 1
        else:
            self.results += 1
        minute = heard.minute
        if minute is not None:
            if self.first is None or minute < self.first:
                self.first = minute
            if self.last is None or minute > self.last:
                self.last = minute
        index = self._said.get(heard.said)
        if index is None:
            if len(self._said) >= MOST_SAID:
                self.crowded += 1
                return
            index = self._said[heard.said] = len(self._said)
        pair = heard.device * MOST_SAID + index
        if len(self._pairs) < self._most_pairs or pair in self._pairs:
            self._pairs.add(pair)
        else:
            self.crowded += 1

    def counted(self) -> "Counted":
        """The devices, each by all it said."""
        said = tuple(self._said)
        groups: Counter[tuple[int, ...]] = Counter()
        for _, pairs in groupby(sorted(self._pairs), key=lambda pair: pair // MOST_SAID):
            groups[tuple(pair % MOST_SAID for pair in pairs)] += 1
        return Counted([([said[one] for one in group], n) for group, n in groups.items()])


class Counted:
    """Groups of devices that said the same things."""

    def __init__(self, groups: Sequence[tuple[Sequence[Said], int]]) -> None:
        self._groups = groups
        self.devices = sum(devices for _, devices in groups)
        self.telling = sum(devices for said, devices in groups if any(one.outcomes for one in said))

    def sides(self) -> tuple[Row, ...]:
        """Whose fault they say it is, of all devices."""
        return self._of_all(lambda said: (one.side for one in said))

    def faults(self) -> tuple[Row, ...]:
        """What they say is wrong, of all devices."""
        return self._of_all(lambda said: (one.fault for one in said if one.trouble and one.fault))

    def carriers(self) -> tuple[Row, ...]:
        """Which carrier they blame, of those that name it as theirs."""
        blamed, named = Counter[str](), Counter[str]()
        for said, devices in self._groups:
            for carrier in {one.carrier for one in said}:
                named[carrier] += devices
            for carrier in {one.carrier for one in said if one.side == "carrier"}:
                blamed[carrier] += devices
        return _rows(blamed, named)

    def regions(self) -> tuple[Row, ...]:
        """How many saw trouble in a region, of those there."""
        return self._in_trouble(lambda one: (one.region,))

    def labels(self) -> tuple[Row, ...]:
        """How many saw trouble under a label, of those that bear it."""
        return self._in_trouble(lambda one: one.labels)

    def stages(self) -> tuple[StageRow, ...]:
        """Of each carrier which stages fail, over all regions."""
        return self._failing(lambda one, stage: (one.carrier, "", stage))

    def places(self) -> tuple[StageRow, ...]:
        """The same by region, where any fail."""
        rows = self._failing(lambda one, stage: (one.carrier, one.region, stage))
        return tuple(row for row in rows if row.share.count)

    def _of_all(self, names: _Names) -> tuple[Row, ...]:
        found = Counter[str]()
        for said, devices in self._groups:
            for name in set(names(said)):
                found[name] += devices
        return _rows(found, dict.fromkeys(found, self.devices))

    def _in_trouble(self, names: _NamesOfOne) -> tuple[Row, ...]:
        troubled, all = Counter[str](), Counter[str]()
        for said, devices in self._groups:
            for name in {name for one in said for name in names(one)}:
                all[name] += devices
            for name in {name for one in said if one.trouble for name in names(one)}:
                troubled[name] += devices
        return _rows(troubled, all)

    def _failing(self, place: _PlaceOf) -> tuple[StageRow, ...]:
        failing, told = Counter[_Place](), Counter[_Place]()
        for said, devices in self._groups:
            heard = [(place(one, stage), fails) for one in said for stage, fails in one.outcomes]
            for where in {where for where, _ in heard}:
                told[where] += devices
            for where in {where for where, fails in heard if fails}:
                failing[where] += devices
        rows = [StageRow(*where, share(failing[where], told[where])) for where in told]
        return tuple(sorted(rows, key=lambda r: (-r.share.count, r.carrier, r.region, r.stage)))


def _rows(counts: Mapping[str, int], totals: Mapping[str, int]) -> tuple[Row, ...]:
    rows = [Row(name, share(counts.get(name, 0), total)) for name, total in totals.items()]
    return tuple(sorted(rows, key=lambda row: (-row.share.count, -row.share.total, row.name)))
