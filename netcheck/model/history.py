"""What a history holds: one entry a run, chained to the one before, and the outages in it."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

NOT_LOOKED = timedelta(hours=6)
"""Longer than this without a look, and nobody knows whether it was one outage or two."""

LOOK = (
    *("at", "run", "version", "rules", "carrier", "side", "fault", "severity", "confidence"),
    *("calling", "symptom", "duration_ms", "interrupted", "partial", "findings"),
)
"""All that an entry holds: what a statement or a bundle may tell of it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One run, as far as a history needs it. `chain` is its digest over everything before it;
    empty where it was kept by a version that had none."""

    at: datetime
    side: str
    fault: str | None
    severity: str
    confidence: float
    carrier: str | None = None
    chain: str = ""

    @property
    def bad(self) -> bool:
        """Whether anything was wrong, or may have been: an open question is trouble too."""
        return self.severity != "ok"


@dataclass(frozen=True, slots=True)
class Outage:
    """A row of looks that all saw trouble. `began` is the first of them and `seen_last` the last;
    `over` the first good look after it, None where there was none within NOT_LOOKED. What it was is
    told by the look that was surest."""

    began: datetime
    seen_last: datetime
    over: datetime | None
    looks: int
    side: str
    fault: str | None
    severity: str
    confidence: float
    carrier: str | None

    def lasted(self, now: datetime) -> timedelta:
        """From the first sign to the first good look; while it goes on, to the last look."""
        return max(timedelta(), min(self.over or self.seen_last, now) - self.began)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which all looks said the same, for a strip. `ended` is the next stretch's
    beginning, or the last look of it where nobody looked for long after."""

    began: datetime
    ended: datetime
    side: str
    severity: str


def chained(before: str, body: Mapping[str, Any]) -> str:
    """The digest (SHA-256, hex) of an entry's body and of all that was before it: whoever changes
    an old entry changes every digest after it."""
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return hashlib.sha256(f"{before}\n{text}".encode()).hexdigest()


def outages(entries: Iterable[Entry]) -> tuple[Outage, ...]:
    """The outages, oldest first; entries come in the order in which they were kept. Where the clock
    was set back, what is later in the order stays later."""
    found: list[Outage] = []
    row: list[Entry] = []
    for entry in entries:
        if row and entry.at - row[-1].at > NOT_LOOKED:
            found.append(_outage(row, None))
            row = []
        if entry.bad:
            row.append(entry)
        elif row:
            found.append(_outage(row, entry.at))
            row = []
    return (*found, _outage(row, None)) if row else tuple(found)


def _outage(row: list[Entry], over: datetime | None) -> Outage:
    named = [one for one in row if one.side != "inconclusive"] or row
    surest = max(named, key=lambda one: one.confidence)
    severity = "down" if any(one.severity == "down" for one in row) else "degraded"
    return Outage(
        row[0].at, row[-1].at, over, len(row), surest.side, surest.fault, severity,
        surest.confidence, surest.carrier,
    )  # fmt: skip


def stretches(entries: Iterable[Entry]) -> tuple[Stretch, ...]:
    """The same as a strip: runs of looks that said the same side and severity."""
    found: list[Stretch] = []
    for entry in entries:
        before = found[-1] if found else None
        if before is not None and entry.at - before.ended <= NOT_LOOKED:
            found[-1] = Stretch(before.began, entry.at, before.side, before.severity)
            if (before.side, before.severity) == (entry.side, entry.severity):
                continue
        found.append(Stretch(entry.at, entry.at, entry.side, entry.severity))
    return tuple(found)
