"""The Oblivious HTTP gateway (RFC 9458), which is its own target: it opens what a relay brings, has
it answered here, and seals the answer. Its keys are in a file that only its owner can read.

Agents pin the key, so a new one does not end the older ones: the last few stay good.
"""

import json
import os
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from netcheck.seal.oblivious import open_request
from netcheck.wire.bhttp import (
    BinaryRequest,
    BinaryResponse,
    decode_request,
    encode_response,
)
from netcheck.wire.ohttp import (
    HEADER_BYTES,
    RESPONSE_LABEL,
    X25519,
    KeyConfig,
    decode_header,
    encode_key_config,
    request_info,
)

KEPT_KEYS = 3
_HKDF_SHA256 = 0x0001
_AEADS = (0x0001, 0x0002, 0x0003)  # AES-128-GCM, AES-256-GCM, ChaCha20-Poly1305
_KEY_BYTES = 32
_FORMAT = "netcheck-gateway-keys/1"


class BadKeyFile(Exception):
    """The file holds no keys of ours."""


@dataclass(frozen=True, slots=True)
class Key:
    """`id` is the byte that a request names it by."""

    id: int
    secret: bytes

    @property
    def config(self) -> KeyConfig:
        """What a sender needs."""
        from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

        public = X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        return KeyConfig(self.id, X25519, public, tuple((_HKDF_SHA256, aead) for aead in _AEADS))


class Gateway:
    """`keys`, newest first."""

    def __init__(self, keys: tuple[Key, ...]) -> None:
        self._keys = {key.id: key.secret for key in keys}
        self.configs = tuple(encode_key_config(key.config) for key in keys)

    @property
    def published(self) -> bytes:
        """The list of `application/ohttp-keys` (3.2), newest first."""
        return b"".join(len(one).to_bytes(2) + one for one in self.configs)

    async def answered(
        self, message: bytes, answer: Callable[[BinaryRequest], Awaitable[BinaryResponse]]
    ) -> bytes | None:
        """The sealed answer to a sealed request; None where it can't be opened (5.2). What is
        inside and no request is answered inside: 400."""
        head = message[:HEADER_BYTES]
        named = decode_header(head)
        if named is None:
            return None
        key_id, kem, (kdf, aead) = named
        secret = self._keys.get(key_id)
        if secret is None or kem != X25519 or kdf != _HKDF_SHA256 or aead not in _AEADS:
            return None
        opened = open_request(secret, aead, request_info(head), message[HEADER_BYTES:])
        if opened is None:
            return None
        request = decode_request(opened.plain)
        response = BinaryResponse(400) if request is None else await answer(request)
        return opened.seal(encode_response(response), RESPONSE_LABEL)


def keys_in(path: Path, *, rotate: bool = False) -> tuple[Key, ...]:
    """The keys of this file; a first one is made where there is none, a new one with `rotate`.

    Raises:
        BadKeyFile: it holds something else.
        OSError: it can't be read or written.
    """
    keys = _read(path) if path.exists() else ()
    if keys and not rotate:
        return keys
    id = (keys[0].id + 1) % 256 if keys else 1
    keys = (Key(id, os.urandom(_KEY_BYTES)), *keys)[:KEPT_KEYS]
    told = {"format": _FORMAT, "keys": [{"id": k.id, "secret": k.secret.hex()} for k in keys]}
    write_secret(path, json.dumps(told, indent=1).encode() + b"\n")
    return keys


def secret_in(path: Path) -> bytes:
    """32 secret bytes that receipts are signed with; made where there are none. Raises BadKeyFile,
    OSError."""
    if not path.exists():
        write_secret(path, os.urandom(_KEY_BYTES).hex().encode() + b"\n")
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except ValueError:
        secret = b""
    if len(secret) != _KEY_BYTES:
        raise BadKeyFile(str(path))
    return secret


def write_secret(path: Path, raw: bytes) -> None:
    """Whole or not at all, and for its owner alone. Raises OSError."""
    new = path.with_name(path.name + ".new")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(raw)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)


def _read(path: Path) -> tuple[Key, ...]:
    try:
        told = json.loads(path.read_bytes())
        keys = tuple(Key(int(one["id"]), bytes.fromhex(one["secret"])) for one in told["keys"])
        fits = told["format"] == _FORMAT and all(
            len(key.secret) == _KEY_BYTES and 0 <= key.id < 256 for key in keys
        )
    except (ValueError, KeyError, TypeError):
        fits, keys = False, ()
    if not fits or not keys:
        raise BadKeyFile(str(path))
    return keys
