"""A phone without root, as far as Linux can be made to look like one: netlink refused, nothing
compiled installed, Termux:API a script. No phone was there to run it on."""

import json
import os
import stat
import struct
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.device import ioctl_interfaces, termux_wifi
from netcheck.model.device import Address
from netcheck.model.observation import Family
from netcheck.model.wifi_link import NamePermission, WifiLink
from tests.command import PATIENCE_S, Ended, environment, isolation

POINTER_64 = struct.calcsize("P") == 8
ROW = 40 if POINTER_64 else 32


def conf_row(name: bytes, family: int, address: bytes) -> bytes:
    return (name.ljust(16, b"\0") + struct.pack("=HH", family, 0) + address).ljust(ROW, b"\0")


def test_the_kernels_list_of_interfaces_is_read_row_by_row() -> None:
    table = (
        conf_row(b"lo", 2, bytes((127, 0, 0, 1)))
        + conf_row(b"wlan0", 2, bytes((192, 0, 2, 7)))
        + conf_row(b"odd0", 5, bytes(4))
        + b"cut"
    )
    assert list(ioctl_interfaces.rows(table)) == [("lo", "127.0.0.1"), ("wlan0", "192.0.2.7")]


def test_ipv6_addresses_are_read_from_their_file() -> None:
    text = (
        "fe800000000000000000000000000001 03 40 20 80    wlan0\n"
        "20010db8000000000000000000000007 03 40 00 80    wlan0\n"
        "zz00000000000000000000000000000z 03 40 00 80    wlan0\nno line\n"
    )
    assert list(ioctl_interfaces.ipv6_rows(text)) == [
        ("wlan0", Address("fe80::1", 64, Family.IPV6, True)),
        ("wlan0", Address("2001:db8::7", 64, Family.IPV6, False)),
    ]


@given(st.binary(max_size=200), st.text(max_size=200))
def test_junk_is_no_interface_and_no_error(table: bytes, text: str) -> None:
    list(ioctl_interfaces.rows(table))
    list(ioctl_interfaces.ipv6_rows(text))


JOINED = {
    "bssid": "02:00:00:00:00:00",
    "frequency_mhz": 5180,
    "ip": "192.0.2.7",
    "link_speed_mbps": 433,
    "mac_address": "02:00:00:00:00:00",
    "network_id": -1,
    "rssi": -61,
    "ssid": "<unknown ssid>",
    "ssid_hidden": True,
    "supplicant_state": "COMPLETED",
}
HIDDEN, TOLD = NamePermission.NOT_PERMITTED, NamePermission.PERMITTED
LINKS: list[tuple[str, object, WifiLink]] = [
    (
        "joined, the name hidden",
        JOINED,
        WifiLink(True, -61, 5180, 433, authorized=True, name_permission=HIDDEN),
    ),
    (
        "the name told",
        JOINED | {"ssid": "Cafe"},
        WifiLink(True, -61, 5180, 433, authorized=True, name_permission=TOLD),
    ),
    (
        "waiting for its keys, numbers not known",
        JOINED
        | {
            "supplicant_state": "FOUR_WAY_HANDSHAKE",
            "rssi": -127,
            "link_speed_mbps": -1,
            "frequency_mhz": -1,
        },
        WifiLink(True, authorized=False, name_permission=HIDDEN),
    ),
    ("scanning", JOINED | {"supplicant_state": "SCANNING"}, WifiLink(associated=False)),
    ("no link", {"API_ERROR": "No current connection"}, WifiLink(associated=False)),
]


@pytest.mark.parametrize(("what", "answer", "expected"), LINKS, ids=[row[0] for row in LINKS])
def test_what_termux_says_of_the_wifi(what: str, answer: object, expected: WifiLink) -> None:
    assert termux_wifi.parse(answer) == expected


def test_neither_name_nor_addresses_are_kept() -> None:
    link = termux_wifi.parse(JOINED | {"ssid": "Cafe", "bssid": "de:ad:be:ef:00:01"})
    assert [word for word in ("Cafe", "de:ad", "192.0.2") if word in repr(link)] == []


JUNK = st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.just([{}])


@settings(max_examples=50)
@given(JUNK | st.dictionaries(st.sampled_from([*JOINED, "error", "API_ERROR"]), JUNK, max_size=9))
def test_junk_of_termux_is_not_measured(answer: object) -> None:
    try:
        link = termux_wifi.parse(answer)
    except (termux_wifi.NotMeasured, termux_wifi.NotPermitted):
        return
    assert link.signal_dbm is None or -127 < link.signal_dbm < 0


def test_a_refusal_of_termux_is_not_permitted() -> None:
    with pytest.raises(termux_wifi.NotPermitted):
        termux_wifi.parse({"error": "Please grant the following permission to use this command"})


# --- a whole phone, in a namespace of its own ---

AS_A_PHONE = textwrap.dedent("""
    import errno, socket, sys

    sys.getandroidapilevel = lambda: 30
    for name in ("msgspec", "psutil", "pyroute2", "jeepney"):
        sys.modules[name] = None
    whole = socket.socket

    class Refusing(whole):
        def __init__(self, family=-1, *rest, **more):
            if family == socket.AF_NETLINK:
                raise PermissionError(errno.EACCES, "Permission denied")
            super().__init__(family, *rest, **more)

    socket.socket = Refusing
""")
READ = AS_A_PHONE + textwrap.dedent("""
    import json
    from dataclasses import asdict
    from netcheck.device import reader

    here = reader()
    print(json.dumps({
        "device": asdict(here.read()),
        "route": (route := here.route_to("192.0.2.9")) and asdict(route),
        "none": (route := here.route_to("203.0.113.1")) and asdict(route),
        "neighbour": here.neighbour("192.0.2.1", "wlan0"),
    }))
""")
RUN = AS_A_PHONE + "from netcheck.cli import main\nmain()\n"
ON_WIFI = """
ip link set lo up
ip link add wlan0 type veth peer name far0
ip address add 192.0.2.7/24 dev wlan0
ip link set wlan0 up
ip link set far0 up
exec "$@"
"""


def as_a_phone(tmp_path: Path, program: str, *words: str, world: str, termux: str) -> Ended:
    tools = tmp_path / "bin"
    tools.mkdir()
    script = tools / "termux-wifi-connectioninfo"
    script.write_text(f"#!/bin/sh\n{termux}\n")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    home = environment(tmp_path, PATH=f"{tools}:{os.environ['PATH']}")
    done = subprocess.run(
        [*isolation(), "sh", "-c", world, "sh", sys.executable, "-c", program, *words],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        env=home,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_a_phone_without_netlink_tells_its_address_its_source_and_its_wifi(tmp_path: Path) -> None:
    said = f"echo '{json.dumps(JOINED)}'"
    ended = as_a_phone(tmp_path, READ, world=ON_WIFI, termux=said)
    assert (ended.code, ended.err) == (0, "")
    told = json.loads(ended.out)
    device = told["device"]
    wlan = next(one for one in device["interfaces"] if one["name"] == "wlan0")
    assert (device["system"], wlan["kind"], wlan["up"]) == ("android", "wifi", True)
    first = wlan["addresses"][0]
    assert (first["address"], first["prefix_length"]) == ("192.0.2.7", 24)
    assert (wlan["wifi"]["signal_dbm"], wlan["wifi"]["associated"]) == (-61, True)
    assert (told["route"]["interface"], told["route"]["source"]) == ("wlan0", "192.0.2.7")
    assert told["route"]["gateway"] is None
    assert (told["none"] or {"interface": None})["interface"] is None
    assert told["neighbour"] is None
    assert {"gateways", "neighbours", "wifi-name"} <= set(device["not_permitted"])
    known = {"interfaces", "addresses", "carrier", "wifi"}
    assert known & {*device["not_permitted"], *device["not_measured"]} == set()


def test_without_termux_s_app_the_wifi_is_not_measured_and_nothing_waits_long(
    tmp_path: Path,
) -> None:
    ended = as_a_phone(tmp_path, READ, world=ON_WIFI, termux="exec sleep 30")
    device = json.loads(ended.out)["device"]
    assert "wifi" in {*device["not_measured"], *device["not_permitted"]}
    assert device["interfaces"] != []


@pytest.mark.parametrize("world", ['exec "$@"', ON_WIFI], ids=["no network", "a dead Wi-Fi"])
def test_a_run_needs_nothing_compiled_to_come_to_a_verdict(tmp_path: Path, world: str) -> None:
    ended = as_a_phone(tmp_path, RUN, "--json", "--budget", "4", world=world, termux="echo nothing")
    result = json.loads(ended.out)
    assert (result["schema"], "Traceback" in ended.err) == ("netcheck.result/1", False)
    assert result["verdict"]["side"] in ("local", "inconclusive")
    assert ended.code in (10, 14)
