"""IKE_SA_INIT: the one request netcheck sends to an ePDG, and a strict reading of the answer.

Sources: RFC 7296 1.2 and 3 (formats), 2.6 (COOKIE), 2.23 (NAT detection); RFC 3948 2.2 (the
non-ESP marker); RFC 5685 (REDIRECT); RFC 7383 (fragmentation); 3GPP TS 24.302 7.2 (ePDGs).
"""

import os
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from netcheck.wire.modp import public_value

SA_INIT = 34
NON_ESP_MARKER = bytes(4)
OFFERED_GROUPS = (14, 2, 5, 15)

_HEADER = struct.Struct("!8s8sBBBBII")
_PAYLOAD = struct.Struct("!BBH")
_VERSION_2 = 0x20
_INITIATOR, _RESPONSE = 0x08, 0x20
_CRITICAL = 0x80

_SA, _KE, _NONCE, _NOTIFY, _VENDOR_ID = 33, 34, 40, 41, 43
_KNOWN_PAYLOADS = range(33, 49)
_ENCRYPTED = 46

NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD = 14, 17
NAT_DETECTION_SOURCE_IP, NAT_DETECTION_DESTINATION_IP = 16388, 16389
COOKIE, REDIRECT_SUPPORTED, REDIRECT, FRAGMENTATION_SUPPORTED = 16390, 16406, 16407, 16430

_ENCRYPTION, _PRF, _INTEGRITY, _GROUP = 1, 2, 3, 4
_KEY_LENGTH = 0x800E  # attribute 14 in its short form (RFC 7296 3.3.5)
# AES-CBC 128 and 256; HMAC SHA1, SHA2-256, SHA2-512; SHA1-96, SHA2-256-128, SHA2-512-256.
_CIPHERS = ((12, 128), (12, 256))
_PRFS = (2, 5, 7)
_INTEGRITIES = (2, 12, 14)


class AnswerKind(StrEnum):
    """What an ePDG said. Each of them means that it can be reached."""

    SA = "sa"
    COOKIE = "cookie"
    INVALID_KE = "invalid-ke"
    NO_PROPOSAL = "no-proposal"
    REDIRECT = "redirect"
    OTHER_NOTIFY = "other-notify"


@dataclass(frozen=True, slots=True)
class ChosenSuite:
    """The responder's choice, as IANA's transform numbers; None where it named none."""

    encryption: int | None
    key_bits: int | None
    prf: int | None
    integrity: int | None
    group: int | None


@dataclass(frozen=True, slots=True)
class NatHashes:
    """How a responder sees both ends (RFC 7296 2.23), hashed with the two SPIs: `source` its own
    address and port, `destination` ours."""

    initiator_spi: bytes
    responder_spi: bytes
    source: tuple[bytes, ...]
    destination: bytes

    def translated(self, here: tuple[str, int]) -> bool:
        """Whether it sees us under another address or port than `here`, our own."""
        return self.destination != _end_hash(self.initiator_spi, self.responder_spi, here)

    def port_of(self, address: str) -> int | None:
        """The port under which it sees us, if it sees us under this address; else None.

        Takes some 50 ms: every port's hash is made until one fits.
        """
        import hashlib
        import ipaddress

        packed = ipaddress.ip_address(address).packed
        begun = hashlib.sha1(
            self.initiator_spi + self.responder_spi + packed, usedforsecurity=False
        )
        for port in range(65536):
            tried = begun.copy()
            tried.update(struct.pack("!H", port))
            if tried.digest() == self.destination:
                return port
        return None


@dataclass(frozen=True, slots=True)
class IkeAnswer:
    """A well-formed answer to our request. It is not authenticated: a hint, however good."""

    kind: AnswerKind
    notify: int | None = None
    wanted_group: int | None = None
    cookie: bytes | None = None
    redirect_to: str | None = None
    chosen: ChosenSuite | None = None
    vendor_ids: tuple[bytes, ...] = ()
    nat: NatHashes | None = None


@dataclass(frozen=True, slots=True)
class NotIke:
    """A datagram that is no answer to us, and why not, for an engineer."""

    reason: str


@dataclass(frozen=True, slots=True)
class Initiation:
    """What one IKE_SA_INIT is made of. The same one gives the same bytes: a retransmission."""

    group: int
    spi: bytes
    nonce: bytes
    key: bytes

    @classmethod
    def fresh(cls, group: int, key: bytes | None = None) -> "Initiation":
        """A new one. `key`, a public value in `group`, may serve several (RFC 7296 2.12)."""
        spi = os.urandom(8)
        while spi == bytes(8):
            spi = os.urandom(8)
        return cls(group, spi, os.urandom(32), public_value(group) if key is None else key)

    def datagram(
        self,
        source: tuple[str, int],
        destination: tuple[str, int],
        *,
        non_esp_marker: bool = False,
        cookie: bytes | None = None,
        padding_bytes: int = 0,
    ) -> bytes:
        """The request as it goes over UDP between these (address, port) pairs.

        `padding_bytes` of a vendor id make it large enough to need fragments on the way.
        """
        payloads = [(_NOTIFY, _notify(COOKIE, cookie))] if cookie is not None else []
        payloads += [
            (_SA, _proposal(self.group)),
            (_KE, struct.pack("!HH", self.group, 0) + self.key),
            (_NONCE, self.nonce),
            (_NOTIFY, _notify(NAT_DETECTION_SOURCE_IP, self._address_hash(source))),
            (_NOTIFY, _notify(NAT_DETECTION_DESTINATION_IP, self._address_hash(destination))),
            (_NOTIFY, _notify(FRAGMENTATION_SUPPORTED)),
            (_NOTIFY, _notify(REDIRECT_SUPPORTED)),
        ]
        if padding_bytes:
            payloads.append((_VENDOR_ID, b"netcheck".ljust(padding_bytes, b"\0")[:padding_bytes]))
        following = [kind for kind, _ in payloads[1:]] + [0]
        body = b"".join(
            _PAYLOAD.pack(then, 0, _PAYLOAD.size + len(data)) + data
            for then, (_, data) in zip(following, payloads, strict=True)
        )
        header = _HEADER.pack(
            self.spi,
            bytes(8),
            payloads[0][0],
            _VERSION_2,
            SA_INIT,
            _INITIATOR,
            0,
            _HEADER.size + len(body),
        )
        return (NON_ESP_MARKER if non_esp_marker else b"") + header + body

    def _address_hash(self, end: tuple[str, int]) -> bytes:
        """What lets the responder see address translation on the way (RFC 7296 2.23)."""
        return _end_hash(self.spi, bytes(8), end)


def _end_hash(initiator: bytes, responder: bytes, end: tuple[str, int]) -> bytes:
    import hashlib
    import ipaddress

    address = ipaddress.ip_address(end[0].partition("%")[0]).packed
    hashed = initiator + responder + address + struct.pack("!H", end[1])
    return hashlib.sha1(hashed, usedforsecurity=False).digest()


def _notify(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("!BBH", 0, 0, kind) + data


def _proposal(group: int) -> bytes:
    """One proposal with everything offered, the group of our key exchange first."""
    groups = (group, *(g for g in OFFERED_GROUPS if g != group))
    transforms = [
        struct.pack("!BBHHH", _ENCRYPTION, 0, number, _KEY_LENGTH, bits)
        for number, bits in _CIPHERS
    ]
    for kind, numbers in ((_PRF, _PRFS), (_INTEGRITY, _INTEGRITIES), (_GROUP, groups)):
        transforms += [struct.pack("!BBH", kind, 0, number) for number in numbers]
    last = len(transforms) - 1
    body = b"".join(
        _PAYLOAD.pack(0 if i == last else 3, 0, _PAYLOAD.size + len(t)) + t
        for i, t in enumerate(transforms)
    )
    inside = struct.pack("!BBBB", 1, 1, 0, len(transforms)) + body
    return _PAYLOAD.pack(0, 0, _PAYLOAD.size + len(inside)) + inside


class _Malformed(Exception):
    """Why a datagram is no answer. Never leaves this module."""


def parse(datagram: bytes, expected_spi: bytes, *, non_esp_marker: bool) -> IkeAnswer | NotIke:
    """The answer in `datagram` to the request that carried `expected_spi`.

    Strict, since a portal or a filter may answer anything: lengths, chain, version, flags and
    message id must be right, and the body must say something. Never raises on foreign bytes.
    """
    try:
        return _answer_in(datagram, expected_spi, non_esp_marker)
    except _Malformed as malformed:
        return NotIke(str(malformed))


def _answer_in(datagram: bytes, expected_spi: bytes, non_esp_marker: bool) -> IkeAnswer:
    if non_esp_marker:
        _need(datagram.startswith(NON_ESP_MARKER), "no non-ESP marker")
        datagram = datagram[len(NON_ESP_MARKER) :]
    _need(len(datagram) >= _HEADER.size, "shorter than a header")
    spi, responder, first, version, exchange, flags, message, length = _HEADER.unpack_from(datagram)
    _need(spi == expected_spi, "not our SPI")
    _need(version >> 4 == 2, "not version 2")
    _need(exchange == SA_INIT, "not IKE_SA_INIT")
    _need(flags & (_RESPONSE | _INITIATOR) == _RESPONSE, "not a response of a responder")
    _need(message == 0, "not message 0")
    _need(length == len(datagram), "length does not match")
    payloads = list(_payloads(first, datagram[_HEADER.size :]))
    notifies = [_notify_in(data) for kind, data in payloads if kind == _NOTIFY]
    vendor_ids = tuple(data for kind, data in payloads if kind == _VENDOR_ID)
    refusal = _refusal(notifies, vendor_ids)
    if refusal is not None:
        return refusal
    bodies = {kind: data for kind, data in payloads if kind in (_SA, _KE, _NONCE)}
    if _SA in bodies:
        _need(responder != bytes(8), "an SA without the responder's SPI")
        _need({_KE, _NONCE} <= bodies.keys(), "an SA without key or nonce")
        _need(len(bodies[_KE]) > 4 and 16 <= len(bodies[_NONCE]) <= 256, "bad key or nonce")
        chosen = _chosen(bodies[_SA])
        _need(chosen.group == int.from_bytes(bodies[_KE][:2], "big"), "key of another group")
        nat = _nat_hashes(notifies, expected_spi, responder)
        return IkeAnswer(AnswerKind.SA, chosen=chosen, vendor_ids=vendor_ids, nat=nat)
    _need(bool(notifies), "says nothing")
    return IkeAnswer(AnswerKind.OTHER_NOTIFY, notify=notifies[0][0], vendor_ids=vendor_ids)


def _need(holds: bool, reason: str) -> None:
    if not holds:
        raise _Malformed(reason)


def _payloads(kind: int, rest: bytes) -> Iterator[tuple[int, bytes]]:
    """The chain of payloads; it must end exactly where the datagram ends."""
    while kind:
        _need(len(rest) >= _PAYLOAD.size, "chain cut short")
        following, flags, length = _PAYLOAD.unpack_from(rest)
        _need(_PAYLOAD.size <= length <= len(rest), "payload longer than the datagram")
        _need(kind != _ENCRYPTED, "encrypted before there are keys")
        _need(kind in _KNOWN_PAYLOADS or not flags & _CRITICAL, "unknown critical payload")
        yield kind, rest[_PAYLOAD.size : length]
        kind, rest = following, rest[length:]
    _need(not rest, "bytes after the chain")


def _notify_in(data: bytes) -> tuple[int, bytes]:
    """A notify's type and data (RFC 7296 3.10)."""
    _need(len(data) >= 4, "notify cut short")
    _, spi_size, kind = struct.unpack_from("!BBH", data)
    _need(len(data) >= 4 + spi_size, "notify shorter than its SPI")
    return kind, data[4 + spi_size :]


def _refusal(notifies: list[tuple[int, bytes]], vendor_ids: tuple[bytes, ...]) -> IkeAnswer | None:
    """The notify that stands in place of an SA, if one does."""
    for kind, data in notifies:
        if kind == COOKIE:
            _need(1 <= len(data) <= 64, "cookie of a forbidden size")
            return IkeAnswer(AnswerKind.COOKIE, kind, cookie=data, vendor_ids=vendor_ids)
        if kind == INVALID_KE_PAYLOAD:
            _need(len(data) == 2, "no group named")
            wanted = int.from_bytes(data, "big")
            return IkeAnswer(
                AnswerKind.INVALID_KE, kind, wanted_group=wanted, vendor_ids=vendor_ids
            )
        if kind == NO_PROPOSAL_CHOSEN:
            return IkeAnswer(AnswerKind.NO_PROPOSAL, kind, vendor_ids=vendor_ids)
        if kind == REDIRECT:
            return IkeAnswer(
                AnswerKind.REDIRECT, kind, redirect_to=_gateway(data), vendor_ids=vendor_ids
            )
        if kind < 16384:  # every other error type
            return IkeAnswer(AnswerKind.OTHER_NOTIFY, kind, vendor_ids=vendor_ids)
    return None


def _nat_hashes(
    notifies: list[tuple[int, bytes]], initiator: bytes, responder: bytes
) -> NatHashes | None:
    """Both hashes, where both are there and of a hash's size. A responder with several addresses
    gives a source hash for each."""
    source = [data for kind, data in notifies if kind == NAT_DETECTION_SOURCE_IP]
    destination = [data for kind, data in notifies if kind == NAT_DETECTION_DESTINATION_IP]
    if not source or len(destination) != 1 or {len(d) for d in (*source, *destination)} != {20}:
        return None
    return NatHashes(initiator, responder, tuple(source), destination[0])


def _gateway(data: bytes) -> str:
    """The new gateway of a REDIRECT (RFC 5685 6): an address or a name."""
    import ipaddress

    _need(len(data) >= 2 and len(data) >= 2 + data[1], "redirect cut short")
    kind, identity = data[0], data[2 : 2 + data[1]]
    if kind == 1 and len(identity) == 4:
        return str(ipaddress.IPv4Address(identity))
    if kind == 2 and len(identity) == 16:
        return str(ipaddress.IPv6Address(identity))
    _need(kind == 3, "redirect to no known kind of gateway")
    name = identity.decode("ascii", "replace")
    _need(0 < len(name) <= 253, "redirect to no name")
    _need(all(c.isascii() and (c.isalnum() or c in "-._") for c in name), "redirect to no name")
    return name


def _chosen(sa: bytes) -> ChosenSuite:
    """The single proposal of an answer (RFC 7296 3.3)."""
    _need(len(sa) >= 8, "proposal cut short")
    more, _, length, _, protocol, spi_size, count = struct.unpack_from("!BBHBBBB", sa)
    _need(more == 0 and length == len(sa), "not one proposal")
    _need(protocol == 1 and spi_size == 0, "not a proposal for IKE")
    found: dict[int, tuple[int, int | None]] = {}
    rest = sa[8:]
    for position in range(count):
        _need(len(rest) >= 8, "transform cut short")
        more, _, length, kind, _, number = struct.unpack_from("!BBHBBH", rest)
        _need(8 <= length <= len(rest), "transform longer than its proposal")
        _need(more == (0 if position == count - 1 else 3), "transforms do not match their count")
        _need(kind not in found, "two choices of one kind")
        found[kind] = number, _key_bits(rest[8:length])
        rest = rest[length:]
    _need(not rest, "bytes after the transforms")
    none: tuple[None, None] = (None, None)
    encryption, key_bits = found.get(_ENCRYPTION, none)
    numbers = (found.get(kind, none)[0] for kind in (_PRF, _INTEGRITY, _GROUP))
    return ChosenSuite(encryption, key_bits, *numbers)


def _key_bits(attributes: bytes) -> int | None:
    if len(attributes) < 4:
        return None
    kind, value = struct.unpack_from("!HH", attributes)
    return value if kind == _KEY_LENGTH else None
