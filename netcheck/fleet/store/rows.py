"""Reports on their way into the store: lines of JSON, and the id of each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ids = NDArray[np.uint64]
_ID = re.compile(rb'"report_id":"([0-9a-f]{32})"')
_RECEIVED = re.compile(rb'"received":(\d+)')


@dataclass(frozen=True, slots=True)
class Rows:
    """`ids` in hexadecimal, in the order of the lines."""

    ids: list[str]
    lines: list[bytes]

    @property
    def body(self) -> bytes:
        """All lines."""
        return b"".join(self.lines)

    @staticmethod
    def joined(several: Sequence["Rows"]) -> "Rows":
        """One after the other."""
        if len(several) == 1:
            return several[0]
        ids = [id for rows in several for id in rows.ids]
        return Rows(ids, [line for rows in several for line in rows.lines])

    @staticmethod
    def read(body: bytes) -> "Rows":
        """From lines that were written here. Raises ValueError for others."""
        lines = body.splitlines(keepends=True)
        ids = [id.decode() for id in _ID.findall(body)]
        if len(ids) != len(lines):
            raise ValueError("a line without an id")
        return Rows(ids, lines)

    def keys(self) -> Ids:
        """Half of each id: 64 random bits, of which two are alike by chance in one of a million
        years' reports. Whoever makes up ids can only lose reports of their own."""
        raw = np.frombuffer(bytes.fromhex("".join(self.ids)), dtype=">u8")
        return raw[::2].astype(np.uint64)

    def only(self, keep: NDArray[np.bool_]) -> "Rows":
        """Those that are marked."""
        if keep.all():
            return self
        at = np.flatnonzero(keep)
        return Rows([self.ids[i] for i in at], [self.lines[i] for i in at])

    def first_received_s(self) -> int:
        """When the earliest of them came. Raises ValueError where there is none."""
        return min(int(found[1]) for line in self.lines if (found := _RECEIVED.search(line)))
