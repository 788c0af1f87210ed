"""A statement of an outage: the looks of a history, chained, signed with a key of this device.

It proves that nothing was changed since it was signed, and that between two looks none was taken
out. It does not prove that the clock was right, nor that the owner did not make the whole history
anew: only a third party's time stamp over the signature says that it existed at a time. What is in
it is what a history holds (`LOOK`): no address, no name of a network, a device or a person.
"""

import base64
import binascii
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from netcheck.model.history import LOOK, Outage, chained

SCHEMA = "netcheck.statement/1"
BEGIN, END = "-----BEGIN NETCHECK STATEMENT-----", "-----END NETCHECK STATEMENT-----"
MOST_LOOKS = 400  # of a longer outage the first and the last half
MOST_BYTES = 4_000_000
_LINE = 76


class UnreadableStatement(Exception):
    """It is none, or damaged. `reason` names the field."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of the history: `body` as it was chained, and its digest. `cut`: so many looks
    before it are left out, and its digest does not follow from the one above."""

    body: dict[str, Any]
    chain: str
    cut: int = 0


@dataclass(frozen=True, slots=True)
class Statement:
    """`before` is the digest before the first look. Times are UTC texts. `over` None: its end was
    not seen."""

    schema: str
    written_at: str
    netcheck: str
    rules: int
    carrier: str | None
    began: str
    seen_last: str
    over: str | None
    side: str
    fault: str | None
    confidence: float
    looks_seen: int
    before: str
    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Signed:
    """`key` and `signature` in base64; `stamp` a third party's answer (RFC 3161) over the
    signature, where there is one, and `stamped_by` its address."""

    statement: Statement
    key: str
    signature: str
    stamp: str | None = None
    stamped_by: str | None = None


def of_outage(
    outage: Outage, entries: Sequence[Mapping[str, Any]], *, written_at: str, netcheck: str,
    rules: int,
) -> Statement:  # fmt: skip
    """The statement of that outage, from the whole history: its looks, and the good ones on both
    sides of it. Raises ValueError where the history does not hold it."""
    at = [str(entry.get("at")) for entry in entries]
    first, last = at.index(_utc(outage.began)), len(at) - 1 - at[::-1].index(_utc(outage.seen_last))
    start, stop = max(0, first - 1), min(len(at), last + 2)
    before = str(entries[start - 1].get("chain", "")) if start else ""
    return Statement(
        SCHEMA, written_at, netcheck, rules, outage.carrier, _utc(outage.began),
        _utc(outage.seen_last), _utc(outage.over) if outage.over else None, outage.side,
        outage.fault, outage.confidence, outage.looks, before, _looks(entries[start:stop]),
    )  # fmt: skip


def _looks(entries: Sequence[Mapping[str, Any]]) -> tuple[Look, ...]:
    """Those that hold nothing but what may be told; of too many the middle is left out."""
    half, looks, missing = MOST_LOOKS // 2, [], 0
    for number, entry in enumerate(entries):
        body = {key: value for key, value in entry.items() if key != "chain"}
        in_the_middle = half <= number < len(entries) - half and len(entries) > MOST_LOOKS
        if in_the_middle or not body.keys() <= set(LOOK):
            missing += 1
            continue
        looks.append(Look(body, str(entry.get("chain", "")), missing))
        missing = 0
    return tuple(looks)


def message(statement: Statement) -> bytes:
    """The bytes that are signed."""
    text = json.dumps(asdict(statement), sort_keys=True, separators=(",", ":"), ensure_ascii=True)
    return text.encode("ascii")


def sealed(statement: Statement, secret: bytes) -> Signed:
    """Signed with this device's key."""
    from netcheck.seal.signing import public_key, sign

    signature = sign(secret, message(statement))
    return Signed(statement, _text(public_key(secret)), _text(signature))


def wrong_with(signed: Signed) -> tuple[str, int] | None:
    """What does not fit, and at which look: `signature` or `entry-changed`; None: nothing."""
    from netcheck.seal.signing import fits

    key, signature = _bytes(signed.key, "key"), _bytes(signed.signature, "signature")
    if not fits(key, signature, message(signed.statement)):
        return "signature", 0
    before = signed.statement.before
    for number, look in enumerate(signed.statement.looks, 1):
        if not look.cut and chained(before, look.body) != look.chain:
            return "entry-changed", number
        before = look.chain
    return None


def armoured(signed: Signed) -> str:
    """As lines to stand below the text for people."""
    coded = _text(_written(signed))
    lines = [coded[at : at + _LINE] for at in range(0, len(coded), _LINE)]
    return "\n".join([BEGIN, *lines, END]) + "\n"


def parted(text: str) -> tuple[str, Signed]:
    """(the text for people, what was signed) of a file. Raises UnreadableStatement."""
    import msgspec

    above, begin, rest = text.replace("\r\n", "\n").partition(BEGIN + "\n")
    coded, end, after = rest.partition(END)
    if not begin or not end:
        raise UnreadableStatement(f"it has no part between {BEGIN} and {END}")
    if after.strip():
        raise UnreadableStatement(f"something stands behind {END}")
    try:
        raw = _bytes("".join(coded.split()), "the coded part")
        signed = msgspec.json.decode(raw, type=Signed)
    except ValueError as wrong:  # msgspec's errors name the path of the field
        raise UnreadableStatement(str(wrong)) from None
    except RecursionError:
        raise UnreadableStatement("it is nested too deeply") from None
    if _written(signed) != raw:  # a field nobody knows is no place to hide a change either
        raise UnreadableStatement("it is not written as netcheck writes it")
    if signed.statement.schema != SCHEMA:
        raise UnreadableStatement(f"its schema is {signed.statement.schema!r}, not {SCHEMA!r}")
    _bytes(signed.key, "key"), _bytes(signed.signature, "signature")
    return above, signed


def stamp_of(signed: Signed) -> bytes | None:
    """The third party's answer."""
    return None if signed.stamp is None else _bytes(signed.stamp, "stamp")


def stamped_message(signed: Signed) -> bytes:
    """What the third party stamps: the signature."""
    return _bytes(signed.signature, "signature")


def _written(signed: Signed) -> bytes:
    return json.dumps(asdict(signed), separators=(",", ":")).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def _bytes(text: str, field: str) -> bytes:
    """As only one text decodes to: bits that mean nothing are no place to hide a change."""
    try:
        raw = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        raw = None
    if raw is None or _text(raw) != text:
        raise UnreadableStatement(f"{field}: is not base64")
    return raw


def _utc(at: Any) -> str:
    return str(at.strftime("%Y-%m-%dT%H:%M:%SZ"))
