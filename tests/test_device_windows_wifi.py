"""Wi-Fi by Windows' WLAN service, from memory laid out as the service fills it. Nothing here was
run on Windows."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.device import settings as settings_of_device
from netcheck.device import windows_wifi
from netcheck.device.contract import WifiWatch
from netcheck.device.settings import Radio
from netcheck.device.windows import WindowsReader
from netcheck.device.windows_calls import Refused
from netcheck.device.windows_iphlpapi import Number as IpNumber
from netcheck.device.windows_wlanapi import LaterNumber, Number
from netcheck.model.wifi import (
    JoinTrouble,
    ManagerWord,
    Security,
    Surroundings,
    WifiEvent,
    WifiEventKind,
)
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink
from tests.windows_layout import (
    WIFI_GUID,
    FakeAdapter,
    connection_as_bytes,
    connection_notification,
    media_notification,
    points_as_bytes,
    radios_as_bytes,
    statistics_as_bytes,
)
from tests.windows_memory import FakeWifi, FakeWindows

ACM, MSM = Number.WLAN_NOTIFICATION_SOURCE_ACM, Number.WLAN_NOTIFICATION_SOURCE_MSM
OWN, OTHER, FAR = b"\x02\0\0\0\0\x01", b"\x02\0\0\0\0\x02", b"\x02\0\0\0\0\x03"
NOW_S = 1_790_000_000.0
PRIVACY = 0x11
RSN_SAE_AND_PSK = bytes.fromhex("30180100000fac040100000fac040200000fac02000fac080000")
BSS_LOAD = bytes.fromhex("0b050300800000")
NAME = bytes.fromhex("0003ff00fe")
RADIO = FakeAdapter("Wi-Fi", WIFI_GUID, 7, 7, if_type=IpNumber.IF_TYPE_IEEE80211)


def _fake(**about: object) -> FakeWindows:
    told = {"connection": connection_as_bytes(), **about}
    return FakeWindows(adapters=[RADIO], wifis=[FakeWifi(**told)])  # type: ignore[arg-type]


def _link(fake: FakeWindows) -> WifiLink:
    with windows_wifi.service(fake.load) as asked:
        link = windows_wifi.link(asked, WIFI_GUID)
    assert fake.lent == {}
    return link


def _around(fake: FakeWindows) -> Surroundings:
    with windows_wifi.service(fake.load) as asked:
        return windows_wifi.surroundings(asked, WIFI_GUID, clock_s=lambda: NOW_S)


def _points(elements: bytes = NAME + RSN_SAE_AND_PSK + BSS_LOAD) -> bytes:
    return points_as_bytes(
        (OTHER, -70, 5220, NOW_S - 30, PRIVACY, b""),
        (OWN, -58, 5200, NOW_S - 2, PRIVACY, elements),
        (FAR, -80, 5180, NOW_S - 600, PRIVACY, b""),
        (FAR, -80, 2412, NOW_S - 4.5, PRIVACY, b""),
    )


def test_a_healthy_link_whole() -> None:
    fake = _fake(points=_points(), statistics=statistics_as_bytes((900, 100, 50), (0, 0, 0)))
    assert _link(fake) == WifiLink(
        associated=True,
        signal_dbm=-61,
        frequency_mhz=5200,  # of the access point in memory, not of the channel's number
        rate_mbps=390.0,
        receive_rate_mbps=433.3,
        authorized=True,
        counts=FrameCounts(sent=1000, given_up=100, received=50),
        name_permission=NamePermission.PERMITTED,
    )


def test_a_name_that_is_no_text_and_one_that_is_hidden() -> None:
    named = _link(_fake(connection=connection_as_bytes(ssid=bytes(range(224, 256)))))
    hidden = _link(_fake(connection=connection_as_bytes(ssid=b"")))
    assert (named.name_permission, hidden.name_permission) == (
        NamePermission.PERMITTED,
        NamePermission.UNKNOWN,
    )
    assert "\\x" not in repr(named)  # the name itself is nowhere


@pytest.mark.parametrize(
    ("rssi", "points", "quality", "expected"),
    [
        (-61, _points(), 80, -61),
        (None, _points(), 80, -58),  # as the access point was last heard
        (None, 5, 80, -60),  # made of the percentage
        (None, 5, 0, None),
        (0, 5, 0, None),  # a driver's word for "unknown"
    ],
)
def test_the_signal_is_the_best_figure_that_is_told(
    rssi: int | None, points: bytes | int, quality: int, expected: int | None
) -> None:
    fake = _fake(rssi=rssi, points=points, connection=connection_as_bytes(quality=quality))
    assert _link(fake).signal_dbm == expected


@pytest.mark.parametrize(
    ("channel", "mhz"),
    [(6, 2437), (14, 2484), (44, 5220), (144, 5720), (1, None), (149, None), (37, None),
     (0, None), (38, None), (None, None)],
)  # fmt: skip
def test_a_channel_that_two_bands_have_names_no_frequency(
    channel: int | None, mhz: int | None
) -> None:
    assert windows_wifi.frequency_mhz(channel) == mhz


@pytest.mark.parametrize(
    ("state", "expected"),
    [
        (Number.wlan_interface_state_authenticating, WifiLink(associated=True, authorized=False)),
        (Number.wlan_interface_state_associating, WifiLink(associated=False)),
        (Number.wlan_interface_state_disconnected, WifiLink(associated=False)),
        (Number.wlan_interface_state_not_ready, WifiLink(associated=False)),
    ],
)
def test_a_link_that_is_not_there_or_waits_for_its_keys(state: int, expected: WifiLink) -> None:
    assert _link(_fake(state=state)) == expected


def test_counters_of_a_driver_that_counts_nothing_are_not_measured() -> None:
    assert _link(_fake(statistics=statistics_as_bytes((0, 0, 0)))).counts == FrameCounts()


def test_the_air_around_whole() -> None:
    assert _around(_fake(points=_points())) == Surroundings(
        security=Security.WPA2_WPA3,
        neighbours=0,  # 5220 touches 5200 in nothing, 5180 was heard ten minutes ago
        scan_age_s=4.5,
        point_load_percent=50,
        point_devices=3,
        name_told=True,
    )


def test_a_network_on_the_same_channel_is_a_neighbour() -> None:
    points = points_as_bytes(
        (OWN, -58, 2437, NOW_S - 2, PRIVACY, NAME), (OTHER, -70, 2442, NOW_S - 1, PRIVACY, NAME)
    )
    assert _around(_fake(points=points)).neighbours == 1


@pytest.mark.parametrize(
    ("auth", "cipher", "expected"),
    [
        (Number.DOT11_AUTH_ALGO_80211_OPEN, Number.DOT11_CIPHER_ALGO_NONE, Security.OPEN),
        (Number.DOT11_AUTH_ALGO_80211_OPEN, 0x101, Security.WEP),
        (Number.DOT11_AUTH_ALGO_80211_SHARED_KEY, 0x101, Security.WEP),
        (Number.DOT11_AUTH_ALGO_WPA_PSK, 2, Security.WPA),
        (Number.DOT11_AUTH_ALGO_RSNA, 4, Security.ENTERPRISE),
        (Number.DOT11_AUTH_ALGO_RSNA_PSK, 4, Security.WPA2_PSK),
        (LaterNumber.DOT11_AUTH_ALGO_WPA3_SAE, 4, Security.WPA3),
        (LaterNumber.DOT11_AUTH_ALGO_OWE, 4, Security.OWE),
        (LaterNumber.DOT11_AUTH_ALGO_WPA3_ENT, 4, Security.ENTERPRISE),
        (0x80000001, 4, None),  # a maker's own
    ],
)
def test_where_the_access_point_is_not_in_memory_the_association_tells_the_lock(
    auth: int, cipher: int, expected: Security | None
) -> None:
    fake = _fake(points=points_as_bytes(), connection=connection_as_bytes(auth=auth, cipher=cipher))
    assert _around(fake) == Surroundings(security=expected)


def test_where_the_place_is_withheld_nothing_is_told_of_the_air() -> None:
    fake = _fake(connection=5, points=5)
    with pytest.raises(Refused):
        _around(fake)
    watch = _watch(fake)
    assert watch.surroundings() is None
    link = watch.link()
    assert link is not None
    assert (link.associated, link.name_permission) == (True, NamePermission.NOT_PERMITTED)
    watch.stop()


ON, OFF, UNKNOWN = 1, 2, 0


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        (radios_as_bytes((ON, ON), (ON, ON)), (Radio("wlan", False, False),)),
        (radios_as_bytes((OFF, ON), (OFF, UNKNOWN)), (Radio("wlan", True, False),)),
        (radios_as_bytes((ON, OFF)), (Radio("wlan", False, True),)),
        (radios_as_bytes((OFF, ON), (ON, ON)), (Radio("wlan", False, False),)),
        (radios_as_bytes((UNKNOWN, UNKNOWN)), ()),
        (radios_as_bytes(), ()),
        ((65).to_bytes(4, "little") + bytes(768), ()),  # more radios than there is room for
        ((64).to_bytes(4, "little"), ()),  # and than the answer is long
        (5, ()),
    ],
)
def test_the_switches_of_the_radio(told: bytes | int, expected: tuple[Radio, ...]) -> None:
    fake = _fake(radios=told)
    assert windows_wifi.radios(fake.load) == expected
    assert fake.lent == {}


def test_a_service_that_does_not_run_tells_no_switches(monkeypatch: pytest.MonkeyPatch) -> None:
    assert windows_wifi.radios(FakeWindows(wlan_service=1062).load) is None
    fake, whole = _fake(radios=radios_as_bytes((OFF, ON))), windows_wifi.radios
    monkeypatch.setattr(windows_wifi, "radios", lambda: whole(fake.load))
    monkeypatch.setattr("sys.platform", "win32")
    assert settings_of_device.radios() == (Radio("wlan", True, False),)


def _watch(fake: FakeWindows) -> WifiWatch:
    watch = WindowsReader(loading=fake.load).watch_wifi("Wi-Fi")
    assert watch is not None
    return watch


def _kinds(watch: WifiWatch) -> list[tuple[WifiEventKind, int | None]]:
    events = watch.events()
    assert events is not None
    return [(event.kind, event.point) for event in events]


def test_a_try_that_succeeds_and_a_move_to_another_access_point() -> None:
    fake = _fake()
    watch = _watch(fake)
    fake.notify(ACM, Number.wlan_notification_acm_connection_start, connection_notification(0))
    fake.notify(MSM, LaterNumber.wlan_notification_msm_associated, media_notification(OWN))
    fake.notify(MSM, LaterNumber.wlan_notification_msm_connected, media_notification(OWN))
    fake.notify(ACM, Number.wlan_notification_acm_connection_complete, connection_notification(0))
    fake.notify(MSM, LaterNumber.wlan_notification_msm_roaming_end, media_notification(OTHER))
    assert _kinds(watch) == [
        (WifiEventKind.ADMITTED, 1),
        (WifiEventKind.CONNECTED, 1),
        (WifiEventKind.SETTLED, None),
        (WifiEventKind.ROAMED, 2),
    ]
    assert (watch.first_use(), watch.use()) == (None, None)
    watch.stop()
    watch.stop()
    assert (fake.lent, fake.tell) == ({}, None)


@pytest.mark.parametrize(
    ("reason", "kind", "trouble"),
    [
        (0x48014, WifiEventKind.REFUSED, JoinTrouble.WRONG_PASSPHRASE),
        (0x2800D, WifiEventKind.REFUSED, JoinTrouble.WRONG_PASSPHRASE),
        (0x38014, WifiEventKind.REFUSED, JoinTrouble.NOT_FOUND),
        (0x2800B, WifiEventKind.REFUSED, JoinTrouble.NOT_FOUND),
        (0x38002, WifiEventKind.REFUSED, JoinTrouble.REFUSED),
        (0x38003, WifiEventKind.UNANSWERED, JoinTrouble.SILENT),
        (0x48005, WifiEventKind.REFUSED, None),  # the keys took too long: it has many causes
    ],
)
def test_a_try_that_fails_leaves_the_reasons_number(
    reason: int, kind: WifiEventKind, trouble: JoinTrouble | None
) -> None:
    fake = _fake(state=Number.wlan_interface_state_disconnected)
    watch = _watch(fake)
    fake.notify(
        ACM, Number.wlan_notification_acm_connection_attempt_fail, connection_notification(reason)
    )
    assert _kinds(watch) == [(kind, None)]
    expected = ManagerWord("Windows", f"state 4, reason {reason:#x}", False, trouble)
    assert watch.managers() == (expected,)
    fake.notify(ACM, Number.wlan_notification_acm_connection_start, connection_notification(0))
    assert watch.managers() == (ManagerWord("Windows", "state 4", False),)
    watch.stop()


def test_a_try_that_succeeds_ends_what_was_said_of_the_one_before() -> None:
    fake = _fake()
    watch = _watch(fake)
    failed, joined = 0x38002, Number.wlan_notification_acm_connection_complete
    fake.notify(ACM, joined, connection_notification(failed))
    assert watch.managers() == (
        ManagerWord("Windows", f"state 1, reason {failed:#x}", False, JoinTrouble.REFUSED),
    )
    fake.notify(ACM, joined, connection_notification(0))
    assert watch.managers() == (ManagerWord("Windows", "state 1", False),)
    watch.stop()


def test_a_link_that_has_just_gone_is_not_measured_and_not_withheld() -> None:
    device = WindowsReader(loading=_fake(connection=5023).load).read()
    assert device.not_permitted == ()
    assert {"wifi", "wifi-name"} <= set(device.not_measured)


def test_what_is_of_another_interface_or_too_short_leaves_no_trace() -> None:
    fake = _fake(state=Number.wlan_interface_state_associating)
    watch = _watch(fake)
    code = Number.wlan_notification_acm_disconnected
    fake.notify(ACM, code, connection_notification(1), guid="{" + "0" * 32 + "}")
    fake.notify(ACM, code, b"short")
    fake.notify(ACM, code, b"")
    fake.notify(ACM, 999, b"")
    fake.notify(99, 3, b"")
    assert watch.events() == ()
    assert watch.managers() == (ManagerWord("Windows", "state 5", True),)
    watch.stop()


def test_waiting_ends_with_the_event_that_is_enough() -> None:
    fake = _fake()
    watch = _watch(fake)
    fake.notify(ACM, Number.wlan_notification_acm_disconnected, connection_notification(0x38002))
    seen: list[tuple[WifiEvent, ...]] = []

    def enough(events: tuple[WifiEvent, ...]) -> bool:
        seen.append(events)
        return any(event.kind is WifiEventKind.DISCONNECTED for event in events)

    watch.wait(enough, 5000)
    assert len(seen) == 1
    assert watch.watched_ms() < 5000
    watch.stop()


def test_a_windows_that_does_not_tell_is_not_one_where_nothing_happens() -> None:
    fake = _fake()
    fake.errors["WlanRegisterNotification"] = 5
    watch = _watch(fake)
    assert watch.events() is None
    watch.stop()


@pytest.mark.parametrize("name", ["Ethernet", "none"])
def test_only_a_wireless_interface_is_watched(name: str) -> None:
    cable = FakeAdapter("Ethernet", WIFI_GUID, 8, 8)
    fake = FakeWindows(adapters=[cable])
    assert WindowsReader(loading=fake.load).watch_wifi(name) is None


def test_without_a_service_nothing_is_watched() -> None:
    fake = FakeWindows(adapters=[RADIO], wlan_service=1062)
    assert WindowsReader(loading=fake.load).watch_wifi("Wi-Fi") is None


_FUNCTIONS = ("WlanEnumInterfaces", "WlanQueryInterface", "WlanGetNetworkBssList")
_CHANGES = st.lists(
    st.tuples(st.integers(0, 400) | st.integers(0, 10_000), st.integers(0, 255)), max_size=8
)


@settings(max_examples=120, deadline=None)
@given(function=st.sampled_from(_FUNCTIONS), changes=_CHANGES)
def test_lengths_and_counts_that_say_anything_raise_nothing(
    function: str, changes: list[tuple[int, int]]
) -> None:
    def spoil(data: bytearray) -> None:
        for place, value in changes:
            if data:
                data[place % len(data)] = value

    fake = _fake(points=_points(), statistics=statistics_as_bytes((9, 1, 5)))
    fake.corrupt[function] = spoil
    watch = WindowsReader(loading=fake.load).watch_wifi("Wi-Fi")
    assert watch is not None
    link = watch.link()
    assert link is None or link.associated is not None
    watch.surroundings()
    watch.managers()
    watch.stop()
    assert fake.lent == {}


@pytest.mark.parametrize(
    ("function", "place", "value"),
    [
        ("WlanGetNetworkBssList", 3, 255),  # four thousand million bytes
        ("WlanGetNetworkBssList", 6, 255),  # sixteen million access points
        ("WlanEnumInterfaces", 1, 255),  # sixty thousand interfaces
    ],
)
def test_a_count_that_lies_is_not_measured(function: str, place: int, value: int) -> None:
    def spoil(data: bytearray) -> None:
        data[place] = value

    fake = _fake(points=_points())
    fake.corrupt[function] = spoil
    watch = _watch(fake)
    around = watch.surroundings()
    assert around is None or function == "WlanEnumInterfaces"
    assert (watch.managers() == ()) == (function == "WlanEnumInterfaces")
    watch.stop()
