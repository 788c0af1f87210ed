"""What Windows' own settings say: its proxy, by WinHTTP; and how its libraries are loaded."""

import ctypes
import time
from types import SimpleNamespace
from typing import Any

import pytest

from netcheck.device import settings, windows_nlm
from netcheck.device.settings import Proxy
from netcheck.device.windows_calls import Function, Guid, Missing, load, text, text_at, wide
from netcheck.device.windows_winhttp import for_https, proxy
from tests.windows_memory import FakeWindows


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        ("proxy.example:3128", "proxy.example:3128"),
        ("http=a.example:80;https=b.example:8080;socks=c.example:1080", "b.example:8080"),
        ("http=a.example:80 https=b.example:8080", "b.example:8080"),
        ("socks=c.example:1080", "socks://c.example:1080"),
        ("http=a.example:80", None),
        ("", None),
    ],
)
def test_the_proxy_for_https_is_taken_out_of_what_windows_keeps(
    named: str, expected: str | None
) -> None:
    assert for_https(named) == expected


@pytest.mark.parametrize(
    ("user", "machine", "expected"),
    [
        (
            (False, "", "p.example:3128"),
            "m.example:80",
            Proxy("system settings", "p.example", 3128),
        ),
        ((True, "", ""), "m.example:80", Proxy("system settings", "m.example", 80)),
        ((True, "http://wpad.example/p.dat", ""), "m.example:80", None),
        (
            (False, "http://wpad.example/p.dat", "p.example"),
            "",
            Proxy("system settings", "p.example", 80),
        ),
        ((False, "", ""), "", None),
        (2, "", None),  # nobody has ever set one
        (5, "m.example:80", None),  # denied: then the machine's says nothing of this user's
        ((False, "", "p.example:notaport"), "", None),
    ],
)
def test_the_users_setting_goes_before_the_machines(
    user: tuple[bool, str, str] | int, machine: str, expected: Proxy | None
) -> None:
    fake = FakeWindows(user_proxy=user, machine_proxy=machine)
    assert proxy(fake.load) == expected
    assert fake.lent == {}  # every text was given back


def test_a_socks_proxy_does_not_speak_http_and_a_password_is_not_kept() -> None:
    fake = FakeWindows(user_proxy=(False, "", "socks=c.example:1080"))
    found = proxy(fake.load)
    assert found == Proxy("system settings", "c.example", 1080, speaks_http=False)
    fake = FakeWindows(user_proxy=(False, "", "http://someone:secret@p.example:81"))
    assert proxy(fake.load) == Proxy("system settings", "p.example", 81)


def test_windows_is_asked_where_the_environment_names_none(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeWindows(user_proxy=(False, "", "p.example:3128"))
    for variable in settings._PROXY_VARIABLES:
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr("netcheck.device.windows_winhttp.proxy", lambda: proxy(fake.load))
    monkeypatch.setattr("sys.platform", "win32")
    assert settings.proxy() == Proxy("system settings", "p.example", 3128)
    monkeypatch.setenv("HTTPS_PROXY", "http://e.example:8")
    assert settings.proxy() == Proxy("HTTPS_PROXY", "e.example", 8)
    assert settings.proxy({}) is None


def test_another_system_has_none_of_the_libraries() -> None:
    with pytest.raises(Missing):
        load("iphlpapi.dll", {})


def test_libraries_come_from_the_systems_own_folder_and_lack_what_is_younger(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[tuple[str, dict[str, Any]]] = []

    def loader(name: str, **how: Any) -> SimpleNamespace:
        asked.append((name, how))
        if name == "gone.dll":
            raise OSError(126, "The specified module could not be found")
        return SimpleNamespace(Old=lambda number: number + 1)

    monkeypatch.setattr(ctypes, "WinDLL", loader, raising=False)
    monkeypatch.setattr(ctypes, "get_last_error", lambda: 87, raising=False)
    one = Function(ctypes.c_uint32, (ctypes.c_uint32,))
    library = load("some.dll", {"Old": one, "Young": one})
    assert (library.call("Old", 1), library.last_error()) == (2, 87)
    with pytest.raises(Missing):
        library.call("Young", 1)
    with pytest.raises(Missing):
        load("gone.dll", {})
    assert asked[0] == ("some.dll", {"use_last_error": True, "winmode": 0x800})


def test_texts_of_two_bytes_a_letter_there_and_back() -> None:
    raw = wide("Wi-Fi à 😀")
    assert text(bytes(raw)) == text_at(ctypes.addressof(raw)) == "Wi-Fi à 😀"
    assert (text(b""), text(b"a"), text_at(None)) == ("", "", None)
    assert text(b"\x00\xd8a\x00") == "\ufffda"  # half of a pair


def test_a_guid_lies_in_memory_as_windows_keeps_it() -> None:
    guid = Guid.of("{dcb00c01-570f-4a9b-8d69-199fdba5723b}")
    assert (guid.Data1, guid.Data2, guid.Data3) == (0xDCB00C01, 0x570F, 0x4A9B)
    assert bytes(guid.Data4).hex() == "8d69199fdba5723b"


def test_an_opinion_that_takes_too_long_is_left_alone() -> None:
    fake = FakeWindows()
    whole = fake._CoCreateInstance

    def slow(*arguments: int) -> int:
        time.sleep(1.0)
        return whole(*arguments)

    fake._CoCreateInstance = slow  # type: ignore[method-assign]
    began_s = time.monotonic()
    assert windows_nlm.opinion(fake.load, within_s=0.05) is None
    assert time.monotonic() - began_s < 0.9
