"""What nl80211 said of associations, recorded as an ordinary user from simulated radios
(mac80211_hwsim, Linux 6.1, hostapd and wpa_supplicant 2.10, a network named "labnet"), and what
it came to. `nl80211_recorded.json` holds the messages of one interface, and between them what its
operational state was.

hwsim's survey is constant, so nothing here shows a busy channel; its radios never repeat.
"""

import json
import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.catalog import load
from netcheck.checks.wifi_story import Holding, holding, joining
from netcheck.device import wifi_air, wifi_events
from netcheck.device.wifi_events import Story
from netcheck.model.wifi import (
    ChannelUse,
    JoinTrouble,
    Security,
    Surroundings,
    WifiEvent,
    WifiEventKind,
)

RECORDED = json.loads(Path(__file__).with_name("nl80211_recorded.json").read_text())
CODES = load().wifi_codes
INDEX = 2
ACCESS_POINT = bytes.fromhex("020000000100")


def heard(name: str, *, began_joined: bool = False) -> tuple[WifiEvent, ...]:
    """As the watch hears it: it asks for the state of the interface after each message."""
    story, up = Story(INDEX), began_joined
    if began_joined:
        story.begin_at(ACCESS_POINT)
    for at_ms, message in RECORDED[name]["events"]:
        if message in ("up", "down"):
            up = message == "up"
        else:
            story.hear(bytes.fromhex(message), at_ms)
        if story.waits_for_keys and up:
            story.add(WifiEvent(WifiEventKind.SETTLED, at_ms))
    return story.events


def kinds(events: tuple[WifiEvent, ...]) -> list[str]:
    return [f"{event.kind.value} {event.code or ''}".strip() for event in events]


JOINED = ["authenticated", "admitted", "connected", "settled"]


def test_a_join_that_succeeds() -> None:
    events = heard("joins")
    assert kinds(events) == JOINED
    seen = joining(events, CODES, began_linked=False)
    assert (seen.tries, seen.joined, seen.trouble) == (1, True, None)


def test_a_wrong_passphrase_is_linked_and_never_gets_its_keys() -> None:
    events = heard("wrong passphrase")
    assert kinds(events) == [
        "unanswered",
        "authenticated",
        "admitted",
        "connected",
        "disconnected 15",
    ]
    assert events[-1].by_point is True
    seen = joining(events, CODES, began_linked=False)
    assert seen.code is not None
    assert (seen.trouble, seen.code.name) == (
        JoinTrouble.WRONG_PASSPHRASE,
        "4WAY_HANDSHAKE_TIMEOUT",
    )


def test_a_wrong_passphrase_of_wpa3_is_rejected_at_its_proof_with_any_code() -> None:
    events = heard("wrong SAE passphrase")
    assert kinds(events) == ["authenticated", "rejected 1"] * 4
    assert [event.proof for event in events] == [False, True] * 4
    seen = joining(events, CODES, began_linked=False)
    assert (seen.tries, seen.trouble) == (4, JoinTrouble.WRONG_PASSPHRASE)


def test_an_access_point_that_is_full_says_so() -> None:
    events = heard("full")
    assert kinds(events)[1:] == ["rejected 17"] * 3
    seen = joining(events, CODES, began_linked=False)
    assert seen.code is not None
    assert (seen.trouble, seen.code.name) == (JoinTrouble.REFUSED, "DENIED_NO_MORE_STAS")


def test_an_access_point_that_answers_nobody() -> None:
    events = heard("silent")
    assert kinds(events) == ["unanswered"]
    assert joining(events, CODES, began_linked=False).trouble is JoinTrouble.SILENT


def test_who_is_thrown_off_again_and_again() -> None:
    events = heard("deauthenticated", began_joined=True)
    assert kinds(events) == ["disconnected 7", *JOINED] * 3
    held = holding(events, CODES, began_settled=True)
    assert held.code is not None
    assert (held.drops, held.moves, held.code.number, held.by_point) == (3, 0, 7, True)
    seen = joining(events, CODES, began_linked=False)
    assert (seen.tries, seen.joined, seen.trouble) == (3, True, None)


def test_going_back_and_forth_is_no_drop() -> None:
    events = heard("roams", began_joined=True)
    assert kinds(events) == ["disconnected 1", *JOINED] * 3
    assert {event.by_point for event in events if event.code == 1} == {False}
    held = holding(events, CODES, began_settled=True)
    assert held == Holding(joined=True, drops=0, moves=3, returns=2)


def test_an_access_point_that_is_switched_off() -> None:
    events = heard("vanishes", began_joined=True)
    assert kinds(events) == ["beacons-lost", "disconnected 4", "unanswered", "unanswered"]
    held = holding(events, CODES, began_settled=True)
    assert (held.drops, held.beacons_lost, held.by_point) == (1, 1, False)


def test_events_of_another_interface_are_not_ours() -> None:
    story = Story(INDEX + 1)
    for at_ms, message in RECORDED["joins"]["events"]:
        if message not in ("up", "down"):
            story.hear(bytes.fromhex(message), at_ms)
    assert story.events == ()


def test_nothing_that_identifies_is_kept() -> None:
    told = repr([heard(name) for name in RECORDED])
    assert "labnet" not in told
    assert "0200" not in told
    assert {e.point for name in RECORDED for e in heard(name)} == {None, 1, 2}


# --- drivers that do it all themselves, by the layout of linux/nl80211.h ---


def attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def message(command: int, *attributes: bytes) -> bytes:
    ours = attribute(3, struct.pack("=I", INDEX))
    return struct.pack("=BBH", command, 1, 0) + ours + b"".join(attributes)


def story_of(*messages: bytes) -> tuple[WifiEvent, ...]:
    story = Story(INDEX)
    for number, one in enumerate(messages):
        story.hear(one, 1000.0 * number)
    return story.events


def test_a_driver_without_frames_says_connected_roamed_and_disconnected() -> None:
    status, reason = attribute(72, struct.pack("=H", 37)), attribute(54, struct.pack("=H", 2))
    here, there = attribute(6, b"\x02\0\0\0\1\0"), attribute(6, b"\x02\0\0\0\2\0")
    events = story_of(
        message(wifi_events.CONNECT, here, status),
        message(wifi_events.CONNECT, here),
        message(wifi_events.PORT_AUTHORIZED),
        message(wifi_events.ROAM, there),
        message(wifi_events.ROAM, here),
        message(wifi_events.DISCONNECT, reason),
        message(wifi_events.CONNECT, here, attribute(65, b"")),
    )
    assert kinds(events) == [
        "refused 37",
        "connected",
        "settled",
        "roamed",
        "roamed",
        "disconnected 2",
        "unanswered",
    ]
    held = holding(events, CODES, began_settled=False)
    assert (held.moves, held.returns, held.drops) == (2, 1, 1)


@given(st.binary(max_size=300))
def test_no_bytes_break_the_hearing(data: bytes) -> None:
    story = Story(INDEX)
    for command in (37, 38, 39, 46, 47, 48, 64, 125):
        story.hear(bytes([command]) + data, 0.0)
        story.hear(message(command, data), 0.0)
    holding(story.events, CODES, began_settled=True)
    joining(story.events, CODES, began_linked=True)
    assert all(event.kind in WifiEventKind for event in story.events)


# --- the air around ---


def raw(name: str, what: str) -> list[bytes]:
    """The attributes of recorded messages, behind the headers of netlink and generic netlink."""
    return [bytes.fromhex(one)[20:] for one in RECORDED[name][what]]


def test_the_recorded_survey_marks_no_channel_so_the_frequency_tells() -> None:
    assert wifi_air.use_of(raw("joins", "survey"), 2412) == ChannelUse(-92, 64, 8)
    assert wifi_air.use_of(raw("joins", "survey"), 5180) is None
    assert wifi_air.use_of(raw("joins", "survey"), None) is None


def test_the_lock_and_the_load_of_the_network_in_use() -> None:
    assert wifi_air.surroundings_of(raw("joins", "scan"), 20) == Surroundings(
        security=Security.WPA2_PSK, point_load_percent=0, point_devices=1, name_told=True
    )
    assert wifi_air.surroundings_of(raw("open", "scan"), 20).security is Security.OPEN


def test_a_memory_with_the_own_network_alone_tells_nothing_of_neighbours() -> None:
    assert wifi_air.surroundings_of(raw("joins", "scan"), 20).neighbours is None


def test_a_neighbour_far_off_on_the_band_shares_nothing() -> None:
    around = wifi_air.surroundings_of(raw("roams", "scan"), 20)
    assert (around.neighbours, around.scan_age_s) == (0, 7.6)


def scanned(mhz: int, *, own: bool = False, seen_ms: int = 500) -> bytes:
    fields = attribute(2, struct.pack("=I", mhz)) + attribute(5, struct.pack("=H", 0x11))
    fields += attribute(10, struct.pack("=I", seen_ms)) + attribute(6, b"\x00\x06labnet")
    fields += attribute(9, struct.pack("=I", 1)) if own else b""
    return attribute(3, struct.pack("=I", INDEX)) + attribute(47, fields)


def test_neighbours_are_counted_where_channels_overlap_and_memory_is_fresh() -> None:
    entries = [
        scanned(5180, own=True),
        scanned(5180),
        scanned(5200),
        scanned(5240),
        scanned(5180, seen_ms=300_000),
    ]
    assert wifi_air.surroundings_of(entries, 20).neighbours == 1
    assert wifi_air.surroundings_of(entries, 80).neighbours == 2
    assert wifi_air.surroundings_of(entries[1:], 20) == Surroundings()


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_no_bytes_break_the_reading_of_the_air(messages: list[bytes]) -> None:
    wifi_air.use_of(messages, 2412)
    around = wifi_air.surroundings_of([*messages, scanned(2412, own=True)], None)
    assert around.security in Security


def test_a_survey_that_marks_its_channel_needs_no_frequency() -> None:
    def surveyed(mhz: int, noise_dbm: int, *, in_use: bool) -> bytes:
        fields = attribute(1, struct.pack("=I", mhz)) + attribute(2, struct.pack("=b", noise_dbm))
        fields += attribute(4, struct.pack("=Q", 9000)) + attribute(5, struct.pack("=Q", 1234))
        fields += attribute(3, b"") if in_use else b""
        return attribute(84, fields)

    surveys = [surveyed(5180, 0, in_use=False), surveyed(5200, -95, in_use=True)]
    assert wifi_air.use_of(surveys, None) == ChannelUse(-95, 9000, 1234)
    assert wifi_air.use_of(surveys[:1], 5180) == ChannelUse(None, 9000, 1234)


@pytest.mark.parametrize("name", sorted(RECORDED))
def test_every_code_that_was_heard_has_a_row(name: str) -> None:
    for event in heard(name):
        ended = event.kind == WifiEventKind.DISCONNECTED
        assert event.code is None or (CODES.reason if ended else CODES.status)(event.code)
