"""Reads the modem inside a Windows device, by Windows.Networking.Connectivity.

Of Windows' ways in, this is the one that an ordinary program may use: the mobile broadband COM API
is replaced by it since version 1803, Windows.Networking.NetworkOperators needs a capability that
Microsoft grants to carriers, and `netsh mbn` speaks the user's language. It knows the registration,
the SIM's own network, the technology and the bars; nothing of the SIM's state, of voice beyond
"denied", or of emergency service. Weakness: never run on Windows; the calls are those of the
pywinrt projection, whose names a test holds against objects with the documented values.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from netcheck.model.phone import Generation, Phone, PhoneLine, ServiceState, Source
from netcheck.phone import figures
from netcheck.phone.contract import CannotRead, Unread
from netcheck.phone.lacking import lacking

_DENIED = 6
_REGISTRATIONS: dict[int, ServiceState | None] = {  # WwanNetworkRegistrationState
    0: None,
    1: ServiceState.OUT_OF_SERVICE,
    2: ServiceState.SEARCHING,
    3: ServiceState.HOME,
    4: ServiceState.ROAMING,
    5: ServiceState.ROAMING,  # at a partner of the home network
    _DENIED: None,  # told of voice, not of data
}
_CLASSES = (  # WwanDataClass
    (0x80, Generation.FIVE),
    (0x20 | 0x40, Generation.FOUR),
    (0x4 | 0x8 | 0x10 | 0x20000 | 0x40000 | 0x80000 | 0x200000, Generation.THREE),
    (0x1 | 0x2 | 0x10000 | 0x100000, Generation.TWO),
)
_MOST_BARS = 4  # Windows draws up to five


class WindowsReader:
    """See PhoneReader. A call into Windows cannot be cut short: the reading's thread is left."""

    source = Source.WINDOWS
    commands = ("Windows.Networking.Connectivity: connection profiles of mobile networks",)

    def read(self, timeout_s: float) -> Phone:
        """See PhoneReader."""
        try:
            from winrt.windows.networking.connectivity import NetworkInformation

            profiles = list(NetworkInformation.get_connection_profiles())
        except ImportError:  # pywinrt loads the types that a call gives back when it is called
            raise CannotRead(Unread.UNSUPPORTED) from None
        except PermissionError:
            raise CannotRead(Unread.NOT_PERMITTED) from None
        except OSError:
            raise CannotRead(Unread.NOT_UNDERSTOOD) from None
        return parse(profiles)


def parse(profiles: Iterable[Any]) -> Phone:
    """Connection profiles as one phone. Raises CannotRead where none is of a mobile network."""
    read = [_line(profile) for profile in profiles if profile.is_wwan_connection_profile]
    told = [one for one in read if one is not None]
    if not read:
        raise CannotRead(Unread.NO_PHONE)
    if not told:
        raise CannotRead(Unread.NOT_UNDERSTOOD)
    # A modem has a profile for each of its networks; one that serves comes first.
    told.sort(key=lambda one: not (one[0].data is not None and one[0].data.in_service))
    phone = Phone(source=Source.WINDOWS, lines=(told[0][0],), unknown=sum(n for _, n in told))
    return replace(phone, not_measured=lacking(phone))


def _line(profile: Any) -> tuple[PhoneLine, int] | None:
    """One profile's line, and how many values nobody here knows; None: Windows would not say."""
    try:
        details = profile.wwan_connection_profile_details
        number = int(details.get_network_registration_state())
        data_class = int(details.get_current_data_class())
        home = str(details.home_provider_id or "")
        bars = profile.get_signal_bars()
        level = int(profile.get_network_connectivity_level())
    except (OSError, AttributeError, TypeError, ValueError):
        return None
    state = _REGISTRATIONS.get(number)
    served = state is not None and state.in_service
    line = PhoneLine(
        voice=ServiceState.DENIED if number == _DENIED else None,
        data=state,
        sim_plmn=figures.plmn(home),
        generation=_generation(data_class) if served else None,
        signal_level=figures.level(None if bars is None else min(int(bars), _MOST_BARS)),
        packet_attached=None if state is None else served,
        bearer_connected=level > 0,
        roaming=state is ServiceState.ROAMING if served else None,
    )
    return line, 0 if number in _REGISTRATIONS else 1


def _generation(data_class: int) -> Generation | None:
    return next((one for bits, one in _CLASSES if data_class & bits), None)
