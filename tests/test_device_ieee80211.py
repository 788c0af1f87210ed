"""Frames and elements of IEEE 802.11, written out byte by byte, and bytes that nobody meant."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.device import ieee80211
from netcheck.device.ieee80211 import Authentication, Load
from netcheck.model.wifi import Security

PRIVACY = 0x0011
SSID = b"\x00\x06labnet"


def element(kind: int, body: bytes) -> bytes:
    return bytes([kind, len(body)]) + body


def rsn(*key_managements: int, pairwise: int = 1) -> bytes:
    """Version 1, group cipher CCMP, that many pairwise ciphers, these AKM suites, capabilities."""
    suite = b"\x00\x0f\xac"
    body = b"\x01\x00" + suite + b"\x04" + pairwise.to_bytes(2, "little")
    body += (suite + b"\x04") * pairwise + len(key_managements).to_bytes(2, "little")
    body += b"".join(suite + bytes([number]) for number in key_managements) + b"\x00\x00"
    return element(48, body)


WPA_OF_2003 = element(221, bytes.fromhex("0050f20101000050f20201000050f20201000050f202"))
WMM = element(221, bytes.fromhex("0050f202010100"))


@pytest.mark.parametrize(
    ("announced", "capability", "expected"),
    [
        (SSID + WMM, 0x0001, Security.OPEN),
        (SSID, PRIVACY, Security.WEP),
        (SSID + WPA_OF_2003, PRIVACY, Security.WPA),
        (SSID + rsn(2), PRIVACY, Security.WPA2_PSK),
        (SSID + rsn(2, 4, 6), PRIVACY, Security.WPA2_PSK),
        (SSID + rsn(2) + WPA_OF_2003, PRIVACY, Security.WPA2_PSK),
        (SSID + rsn(8, pairwise=2), PRIVACY, Security.WPA3),
        (SSID + rsn(24), PRIVACY, Security.WPA3),
        (SSID + rsn(2, 8), PRIVACY, Security.WPA2_WPA3),
        (SSID + rsn(18), PRIVACY, Security.OWE),
        (SSID + rsn(1), PRIVACY, Security.ENTERPRISE),
        (SSID + rsn(12), PRIVACY, Security.ENTERPRISE),
        (SSID + rsn(1, 2), PRIVACY, Security.ENTERPRISE),
    ],
)
def test_how_a_network_is_locked(announced: bytes, capability: int, expected: Security) -> None:
    assert ieee80211.security(announced, capability) is expected


def test_an_element_cut_short_is_not_taken_for_an_open_network() -> None:
    assert ieee80211.security(rsn(8)[:-10], PRIVACY) is Security.WEP
    assert ieee80211.security(element(48, b"\x01\x00"), PRIVACY) is Security.WPA2_PSK


def test_the_load_that_an_access_point_announces() -> None:
    assert ieee80211.load(SSID + element(11, b"\x04\x00\x80\x00\x00")) == Load(4, 50)
    assert ieee80211.load(SSID + element(11, b"\x04\x00\x80")) is None
    assert ieee80211.load(SSID) is None


STATION, POINT = bytes.fromhex("020000000000"), bytes.fromhex("020000000100")


def frame(subtype: int, body: bytes) -> bytes:
    return bytes([subtype << 4, 0, 0x3A, 0x01]) + STATION + POINT + POINT + b"\x10\x00" + body


def test_what_management_frames_say() -> None:
    authentication = frame(11, bytes.fromhex("030002000f00"))
    assert ieee80211.authentication(authentication) == Authentication(3, 2, 15)
    assert ieee80211.association_status(frame(1, bytes.fromhex("110411000000"))) == 17
    assert ieee80211.association_status(frame(3, bytes.fromhex("110400000000"))) == 0
    assert ieee80211.ending_reason(frame(12, b"\x0f\x00")) == 15
    assert ieee80211.ending_reason(frame(10, b"\x08\x00")) == 8
    assert ieee80211.transmitter(authentication) == POINT


def test_a_frame_of_another_kind_or_cut_short_says_nothing() -> None:
    assert ieee80211.authentication(frame(12, b"\x0f\x00" * 3)) is None
    assert ieee80211.authentication(frame(11, b"\x00\x00")) is None
    assert ieee80211.association_status(frame(1, b"\x11")) is None
    assert ieee80211.ending_reason(frame(12, b"")) is None
    assert ieee80211.ending_reason(b"\xc8" + frame(12, b"\x0f\x00")[1:]) is None  # a data frame
    assert ieee80211.transmitter(b"\xc0\x00") == b""


@given(st.binary(max_size=400), st.integers(0, 65535))
def test_no_bytes_from_the_air_break_the_reading(data: bytes, capability: int) -> None:
    assert ieee80211.security(data, capability) in Security
    busy = ieee80211.load(data)
    assert busy is None or 0 <= busy.busy_percent <= 100
    ieee80211.authentication(data)
    ieee80211.association_status(data)
    ieee80211.ending_reason(data)
    assert sum(2 + len(body) for _, body in ieee80211.elements(data)) <= len(data)


@pytest.mark.parametrize(
    ("frequency_mhz", "band", "channel"),
    [
        (2412, 2.4, 1),
        (2472, 2.4, 13),
        (2484, 2.4, 14),
        (5180, 5, 36),
        (5825, 5, 165),
        (5955, 6, 1),
        (5935, 6, 2),
        (7115, 6, 233),
        (58320, 60, None),
        (2413, 2.4, None),
        (900, None, None),
    ],
)
def test_bands_and_channels(frequency_mhz: int, band: float | None, channel: int | None) -> None:
    assert (band, channel) == (ieee80211.band_ghz(frequency_mhz), ieee80211.channel(frequency_mhz))


@pytest.mark.parametrize(
    ("other_mhz", "width_mhz", "expected"),
    [
        (2412, 20, True),
        (2427, 20, True),
        (2432, 20, False),
        (2462, None, False),
        (2432, 40, True),
        (2442, 40, False),
    ],
)
def test_channels_overlap_where_their_widths_do(
    other_mhz: int, width_mhz: int | None, expected: bool
) -> None:
    assert ieee80211.overlaps(2412, other_mhz, width_mhz) is expected
