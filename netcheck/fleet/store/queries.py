"""What is counted: per carrier, region, stage and called carrier, by the minute of receipt."""

from collections.abc import Iterator
from dataclasses import dataclass

from netcheck.fleet.measured import Cell, Count, Stage
from netcheck.fleet.store.engine import Engine

BIN_MINUTES = 5  # of the roll-up
_MINUTE_S = 60


@dataclass(frozen=True, slots=True)
class Called:
    """Of those people of `carrier` who could not reach somebody of `called`: how many reports, and
    how many devices those are, about."""

    carrier: str
    called: str
    reports: int
    devices: int


class Queries:
    """Reads the tables. Each of its methods raises StoreTrouble."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def counts(self, since: int, until: int, *, bin_minutes: int = BIN_MINUTES) -> Iterator[Count]:
        """Of the minutes `since <= minute < until` (of 1970, UTC), each bin by its first minute: a
        cell whose stage no report could tell of is left out. Whole five minutes are read from the
        roll-up, others from the reports."""
        rolled = not (since % BIN_MINUTES or until % BIN_MINUTES or bin_minutes % BIN_MINUTES)
        table, told, failing = _ROLLED if rolled else _REPORTS
        column = "bin" if rolled else "received"
        sums = ", ".join(
            f"{how.format(stage.value)} AS {kind}_{stage.value}"
            for stage in Stage
            for kind, how in (("t", told), ("f", failing))
        )
        sql = (
            f"SELECT intDiv(intDiv(toUInt32({column}), 60) - {{since:UInt32}}, {{bins:UInt32}}) "
            f"AS at, carrier, region, called, {sums} FROM {table} "
            f"WHERE {column} >= toDateTime({{begin:UInt32}}, 'UTC') "
            f"AND {column} < toDateTime({{end:UInt32}}, 'UTC') AND carrier != '' "
            "GROUP BY at, carrier, region, called ORDER BY at, carrier, region, called"
        )
        asked = {"since": since, "bins": bin_minutes} | _between(since, until)
        for at, carrier, region, called, *sums_found in self._engine.rows(sql, asked):
            for place, stage in enumerate(Stage):
                stage_told, stage_failing = sums_found[2 * place : 2 * place + 2]
                if stage_told:
                    cell = Cell(carrier, region, stage, called)
                    yield Count(cell, since + at * bin_minutes, stage_told, stage_failing)

    def series(
        self, since: int, until: int, *, carrier: str, bin_minutes: int = BIN_MINUTES
    ) -> list[Count]:
        """One carrier's bins by region and stage, whoever was called; from the roll-up, so all
        figures are multiples of five minutes."""
        sums = ", ".join(
            f"sum({kind}_{stage.value})" for stage in Stage for kind in ("told", "failing")
        )
        sql = (
            "SELECT intDiv(intDiv(toUInt32(bin), 60) - {since:UInt32}, {bins:UInt32}) AS at, "
            f"region, {sums} FROM roll_up WHERE carrier = {{carrier:String}} "
            "AND bin >= toDateTime({begin:UInt32}, 'UTC') AND bin < toDateTime({end:UInt32}, 'UTC')"
            " GROUP BY at, region ORDER BY at, region"
        )
        asked: dict[str, object] = {"since": since, "bins": bin_minutes, "carrier": carrier}
        found = self._engine.rows(sql, asked | _between(since, until))
        return [
            Count(Cell(carrier, region, stage), since + at * bin_minutes, told, failing)
            for at, region, *sums_found in found
            for stage, told, failing in zip(Stage, sums_found[::2], sums_found[1::2], strict=True)
            if told
        ]

    def called_grid(self, since: int, until: int) -> list[Called]:
        """Whose people could not reach whose."""
        sql = (
            "SELECT carrier, called, sum(reports), uniqCombinedMerge(12)(devices) FROM roll_up "
            "WHERE bin >= toDateTime({begin:UInt32}, 'UTC') "
            "AND bin < toDateTime({end:UInt32}, 'UTC') AND carrier != '' AND called != '' "
            "GROUP BY carrier, called ORDER BY carrier, called"
        )
        return [Called(*row) for row in self._engine.rows(sql, _between(since, until))]

    def devices(self, since: int, until: int) -> dict[tuple[str, str], int]:
        """About how many devices reported, by carrier and region. A device's token is another one
        each day and in each network, so over several days one device counts several times."""
        sql = (
            "SELECT carrier, region, uniqCombinedMerge(12)(devices) FROM roll_up "
            "WHERE bin >= toDateTime({begin:UInt32}, 'UTC') "
            "AND bin < toDateTime({end:UInt32}, 'UTC') GROUP BY carrier, region"
        )
        found = self._engine.rows(sql, _between(since, until))
        return {(carrier, region): devices for carrier, region, devices in found}

    def reports(self, since: int, until: int) -> tuple[int, int]:
        """How many rows there are, and how many different reports: the same number, or a report
        was stored twice."""
        sql = (
            "SELECT count(), uniqExact(report_id) FROM reports "
            "WHERE received >= toDateTime({begin:UInt32}, 'UTC') "
            "AND received < toDateTime({end:UInt32}, 'UTC')"
        )
        rows, different = self._engine.rows(sql, _between(since, until))[0]
        return rows, different

    def rolled(self, since: int, until: int) -> int:
        """How many reports the roll-up counts."""
        sql = (
            "SELECT sum(reports) FROM roll_up WHERE bin >= toDateTime({begin:UInt32}, 'UTC') "
            "AND bin < toDateTime({end:UInt32}, 'UTC')"
        )
        return int(self._engine.rows(sql, _between(since, until))[0][0])


_ROLLED = ("roll_up", "sum(told_{})", "sum(failing_{})")
_REPORTS = ("reports", "count(fails_{})", "countIf(fails_{} = 1)")


def _between(since: int, until: int) -> dict[str, object]:
    return {"begin": since * _MINUTE_S, "end": until * _MINUTE_S}
