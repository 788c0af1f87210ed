"""The two documents of a feed as bytes: which keys may sign now, and how the carriers are.

Both are JSON by the committed schemas (schema/). An unknown field is passed over, so that a feed
may grow; a known one that does not fit spoils the whole.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdStatus

STATUS, KEYS = "netcheck.status/1", "netcheck.feed-keys/1"
MOST_BYTES = 65_536  # of a whole file, both lines
MOST_ENTRIES = 2_000
END_OF_TIME_S = 1 << 40
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,63}")
_KID = re.compile(r"[A-Za-z0-9_-]{1,32}")
_REGION = re.compile(r"([A-Z]{2}(-[A-Z0-9]{1,3})?)?")
_COUNTRY = re.compile(r"[A-Z]{2}")
_BAND = re.compile(r"[0-9]0-[0-9]9|0-9")
_KEY = re.compile(r"[A-Za-z0-9_-]{43}")


class Misfit(ValueError):
    """It is no such document. `args[0]` names the field."""


@dataclass(frozen=True, slots=True)
class FeedKey:
    """A key that may sign a status from `begins` until `ends` (seconds since 1970, UTC). `public`
    is 32 bytes in base64url."""

    kid: str
    public: str
    begins: int
    ends: int


@dataclass(frozen=True, slots=True)
class FeedKeys:
    """All keys that may sign, by the root's word; `sequence` rises, so that a key which was taken
    back stays so."""

    sequence: int
    keys: tuple[FeedKey, ...]


def encode_status(status: CrowdStatus) -> bytes:
    """As it is signed: what is None or empty is left out."""
    entries = [{k: v for k, v in asdict(entry).items() if v} for entry in status.entries]
    return _dumped({"schema": STATUS} | asdict(status) | {"entries": entries})


def encode_keys(keys: FeedKeys) -> bytes:
    """As it is signed."""
    return _dumped({"schema": KEYS} | asdict(keys))


def decode_status(raw: bytes) -> CrowdStatus:
    """The status in these bytes. Raises Misfit."""
    told = _document(raw, STATUS)
    return CrowdStatus(
        country=_text(told, "country", _COUNTRY),
        sequence=_number(told, "sequence"),
        issued=_number(told, "issued"),
        expires=_number(told, "expires"),
        entries=tuple(map(_entry, _list(told, "entries", MOST_ENTRIES))),
    )


def decode_keys(raw: bytes) -> FeedKeys:
    """The keys in these bytes. Raises Misfit."""
    told = _document(raw, KEYS)
    keys = tuple(
        FeedKey(
            kid=_text(one, "kid", _KID),
            public=_text(one, "public", _KEY),
            begins=_number(one, "begins"),
            ends=_number(one, "ends"),
        )
        for one in _list(told, "keys", 16)
    )
    return FeedKeys(_number(told, "sequence"), keys)


def _entry(told: Mapping[str, Any]) -> CrowdEntry:
    state = told.get("state")
    if state not in tuple(CrowdState):
        raise Misfit("state")
    return CrowdEntry(
        carrier=_text(told, "carrier", _NAME) if "carrier" in told or "called" not in told else "",
        state=CrowdState(state),
        region=_text(told, "region", _REGION) if "region" in told else "",
        called=_text(told, "called", _NAME) if "called" in told else "",
        began=_number(told, "began") if "began" in told else None,
        confidence=_text(told, "confidence", _BAND) if "confidence" in told else None,
        failing=_text(told, "failing", _BAND) if "failing" in told else None,
    )


def _dumped(told: object) -> bytes:
    return json.dumps(told, separators=(",", ":")).encode("ascii")


def _document(raw: bytes, schema: str) -> Mapping[str, Any]:
    try:
        told = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Misfit("no JSON") from None
    if not isinstance(told, dict) or told.get("schema") != schema:
        raise Misfit("schema")
    return told


def _number(told: Mapping[str, Any], name: str) -> int:
    value = told.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < END_OF_TIME_S:
        raise Misfit(name)
    return value


def _text(told: Mapping[str, Any], name: str, form: re.Pattern[str]) -> str:
    value = told.get(name)
    if not isinstance(value, str) or not form.fullmatch(value):
        raise Misfit(name)
    return value


def _list(told: Mapping[str, Any], name: str, most: int) -> list[Mapping[str, Any]]:
    value = told.get(name)
    whole = isinstance(value, list) and len(value) <= most
    if not whole or not all(isinstance(one, dict) for one in value or ()):
        raise Misfit(name)
    return list(value or ())
