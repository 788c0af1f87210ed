"""What is counted: per carrier, region, stage and called carrier, by the minute of receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from netcheck.fleet.measured import Cell, Count, Stage
from netcheck.fleet.store.engine import Engine

BIN_MINUTES = 5  # of the roll-up
_MINUTE_S = 60


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
        no report could tell is left out; those of called carriers come last. Whole five minutes
        are read from the roll-up, others from the reports."""
        rolled = not (since % BIN_MINUTES or until % BIN_MINUTES or bin_minutes % BIN_MINUTES)
        source = _ROLLED if rolled else _REPORTS
        # What is said of one's own carrier counts for it, whoever was called.
        for stages in (_OWN, _CALLED):
            yield from self._grouped(source, stages, since, until, bin_minutes)

    def outage(self, since: int, until: int) -> list[Count]:
        """The same as one bin, straight from the reports: for a look at what the roll-up says."""
        return list(self._grouped(_REPORTS, _OWN, since, until, until - since))

    def series(
        self, since: int, until: int, *, carrier: str, bin_minutes: int = BIN_MINUTES
    ) -> list[Count]:
        """One carrier's own bins by region and stage, from the roll-up: all figures are multiples
        of five minutes."""
        return list(self._grouped(_ROLLED, _OWN, since, until, bin_minutes, carrier))

    def _grouped(
        self,
        source: "_Source",
        stages: "_Stages",
        since: int,
        until: int,
        bin_minutes: int,
        carrier: str = "",
    ) -> Iterator[Count]:
        which = "carrier = {carrier:String}" if carrier else "carrier != ''"
        sums = ", ".join(source.sums(stages.prefix + stage.value) for stage in stages.stages)
        whom = "called" if stages.of_called else "''"
        group = f"at, carrier, region{', called' if stages.of_called else ''}"
        at = f"intDiv(intDiv(toUInt32({source.time}), 60) - {{since:UInt32}}, {{bins:UInt32}})"
        if until - since <= bin_minutes:
            at = "0"  # a quarter of the time of a long look
        sql = (
            f"SELECT {at} AS at, carrier, region, {whom} AS whom, {sums} "
            f"FROM {source.table} WHERE {_within(source.time)} AND {which} "
            f"{_CALLS if stages.of_called else ''} GROUP BY {group} ORDER BY {group}"
        )
        asked = {"since": since, "bins": bin_minutes, "carrier": carrier}
        cells: dict[tuple[str, str, str], list[Cell]] = {}
        for at, own, region, other, *found in self._engine.rows(
            sql, asked | _between(since, until)
        ):
            key = (own, region, other)
            if key not in cells:
                cells[key] = [Cell(own, region, stage, other) for stage in stages.stages]
            for place, cell in enumerate(cells[key]):
                if found[2 * place]:
                    minute = since + at * bin_minutes
                    yield Count(cell, minute, found[2 * place], found[2 * place + 1])

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
    sum: str

    def sums(self, name: str) -> str:
        return self.sum.format(name)


_ROLLED = _Source("roll_up", "bin", "sum(told_{0}), sum(failing_{0})")
_REPORTS = _Source("reports", "received", "count(fails_{0}), countIf(fails_{0} = 1)")


@dataclass(frozen=True, slots=True)
class _Stages:
    of_called: bool
    stages: tuple[Stage, ...]

    @property
    def prefix(self) -> str:
        return "called_" if self.of_called else ""


_OWN = _Stages(False, tuple(Stage))
_CALLED = _Stages(True, (Stage.NAMES, Stage.GATEWAYS))  # as far as they show from here
_CALLS = "AND called != ''"


def _within(column: str) -> str:
    return (
        f"{column} >= toDateTime({{begin:UInt32}}, 'UTC') "
        f"AND {column} < toDateTime({{end:UInt32}}, 'UTC')"
    )


def _between(since: int, until: int) -> dict[str, object]:
    return {"begin": since * _MINUTE_S, "end": until * _MINUTE_S}
