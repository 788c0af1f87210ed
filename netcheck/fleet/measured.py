"""What many devices said, counted: the nouns that store, detection, page and feed share."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from netcheck.report.form import Report


class Stage(StrEnum):
    """What a carrier alone can break. Whatever else fails in a report is laid to no carrier."""

    REGISTRATION = "registration"  # the phone is turned away, or left with emergency calls only
    NAMES = "names"  # the carrier's zone of Wi-Fi-calling names
    GATEWAYS = "gateways"  # its Wi-Fi-calling gateways, while another operator's answer

    __hash__ = str.__hash__  # an enum's own is slow, and cells are looked up for every report


class AlarmKind(StrEnum):
    """In which way a cell is worse than it should be."""

    OUTAGE = "outage"
    DEGRADED = "degraded"
    SILENT = "silent"  # devices that should report do not


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What one alarm is about. `region` is an ISO 3166 code, "" where a device told none or all
    regions are meant; `called` the carrier of the person who could not be reached, "" for none."""

    carrier: str
    region: str
    stage: Stage
    called: str = ""


@dataclass(frozen=True, slots=True)
class Received:
    """A report, and when it came: seconds since 1970, UTC, of the collector's clock."""

    report: Report
    at_s: int


@dataclass(frozen=True, slots=True)
class Count:
    """In the minutes from `minute` on (of 1970, UTC, by receipt): how many reports could tell
    whether this stage works, and how many said that it fails."""

    cell: Cell
    minute: int
    told: int
    failing: int


@dataclass(frozen=True, slots=True)
class Alarm:
    """A cell that is worse than chance allows. Minutes of 1970, UTC, by receipt; `over` None while
    it lasts. `confidence` from 0 to 1."""

    cell: Cell
    kind: AlarmKind
    began: int
    over: int | None
    confidence: float
    share_failing: float


class Telling(Protocol):
    """What a report tells of its carrier's stages: True, it fails; a stage that is not measured is
    left out."""

    def __call__(self, report: Report) -> Mapping[Stage, bool]:
        """Of this report."""
        ...


class Counts(Protocol):
    """Where counts are read from."""

    def counts(self, since: int, until: int, *, bin_minutes: int = 5) -> Iterable[Count]:
        """Of the minutes `since <= minute < until`, each bin by its first minute."""
        ...
