"""A modem in a Windows device, by objects with the names and values of the pywinrt projection.

Not run on Windows: what the documentation says, and what netcheck makes of it.
"""

import sys
from dataclasses import dataclass, field
from types import ModuleType

import pytest

from netcheck.model.phone import (
    Generation,
    Phone,
    PhoneLine,
    ServiceState,
    SignalLevel,
    Source,
)
from netcheck.phone import windows
from netcheck.phone.contract import CannotRead, Fact, Unread
from netcheck.phone.windows import WindowsReader
from tests.android_dumps import CANARIES

_MODULE = "winrt.windows.networking.connectivity"


@dataclass
class Details:
    """WwanConnectionProfileDetails."""

    registration: int = 3
    data_class: int = 0x20
    home_provider_id: str = "310410"
    access_point_name: str = f"subscriber-{CANARIES['phone number']}"

    def get_network_registration_state(self) -> int:
        return self.registration

    def get_current_data_class(self) -> int:
        return self.data_class


@dataclass
class Profile:
    """ConnectionProfile. `profile_name` is where some drivers write the number of the SIM."""

    wwan_connection_profile_details: Details = field(default_factory=Details)
    is_wwan_connection_profile: bool = True
    bars: int | None = 4
    level: int = 3
    profile_name: str = CANARIES["ICCID"]

    def get_signal_bars(self) -> int | None:
        return self.bars

    def get_network_connectivity_level(self) -> int:
        return self.level


class Withheld:
    """What Windows answers with E_ACCESSDENIED."""

    is_wwan_connection_profile = True

    @property
    def wwan_connection_profile_details(self) -> Details:
        raise PermissionError(13, "access denied")


def test_a_healthy_modem_whole() -> None:
    assert windows.parse([Profile(is_wwan_connection_profile=False), Profile()]) == Phone(
        source=Source.WINDOWS,
        lines=(
            PhoneLine(
                data=ServiceState.HOME,
                sim_plmn="310410",
                generation=Generation.FOUR,
                signal_level=SignalLevel.GREAT,
                packet_attached=True,
                bearer_connected=True,
                roaming=False,
            ),
        ),
        not_measured=(
            Fact.EMERGENCY_ONLY,
            Fact.NETWORK,
            Fact.SIM,
            Fact.WIFI_CALLING_TUNNEL,
            Fact.WIFI_CALLING_SWITCH,
            Fact.AIRPLANE_MODE,
            Fact.MOBILE_DATA,
            Fact.PRIVATE_DNS,
        ),
    )


@pytest.mark.parametrize(
    ("number", "voice", "data"),
    [
        (0, None, None),
        (1, None, ServiceState.OUT_OF_SERVICE),
        (2, None, ServiceState.SEARCHING),
        (3, None, ServiceState.HOME),
        (4, None, ServiceState.ROAMING),
        (5, None, ServiceState.ROAMING),
        (6, ServiceState.DENIED, None),
    ],
)
def test_the_registration_is_told(
    number: int, voice: ServiceState | None, data: ServiceState | None
) -> None:
    (line,) = windows.parse([Profile(Details(registration=number))]).lines
    assert (line.voice, line.data) == (voice, data)


def test_a_registration_that_nobody_knows_is_counted() -> None:
    phone = windows.parse([Profile(Details(registration=42))])
    assert (phone.lines[0].data, phone.unknown) == (None, 1)


@pytest.mark.parametrize(
    ("data_class", "generation"),
    [
        (0x2, Generation.TWO),
        (0x8 | 0x10, Generation.THREE),
        (0x20 | 0x40, Generation.FOUR),
        (0x80, Generation.FIVE),
        (0x80000000, None),
    ],
)
def test_the_generation_is_told(data_class: int, generation: Generation | None) -> None:
    (line,) = windows.parse([Profile(Details(data_class=data_class))]).lines
    assert line.generation is generation


def test_the_profile_that_serves_counts() -> None:
    silent = Profile(Details(registration=1, home_provider_id="26202"))
    (line,) = windows.parse([silent, Profile()]).lines
    assert line.sim_plmn == "310410"


def test_without_a_mobile_profile_there_is_no_modem() -> None:
    with pytest.raises(CannotRead) as told:
        windows.parse([Profile(is_wwan_connection_profile=False)])
    assert told.value.why is Unread.NO_PHONE


def test_a_profile_that_is_withheld_is_not_understood() -> None:
    with pytest.raises(CannotRead) as told:
        windows.parse([Withheld()])
    assert told.value.why is Unread.NOT_UNDERSTOOD


def test_no_identifier_is_kept() -> None:
    told = repr(windows.parse([Profile()]))
    assert [name for name, value in CANARIES.items() if value in told] == []


def test_without_the_library_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, _MODULE, None)
    with pytest.raises(CannotRead) as told:
        WindowsReader().read(1)
    assert told.value.why is Unread.UNSUPPORTED


def test_the_reader_asks_windows(monkeypatch: pytest.MonkeyPatch) -> None:
    class NetworkInformation:
        @staticmethod
        def get_connection_profiles() -> list[Profile]:
            return [Profile()]

    for name in ("winrt", "winrt.windows", "winrt.windows.networking"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    library = ModuleType(_MODULE)
    library.NetworkInformation = NetworkInformation  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, _MODULE, library)
    assert WindowsReader().read(1).lines[0].data is ServiceState.HOME
