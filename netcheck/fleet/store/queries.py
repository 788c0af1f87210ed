"""What is counted: per carrier, region, stage and called carrier, by the minute of receipt."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from netcheck.fleet.measured import Cell, Count, Stage
from netcheck.fleet.store.engine import Engine

BIN_MINUTES = 5  # of the roll-up
_MINUTE_S = 60
_OWN = tuple(stage.value for stage in Stage)
_OF_CALLED = tuple(stage.value for stage in (Stage.NAMES, Stage.GATEWAYS))  # seen from here
_NAMES = (*_OWN, *(f"called_{stage}" for stage in _OF_CALLED))


@dataclass(frozen=True, slots=True)
class Called:
    """People of `carrier` who could not reach somebody of `called`: how many reports, and about
    how many devices those are; how many could tell of its gateways, and how many say they fail."""

    carrier: str
    called: str
    reports: int
    devices: int
    told: int
    failing: int


class Queries:
    """Reads the tables. Each of its methods raises StoreTrouble. Minutes are of 1970, UTC."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, since: int, until: int, *, bin_minutes: int = BIN_MINUTES) -> Iterator[Count]:
        """Of the minutes `since <= minute < until`, each bin by its first minute: a cell of which
        no report could tell is left out. Whole five minutes are read from the roll-up, others from
        the reports."""
        rolled = not (since % BIN_MINUTES or until % BIN_MINUTES or bin_minutes % BIN_MINUTES)
        yield from self._counted(_ROLLED if rolled else _REPORTS, since, until, bin_minutes)

    def series(
        self, since: int, until: int, *, carrier: str, bin_minutes: int = BIN_MINUTES
    ) -> list[Count]:
        """One carrier's own bins by region and stage, from the roll-up: all figures are multiples
        of five minutes."""
        found = self._counted(_ROLLED, since, until, bin_minutes, carrier)
        return [count for count in found if not count.cell.called]

    def _counted(
        self, source: "_Source", since: int, until: int, bin_minutes: int, carrier: str = ""
    ) -> Iterator[Count]:
        which = "carrier = {carrier:String}" if carrier else "carrier != ''"
        sql = (
            f"SELECT intDiv(intDiv(toUInt32({source.time}), 60) - {{since:UInt32}}, "
            f"{{bins:UInt32}}) AS at, carrier, region, called, {source.sums} FROM {source.table} "
            f"WHERE {_within(source.time)} AND {which} "
            "GROUP BY at, carrier, region, called ORDER BY at, carrier, region, called"
        )
        asked = {"since": since, "bins": bin_minutes, "carrier": carrier}
        told: defaultdict[tuple[int, Cell], list[int]] = defaultdict(lambda: [0, 0])
        for at, own, region, called, *sums in self._engine.rows(
            sql, asked | _between(since, until)
        ):
            for cell, stage_told, failing in _cells(own, region, called, sums):
                pair = told[since + at * bin_minutes, cell]
                pair[0] += stage_told
                pair[1] += failing
        for (minute, cell), (stage_told, failing) in told.items():
            yield Count(cell, minute, stage_told, failing)

    def called_grid(self, since: int, until: int) -> list[Called]:
        """Whose people could not reach whose."""
        sql = (
            "SELECT carrier, called, sum(reports), uniqCombinedMerge(12)(devices), "
            "sum(told_called_gateways), sum(failing_called_gateways) FROM roll_up "
            f"WHERE {_within('bin')} AND carrier != '' AND called != '' "
            "GROUP BY carrier, called ORDER BY carrier, called"
        )
        return [Called(*row) for row in self._engine.rows(sql, _between(since, until))]

    def devices(self, since: int, until: int) -> dict[tuple[str, str], int]:
        """About how many devices reported, by carrier and region. A device's token is another one
        each day and in each network, so over several days one device counts several times."""
        sql = (
            "SELECT carrier, region, uniqCombinedMerge(12)(devices) FROM roll_up "
            f"WHERE {_within('bin')} GROUP BY carrier, region"
        )
        found = self._engine.rows(sql, _between(since, until))
        return {(carrier, region): devices for carrier, region, devices in found}

    def reports(self, since: int, until: int) -> tuple[int, int]:
        """How many rows there are, and how many different reports: the same number, or a report
        was stored twice."""
        sql = f"SELECT count(), uniqExact(report_id) FROM reports WHERE {_within('received')}"
        rows, different = self._engine.rows(sql, _between(since, until))[0]
        return rows, different

    def rolled(self, since: int, until: int) -> int:
        """How many reports the roll-up counts."""
        sql = f"SELECT sum(reports) FROM roll_up WHERE {_within('bin')}"
        return int(self._engine.rows(sql, _between(since, until))[0][0])


@dataclass(frozen=True, slots=True)
class _Source:
    table: str
    time: str
    sums: str


_ROLLED = _Source(
    "roll_up", "bin", ", ".join(f"sum(told_{name}), sum(failing_{name})" for name in _NAMES)
)
_REPORTS = _Source(
    "reports",
    "received",
    ", ".join(f"count(fails_{name}), countIf(fails_{name} = 1)" for name in _NAMES),
)


def _cells(
    carrier: str, region: str, called: str, sums: list[Any]
) -> Iterator[tuple[Cell, int, int]]:
    """The cells that any report of a group told of. What is said of one's own carrier counts for
    it, whoever was called."""
    pairs = list(zip(sums[::2], sums[1::2], strict=True))
    cells = [Cell(carrier, region, Stage(stage)) for stage in _OWN]
    cells += [Cell(carrier, region, Stage(stage), called) for stage in _OF_CALLED]
    for cell, (told, failing) in zip(cells, pairs, strict=True):
        if told:
            yield cell, told, failing


def _within(column: str) -> str:
    return (
        f"{column} >= toDateTime({{begin:UInt32}}, 'UTC') "
        f"AND {column} < toDateTime({{end:UInt32}}, 'UTC')"
    )


def _between(since: int, until: int) -> dict[str, object]:
    return {"begin": since * _MINUTE_S, "end": until * _MINUTE_S}
