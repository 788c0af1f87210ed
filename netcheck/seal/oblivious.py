"""The encryption inside Oblivious HTTP (RFC 9458 4.3, 4.4), over HPKE (RFC 9180).

Keys of X25519 with HKDF-SHA256, the suite that every gateway has; AES-GCM or ChaCha20-Poly1305. It
hides a request from the relay, and its sender's address from the gateway. One party that runs both
sees both: no encryption helps against that. The bytes around it are in `wire/ohttp.py`.
"""

import hmac
import os
from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305
    from pyhpke import CipherSuite, ContextInterface, KEMKeyPair

_X25519, _HKDF_SHA256 = 0x0020, 0x0001  # RFC 9180 7.1, 7.2
_CHACHA20 = 0x0003
_KEY_BYTES = {0x0001: 16, 0x0002: 32, _CHACHA20: 32}  # RFC 9180 7.3
_NONCE_BYTES = 12  # of all three
_ENC_BYTES = 32  # of X25519


class Unsuitable(Exception):
    """The gateway's key is of a kind that is not spoken here."""


class SealedRequest:
    """`message` is what follows the header: the ephemeral key and the sealed bytes. `open` reads
    what comes back."""

    def __init__(self, enc: bytes, sealed: bytes, context: "ContextInterface", aead: int) -> None:
        self.message = enc + sealed
        self._context, self._enc, self._aead = context, enc, aead

    def open(self, response: bytes, label: bytes) -> bytes | None:
        """A response's plain bytes; None where it is not for this request, or was altered."""
        from cryptography.exceptions import InvalidTag

        length = nonce_bytes(self._aead)
        nonce, sealed = response[:length], response[length:]
        if len(nonce) < length:
            return None
        secret = self._context.export(label, length)
        key, aead_nonce = response_keys(secret, self._enc + nonce, self._aead)
        try:
            return aead_of(self._aead, key).decrypt(aead_nonce, sealed, None)
        except (InvalidTag, ValueError):
            return None


def chosen(kem: int, suites: Iterable[tuple[int, int]]) -> tuple[int, int]:
    """The first pair of KDF and AEAD that is spoken here. Raises Unsuitable."""
    for suite in suites:
        if kem == _X25519 and suite[0] == _HKDF_SHA256 and suite[1] in _KEY_BYTES:
            return suite
    raise Unsuitable("it takes other suites than X25519 with HKDF-SHA256")


def seal_request(
    public_key: bytes,
    aead: int,
    info: bytes,
    plain: bytes,
    *,
    ephemeral: "KEMKeyPair | None" = None,
) -> SealedRequest:
    """Seal a request to a gateway's key. `ephemeral` is for the RFC's own example.

    Raises:
        ImportError: the extra `[secure]` is not installed.
        Unsuitable: the bytes are no such key.
    """
    from pyhpke import PyHPKEError

    hpke = suite_of(aead)
    try:
        key = hpke.kem.deserialize_public_key(public_key)
        enc, context = hpke.create_sender_context(key, info=info, eks=ephemeral)
        return SealedRequest(enc, context.seal(plain), context, aead)
    except (ValueError, PyHPKEError) as wrong:
        raise Unsuitable(f"its bytes are no key ({type(wrong).__name__})") from None


class OpenedRequest:
    """What a gateway read. `seal` makes the answer to it."""

    def __init__(self, plain: bytes, enc: bytes, context: "ContextInterface", aead: int) -> None:
        self.plain = plain
        self._context, self._enc, self._aead = context, enc, aead

    def seal(self, response: bytes, label: bytes) -> bytes:
        """The answer as bytes, which only the sender of this request can open (RFC 9458 4.4)."""
        nonce = os.urandom(nonce_bytes(self._aead))
        secret = self._context.export(label, len(nonce))
        key, aead_nonce = response_keys(secret, self._enc + nonce, self._aead)
        return nonce + aead_of(self._aead, key).encrypt(aead_nonce, response, None)


def open_request(secret: bytes, aead: int, info: bytes, message: bytes) -> OpenedRequest | None:
    """A request to the holder of this secret key: `message` is what follows the header. None where
    it was sealed to another key, or altered."""
    from pyhpke import PyHPKEError

    enc, sealed = message[:_ENC_BYTES], message[_ENC_BYTES:]
    try:
        hpke = suite_of(aead)
        key = hpke.kem.deserialize_private_key(secret)
        context = hpke.create_recipient_context(enc, key, info=info)
        return OpenedRequest(context.open(sealed), enc, context, aead)
    except (ValueError, PyHPKEError):
        return None


def suite_of(aead: int) -> "CipherSuite":
    """X25519 and HKDF-SHA256 with this AEAD."""
    from pyhpke import AEADId, CipherSuite, KDFId, KEMId

    return CipherSuite.new(KEMId.DHKEM_X25519_HKDF_SHA256, KDFId.HKDF_SHA256, AEADId(aead))


def nonce_bytes(aead: int) -> int:
    """How long a response's nonce is: the longer of the AEAD's key and nonce."""
    return max(_NONCE_BYTES, _KEY_BYTES[aead])


def response_keys(secret: bytes, salt: bytes, aead: int) -> tuple[bytes, bytes]:
    """Key and nonce of a response: HKDF (RFC 5869) with SHA-256, where one block is enough."""
    prk = hmac.digest(salt, secret, "sha256")
    key = hmac.digest(prk, b"key\x01", "sha256")[: _KEY_BYTES[aead]]
    return key, hmac.digest(prk, b"nonce\x01", "sha256")[:_NONCE_BYTES]


def aead_of(aead: int, key: bytes) -> "AESGCM | ChaCha20Poly1305":
    """The cipher of an HPKE number, with its key."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM, ChaCha20Poly1305

    return ChaCha20Poly1305(key) if aead == _CHACHA20 else AESGCM(key)
