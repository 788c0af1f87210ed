"""The few fields of an X.509 certificate that a diagnosis needs, read from its DER (RFC 5280 4.1).

Verifies nothing. It exists because a certificate that failed to verify is not taken apart by
the standard library, and who issued it tells an intercepting box from a broken clock.
"""

from dataclasses import dataclass
from datetime import UTC, datetime

SEQUENCE, SET, OID, UTC_TIME, GENERALIZED_TIME, VERSION = 0x30, 0x31, 0x06, 0x17, 0x18, 0xA0
COMMON_NAME, ORGANIZATION = bytes.fromhex("550403"), bytes.fromhex("55040a")
WIDE = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}  # BMPString, UniversalString; the rest are UTF-8-like
LONGEST_NAME = 80  # the other side writes it: enough for a person, too little for mischief


@dataclass(frozen=True, slots=True)
class Certificate:
    """Names are "common name, organisation" as far as given; times are UTC, ISO 8601."""

    issuer: str | None
    subject: str | None
    not_before: str | None
    not_after: str | None


def read_certificate(der: bytes) -> Certificate | None:
    """The fields of a certificate, or None if these bytes are not one. Never raises."""
    try:
        fields = _children(_content(_content(der, SEQUENCE), SEQUENCE))
        if fields[0][0] == VERSION:
            fields = fields[1:]
        # serialNumber, signature, issuer, validity, subject
        _, _, (_, issuer), (_, validity), (_, subject) = fields[:5]
        (from_tag, not_before), (to_tag, not_after) = _children(validity)
        return Certificate(
            issuer=_name(issuer),
            subject=_name(subject),
            not_before=_time(from_tag, not_before),
            not_after=_time(to_tag, not_after),
        )
    except (IndexError, ValueError):
        return None


def _element(data: bytes, at: int) -> tuple[int, int, int]:
    """Tag, start and end of the content of the element at `at` (X.690 8.1, definite lengths)."""
    tag, length, start = data[at], data[at + 1], at + 2
    if length & 0x80:
        count = length & 0x7F
        if not 1 <= count <= 4:
            raise ValueError("a length no certificate has")
        length, start = int.from_bytes(data[start : start + count], "big"), start + count
    if start + length > len(data):
        raise ValueError("an element longer than what holds it")
    return tag, start, start + length


def _content(data: bytes, tag: int) -> bytes:
    found, start, end = _element(data, 0)
    if found != tag:
        raise ValueError("another kind of element")
    return data[start:end]


def _children(data: bytes) -> list[tuple[int, bytes]]:
    found = []
    at = 0
    while at < len(data):
        tag, start, end = _element(data, at)
        found.append((tag, data[start:end]))
        at = end
    return found


def _name(data: bytes) -> str | None:
    parts: dict[bytes, str] = {}
    for _, relative in _children(data):
        for _, attribute in _children(relative):
            (_, kind), (tag, value) = _children(attribute)
            parts.setdefault(kind, _text(tag, value))
    words = [parts.get(COMMON_NAME), parts.get(ORGANIZATION)]
    return ", ".join(dict.fromkeys(word for word in words if word)) or None


def _text(tag: int, value: bytes) -> str:
    text = value.decode(WIDE.get(tag, "utf-8"), "replace")
    return "".join(letter for letter in text if letter.isprintable())[:LONGEST_NAME]


def _time(tag: int, value: bytes) -> str | None:
    digits = value.decode("ascii").removesuffix("Z")
    if tag == UTC_TIME:  # two digits of the year: 50 to 99 are of the last century
        digits = ("19" if digits[:2] >= "50" else "20") + digits
    elif tag != GENERALIZED_TIME:
        return None
    if len(digits) != 14 or not digits.isdigit():
        return None
    numbers = [int(digits[:4]), *(int(digits[at : at + 2]) for at in range(4, 14, 2))]
    moment = datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")
