"""Everything that was ever sent, byte for byte: one file a month, kept until the user removes it.

A line is written before anything goes out, and another one says what came of it: a crash between
leaves a line too many, never one too few. What cannot be written down is not sent.
"""

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from netcheck.store.outbox import END_OF_TIME_S
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import append_line, read_lines

FOLDER = "sent"
UNKNOWN = "unknown"
_NO_END = 1 << 40  # lines: nothing is dropped


@dataclass(frozen=True, slots=True)
class Sent:
    """One try. `at_s` is in seconds since 1970, `to` the URL, `outcome` what came of it; `unknown`
    where that was never written."""

    id: str
    at_s: float
    to: str
    body: str
    outcome: str = UNKNOWN


def begin(entry: Sent) -> None:
    """Writes down what is about to be sent.

    Raises:
        StoreUnavailable: it cannot be written; then it must not be sent.
    """
    _append(entry.at_s, asdict(entry))


def end(entry: Sent, outcome: str) -> None:
    """Writes down what came of it.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    _append(entry.at_s, {"id": entry.id, "at_s": entry.at_s, "outcome": outcome})


def read() -> tuple[Sent, ...]:
    """All tries, oldest first. A damaged line is left out.

    Raises:
        StoreUnavailable: it may not be read.
    """
    tries: dict[tuple[str, float], Sent] = {}
    for line in _lines():
        try:
            told = json.loads(line)
            key = (str(told["id"]), float(told["at_s"]))
            if not 0 <= key[1] < END_OF_TIME_S:
                continue
            if "body" in told:
                tries[key] = Sent(*key, str(told["to"]), str(told["body"]), str(told["outcome"]))
            elif key in tries:
                known = tries[key]
                tries[key] = Sent(*key, known.to, known.body, str(told["outcome"]))
        except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
            continue
    return tuple(sorted(tries.values(), key=lambda sent: sent.at_s))


def _append(at_s: float, line: object) -> None:
    month = datetime.fromtimestamp(at_s, UTC).strftime("%Y-%m")
    path = state_dir() / FOLDER / f"{month}.ndjson"
    append_line(path, json.dumps(line, separators=(",", ":")), most_lines=_NO_END)


def _lines() -> list[str]:
    folder: Path = state_dir() / FOLDER
    with told_as_unavailable(folder):
        months = sorted(folder.glob("*.ndjson")) if folder.is_dir() else []
    return [line for month in months for line in read_lines(month)]
