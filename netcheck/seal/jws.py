"""Signed texts as compact JWS (RFC 7515), of one kind only: Ed25519 (RFC 9864), and a header that
holds `alg`, `kid` and `typ` and nothing else. Whatever another header could switch on (`crit`,
`jwk`, `b64`, other algorithms) is refused by its form. Needs `[secure]` to sign and to check."""

import base64
import binascii
import json
from dataclasses import dataclass

from netcheck.seal import signing

ALGORITHM = "Ed25519"
_HEADER = ("alg", "kid", "typ")


class NotSigned(ValueError):
    """It is no such text."""


@dataclass(frozen=True, slots=True)
class Signed:
    """A text that claims to be signed: nothing of it may be believed before `fits`."""

    kid: str
    typ: str
    payload: bytes
    message: bytes
    signature: bytes

    def fits(self, public: bytes) -> bool:
        """Whether the holder of that key signed it. Raises ImportError without `[secure]`."""
        return signing.fits(public, self.signature, self.message)


def signed(payload: bytes, *, secret: bytes, kid: str, typ: str) -> str:
    """The payload as a compact JWS, by the key of 32 secret bytes."""
    header = json.dumps(dict(zip(_HEADER, (ALGORITHM, kid, typ), strict=True)))
    message = f"{coded(header.encode())}.{coded(payload)}"
    return f"{message}.{coded(signing.sign(secret, message.encode()))}"


def read(text: str) -> Signed:
    """Its parts. Raises NotSigned."""
    parts = text.split(".")
    if len(parts) != 3 or not text.isascii():
        raise NotSigned("it is not of three parts")
    header, payload, signature = map(plain, parts)
    try:
        told = json.loads(header)
    except (ValueError, RecursionError):
        raise NotSigned("its header is no JSON") from None
    if not isinstance(told, dict) or sorted(told) != sorted(_HEADER):
        raise NotSigned("its header is not alg, kid and typ")
    if told["alg"] != ALGORITHM or not all(isinstance(value, str) for value in told.values()):
        raise NotSigned("it is not signed with Ed25519")
    message = f"{parts[0]}.{parts[1]}".encode()
    return Signed(told["kid"], told["typ"], payload, message, signature)


def coded(raw: bytes) -> str:
    """base64url without padding (RFC 7515, 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def plain(text: str) -> bytes:
    """The bytes behind base64url as `coded` writes it, and in no other spelling. Raises
    NotSigned."""
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise NotSigned("it is no base64url") from None
    if coded(raw) != text:
        raise NotSigned("it is no base64url as we write it")
    return raw
