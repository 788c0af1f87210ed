"""What Android phones of several versions say, by key, with the unknown kept unknown."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.model.phone import (
    Generation,
    Phone,
    PhoneLine,
    PrivateDns,
    ServiceState,
    SignalLevel,
    SimState,
)
from netcheck.phone import android, registry
from netcheck.phone.contract import Fact
from tests import android_dumps as dumps
from tests.android_dumps import CANARIES, dump


def _line(state: str) -> PhoneLine:
    (slot,) = registry.parse(dump(state)).slots
    return slot.line


SERVICE = [
    # what the phone is in, its dump, and: voice, data, SOS, refused with, tunnel over Wi-Fi
    ("service at home", dumps.HEALTHY, "home", "home", False, None, False),
    ("service abroad", dumps.ROAMING, "roaming", "roaming", False, None, None),
    ("SOS, denied by its network", dumps.SOS_DENIED, "denied", "denied", True, 15, False),
    (
        "SOS, on a strange network",
        dumps.SOS_CAMPED,
        "emergency-only",
        "emergency-only",
        True,
        None,
        False,
    ),
    ("search", dumps.SEARCHING, "searching", "searching", False, None, None),
    ("no coverage", dumps.NO_COVERAGE, "out-of-service", "out-of-service", False, None, None),
    (
        "Wi-Fi calling without coverage",
        dumps.WIFI_CALLING_WITHOUT_COVERAGE,
        "searching",
        "searching",
        False,
        None,
        True,
    ),
    (
        "Wi-Fi calling in airplane mode",
        dumps.WIFI_CALLING_IN_AIRPLANE_MODE,
        "radio-off",
        "radio-off",
        False,
        None,
        True,
    ),
    ("calls without data", dumps.VOICE_WITHOUT_DATA, "home", "denied", False, 7, None),
    ("data, calls by IMS", dumps.DATA_BY_IMS_ALONE, "denied", "home", False, None, None),
    ("Android 9 at home", dumps.ANDROID_9_HEALTHY, "home", "home", False, None, None),
    (
        "Android 9 on Wi-Fi calling",
        dumps.ANDROID_9_TUNNEL,
        "out-of-service",
        None,
        False,
        None,
        True,
    ),
]


@pytest.mark.parametrize(
    ("state", "voice", "data", "sos", "cause", "tunnel"),
    [row[1:] for row in SERVICE],
    ids=[row[0] for row in SERVICE],
)
def test_a_phone_with(
    state: str, voice: str, data: str | None, sos: bool, cause: int | None, tunnel: bool | None
) -> None:
    line = _line(state)
    assert (voice, data, sos, cause, tunnel) == (
        line.voice,
        line.data,
        bool(line.emergency_only),
        line.reject_cause,
        line.wifi_calling_tunnel,
    )


def test_a_healthy_line_whole() -> None:
    assert _line(dumps.HEALTHY) == PhoneLine(
        slot=1,
        voice=ServiceState.HOME,
        data=ServiceState.HOME,
        network_name="AT&T",
        network_plmn="310410",
        generation=Generation.FOUR,
        signal_level=SignalLevel.GOOD,
        signal_dbm=-105,
        packet_attached=True,
        bearer_connected=True,
        roaming=False,
        emergency_only=False,
        wifi_calling_tunnel=False,
        preferred=True,
    )


def test_a_phone_without_service_has_no_network_to_name() -> None:
    for state in (dumps.SOS_DENIED, dumps.SOS_CAMPED, dumps.SEARCHING):
        assert (_line(state).network_name, _line(state).network_plmn) == (None, None)


def test_two_sims_are_told_apart() -> None:
    read = registry.parse(dump(dumps.SOS_DENIED, dumps.ROAMING, preferred=1))
    told = [(slot.line.slot, slot.line.voice, slot.line.preferred) for slot in read.slots]
    assert told == [(1, ServiceState.DENIED, False), (2, ServiceState.ROAMING, True)]


def test_a_vendors_own_word_is_counted_and_not_guessed() -> None:
    read = registry.parse(dump(dumps.SAMSUNG_11))
    line = read.slots[0].line
    assert read.unknown == 1
    assert (line.voice, line.network_name, line.network_plmn) == (
        ServiceState.HOME,
        "Verizon",
        "311480",
    )


def test_what_a_phone_has_not_been_told_yet_is_unknown() -> None:
    assert _line("null").voice is None


def test_a_signal_that_the_vendor_hides_is_unknown() -> None:
    text = dump(dumps.HEALTHY).replace("mLte=CellSignalStrengthLte", "mLte=Invalid")
    line = registry.parse(text).slots[0].line
    assert (line.signal_level, line.signal_dbm) == (None, None)


def test_a_phone_whole() -> None:
    phone = android.phone(
        dump(dumps.HEALTHY),
        {
            "gsm.sim.state": "LOADED,PIN_REQUIRED",
            "gsm.operator.numeric": "310410,",
            "gsm.sim.operator.numeric": "310410,26202",
            "gsm.sim.operator.alpha": "Cricket,Vodafone.de",
        },
        {
            "airplane_mode_on": "0",
            "mobile_data": "0",
            "wifi_on": "1",
            "private_dns_mode": "hostname",
        },
        "Row: 0 sim_id=0, wfc_ims_enabled=0\nRow: 1 sim_id=1, wfc_ims_enabled=-1\n",
    )
    assert phone is not None
    first, second = phone.lines
    assert (first.sim, first.sim_name, first.sim_plmn, first.wifi_calling_enabled) == (
        SimState.READY,
        "Cricket",
        "310410",
        False,
    )
    assert (second.slot, second.sim, second.sim_plmn, second.wifi_calling_enabled) == (
        2,
        SimState.LOCKED,
        "26202",
        None,
    )
    assert (phone.airplane_mode, phone.wifi_on, phone.private_dns) == (
        False,
        True,
        PrivateDns.CHOSEN,
    )
    assert phone.not_measured == ()


@pytest.mark.parametrize(
    ("settings", "registry_says", "on"),
    [
        ({"mobile_data": "0"}, "false", False),
        ({"mobile_data": "1"}, "false", True),
        ({"mobile_data": "1", "mobile_data_of_sim": "0"}, "false", False),
        ({"mobile_data": "0"}, "true", True),
        ({}, "false", False),
        ({"airplane_mode_on": "0"}, "", None),
    ],
)
def test_mobile_data_is_off_only_where_the_setting_says_so(
    settings: dict[str, str], registry_says: str, on: bool | None
) -> None:
    text = dump(dumps.HEALTHY).replace(
        "mUserMobileDataState= true", f"mUserMobileDataState= {registry_says}"
    )
    phone = android.phone(text, {}, settings, None)
    assert phone is not None
    assert phone.mobile_data_on is on


def test_what_the_phone_withholds_is_not_permitted_and_what_it_lacks_not_measured() -> None:
    phone = android.phone(
        "Permission Denial: can't dump TelephonyRegistry from pid=1, uid=2000",
        {"gsm.sim.state": "ABSENT"},
        {"airplane_mode_on": "1"},
        "Error while accessing provider:telephony\njava.lang.SecurityException: no\n",
    )
    assert phone is not None
    assert phone.not_permitted == (Fact.SERVICE, Fact.WIFI_CALLING_SWITCH)
    assert Fact.SERVICE not in phone.not_measured
    assert {Fact.SIGNAL, Fact.PRIVATE_DNS, Fact.MOBILE_DATA} <= set(phone.not_measured)
    assert phone.lines[0].sim is SimState.ABSENT


def test_nothing_known_is_no_phone() -> None:
    assert android.phone("Can't find service: telephony.registry\n", {}, {}, None) is None
    assert android.phone(None, None, None, None) is None


def test_no_identifier_is_kept() -> None:
    states = (dumps.HEALTHY, dumps.SOS_DENIED, dumps.ANDROID_9_HEALTHY, dumps.SAMSUNG_11)
    text = dump(*states)
    told = repr(registry.parse(text)) + repr(android.phone(text, {}, {}, None))
    assert [name for name, value in CANARIES.items() if value in told] == []
    assert [name for name in ("cell id", "tracking area") if CANARIES[name] not in text] == []


def test_a_name_that_holds_a_number_is_no_name() -> None:
    text = dump(dumps.HEALTHY.replace("=AT&T,", f"=Line {CANARIES['phone number']},"))
    assert registry.parse(text).slots[0].line.network_name is None


_PIECES = [
    *(dump(state) for state in (dumps.HEALTHY, dumps.SOS_DENIED, dumps.ANDROID_9_HEALTHY)),
    "Phone Id=",
    "mServiceState={",
    "NetworkRegistrationInfo{",
    "registrationState=",
    "rejectCause=-9",
    "=",
    "\n",
    "}",
    "2147483648",
    "99999999999999999999",
]


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.lists(st.sampled_from(_PIECES) | st.text(max_size=30), max_size=12), st.integers(0, 4000))
def test_whatever_a_phone_prints_is_read_without_an_error(pieces: list[str], cut: int) -> None:
    text = "".join(pieces)[cut:]
    values = dict.fromkeys(android.PROPERTIES, text[:40])
    phone = android.phone(text, values, {"private_dns_mode": text[:9]}, text)
    assert phone is None or isinstance(phone, Phone)
    if phone is not None:
        for line in phone.lines:
            assert line.signal_dbm is None or -150 <= line.signal_dbm < 0
            assert line.reject_cause is None or 1 <= line.reject_cause <= 255
