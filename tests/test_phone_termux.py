"""The phone that netcheck runs on, by Termux:API's JSON and by programs that print it."""

import json
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.model.phone import (
    Generation,
    Phone,
    PhoneLine,
    ServiceState,
    SignalLevel,
    SimState,
    Source,
)
from netcheck.phone import termux
from netcheck.phone.contract import CannotRead, Fact, Unread
from netcheck.phone.termux import TermuxReader
from tests.android_dumps import CANARIES

ABOUT: dict[str, Any] = {
    "data_enabled": "true",
    "data_activity": "none",
    "data_state": "connected",
    "device_id": CANARIES["IMEI"],
    "device_software_version": "00",
    "phone_count": 2,
    "phone_type": "gsm",
    "network_operator": "310410",
    "network_operator_name": "AT&T",
    "network_country_iso": "us",
    "network_type": "lte",
    "network_roaming": False,
    "sim_country_iso": "us",
    "sim_operator": "310410",
    "sim_operator_name": "Cricket",
    "sim_serial_number": CANARIES["ICCID"],
    "sim_subscriber_id": CANARIES["IMSI"],
    "sim_state": "ready",
}
CELLS: list[dict[str, Any]] = [
    {"type": "lte", "registered": False, "asu": 20, "dbm": -120, "level": 1},
    {
        "type": "lte",
        "registered": True,
        "asu": 40,
        "dbm": -97,
        "level": 2,
        "ci": int(CANARIES["cell id"]),
        "pci": 120,
        "tac": int(CANARIES["tracking area"]),
        "mcc": 310,
        "mnc": 410,
        "rsrp": -97,
        "rsrq": -11,
    },
]
REFUSED = {
    "error": "Please grant the following permission to use this command: "
    "android.permission.ACCESS_FINE_LOCATION"
}


def test_a_healthy_phone_whole() -> None:
    assert termux.parse(ABOUT, CELLS) == Phone(
        source=Source.TERMUX,
        lines=(
            PhoneLine(
                sim=SimState.READY,
                data=ServiceState.HOME,
                network_name="AT&T",
                network_plmn="310410",
                sim_name="Cricket",
                sim_plmn="310410",
                generation=Generation.FOUR,
                signal_level=SignalLevel.MODERATE,
                signal_dbm=-97,
                bearer_connected=True,
                roaming=False,
            ),
        ),
        mobile_data_on=True,
        not_measured=(
            Fact.EMERGENCY_ONLY,
            Fact.PACKET_SERVICE,
            Fact.WIFI_CALLING_TUNNEL,
            Fact.WIFI_CALLING_SWITCH,
            Fact.AIRPLANE_MODE,
            Fact.PRIVATE_DNS,
        ),
    )


@pytest.mark.parametrize(
    ("values", "sim", "data", "connected", "tunnel"),
    [
        ({"network_roaming": True}, SimState.READY, ServiceState.ROAMING, True, None),
        (
            {"network_operator": "", "network_type": "unknown", "data_state": "disconnected"},
            SimState.READY,
            ServiceState.OUT_OF_SERVICE,
            False,
            None,
        ),
        ({"network_type": "iwlan"}, SimState.READY, None, True, True),
        ({"sim_state": "pin_required"}, SimState.LOCKED, ServiceState.HOME, True, None),
        ({"sim_state": "absent"}, SimState.ABSENT, ServiceState.HOME, True, None),
        ({"sim_state": "somewhere"}, None, ServiceState.HOME, True, None),
    ],
    ids=["abroad", "no network", "Wi-Fi calling", "PIN", "no SIM", "a word nobody knows"],
)
def test_what_the_phone_says_of_its_state(
    values: dict[str, Any],
    sim: SimState | None,
    data: ServiceState | None,
    connected: bool,
    tunnel: bool | None,
) -> None:
    phone = termux.parse({**ABOUT, **values}, None)
    assert phone is not None
    line = phone.lines[0]
    assert (line.sim, line.data, line.bearer_connected, line.wifi_calling_tunnel) == (
        sim,
        data,
        connected,
        tunnel,
    )


def test_a_place_that_is_withheld_is_not_permitted() -> None:
    phone = termux.parse(ABOUT, REFUSED)
    assert phone is not None
    assert phone.not_permitted == (Fact.SIGNAL,)
    assert Fact.SIGNAL not in phone.not_measured


def test_no_identifier_is_kept() -> None:
    told = repr(termux.parse(ABOUT, CELLS))
    assert [name for name, value in CANARIES.items() if value in told] == []


def _programs(folder: Path, device: str, cells: str = "echo '[]'") -> None:
    for name, text in (("deviceinfo", device), ("cellinfo", cells)):
        path = folder / f"termux-telephony-{name}"
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    return tmp_path


def test_the_programs_are_asked(folder: Path) -> None:
    _programs(folder, f"echo '{json.dumps(ABOUT)}'", f"echo '{json.dumps(CELLS)}'")
    assert TermuxReader().read(5) == termux.parse(ABOUT, CELLS)


def test_a_second_program_that_hangs_costs_only_its_answer(folder: Path) -> None:
    _programs(folder, f"echo '{json.dumps(ABOUT)}'", "sleep 30")
    phone = TermuxReader().read(0.6)
    assert phone.lines[0].data is ServiceState.HOME
    assert Fact.SIGNAL in phone.not_measured


@pytest.mark.parametrize(
    ("device", "why"),
    [
        (f"echo '{json.dumps(REFUSED)}'", Unread.NOT_PERMITTED),
        ("echo 'Termux:API is not yet available on Google Play'", Unread.NOT_UNDERSTOOD),
        ("true", Unread.NOT_UNDERSTOOD),
        ("sleep 30", Unread.TIMEOUT),  # the app behind the program is not installed
    ],
)
def test_why_the_phone_cannot_be_read(folder: Path, device: str, why: Unread) -> None:
    _programs(folder, device)
    began_s = time.monotonic()
    with pytest.raises(CannotRead) as told:
        TermuxReader().read(0.6)
    assert told.value.why is why
    assert time.monotonic() - began_s < 8


def test_without_termux_api_it_says_so(folder: Path) -> None:
    with pytest.raises(CannotRead) as told:
        TermuxReader().read(1)
    assert told.value.why is Unread.NO_PROGRAM


_ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*ABOUT, *CELLS[1], "error"]), inner, max_size=6)
    ),
    max_leaves=12,
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(_ANY, _ANY)
def test_whatever_the_programs_print_is_read_without_an_error(about: Any, cells: Any) -> None:
    phone = termux.parse(about, cells)
    assert phone is None or isinstance(phone, Phone)
    if isinstance(about, dict):
        assert isinstance(termux.parse({**ABOUT, **about}, cells), Phone)
