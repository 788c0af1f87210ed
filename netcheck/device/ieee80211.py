"""IEEE 802.11 frames and elements, as far as a link's health shows in them: bytes to fields.

Source: IEEE 802.11-2020, clauses 9.3.3 (management frames), 9.4.1 (fields), 9.4.2 (elements).
Bytes come from the air, so anybody may have written them: what does not fit is left out.
"""

from collections.abc import Iterator
from typing import NamedTuple

from netcheck.model.wifi import Security

_HEADER_BYTES = 24
_PRIVACY = 0x0010  # 9.4.1.4
_ELEMENT_SSID, _ELEMENT_BSS_LOAD, _ELEMENT_RSN, _ELEMENT_VENDOR = 0, 11, 48, 221
_OUI = b"\x00\x0f\xac"
_WPA = b"\x00\x50\xf2\x01"
_AKM_ENTERPRISE = frozenset({1, 3, 5, 11, 12, 13, 14, 15, 16, 17, 22, 23})  # Table 9-151
_AKM_PSK = frozenset({2, 4, 6, 19, 20})
_AKM_SAE = frozenset({8, 9, 24, 25})
_AKM_OWE = 18
SAE_CONFIRM = (3, 2)
"""Algorithm and step in which SAE proves the passphrase (9.4.1.1, 12.4.5.4)."""

_SUBTYPE_ASSOCIATED = frozenset({1, 3})  # association and reassociation response
_SUBTYPE_DISASSOCIATION, _SUBTYPE_AUTHENTICATION, _SUBTYPE_DEAUTHENTICATION = 10, 11, 12
_TRANSMITTER = slice(10, 16)


class Authentication(NamedTuple):
    """An authentication frame: algorithm, step, and what became of the step."""

    algorithm: int
    step: int
    status: int


class Load(NamedTuple):
    """BSS Load (9.4.2.27): stations, and the share of time the channel was sensed busy."""

    devices: int
    busy_percent: int


def authentication(frame: bytes) -> Authentication | None:
    """The fields of an authentication frame; None for any other."""
    if _subtype(frame) != _SUBTYPE_AUTHENTICATION or len(frame) < _HEADER_BYTES + 6:
        return None
    return Authentication(_u16(frame, 24), _u16(frame, 26), _u16(frame, 28))


def association_status(frame: bytes) -> int | None:
    """The status of an association response; None for any other frame."""
    if _subtype(frame) not in _SUBTYPE_ASSOCIATED or len(frame) < _HEADER_BYTES + 4:
        return None
    return _u16(frame, _HEADER_BYTES + 2)


def ending_reason(frame: bytes) -> int | None:
    """The reason of a deauthentication or disassociation; None for any other frame."""
    if _subtype(frame) not in (_SUBTYPE_DISASSOCIATION, _SUBTYPE_DEAUTHENTICATION):
        return None
    return _u16(frame, _HEADER_BYTES) if len(frame) >= _HEADER_BYTES + 2 else None


def transmitter(frame: bytes) -> bytes:
    """Who sent it, for comparing within a process only; empty if it is too short."""
    return frame[_TRANSMITTER] if len(frame) >= _HEADER_BYTES else b""


def elements(data: bytes) -> Iterator[tuple[int, bytes]]:
    """(id, body) of each element, up to the first that does not fit."""
    offset = 0
    while offset + 2 <= len(data):
        kind, length = data[offset], data[offset + 1]
        if offset + 2 + length > len(data):
            return
        yield kind, data[offset + 2 : offset + 2 + length]
        offset += 2 + length


def security(data: bytes, capability: int) -> Security:
    """How a network is locked, by the elements of its beacon and its capability field.

    Where several ways in are announced the strictest names it, but a passphrase of WPA2 beside
    one of WPA3 has a name of its own. Which one this device took is not said here.
    """
    suites: set[int] = set()
    wpa = rsn = False
    for kind, body in elements(data):
        if kind == _ELEMENT_RSN:
            rsn = True
            suites |= _key_managements(body)
        elif kind == _ELEMENT_VENDOR and body.startswith(_WPA):
            wpa = True
    if suites & _AKM_ENTERPRISE:
        return Security.ENTERPRISE
    if suites & _AKM_SAE:
        return Security.WPA2_WPA3 if suites & _AKM_PSK else Security.WPA3
    if _AKM_OWE in suites:
        return Security.OWE
    if rsn:
        return Security.WPA2_PSK
    if wpa:
        return Security.WPA
    return Security.WEP if capability & _PRIVACY else Security.OPEN


def _key_managements(body: bytes) -> set[int]:
    """The AKM suites of an RSN element (9.4.2.24): version, group cipher, pairwise list, AKM list.

    A field that is missing means its default, for AKM 802.1X: but nobody leaves it out, so a cut
    element names none.
    """
    offset = 6
    if len(body) < offset + 2:
        return set()
    offset += 2 + 4 * _u16(body, offset)
    if len(body) < offset + 2:
        return set()
    count = _u16(body, offset)
    listed = body[offset + 2 : offset + 2 + 4 * count]
    return {
        listed[start + 3]
        for start in range(0, len(listed) - 3, 4)
        if listed[start : start + 3] == _OUI
    }


def names_itself(data: bytes) -> bool:
    """Whether a name (SSID, 9.4.2.2) stands in it; a hidden network's is empty or all zeros."""
    return any(kind == _ELEMENT_SSID and any(body) for kind, body in elements(data))


def load(data: bytes) -> Load | None:
    """The access point's own word on how busy it is; None if it does not say."""
    for kind, body in elements(data):
        if kind == _ELEMENT_BSS_LOAD and len(body) >= 5:
            return Load(_u16(body, 0), round(100 * body[2] / 255))
    return None


def channel(frequency_mhz: int) -> int | None:
    """The channel number of a centre frequency (Annex E, and 6 GHz by 27.3.23.2)."""
    if frequency_mhz == 2484:
        return 14
    if frequency_mhz == 5935:
        return 2
    for base, lowest, highest in ((2407, 2412, 2472), (5000, 5035, 5905), (5950, 5955, 7115)):
        if lowest <= frequency_mhz <= highest and (frequency_mhz - base) % 5 == 0:
            return (frequency_mhz - base) // 5
    return None


def band_ghz(frequency_mhz: int) -> float | None:
    """The band as people name it: 2.4, 5, 6 or 60."""
    for band, lowest, highest in ((2.4, 2400, 2500), (5, 4900, 5924), (6, 5925, 7125)):
        if lowest <= frequency_mhz <= highest:
            return band
    return 60 if 57000 <= frequency_mhz <= 71000 else None


def overlaps(one_mhz: int, other_mhz: int, width_mhz: int | None) -> bool:
    """Whether another network's main channel, 20 MHz wide, lies within or touches this one.

    Half of both widths apart they no longer do. A wide channel's centre is not where its main
    channel is, so a neighbour at its far end may be missed or counted wrongly: a hint.
    """
    return abs(one_mhz - other_mhz) < ((width_mhz or 20) + 20) / 2


def _subtype(frame: bytes) -> int | None:
    """None unless it is a whole management header."""
    if len(frame) < _HEADER_BYTES or frame[0] & 0x0C:
        return None
    return frame[0] >> 4


def _u16(data: bytes, offset: int) -> int:
    return int.from_bytes(data[offset : offset + 2], "little")
