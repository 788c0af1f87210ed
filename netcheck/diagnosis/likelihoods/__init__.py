"""How likely each state of each thing is under each fault: one file a stage.

Numbers are judgement where no origin is named, made by asking "of a hundred homes with this
fault, how many show this?". States left out share what remains evenly, so that nothing is
impossible. Weakness is said in each row's `why`.
"""

from dataclasses import replace

from netcheck.diagnosis.faults import FAULTS
from netcheck.diagnosis.likelihoods import (
    calling,
    carrier,
    crowd,
    device,
    dns,
    internet,
    phone,
    provider,
    router,
    wifi,
)
from netcheck.diagnosis.likelihoods.row import Row

_WRITTEN: tuple[Row, ...] = (
    *device.ROWS,
    *wifi.ROWS,
    *router.ROWS,
    *provider.ROWS,
    *dns.ROWS,
    *internet.ROWS,
    *carrier.ROWS,
    *calling.ROWS,
    *phone.ROWS,
    *crowd.ROWS,
)


def _with_lookalikes(row: Row) -> Row:
    """The row, naming also each fault that looks like another, as that other."""
    alike = {f.id: row.under[f.like] for f in FAULTS if f.like and f.like in row.under}
    return replace(row, under={**alike, **row.under})


ROWS: tuple[Row, ...] = tuple(map(_with_lookalikes, _WRITTEN))

THINGS: dict[str, Row] = {row.thing: row for row in ROWS}
"""Every finding there is: the things that may be looked at, by id."""


def _under(row: Row, fault: str) -> dict[str, float]:
    if fault == "unknown" and fault not in row.under:
        return {state: 1 / len(row.states) for state in row.states}  # ready for anything
    return row.completed(row.under.get(fault, row.usual))


PROBABILITY: dict[tuple[str, str], dict[str, float]] = {
    (row.thing, fault.id): _under(row, fault.id) for row in ROWS for fault in FAULTS
}
"""(thing, fault) -> state -> probability."""
