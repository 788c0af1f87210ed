"""Alarms in the store, so that page and feed read them wherever they run."""

import json
from collections.abc import Iterable

from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Stage
from netcheck.fleet.store.engine import Engine


def keep(engine: Engine, alarms: Iterable[Alarm], version: int) -> None:
    """Each as it is now; a higher `version` replaces what was kept of it before. Raises
    StoreTrouble."""
    rows = [_row(alarm, version) for alarm in alarms]
    if rows:
        lines = "".join(json.dumps(row) + "\n" for row in rows).encode("ascii")
        engine.insert("alarms", lines, f"alarms-{version}")


def kept(engine: Engine, since: int) -> list[Alarm]:
    """All that last, or ended at or after this minute. Raises StoreTrouble."""
    sql = (
        "SELECT carrier, region, stage, called, kind, began, over, confidence, share_failing "
        "FROM alarms FINAL WHERE over IS NULL OR over >= {since:UInt32} "
        "ORDER BY began, carrier, region, stage, called, silent"
    )
    return [
        Alarm(Cell(carrier, region, Stage(stage), called), AlarmKind(kind), *told)
        for carrier, region, stage, called, kind, *told in engine.rows(sql, {"since": since})
    ]


def _row(alarm: Alarm, version: int) -> dict[str, object]:
    cell = alarm.cell
    return {
        "carrier": cell.carrier,
        "region": cell.region,
        "stage": cell.stage.value,
        "called": cell.called,
        "silent": int(alarm.kind is AlarmKind.SILENT),
        "began": alarm.began,
        "kind": alarm.kind.value,
        "over": alarm.over,
        "confidence": alarm.confidence,
        "share_failing": alarm.share_failing,
        "version": version,
    }
