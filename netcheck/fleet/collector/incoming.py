"""Bytes from anybody as a row to keep: checked by the schema, without the ids nobody here knows.

msgspec decides quickly whether it is a report; which field does not fit is then asked of the
schema's own reader.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, cast

import msgspec

from netcheck.fleet.collector.told import Shape
from netcheck.fleet.measured import Cell
from netcheck.model.outcome import Failure
from netcheck.report.build import Known
from netcheck.report.form import SIZES, Report
from netcheck.report.reading import NotAReport, check, schema

MOST_REPORT_BYTES = 2 * SIZES[-1]
MOST_LINES = 5000
_MINUTE_S = 60

CellsTold = Callable[[Report], Mapping[Cell, bool]]
"""The cells that a report tells something of: True, it fails there."""


class NotTaken(ValueError):
    """`path` is the field that does not fit, `line` (from 1) where, in a batch. What stands there
    is not repeated: it may be anything."""

    def __init__(self, path: str, reason: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.path, self.reason, self.line = path, reason, line


@dataclass(frozen=True, slots=True)
class Taken:
    """Reports as the store takes them: a line of JSON each. `ids` are theirs, in hexadecimal;
    `unknown` counts the ids that were dropped."""

    ids: list[str]
    rows: list[bytes]
    unknown: int


class Intake:
    """Reads reports. `telling` says what a report tells of its carrier's stages, and of those of
    the carrier that can't be reached; `known` which ids are kept."""

    def __init__(self, known: Known, telling: CellsTold) -> None:
        ways = [failure.value for failure in Failure]
        carriers = frozenset(known.plmns)
        plmns = frozenset(plmn for plmn in known.plmns.values() if plmn)
        self._one_of = [("carrier", carriers), ("plmn", plmns), ("fault", frozenset(known.faults))]
        self._one_of.append(("called", carriers))
        self._some_of = [
            ("also", frozenset(known.faults)),
            ("findings", frozenset(known.findings)),
            ("failures", frozenset(f"{check}:{way}" for check in known.checks for way in ways)),
        ]
        self._resolvers = frozenset(known.resolvers.values()) | {"private"}
        self._telling = telling
        self._shape = _shape()
        self._decode = msgspec.json.Decoder(self._shape.struct).decode
        self._encode = msgspec.json.Encoder().encode

    def one(self, body: bytes, now_s: float) -> Taken:
        """A single report. Raises NotTaken."""
        return self._taken([body], now_s, single=True)

    def lines(self, lines: list[bytes], now_s: float, first: int = 1, batch: int = 0) -> Taken:
        """Each a report. One that does not fit refuses them all. `batch` tells those that came
        together from others; 0: it came alone. Raises NotTaken."""
        return self._taken(lines, now_s, first=first, batch=batch)

    def _taken(
        self,
        bodies: list[bytes],
        now_s: float,
        *,
        first: int = 1,
        single: bool = False,
        batch: int = 0,
    ) -> Taken:
        received = b',"received":%d' % (int(now_s) - int(now_s) % _MINUTE_S)
        if batch:
            received += b',"batch":%d' % batch
        taken = Taken([], [], 0)
        unknown = 0
        for line, body in enumerate(bodies, first):
            told = self._read(body, None if single else line)
            unknown += self._forget_unknown(told)
            taken.ids.append(told.report_id)
            taken.rows.append(self._row(told, received))
        return Taken(taken.ids, taken.rows, unknown)

    def _read(self, body: bytes, line: int | None) -> Any:
        if len(body) > MOST_REPORT_BYTES:
            raise NotTaken("", f"is longer than {MOST_REPORT_BYTES} bytes", line)
        try:
            told = self._decode(body)
        except (msgspec.MsgspecError, ValueError, RecursionError):
            told = None
        if told is None or not self._shape.fits(told):
            raise _located(body, line)
        return told

    def _forget_unknown(self, told: Any) -> int:
        """Without the ids of newer agents. How many those were."""
        dropped = 0
        for name, known in self._one_of:
            id = getattr(told, name)
            if id is not None and id not in known:
                setattr(told, name, None)
                dropped += 1
        for name, known in self._some_of:
            ids = getattr(told, name)
            if not known.issuperset(ids):
                dropped += _keep(told, name, known)
        resolver = told.resolver
        if resolver is not None and resolver not in self._resolvers and resolver[:2] != "AS":
            told.resolver = None
            dropped += 1
        return dropped

    def _row(self, told: Any, received: bytes) -> bytes:
        """What msgspec made has each field of a Report by the same name: a second copy of it would
        take longer than reading it did."""
        told.pad = ""
        row = [self._encode(told)[:-1], received, b',"token":%d' % int(told.device_token, 16)]
        for cell, fails in self._telling(cast(Report, told)).items():
            whose = b',"fails_called_%s":%d' if cell.called else b',"fails_%s":%d'
            row.append(whose % (cell.stage.encode(), fails))
        row.append(b"}\n")
        return b"".join(row)


def _keep(told: Any, name: str, known: Collection[str]) -> int:
    ids = getattr(told, name)
    kept = tuple(id for id in ids if id in known)
    setattr(told, name, kept)
    return len(ids) - len(kept)


def _located(body: bytes, line: int | None) -> NotTaken:
    """Which field it is, by the schema's own reader."""
    try:
        check(json.loads(body))
    except NotAReport as misfit:
        return NotTaken(misfit.path, misfit.reason, line)
    except (ValueError, RecursionError):
        pass
    return NotTaken("", "is no JSON that a report is written in", line)


@cache
def _shape() -> Shape:
    return Shape(schema())
