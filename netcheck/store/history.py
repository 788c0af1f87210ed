"""One compact line a run, each chained to the one before: what `history` shows and signs.

The newest part is `history.ndjson`; when it is full it is put beside, numbered, and the oldest part
is dropped, so that a year of looks each quarter of an hour fits. What was found is written where it
differs from the line before. A line's digest is over its whole content and the digest before it
(`netcheck.model.history.chained`).
"""

import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from netcheck.model.history import NOT_LOOKED, Entry, chained
from netcheck.store.lock import WAIT_S, locked
from netcheck.store.paths import state_dir
from netcheck.store.unavailable import told_as_unavailable
from netcheck.store.write import append_held, make_folder, read_lines

FILE = "history.ndjson"
PART_BYTES = 1_000_000  # some 3,000 looks; read whole for each line that is added
MOST_PARTS = 24  # beside the newest: two years of a look each quarter of an hour
_PART = re.compile(r"history-(\d{6})\.ndjson")
_CHAIN, _SAME = "chain", "same"  # not part of an entry's content
_REPEATED = "findings"
_AT = slice(7, 27)  # of a line as `append` writes it: {"at":"2026-11-25T12:41:22Z",
_WELL, _PARTIAL = '"severity":"ok"', '"partial":true'


def append(entry: Mapping[str, Any]) -> None:
    """Keeps one run. Two runs that end at once both keep theirs.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    path = state_dir() / FILE
    with told_as_unavailable(path):
        make_folder(path.parent)
        with locked(path, WAIT_S):
            if path.exists() and path.stat().st_size >= PART_BYTES:
                _put_aside(path)
            append_held(path, _line(entry, path).encode() + b"\n")


def read(most: int | None = None) -> tuple[dict[str, Any], ...]:
    """The runs kept, oldest first, the newest `most` of them, each with its `chain`. A damaged line
    is left out.

    Raises:
        StoreUnavailable: it may not be read.
    """
    runs: list[dict[str, Any]] = []
    for path in parts():
        runs += _whole(map(_told, read_lines(path)))
    return tuple(runs if most is None else runs[len(runs) - min(most, len(runs)) :])


def entries() -> tuple[Entry, ...]:
    """What `outages` and `stretches` need of a whole history, quickly: of a row of looks that all
    found everything well only the ends are read, and one every few hours.

    Raises:
        StoreUnavailable: it may not be read.
    """
    found: list[Entry] = []
    held: str | None = None
    read_at: datetime | None = None  # of the last line that was read, where all was well
    for line in (line for path in parts() for line in read_lines(path)):
        if _PARTIAL in line:
            continue  # not all was looked at: neither trouble nor its end
        at = _at(line[_AT]) if _WELL in line else None
        if at is not None and read_at is not None and at - read_at <= NOT_LOOKED / 2:
            held = line
            continue
        found += [entry for entry in (_entry(held),) if entry]
        held, read_at = None, at
        entry = _entry(line)
        if entry is not None:
            found.append(entry)
    return (*found, *(entry for entry in (_entry(held),) if entry))


def _entry(line: str | None) -> Entry | None:
    told = _told(line) if line else None
    at = _at(str(told.get("at"))) if told else None
    if told is None or at is None:
        return None
    sure = told.get("confidence")
    return Entry(
        at,
        str(told.get("side")),
        told.get("fault") if isinstance(told.get("fault"), str) else None,
        str(told.get("severity")),
        float(sure) if isinstance(sure, int | float) else 0.0,
        told.get("carrier") if isinstance(told.get("carrier"), str) else None,
        str(told.get(_CHAIN, "")),
    )


def _at(text: str) -> datetime | None:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def parts() -> tuple[Path, ...]:
    """The files, oldest first, the newest part last."""
    folder = state_dir()
    with told_as_unavailable(folder):
        names = sorted(p.name for p in folder.iterdir()) if folder.is_dir() else []
    return (*(folder / name for name in names if _PART.fullmatch(name)), folder / FILE)


def _line(entry: Mapping[str, Any], path: Path) -> str:
    """The entry as it is written after what is there."""
    known = _whole(map(_told, read_lines(path)))
    before = known[-1] if known else None
    last = before
    for part in reversed(parts()[:-1]):
        if last is not None:
            break
        older = _whole(map(_told, read_lines(part)))
        last = older[-1] if older else None
    chain = chained(str((last or {}).get(_CHAIN, "")), entry)
    body = dict(entry)
    if before is not None and _REPEATED in body and body[_REPEATED] == before.get(_REPEATED):
        del body[_REPEATED]
        body[_SAME] = True
    return json.dumps({**body, _CHAIN: chain}, separators=(",", ":"))


def _put_aside(path: Path) -> None:
    numbered = [p for p in parts() if p != path]
    newest = _PART.fullmatch(numbered[-1].name) if numbered else None
    number = int(newest[1]) + 1 if newest else 1
    path.replace(path.with_name(f"history-{number:06}.ndjson"))
    for old in numbered[: max(0, len(numbered) + 1 - MOST_PARTS)]:
        old.unlink(missing_ok=True)


def _told(line: str) -> dict[str, Any] | None:
    try:
        told = json.loads(line)
    except ValueError:
        return None
    return told if isinstance(told, dict) else None


def _whole(told: "Iterator[dict[str, Any] | None]") -> list[dict[str, Any]]:
    """The entries, with what was found in those that only say that it was the same."""
    runs: list[dict[str, Any]] = []
    found: object = None
    for one in told:
        if one is None:
            continue
        if one.pop(_SAME, False):
            one[_REPEATED] = found
        found = one.get(_REPEATED)
        runs.append(one)
    return runs
