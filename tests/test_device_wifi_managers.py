"""What NetworkManager and wpa_supplicant say of a Wi-Fi that was not joined.

NetworkManager is python-dbusmock's, on a real message bus; wpa_supplicant has no template, so its
properties are given as its interface documents them.
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from jeepney.io.blocking import DBusConnection

from netcheck.device import wifi_managers
from netcheck.model.wifi import JoinTrouble, ManagerWord
from tests import mocked_modem, mocked_network_manager
from tests.mocked_network_manager import NM, ROOT, call

WIRELESS = f"{ROOT}/Devices/radio"


@pytest.fixture(scope="module")
def network_manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DBusConnection]:
    """One cable, and one radio called wlan0."""
    with mocked_network_manager.network_manager(tmp_path_factory.mktemp("bus")) as found:
        call(found, ROOT, "AddEthernetDevice", "ssu", ("cable", "eth0", 100))
        call(found, ROOT, "AddWiFiDevice", "ssu", ("radio", "wlan0", 30))
        yield found


def set_reason(connection: DBusConnection, state: int, reason: int) -> None:
    changed = {"StateReason": ("(uu)", (state, reason))}
    arguments = (f"{NM}.Device", changed)
    call(connection, WIRELESS, "UpdateProperties", "sa{sv}", arguments)


@mocked_network_manager.needed
@pytest.mark.parametrize(
    ("state", "reason", "trying", "trouble"),
    [
        (100, 0, False, None),
        (30, 0, False, None),
        (50, 0, True, None),
        (60, 8, True, JoinTrouble.WRONG_PASSPHRASE),
        (50, 8, True, None),
        (120, 7, False, JoinTrouble.WRONG_PASSPHRASE),
        (120, 11, False, JoinTrouble.SILENT),
        (120, 53, False, JoinTrouble.NOT_FOUND),
        (120, 5, False, JoinTrouble.NO_DHCP),
        (30, 9999, False, None),
    ],
)
def test_what_network_manager_says(
    network_manager: DBusConnection,
    state: int,
    reason: int,
    trying: bool,
    trouble: JoinTrouble | None,
) -> None:
    set_reason(network_manager, state, reason)
    raw = f"state {state}, reason {reason}"
    assert wifi_managers.read("wlan0") == (ManagerWord("NetworkManager", raw, trying, trouble),)


@mocked_network_manager.needed
def test_an_interface_it_does_not_know_has_no_word(network_manager: DBusConnection) -> None:
    assert wifi_managers.read("wlan7") == ()


@mocked_network_manager.needed
def test_a_service_that_is_gone_or_refuses_has_no_word(tmp_path: Path) -> None:
    with mocked_modem.bus(tmp_path):
        assert wifi_managers.read("wlan0") == ()


def test_without_a_bus_there_is_no_word(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(os.environ, "DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    assert wifi_managers.read("wlan0") == ()


def test_on_a_system_without_d_bus_the_room_loads_and_there_is_no_word() -> None:
    """jeepney comes with Linux alone."""
    code = (
        "import sys; sys.modules['jeepney'] = None; "
        "from netcheck.device import wifi_managers, wifi_watch; "
        "sys.exit(wifi_managers.read('wlan0') != ())"
    )
    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


@pytest.mark.parametrize(
    ("properties", "expected"),
    [
        (
            {"State": "scanning", "DisconnectReason": 15, "AuthStatusCode": 0},
            ManagerWord("wpa_supplicant", "scanning, reason 15, status None", True, reason=15),
        ),
        (
            {"State": "disconnected", "DisconnectReason": -3, "AssocStatusCode": 17},
            ManagerWord(
                "wpa_supplicant", "disconnected, reason -3, status 17", False, reason=3, status=17
            ),
        ),
        (
            {"State": "inactive", "DisconnectReason": 0, "AuthStatusCode": 0, "AssocStatusCode": 0},
            ManagerWord("wpa_supplicant", "inactive, reason 0, status None", False),
        ),
        ({}, None),
        ({"State": 7, "DisconnectReason": "?"}, None),
    ],
)
def test_what_wpa_supplicant_says(
    properties: dict[str, object], expected: ManagerWord | None
) -> None:
    assert wifi_managers.word_of_supplicant(properties.get) == expected
