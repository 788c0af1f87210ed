"""A phone that is read beside a run holds nothing up, and is read once for all who wait."""

import sys
import threading
import time
from pathlib import Path

import pytest

from netcheck.agent import beside
from netcheck.agent.running import Request, Run
from netcheck.catalog import load
from netcheck.model.device import Device, Interface, LinkKind
from netcheck.model.phone import Phone, Source
from netcheck.phone.choosing import own_modem, reader
from netcheck.phone.contract import CannotRead, PhoneReader, Unread
from netcheck.phone.reading import ReaderBroke, Reading
from tests.android_dumps import CANARIES
from tests.fake_phone import FakePhone

_PHONE = Phone(source=Source.ADB)


class Reader:
    """Says what it is given, after a while."""

    source = Source.ADB
    commands = ("adb devices",)

    def __init__(self, says: Phone | Exception, after_s: float = 0.0) -> None:
        self._says = says
        self._after_s = after_s
        self.asked = 0

    def read(self, timeout_s: float) -> Phone:
        self.asked += 1
        time.sleep(self._after_s)
        if isinstance(self._says, Exception):
            raise self._says
        return self._says


def _reading(reader: PhoneReader) -> Reading:
    reading = Reading(Source.ADB, lambda: reader, 5.0)
    reading.start()
    return reading


def test_it_is_read_once_for_all_who_wait() -> None:
    reader = Reader(_PHONE, after_s=0.05)
    reading = _reading(reader)
    told: list[Phone | Unread | None] = []
    waiting = [
        threading.Thread(target=lambda: told.append(reading.wait(5)), daemon=True) for _ in range(4)
    ]
    for one in waiting:
        one.start()
    for one in waiting:
        one.join(5)
    assert told == [_PHONE] * 4
    assert reader.asked == 1


def test_whoever_waits_too_briefly_hears_nothing() -> None:
    reading = _reading(Reader(_PHONE, after_s=0.3))
    assert reading.wait(0.01) is None
    assert reading.wait(5) is _PHONE


def test_a_reading_that_never_began_ends_the_wait_too() -> None:
    assert Reading(Source.ADB, lambda: Reader(_PHONE), 5.0).wait(0.01) is None


def test_why_nothing_was_read_is_told() -> None:
    assert _reading(Reader(CannotRead(Unread.UNAUTHORIZED))).wait(5) is Unread.UNAUTHORIZED


def test_a_defect_of_ours_is_told_without_the_phone_s_words() -> None:
    reading = _reading(Reader(ValueError(f"imei={CANARIES['IMEI']}")))
    with pytest.raises(ReaderBroke) as told:
        reading.wait(5)
    assert CANARIES["IMEI"] not in str(told.value)
    assert str(told.value).startswith("ValueError in the reader of adb")


@pytest.mark.parametrize(
    ("system", "cellular", "source"),
    [
        ("linux", True, Source.MODEM),
        ("windows", True, Source.WINDOWS),
        ("windows", False, None),
        ("macos", True, None),
        ("android", True, None),
    ],
)
def test_whose_modem_is_read_unasked(system: str, cellular: bool, source: Source | None) -> None:
    assert own_modem(system, cellular=cellular) is source


def test_a_phone_that_was_asked_for_comes_before_a_modem() -> None:
    device = Device("linux", (Interface("wwan0", LinkKind.CELLULAR, True, True),), ())
    chosen = [beside.reading(asked, device) for asked in (None, Source.ADB)]
    assert [one.source if one else None for one in chosen] == [Source.MODEM, Source.ADB]
    bare = Device("macos", (), ())
    assert beside.reading(None, bare) is None


def test_a_phone_that_hangs_delays_no_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is performed but the start: no packet is sent."""
    FakePhone().plug(tmp_path, adb='#!/bin/sh\n: > "$PHONE/asked"\nsleep 15\n')
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    began_s = time.monotonic()
    run = Run(Request(catalog=load(), reads=Source.ADB))
    run._the_rest()
    phone = run.situation.phone
    assert phone is not None
    assert phone.wait(0.0) is None
    assert run.result().observations == ()
    assert time.monotonic() - began_s < 3.9
    # Until then no real adb may be found in its place, once this test's PATH is gone.
    while not (tmp_path / "asked").exists():
        assert time.monotonic() - began_s < 10
        time.sleep(0.01)


def test_a_modem_with_nothing_to_ask_it_with_is_unread_and_no_defect(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where jeepney is missing, as on a router."""
    monkeypatch.setitem(sys.modules, "netcheck.phone.modem_manager", None)
    reading = Reading(Source.MODEM, lambda: reader(Source.MODEM), 1.0)
    reading.start()
    assert reading.wait(5.0) is Unread.UNSUPPORTED
