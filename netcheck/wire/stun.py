"""STUN's Binding: the one question "from which address do you see me?", and a strict reading.

Source: RFC 8489 5 (header), 14.1 and 14.2 (MAPPED-ADDRESS, XOR-MAPPED-ADDRESS), 14.8 (ERROR-CODE).
Attributes that are not asked for are passed over, required ones too: nothing here acts on them.
"""

import ipaddress
import struct
from dataclasses import dataclass

MAGIC_COOKIE = 0x2112A442
TRANSACTION_BYTES = 12

_HEADER = struct.Struct("!HHI12s")
_ATTRIBUTE = struct.Struct("!HH")
_REQUEST, _SUCCESS, _ERROR = 0x0001, 0x0101, 0x0111
_MAPPED, _ERROR_CODE, _XOR_MAPPED = 0x0001, 0x0009, 0x0020
_ADDRESS_BYTES = {1: 4, 2: 16}


@dataclass(frozen=True, slots=True)
class StunAnswer:
    """A well-formed answer to our request: the address seen, or the server's error code (300 to
    699). It is not authenticated: a box on the way may have rewritten or written it."""

    address: str | None = None
    port: int | None = None
    error_code: int | None = None


@dataclass(frozen=True, slots=True)
class NotStun:
    """A datagram that is no answer to us, and why not, for an engineer."""

    reason: str


def binding_request(transaction: bytes) -> bytes:
    """A Binding request without attributes. `transaction` is 12 random bytes; the same bytes
    again are a retransmission."""
    if len(transaction) != TRANSACTION_BYTES:
        raise ValueError("a transaction id has 12 bytes")
    return _HEADER.pack(_REQUEST, 0, MAGIC_COOKIE, transaction)


def parse(datagram: bytes, transaction: bytes) -> StunAnswer | NotStun:
    """The answer to the request with this transaction id; never raises, whatever comes."""
    if len(datagram) < _HEADER.size:
        return NotStun("shorter than a header")
    kind, length, cookie, theirs = _HEADER.unpack_from(datagram)
    if cookie != MAGIC_COOKIE or theirs != transaction:
        return NotStun("no answer to this request")
    if length % 4 or length != len(datagram) - _HEADER.size:
        return NotStun("a length that does not fit")
    if kind not in (_SUCCESS, _ERROR):
        return NotStun("neither a success nor an error")
    attributes = _attributes(datagram[_HEADER.size :])
    if attributes is None:
        return NotStun("an attribute that runs past the end")
    if kind == _ERROR:
        return _error(attributes.get(_ERROR_CODE))
    if _XOR_MAPPED in attributes:
        return _address(attributes[_XOR_MAPPED], struct.pack("!I", MAGIC_COOKIE) + transaction)
    # Servers of before 2008 know only the plain form, which some routers rewrite on its way.
    return _address(attributes.get(_MAPPED, b""), bytes(16))


def _attributes(body: bytes) -> dict[int, bytes] | None:
    """Type to value, of each type the first; None where one does not fit."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(body):
        if at + _ATTRIBUTE.size > len(body):
            return None
        kind, length = _ATTRIBUTE.unpack_from(body, at)
        at += _ATTRIBUTE.size
        if at + length > len(body):
            return None
        found.setdefault(kind, body[at : at + length])
        at += length + -length % 4
    return found


def _address(value: bytes, mask: bytes) -> StunAnswer | NotStun:
    if len(value) < 4 or len(value) - 4 != _ADDRESS_BYTES.get(value[1]):
        return NotStun("no address of a known family")
    port = struct.unpack_from("!H", value, 2)[0] ^ struct.unpack_from("!H", mask)[0]
    packed = bytes(one ^ other for one, other in zip(value[4:], mask, strict=False))
    return StunAnswer(str(ipaddress.ip_address(packed)), port)


def _error(value: bytes | None) -> StunAnswer | NotStun:
    if value is None or len(value) < 4:
        return NotStun("an error without a code")
    return StunAnswer(error_code=(value[2] & 7) * 100 + value[3])
