"""A bundle: one zip for the help-desk, its files listed with their hashes.

    index.html summary.txt manifest.json result.json failing.json report.json redaction.json
    collect/status.json  raw/SYSTEM/*.json  history/looks.ndjson

Hashes tell damage and careless changes. Whoever can write the zip can write new hashes: they are
no signature.
"""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

SCHEMA = "netcheck.manifest/1"
MANIFEST = "manifest.json"
RESULT, FAILING, REPORT, PAGE = "result.json", "failing.json", "report.json", "index.html"
SUMMARY, STATUS, REDACTION = "summary.txt", "collect/status.json", "redaction.json"
HISTORY = "history/looks.ndjson"
MOST_BYTES = 16 * 1024 * 1024  # of the zip; a bundle has some hundred thousand
MOST_MEMBER_BYTES = 8 * 1024 * 1024
MOST_UNPACKED_BYTES = 48 * 1024 * 1024
MOST_MEMBERS = 256
HISTORY_BYTES = 1024 * 1024


class TooLarge(Exception):
    """More than a reader would take."""


@dataclass(frozen=True, slots=True)
class Collected:
    """What became of one source: `status` is ran, skipped, denied, timed-out or failed; `reason` an
    id of why; `left_out` how many values or lines were not understood."""

    collector: str
    status: str
    reason: str | None = None
    left_out: int = 0
    took_ms: float | None = None


@dataclass(frozen=True, slots=True)
class Member:
    """One file. `origin` says who made it: netcheck, or a program of the system."""

    name: str
    raw: bytes
    origin: str


@dataclass(frozen=True, slots=True)
class Making:
    """When, of what and by whom. `replays`: for each result whether its verdict follows again from
    what is left of its findings; None: other rules judged it then."""

    ticket: str
    made_at: str
    netcheck_version: str
    rules_version: int
    system: str
    replays: Mapping[str, bool | None]
    replaced: Mapping[str, int]
    left_out: Mapping[str, int]


def manifest(making: Making, members: Sequence[Member]) -> bytes:
    """The list of files, in the contract's form."""
    return as_json(
        {
            "schema": SCHEMA,
            **asdict(making),
            "files": [
                {
                    "name": one.name,
                    "bytes": len(one.raw),
                    "sha256": hashlib.sha256(one.raw).hexdigest(),
                    "origin": one.origin,
                }
                for one in members
            ],
        }
    )


def status(collected: Sequence[Collected]) -> bytes:
    """Which source gave what, and why not."""
    return as_json({"collectors": [asdict(one) for one in collected]})


def redaction(making: Making, kinds: Mapping[str, int], unsearchable: int) -> bytes:
    """Counts, and nothing else: `kinds` of different originals."""
    return as_json(
        {
            "originals": dict(kinds),
            "replaced": dict(making.replaced),
            "left_out": dict(making.left_out),
            "not_searchable": unsearchable,
            "public_ipv4_stands_in": "240.0.0.0/4",
            "global_ipv6_stands_in": "3fff::/20",
        }
    )


def history(looks: Sequence[Mapping[str, Any]]) -> bytes:
    """The newest looks that fit, a line each."""
    lines: list[bytes] = []
    left = HISTORY_BYTES
    for one in reversed(looks):
        line = json.dumps(one, separators=(",", ":")).encode() + b"\n"
        left -= len(line)
        if left < 0:
            break
        lines.append(line)
    return b"".join(reversed(lines))


def packed(members: Sequence[Member], listed: bytes) -> bytes:
    """The zip. Raises TooLarge."""
    written = io.BytesIO()
    total = len(listed)
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file:
        for one in (Member(MANIFEST, listed, "netcheck"), *members):
            total += len(one.raw)
            if len(one.raw) > MOST_MEMBER_BYTES:
                raise TooLarge(one.name)
            file.writestr(_entry(one.name), one.raw, zipfile.ZIP_DEFLATED, 6)
    raw = written.getvalue()
    if len(raw) > MOST_BYTES or total > MOST_UNPACKED_BYTES or len(members) >= MOST_MEMBERS:
        raise TooLarge(MANIFEST)
    return raw


def _entry(name: str) -> zipfile.ZipInfo:
    """The same bytes make the same zip; nobody but its owner may read what is unpacked."""
    entry = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    entry.external_attr = 0o100600 << 16
    entry.create_system = 3
    return entry


def as_json(document: object) -> bytes:
    """ASCII, so that it reads the same everywhere."""
    return (json.dumps(document, indent=1, allow_nan=False) + "\n").encode("ascii")
