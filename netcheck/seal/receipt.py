"""A collector's word that it has taken a report: signed, to lay beside a statement. Needs
`[secure]`.

It says which report (its id, and the SHA-256 of its bytes) came within which five minutes. It does
not say who sent it: the collector does not know.
"""

import base64
import binascii
import hashlib
import json
from dataclasses import asdict, dataclass

from netcheck.seal.signing import fits, public_key, sign

FORMAT = "netcheck.receipt/1"


@dataclass(frozen=True, slots=True)
class Receipt:
    """`received` is the beginning of the five minutes, as a report writes its time; `key` and
    `signature` are in base64."""

    report_id: str
    sha256: str
    received: str
    key: str
    signature: str


def receipt(secret: bytes, report_id: str, body: bytes, received: str) -> Receipt:
    """The receipt for the bytes of a report, signed with 32 secret bytes."""
    digest = hashlib.sha256(body).hexdigest()
    signature = sign(secret, _signed(report_id, digest, received))
    return Receipt(report_id, digest, received, _text(public_key(secret)), _text(signature))


def is_genuine(told: Receipt, body: bytes, public: bytes) -> bool:
    """Whether the holder of that public key signed this receipt for exactly these bytes. The key
    inside the receipt proves nothing: `public` comes from the collector by another way."""
    if told.sha256 != hashlib.sha256(body).hexdigest() or told.key != _text(public):
        return False
    try:
        signature = base64.b64decode(told.signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return fits(public, signature, _signed(told.report_id, told.sha256, told.received))


def encode(told: Receipt) -> dict[str, str]:
    """The receipt as JSON has it."""
    return {"schema": FORMAT, **asdict(told)}


def decode(raw: bytes) -> Receipt | None:
    """A receipt in JSON; None for what is none."""
    try:
        told = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    if not isinstance(told, dict) or told.pop("schema", None) != FORMAT:
        return None
    if set(told) != set(Receipt.__slots__) or not all(isinstance(v, str) for v in told.values()):
        return None
    return Receipt(**told)


def _signed(report_id: str, digest: str, received: str) -> bytes:
    return "\n".join((FORMAT, report_id, digest, received, "")).encode()


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
