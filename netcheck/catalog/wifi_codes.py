"""Why a Wi-Fi link was refused or ended: reason and status codes of IEEE 802.11."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class CodeKind(StrEnum):
    """The two tables: why a link ended, and what became of a step towards one. Closed."""

    REASON = "reason"
    STATUS = "status"


class WhoActs(StrEnum):
    """Who can do something about it. Closed."""

    NOBODY = "nobody"  # nothing is wrong
    USER = "user"  # the settings of this device, and where it is
    NETWORK = "network"  # whoever runs the access point


class Says(StrEnum):
    """What a code counts as. Closed."""

    OK = "ok"
    LATER = "later"  # refused for now; joining anew is usual
    LEAVING = "leaving"
    MOVED = "moved"
    PASSPHRASE = "passphrase"
    CREDENTIALS = "credentials"  # of a sign-in by 802.1X
    KEYS = "keys"  # a key did not hold, whatever the passphrase
    REFUSED = "refused"
    FULL = "full"
    KICKED = "kicked"
    FORGOTTEN = "forgotten"  # the device is not known, or somebody forged its farewell
    RADIO = "radio"


@dataclass(frozen=True, slots=True)
class WifiCode:
    """One row. `number` counts within its kind: reason 15 and status 15 are two things."""

    kind: CodeKind
    number: int
    name: str
    meaning: str
    who: WhoActs
    says: Says
    source: str

    @property
    def label(self) -> str:
        """As it is written among facts: `reason 15 NAME`."""
        return f"{self.kind.value} {self.number} {self.name}"

    @property
    def spelling(self) -> str:
        """As it is asked for: `wifi-reason-15`."""
        return f"wifi-{self.kind.value}-{self.number}"


class WifiCodes:
    """Both tables. A number that no row has is None, never a guess."""

    def __init__(self, table: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        self._rows = {
            (CodeKind(kind), int(number)): WifiCode(
                CodeKind(kind),
                int(number),
                row["name"],
                row["meaning"],
                WhoActs(row["who"]),
                Says(row["says"]),
                row["source"],
            )
            for kind, rows in table.items()
            for number, row in rows.items()
        }

    def all(self) -> tuple[WifiCode, ...]:
        """Every row, reasons first."""
        return tuple(self._rows.values())

    def reason(self, number: int | None) -> WifiCode | None:
        """Why a link ended."""
        return None if number is None else self._rows.get((CodeKind.REASON, number))

    def status(self, number: int | None) -> WifiCode | None:
        """What became of a step."""
        return None if number is None else self._rows.get((CodeKind.STATUS, number))

    def find(self, asked: str) -> WifiCode | None:
        """The code meant by `wifi-reason-15`, `reason 15` or its name, however it is spelt."""
        wanted = "-".join(asked.casefold().replace("_", "-").split())
        for row in self._rows.values():
            name = row.name.casefold().replace("_", "-")
            if wanted in (row.spelling, row.spelling.removeprefix("wifi-"), name):
                return row
        return None
