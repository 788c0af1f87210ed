"""A file that only the holder of one private key can open: HPKE (RFC 9180), base mode, X25519 with
HKDF-SHA256 and AES-256-GCM. It says for whom it is, not from whom. Needs `[secure]`.

Layout: MAGIC, eight bytes of the key's SHA-256, the ephemeral key's 32 bytes, the sealed bytes.
"""

import base64
import binascii
import hashlib

MAGIC = b"netcheck-sealed/1\n"
PUBLIC_WORD, SECRET_WORD = "netcheck-desk-key/1", "netcheck-desk-secret/1"
KEY_BYTES = 32
_NAME_BYTES = 8
_INFO = b"netcheck bundle/1"
_AES_256 = 0x0002  # RFC 9180 7.3


class BadKey(Exception):
    """The text is no such key."""


class NotForThisKey(Exception):
    """It was sealed to another key."""


class Damaged(Exception):
    """It was altered, or cut."""


def new_pair() -> tuple[bytes, bytes]:
    """(secret, public)."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    secret = X25519PrivateKey.generate()
    return secret.private_bytes_raw(), secret.public_key().public_bytes_raw()


def written(word: str, key: bytes) -> str:
    """A key as a line of text."""
    return f"{word} {base64.b64encode(key).decode()}\n"


def read(word: str, text: str) -> bytes:
    """The key in a line of text. Raises BadKey."""
    found, _, coded = text.strip().partition(" ")
    try:
        key = base64.b64decode(coded, validate=True) if found == word else b""
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise BadKey(word)
    return key


def is_sealed(raw: bytes) -> bool:
    """Whether these bytes claim to be sealed."""
    return raw.startswith(MAGIC)


def sealed(public: bytes, plain: bytes) -> bytes:
    """The bytes for the holder of that key. Raises BadKey."""
    from pyhpke import PyHPKEError

    from netcheck.seal.oblivious import suite_of

    suite = suite_of(_AES_256)
    try:
        key = suite.kem.deserialize_public_key(public)
        enc, context = suite.create_sender_context(key, info=_INFO)
    except (ValueError, PyHPKEError):
        raise BadKey(PUBLIC_WORD) from None
    return MAGIC + _name(public) + enc + context.seal(plain, MAGIC)


def opened(secret: bytes, raw: bytes) -> bytes:
    """The plain bytes. Raises NotForThisKey, Damaged, BadKey."""
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from pyhpke import PyHPKEError

    from netcheck.seal.oblivious import suite_of

    rest = raw[len(MAGIC) :]
    name, enc = rest[:_NAME_BYTES], rest[_NAME_BYTES : _NAME_BYTES + KEY_BYTES]
    if not is_sealed(raw) or len(enc) < KEY_BYTES:
        raise Damaged
    public = X25519PrivateKey.from_private_bytes(secret).public_key().public_bytes_raw()
    if name != _name(public):
        raise NotForThisKey
    suite = suite_of(_AES_256)
    try:
        key = suite.kem.deserialize_private_key(secret)
        context = suite.create_recipient_context(enc, key, info=_INFO)
        return context.open(rest[_NAME_BYTES + KEY_BYTES :], MAGIC)
    except (ValueError, PyHPKEError):
        raise Damaged from None


def _name(public: bytes) -> bytes:
    return hashlib.sha256(public).digest()[:_NAME_BYTES]
