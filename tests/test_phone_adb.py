"""A phone on a cable, read over an adb that is a shell script (see tests/fake_phone.py)."""

import time
from pathlib import Path

import pytest

from netcheck.model.phone import (
    Phone,
    PhoneTest,
    PhoneTestKind,
    PrivateDns,
    ServiceState,
    SimState,
    Source,
)
from netcheck.phone import from_the_phone
from netcheck.phone.adb import AdbReader
from netcheck.phone.contract import CannotRead, Fact, Unread
from tests.android_dumps import CANARIES, HEALTHY, SERIAL, SOS_DENIED, dump
from tests.fake_phone import FakePhone

_LISTED = "List of devices attached\n"
_PING = """#!/bin/sh
case "$6" in
dead.example) echo "ping: unknown host dead.example"; exit 2 ;;
silent.example) echo "PING silent.example (192.0.2.2) 56(84) bytes of data."; echo
    echo "1 packets transmitted, 0 received, 100% packet loss, time 0ms"; exit 1 ;;
esac
echo "PING $6 (192.0.2.1) 56(84) bytes of data."
echo "64 bytes from 192.0.2.1: icmp_seq=1 ttl=57 time=9.1 ms"
echo "1 packets transmitted, 1 received, 0% packet loss, time 0ms"
"""
_NC = """#!/bin/sh
[ "$5" = open.example ] && exit 0
echo "nc: Timeout"; exit 1
"""
_TIMEOUT = '#!/bin/sh\nshift\nexec "$@"\n'
_NETWORK = {"ping": _PING.replace("$6", "$5"), "nc": _NC, "timeout": _TIMEOUT}


def _read(phone: FakePhone, folder: Path, timeout_s: float = 20.0, **options: object) -> Phone:
    program = str(phone.plug(folder))
    return AdbReader(program=program, **options).read(timeout_s)  # type: ignore[arg-type]


def _refusal(phone: FakePhone, folder: Path, **options: object) -> Unread:
    with pytest.raises(CannotRead) as told:
        _read(phone, folder, **options)
    assert not any(value in f"{told.value!r} {told.value}" for value in CANARIES.values())
    return told.value.why


@pytest.fixture(autouse=True)
def _no_phone_of_ones_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANDROID_SERIAL", raising=False)


def test_a_healthy_phone_is_read_whole(tmp_path: Path) -> None:
    phone = _read(FakePhone(), tmp_path)
    line = phone.lines[0]
    assert (phone.source, phone.airplane_mode, phone.mobile_data_on, phone.private_dns) == (
        Source.ADB,
        False,
        True,
        PrivateDns.AUTOMATIC,
    )
    assert (line.voice, line.sim, line.network_plmn, line.sim_name, line.wifi_calling_enabled) == (
        ServiceState.HOME,
        SimState.READY,
        "310410",
        "Cricket",
        True,
    )
    assert phone.not_measured == (Fact.TESTS,)


def test_sos_is_read(tmp_path: Path) -> None:
    line = _read(FakePhone(registry=dump(SOS_DENIED)), tmp_path).lines[0]
    assert (bool(line.emergency_only), line.reject_cause) == (True, 15)


def test_the_registry_is_filtered_on_the_phone(tmp_path: Path) -> None:
    """The caller's number and the logs never cross the cable."""
    phone = FakePhone()
    program = phone.plug(tmp_path)
    asked = next(c for c in AdbReader().commands if "telephony.registry" in c)
    script = asked.removeprefix("adb shell ")
    from netcheck.device.program import run

    text = run([str(program), "-s", SERIAL, "shell", script], 5).text
    assert "mServiceState" in text
    assert CANARIES["phone number"] not in text
    assert "local logs" not in text


@pytest.mark.parametrize(
    ("devices", "why"),
    [
        (_LISTED + "\n", Unread.NO_PHONE),
        (_LISTED + f"{SERIAL}\tunauthorized\n\n", Unread.UNAUTHORIZED),
        (_LISTED + f"{SERIAL}\toffline\n\n", Unread.OFFLINE),
        (_LISTED + f"{SERIAL}\tsideload\n\n", Unread.OFFLINE),
        (
            _LISTED + f"{SERIAL}\tno permissions (user in plugdev group; are your udev rules "
            "wrong?); see [http://developer.android.com/tools/device.html]\n\n",
            Unread.NOT_PERMITTED,
        ),
        (_LISTED + f"{SERIAL}\tdevice\nemulator-5554\tdevice\n\n", Unread.SEVERAL_PHONES),
    ],
)
def test_why_no_phone_can_be_read(tmp_path: Path, devices: str, why: Unread) -> None:
    assert _refusal(FakePhone(devices=devices), tmp_path) is why


def test_one_of_two_phones_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    two = FakePhone(devices=_LISTED + f"{SERIAL}\tdevice\nemulator-5554\tdevice\n\n")
    assert _read(two, tmp_path, serial=SERIAL).lines[0].voice is ServiceState.HOME
    assert _refusal(two, tmp_path, serial="another") is Unread.UNKNOWN_PHONE
    monkeypatch.setenv("ANDROID_SERIAL", SERIAL)
    assert _read(two, tmp_path).lines[0].voice is ServiceState.HOME


def test_a_phone_that_is_not_ready_does_not_hide_one_that_is(tmp_path: Path) -> None:
    devices = _LISTED + f"OTHER\tunauthorized\n{SERIAL}\tdevice\n\n"
    assert _read(FakePhone(devices=devices), tmp_path).lines


def test_without_adb_it_says_so() -> None:
    with pytest.raises(CannotRead) as told:
        AdbReader(program="an-adb-that-is-not-there").read(1)
    assert told.value.why is Unread.NO_PROGRAM


def test_an_adb_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    hanging = "#!/bin/sh\nsleep 60 & wait\n"
    program = str(FakePhone().plug(tmp_path, adb=hanging))
    began_s = time.monotonic()
    with pytest.raises(CannotRead) as told:
        AdbReader(program=program).read(0.5)
    assert told.value.why is Unread.TIMEOUT
    assert time.monotonic() - began_s < 8


def test_a_question_that_hangs_costs_only_its_own_answer(tmp_path: Path) -> None:
    slow = FakePhone(programs={"dumpsys": "#!/bin/sh\nsleep 60\n"})
    phone = _read(slow, tmp_path, timeout_s=8)
    assert phone.airplane_mode is False
    assert phone.lines[0].sim is SimState.READY
    assert Fact.SERVICE in phone.not_measured


def test_a_phone_that_is_pulled_out_is_offline(tmp_path: Path) -> None:
    pulled = '#!/bin/sh\n[ "$1" = devices ] && cat "$PHONE/devices" || exit 1\n'
    program = str(FakePhone().plug(tmp_path, adb=pulled))
    with pytest.raises(CannotRead) as told:
        AdbReader(program=program).read(5)
    assert told.value.why is Unread.OFFLINE


def test_an_adb_server_that_keeps_the_pipe_open_holds_nobody_up(tmp_path: Path) -> None:
    leaves_one = '#!/bin/sh\nsleep 20 &\n[ "$1" = devices ] && cat "$PHONE/devices" || echo hello\n'
    program = str(FakePhone(devices=_LISTED + "\n").plug(tmp_path, adb=leaves_one))
    began_s = time.monotonic()
    with pytest.raises(CannotRead) as told:
        AdbReader(program=program).read(10)
    assert told.value.why is Unread.NO_PHONE
    assert time.monotonic() - began_s < 8


def test_the_phone_looks_up_and_connects_itself(tmp_path: Path) -> None:
    hosts = ("open.example", "silent.example", "dead.example")
    phone = _read(FakePhone(programs=_NETWORK), tmp_path, hosts=hosts)
    lookup, ping, connect = PhoneTestKind.LOOKUP, PhoneTestKind.PING, PhoneTestKind.CONNECT
    assert phone.tests == (
        PhoneTest(lookup, "open.example", None, True),
        PhoneTest(ping, "open.example", None, True),
        PhoneTest(connect, "open.example", 443, True),
        PhoneTest(lookup, "silent.example", None, True),
        PhoneTest(ping, "silent.example", None, False),
        PhoneTest(connect, "silent.example", 443, False),
        PhoneTest(lookup, "dead.example", None, False),
        PhoneTest(ping, "dead.example", None, None),
        PhoneTest(connect, "dead.example", 443, None),
    )
    assert Fact.TESTS not in phone.not_measured


def test_a_shell_without_the_programs_proves_nothing(tmp_path: Path) -> None:
    programs = dict.fromkeys(
        ("ping", "nc", "timeout"), '#!/bin/sh\necho "sh: $0: inaccessible or not found"; exit 127\n'
    )
    phone = _read(FakePhone(programs=programs), tmp_path, hosts=("open.example",))
    assert [test.passed for test in phone.tests] == [None, None, None]
    assert Fact.TESTS in phone.not_measured


@pytest.mark.parametrize(
    "host", ["a b.example", "x.example;reboot", "$(id).example", "-n.example", ""]
)
def test_no_shell_is_given_a_name_that_is_none(host: str) -> None:
    assert from_the_phone.script(host) is None
    assert AdbReader(hosts=(host,)).commands == AdbReader().commands


def test_no_identifier_crosses_the_reader(tmp_path: Path) -> None:
    phone = _read(FakePhone(registry=dump(HEALTHY, SOS_DENIED)), tmp_path)
    assert [name for name, value in CANARIES.items() if value in repr(phone)] == []
