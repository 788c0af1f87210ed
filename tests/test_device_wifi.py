"""nl80211 messages, recorded or built by the layout of linux/nl80211.h, decoded by pyroute2.

The recorded ones are of simulated radios (mac80211_hwsim, Linux 6.1, a network named "labnet");
none is of real wireless hardware. The counters per traffic class were cut out for their length.
"""

import struct
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.device import kinds, linux, rtnetlink, sysfs, wifi_linux
from netcheck.model.device import LinkKind
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink

nl80211 = pytest.importorskip("pyroute2.netlink.nl80211", reason="pyroute2 is Linux only")

STATION, ACCESS_POINT, P2P_CLIENT, MONITOR = 2, 3, 8, 6
AUTHORIZED, AUTHENTICATED, TDLS_PEER, ASSOCIATED = 1 << 1, 1 << 5, 1 << 6, 1 << 7
ALL_FLAGS = AUTHORIZED | AUTHENTICATED | TDLS_PEER | ASSOCIATED


RECORDED_INTERFACE = bytes.fromhex(
    "9c0000002000000002000000860000000701000008000300030000000a000400776c616e3100000008000100"
    "0100000008000500020000000c00990001000000010000000a000600020000000100000008002e0009000000"
    "050053000000000008002600850900000800220100000000080027000000000008009f00000000000800a000"
    "8509000008006200d00700000a0034006c61626e65740000"
)
RECORDED_STATION = bytes.fromhex(
    "280100002000020003000000860000001301000008000300030000000a000600020000000000000008002e00"
    "01000000f8001500080010000000000008000100480000000c002a00119e0e21030000000800020035020000"
    "08000300340100000c00170035020000000000000c00180034010000000000000c0020000000000000000000"
    "0c002700000000000000000005000700e200000005000d00e200000014000800080005000a00000006000100"
    "0a000000080009000c00000008000a000400000008000b000000000008000c000000000008001b0039060000"
    "080012000000000018000f0004000300050004000200000006000500640000000c001100fe000000a2000000"
    "0c001c0002000000000000000c001d00020000000000000005001e00e2000000"
)


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _u32(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack("=I", value))


def _decoded(command: int, *attributes: bytes) -> wifi_linux.Attributes:
    body = struct.pack("=BBH", command, 1, 0) + b"".join(attributes)
    return _read(struct.pack("=IHHII", 16 + len(body), 28, 2, 1, 0) + body)


def _read(raw: bytes) -> wifi_linux.Attributes:
    message = nl80211.nl80211cmd(raw)
    message.decode()
    decoded: wifi_linux.Attributes = message
    return decoded


def _interface(kind: int = STATION, frequency_mhz: int | None = 5180) -> wifi_linux.Attributes:
    """NL80211_CMD_NEW_INTERFACE (7): ifindex, name, type, MAC, SSID, frequency."""
    frequency = b"" if frequency_mhz is None else _u32(38, frequency_mhz)
    return _decoded(
        7,
        _u32(3, 3),
        _attribute(4, b"wlan0\0"),
        _u32(5, kind),
        _attribute(6, b"\x02\0\0\0\0\x01"),
        _attribute(52, b"a name that must not be kept"),
        frequency,
    )


def _station(*info: bytes) -> wifi_linux.Attributes:
    """NL80211_CMD_NEW_STATION (19): ifindex, MAC of the access point, STA_INFO (21)."""
    return _decoded(
        19, _u32(3, 3), _attribute(6, b"\x02\0\0\0\0\x02"), _attribute(21, b"".join(info))
    )


def _dbm(kind: int, value: int) -> bytes:
    return _attribute(kind, struct.pack("=b", value))


def _rate(hundred_kbps: int) -> bytes:
    """TX_BITRATE (8) with BITRATE (1), which is missing where 16 bits do not hold it, and 32."""
    short = _attribute(1, struct.pack("=H", hundred_kbps)) if hundred_kbps < 65536 else b""
    return _attribute(8, short + _u32(5, hundred_kbps))


def _flags(on: int, mask: int = ALL_FLAGS) -> bytes:
    return _attribute(17, struct.pack("=II", mask, on))


SIGNAL, SIGNAL_AVERAGE = 7, 13
JOINED = _flags(AUTHORIZED | AUTHENTICATED | ASSOCIATED)


def test_a_recorded_association_is_read() -> None:
    link = wifi_linux.parse([_read(RECORDED_INTERFACE)], [_read(RECORDED_STATION)])
    assert link == WifiLink(
        associated=True,
        signal_dbm=-30,
        frequency_mhz=2437,
        rate_mbps=1.0,
        receive_rate_mbps=None,
        width_mhz=20,
        authorized=True,
        joined_s=0,
        counts=FrameCounts(sent=4, retried=0, given_up=0, received=12, beacons_lost=0),
        name_permission=NamePermission.PERMITTED,
    )
    assert "labnet" not in repr(link)


def _told(link: WifiLink) -> tuple[bool | None, int | None, int | None, float | None]:
    """What the link was first read for."""
    return link.associated, link.signal_dbm, link.frequency_mhz, link.rate_mbps


def test_an_associated_client_tells_average_signal_frequency_and_rate() -> None:
    station = _station(_dbm(SIGNAL, -49), _dbm(SIGNAL_AVERAGE, -52), _rate(8667), JOINED)
    assert (True, -52, 5180, 866.7) == _told(wifi_linux.parse([_interface()], [station]))


def test_a_link_that_waits_for_its_keys_says_so() -> None:
    waiting = _station(_dbm(SIGNAL, -52), _flags(AUTHENTICATED | ASSOCIATED))
    assert wifi_linux.parse([_interface()], [waiting]).authorized is False
    silent_driver = _station(_dbm(SIGNAL, -52))
    assert wifi_linux.parse([_interface()], [silent_driver]).authorized is None


def test_what_a_driver_does_not_count_is_none() -> None:
    station = _station(_u32(9, 4), _u32(10, 31), _u32(11, 7), JOINED)
    assert wifi_linux.parse([_interface()], [station]).counts == FrameCounts(
        sent=31, retried=7, given_up=None, received=4, beacons_lost=None
    )
    assert wifi_linux.parse([_interface()], [_station(JOINED)]).counts == FrameCounts()


@pytest.mark.parametrize(
    ("kind", "mhz"), [(0, 20), (1, 20), (2, 40), (3, 80), (5, 160), (13, 320), (99, None)]
)
def test_widths(kind: int, mhz: int | None) -> None:
    about = _decoded(7, _u32(3, 3), _u32(5, STATION), _u32(159, kind))
    assert wifi_linux.parse([about], [_station(JOINED)]).width_mhz == mhz


def test_without_an_average_the_last_frame_counts() -> None:
    station = _station(_dbm(SIGNAL, -81), _rate(60), JOINED)
    link = wifi_linux.parse([_interface(frequency_mhz=2437)], [station])
    assert (True, -81, 2437, 6.0) == _told(link)


def test_a_rate_beyond_16_bits_is_read() -> None:
    station = _station(_dbm(SIGNAL, -40), _rate(115294), JOINED)
    assert (True, -40, 5180, 11529.4) == _told(wifi_linux.parse([_interface()], [station]))


def test_no_station_is_not_associated() -> None:
    assert WifiLink(False) == wifi_linux.parse([_interface(frequency_mhz=None)], [])


def test_authenticated_and_no_further_is_not_associated() -> None:
    station = _station(_dbm(SIGNAL, -60), _flags(AUTHENTICATED))
    assert WifiLink(False) == wifi_linux.parse([_interface()], [station])


def test_a_driver_without_flags_lists_only_associated_stations() -> None:
    station = _station(_dbm(SIGNAL, -60))
    assert (True, -60, 5180, None) == _told(wifi_linux.parse([_interface()], [station]))


def test_another_client_beside_the_access_point_is_passed_over() -> None:
    peer = _station(_dbm(SIGNAL, -30), _flags(AUTHENTICATED | ASSOCIATED | TDLS_PEER))
    home = _station(_dbm(SIGNAL, -70), JOINED)
    assert (True, -70, 5180, None) == _told(wifi_linux.parse([_interface()], [peer, home]))


@pytest.mark.parametrize("kind", [ACCESS_POINT, MONITOR])
def test_an_access_point_or_a_monitor_has_no_association_of_its_own(kind: int) -> None:
    station = _station(_dbm(SIGNAL, -50), JOINED)
    assert WifiLink(None) == wifi_linux.parse([_interface(kind)], [station])


def test_a_client_of_a_phones_hotspot_counts() -> None:
    station = _station(_dbm(SIGNAL, -50), JOINED)
    assert (True, -50, 5180, None) == _told(wifi_linux.parse([_interface(P2P_CLIENT)], [station]))


def test_a_signal_of_zero_is_not_a_signal() -> None:
    station = _station(_dbm(SIGNAL, 0), _dbm(SIGNAL_AVERAGE, 0), _rate(0), JOINED)
    assert (True, None, 5180, None) == _told(wifi_linux.parse([_interface()], [station]))


def test_nothing_that_names_the_network_is_kept() -> None:
    link = wifi_linux.parse([_interface()], [_station(_dbm(SIGNAL, -50), JOINED)])
    assert "must not be kept" not in repr(link)
    assert "02:00:00" not in repr(link)


class _Anything:
    """Attributes with values of any type, as an unknown driver or version could yield."""

    def __init__(self, values: list[object]) -> None:
        self._values = values

    def get_attr(self, name: str) -> object:
        return self._values[len(name) % len(self._values)] if self._values else None


values = st.recursive(
    st.none() | st.integers() | st.text() | st.booleans() | st.dictionaries(st.text(), st.none()),
    lambda inner: st.lists(inner, min_size=1, max_size=4).map(_Anything),
)


@given(st.lists(values, max_size=5), st.lists(values, max_size=5))
def test_values_of_any_type_never_break_the_reading(one: list[object], two: list[object]) -> None:
    link = wifi_linux.parse([_Anything([STATION, *one])], [_Anything(two)])
    assert link.signal_dbm is None or -120 <= link.signal_dbm < 0


def test_an_interface_that_nl80211_does_not_know_is_not_measured() -> None:
    with pytest.raises((wifi_linux.NotMeasured, wifi_linux.NotPermitted)):
        wifi_linux.read(0x7FFFFFFF)


def _link(flags: int, operstate: int) -> rtnetlink.LinkRow:
    return rtnetlink.LinkRow(3, "wlan0", 1, flags, None, operstate, True, 1500, None)


UP, LOWER_UP = rtnetlink.IFF_UP, rtnetlink.IFF_LOWER_UP


def test_wifi_that_is_off_or_not_joined_costs_no_import() -> None:
    missing: list[str] = []
    for flags in (0, UP):
        row = _link(flags, 2)._replace(carrier=False)
        found = linux._interface(row, (), "/nonexistent", missing, missing)
        assert (LinkKind.WIFI, WifiLink(False), []) == (found.kind, found.wifi, missing)


def test_wifi_that_waits_for_its_keys_has_no_carrier_yet() -> None:
    missing: list[str] = []
    found = linux._interface(_link(UP | LOWER_UP, 5), (), "/nonexistent", missing, [])
    assert (found.up, found.carrier) == (True, False)


def _sysfs(tmp_path: Path, name: str, files: dict[str, str]) -> str:
    folder = tmp_path / "sys/class/net" / name
    folder.mkdir(parents=True)
    for file, text in files.items():
        (folder / file).write_text(text)
    return str(tmp_path)


def test_sysfs_tells_wireless_and_modem(tmp_path: Path) -> None:
    root = _sysfs(tmp_path, "w0", {"uevent": "DEVTYPE=wlan\nINTERFACE=w0\nIFINDEX=3\n"})
    _sysfs(tmp_path, "m0", {"uevent": "DEVTYPE=wwan\nINTERFACE=m0\nIFINDEX=4\n"})
    assert sysfs.About("wlan", False) == sysfs.about(root, "w0", 3)
    assert LinkKind.WIFI is kinds.of_link("w0", 1, None, "wlan")
    assert LinkKind.CELLULAR is kinds.of_link("m0", 65534, None, "wwan")


def test_a_sysfs_of_another_namespace_is_not_believed(tmp_path: Path) -> None:
    files = {"uevent": "IFINDEX=2\n", "address": "02:00:00:00:00:01\n", "speed": "1000\n"}
    root = _sysfs(tmp_path, "eth0", files)
    assert sysfs.about(root, "eth0", 9) is None
    assert sysfs.speed_mbps(root, "eth0", "02:00:00:00:00:02") is None
    assert sysfs.speed_mbps(root, "eth0", "02:00:00:00:00:01") == 1000


@pytest.mark.parametrize("text", ["-1\n", "", "65535\n", "4294967295\n", "0\n", "fast\n"])
def test_an_unknown_speed_is_none(tmp_path: Path, text: str) -> None:
    root = _sysfs(tmp_path, "eth0", {"address": "02:00:00:00:00:01\n", "speed": text})
    assert sysfs.speed_mbps(root, "eth0", "02:00:00:00:00:01") is None


@pytest.mark.parametrize(
    ("driver", "expected"),
    [
        ("wireguard", LinkKind.TUNNEL),
        ("tun", LinkKind.TUNNEL),
        ("ipip", LinkKind.TUNNEL),
        ("xfrm", LinkKind.TUNNEL),
        ("bridge", LinkKind.OTHER),
        ("bond", LinkKind.ETHERNET),
        ("wwan", LinkKind.CELLULAR),
        ("dummy", LinkKind.OTHER),
        ("a driver of tomorrow", LinkKind.OTHER),
    ],
)
def test_a_virtual_link_is_what_its_driver_makes(driver: str, expected: LinkKind) -> None:
    assert expected is kinds.of_link("x0", 1, driver, None)
