"""What a Wi-Fi-calling gateway may answer in place of a tunnel, and whose ids it may show."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class WhoCanAct(StrEnum):
    """Who can do something about a notify. Closed."""

    NOBODY = "nobody"  # nothing is wrong
    USER = "user"  # the account, the SIM or the handset
    CARRIER = "carrier"


class Exchange(StrEnum):
    """When a notify may come. After IKE_AUTH means: never seen without a SIM."""

    INIT = "init"
    AUTH = "auth"
    BOTH = "both"


@dataclass(frozen=True, slots=True)
class Notify:
    """A notify message type of IKEv2 (RFC 7296 3.10.1) or of an ePDG (TS 24.302 8.1.2)."""

    number: int
    name: str
    meaning: str
    who: WhoCanAct
    exchange: Exchange
    source: str

    @property
    def spelling(self) -> str:
        """The name as ids are written: `no-proposal-chosen`."""
        return self.name.lower().replace("_", "-")

    @property
    def private(self) -> bool:
        """Whether the number is from the ranges that are free for use (3GPP's among them)."""
        return 8192 <= self.number <= 16383 or self.number >= 40960

    @property
    def seen(self) -> bool:
        """Whether the check's one message can be answered with it."""
        return self.exchange is not Exchange.AUTH


def read_notifies(table: Mapping[str, Mapping[str, Any]]) -> dict[int, Notify]:
    """The rows by number."""
    return {
        int(number): Notify(
            int(number),
            row["name"],
            row["meaning"],
            WhoCanAct(row["who"]),
            Exchange(row["exchange"]),
            row["source"],
        )
        for number, row in table.items()
    }


def find_notify(notifies: Mapping[int, Notify], asked: str) -> Notify | None:
    """The notify meant by a number or a name, however it is spelt; None if there is none."""
    if asked.isascii() and asked.isdigit() and len(asked) <= 5:
        return notifies.get(int(asked))
    wanted = asked.strip().lower().replace("_", "-").replace(" ", "-")
    return next((one for one in notifies.values() if one.spelling == wanted), None)


def read_vendors(rows: list[Mapping[str, str]]) -> tuple[tuple[bytes, str], ...]:
    """What vendor ids begin with, and the name for it: the longest beginning first."""
    pairs = [(bytes.fromhex(row["begins"]), row["name"]) for row in rows]
    return tuple(sorted(pairs, key=lambda pair: -len(pair[0])))
