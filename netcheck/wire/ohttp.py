"""The bytes around an Oblivious HTTP message (RFC 9458): the key configuration and the header.

The other side writes a key configuration: what does not fit is None, never an exception.
"""

import struct
from dataclasses import dataclass

REQUEST_TYPE, RESPONSE_TYPE = "message/ohttp-req", "message/ohttp-res"
REQUEST_LABEL, RESPONSE_LABEL = b"message/bhttp request", b"message/bhttp response"
X25519 = 0x0020
PUBLIC_KEY_BYTES = {0x0010: 65, 0x0011: 97, 0x0012: 133, X25519: 32, 0x0021: 56}  # RFC 9180 7.1
_HEADER = struct.Struct(">BHHH")
HEADER_BYTES = _HEADER.size


@dataclass(frozen=True, slots=True)
class KeyConfig:
    """RFC 9458 3.1. `suites` are pairs of KDF and AEAD, as numbered for HPKE (RFC 9180 7)."""

    key_id: int
    kem: int
    public_key: bytes
    suites: tuple[tuple[int, int], ...]


def decode_key_config(raw: bytes) -> KeyConfig | None:
    """One key configuration, whole; None for what is none."""
    if len(raw) < 3:
        return None
    key_id, kem = struct.unpack_from(">BH", raw)
    length = PUBLIC_KEY_BYTES.get(kem)
    if length is None or len(raw) < 3 + length + 2:
        return None
    listed = raw[3 + length + 2 :]
    (announced,) = struct.unpack_from(">H", raw, 3 + length)
    if announced != len(listed) or announced % 4 or not announced:
        return None
    suites = tuple(struct.iter_unpack(">HH", listed))
    return KeyConfig(key_id, kem, raw[3 : 3 + length], suites)


def encode_key_config(config: KeyConfig) -> bytes:
    """The same as bytes."""
    listed = b"".join(struct.pack(">HH", *suite) for suite in config.suites)
    head = struct.pack(">BH", config.key_id, config.kem)
    return head + config.public_key + struct.pack(">H", len(listed)) + listed


def decode_key_configs(raw: bytes) -> tuple[KeyConfig, ...]:
    """A list as `application/ohttp-keys` has it (3.2), without those that nobody here knows. None
    fits where the list itself does not."""
    found = []
    while raw:
        length = int.from_bytes(raw[:2])
        one, raw = raw[2 : 2 + length], raw[2 + length :]
        if len(one) < length or not length:
            return ()
        config = decode_key_config(one)
        if config is not None:
            found.append(config)
    return tuple(found)


def header(config: KeyConfig, suite: tuple[int, int]) -> bytes:
    """The seven bytes before an encapsulated request (4.3): key id, KEM, KDF, AEAD."""
    return _HEADER.pack(config.key_id, config.kem, *suite)


def decode_header(raw: bytes) -> tuple[int, int, tuple[int, int]] | None:
    """Key id, KEM and suite of an encapsulated request; None where it is too short."""
    if len(raw) < HEADER_BYTES:
        return None
    key_id, kem, kdf, aead = _HEADER.unpack_from(raw)
    return key_id, kem, (kdf, aead)


def request_info(head: bytes) -> bytes:
    """What a request's encryption is bound to (4.3)."""
    return REQUEST_LABEL + b"\0" + head
