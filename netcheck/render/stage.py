"""One stage as a specialist reads it: every observation with its target, outcome and figures."""

import dataclasses
from collections.abc import Iterable, Mapping
from enum import Enum

from netcheck.model.observation import Facts, Observation, RecordedFacts
from netcheck.render.sheet import Sheet

_COLUMN = 12


def write_stage(observations: Iterable[Observation], checks: Iterable[str], sheet: Sheet) -> None:
    """The observations of these checks, in the order of the checks and then of time. What was not
    measured is left out of the figures; it is never shown as no."""
    seen = list(observations)
    for check in checks:
        of_check = sorted((o for o in seen if o.check == check), key=lambda o: o.start_ms)
        if not of_check:
            continue
        sheet.blank()
        sheet.paragraph(check)
        for one in of_check:
            why = one.failure or one.unmet or ""
            told = " ".join(filter(None, (one.outcome.value, str(why), one.detail)))
            via = f" via {one.target.via}" if one.target.via else ""
            sheet.row(told, f"{one.target.name}{via}, {one.duration_ms:.0f} ms", _COLUMN)
            figures = ", ".join(_figures(one.facts))
            if figures:
                sheet.row("", figures, _COLUMN)


def _figures(facts: Facts | None) -> Iterable[str]:
    if facts is None:
        return
    values: Mapping[str, object]
    if isinstance(facts, RecordedFacts):
        values = facts.values
    else:
        values = {f.name: getattr(facts, f.name) for f in dataclasses.fields(facts)}
    for name, value in values.items():
        if value is not None and value not in ((), []):
            yield f"{name}={_plain(value)}"


def _plain(value: object) -> str:
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, float):
        return f"{value:.1f}"
    if isinstance(value, Facts):
        return "{" + " ".join(_figures(value)) + "}"
    if isinstance(value, Mapping):
        return "{" + " ".join(f"{k}={_plain(v)}" for k, v in value.items() if v is not None) + "}"
    if isinstance(value, tuple | list):
        return "[" + " ".join(_plain(item) for item in value) + "]"
    return str(value)
