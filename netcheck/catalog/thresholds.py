"""The numbers that turn measurements into words and words into decisions, by name."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Threshold:
    """One number with its unit and where it comes from."""

    name: str
    value: float
    unit: str
    origin: str


class UnknownThreshold(AttributeError):
    """No threshold of that name; the message names the nearest one."""


class Thresholds:
    """`thresholds.dns_slow_ms` is the number, `thresholds["dns_slow_ms"]` the row with its origin.

    An integer in the data stays an integer, so that sums of integer hundredths stay exact.
    """

    __slots__ = ("_rows",)

    def __init__(self, table: Mapping[str, Mapping[str, Any]]) -> None:
        self._rows = {
            name: Threshold(name, row["value"], row["unit"], row["origin"])
            for name, row in table.items()
        }

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # copying and pickling probe for these before the rows exist
            raise AttributeError(name)
        return self[name].value

    def __getitem__(self, name: str) -> Threshold:
        try:
            return self._rows[name]
        except KeyError:
            raise UnknownThreshold(self._explain(name)) from None

    def __iter__(self) -> Iterator[Threshold]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)

    def _explain(self, name: str) -> str:
        from difflib import get_close_matches

        near = get_close_matches(name, self._rows, n=1)
        return f"no threshold is called {name!r}" + (f", did you mean {near[0]!r}?" if near else "")
