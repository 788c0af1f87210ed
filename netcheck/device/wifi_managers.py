"""Why a program that manages the Wi-Fi could not join: NetworkManager and wpa_supplicant, by D-Bus.

Any user may read NetworkManager's devices; wpa_supplicant usually answers root alone, and then is
left out. Sources: NetworkManager's nm-dbus-interface.h (NMDeviceState, NMDeviceStateReason) and
wpa_supplicant's doc/dbus.doxygen. Nothing is started by asking.
Weakness: NetworkManager keeps the reason of a failure only until its next step, so "no reason"
says nothing; its supplicant's failures name no cause.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from netcheck.model.wifi import JoinTrouble, ManagerWord

if TYPE_CHECKING:
    from netcheck.device.bus import Bus

_NM, _NM_ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_NM_DEVICE = f"{_NM}.Device"
_WPA, _WPA_ROOT = "fi.w1.wpa_supplicant1", "/fi/w1/wpa_supplicant1"
_WPA_INTERFACE = f"{_WPA}.Interface"
_TIMEOUT_S = 0.5
_MOST = 16  # interfaces asked for their names
_NEED_AUTH, _PREPARING, _ACTIVATED = 60, 40, 100
_ASKS_AGAIN = 8  # SUPPLICANT_DISCONNECT, while a passphrase is being asked for
_TROUBLES = {
    5: JoinTrouble.NO_DHCP,  # IP_CONFIG_UNAVAILABLE
    7: JoinTrouble.WRONG_PASSPHRASE,  # NO_SECRETS: the kept one failed, and none was given
    11: JoinTrouble.SILENT,  # SUPPLICANT_TIMEOUT
    15: JoinTrouble.NO_DHCP,  # DHCP_START_FAILED
    16: JoinTrouble.NO_DHCP,  # DHCP_ERROR
    17: JoinTrouble.NO_DHCP,  # DHCP_FAILED
    53: JoinTrouble.NOT_FOUND,  # SSID_NOT_FOUND
}
_SUPPLICANT_TRIES = ("scanning", "authenticating", "associating", "associated", "4way_handshake")


def read(name: str) -> tuple[ManagerWord, ...]:
    """What these programs say of this interface; nothing where there is no bus, or nobody."""
    try:
        from netcheck.device import bus  # and with it jeepney, which Linux alone has
    except ImportError:
        return ()

    found: list[ManagerWord] = []
    for ask in (network_manager, supplicant):
        try:
            with bus.system_bus(_TIMEOUT_S) as asked:
                word = ask(asked, name)
        except (bus.NoBus, bus.NoService, bus.Refused, bus.TooLate, bus.OtherError):
            continue
        if word is not None:
            found.append(word)
    return tuple(found)


def network_manager(asked: "Bus", name: str) -> ManagerWord | None:
    """NetworkManager's word; None if it does not know the interface."""
    path = _named(asked, _NM, (_NM_ROOT, _NM, "Devices"), (_NM_DEVICE, "Interface"), name)
    told = path and asked.get(_NM, path, _NM_DEVICE, "StateReason")
    if not isinstance(told, tuple) or len(told) != 2:
        return None
    return word_of_network_manager(*told)


def word_of_network_manager(state: int, reason: int) -> ManagerWord:
    """NMDeviceState and NMDeviceStateReason as a word."""
    trouble = _TROUBLES.get(reason)
    if (state, reason) == (_NEED_AUTH, _ASKS_AGAIN):
        trouble = JoinTrouble.WRONG_PASSPHRASE
    trying = _PREPARING <= state < _ACTIVATED
    return ManagerWord("NetworkManager", f"state {state}, reason {reason}", trying, trouble)


def supplicant(asked: "Bus", name: str) -> ManagerWord | None:
    """wpa_supplicant's word; None if it does not know the interface."""
    path = _named(asked, _WPA, (_WPA_ROOT, _WPA, "Interfaces"), (_WPA_INTERFACE, "Ifname"), name)
    if path is None:
        return None

    def get(key: str) -> object:
        return asked.get(_WPA, path, _WPA_INTERFACE, key)

    return word_of_supplicant(get)


def word_of_supplicant(get: Callable[[str], object]) -> ManagerWord | None:
    """By its properties. A reason below zero was this device's own doing; zero is none yet."""
    state, reason = get("State"), _number(get("DisconnectReason"))
    statuses = (_number(get("AuthStatusCode")), _number(get("AssocStatusCode")))
    if not isinstance(state, str):
        return None
    status = next((one for one in statuses if one), None)
    raw = f"{state}, reason {reason}, status {status}"
    trying = state in _SUPPLICANT_TRIES
    return ManagerWord(
        "wpa_supplicant", raw, trying, reason=abs(reason) if reason else None, status=status
    )


def _named(
    asked: "Bus", service: str, listed: tuple[str, str, str], called: tuple[str, str], name: str
) -> str | None:
    """The path of the interface of that name among those a service lists."""
    for path in _strings(asked.get(service, *listed)):
        if asked.get(service, path, *called) == name:
            return path
    return None


def _strings(value: object) -> Iterator[str]:
    for one in value[:_MOST] if isinstance(value, list) else ():
        if isinstance(one, str):
            yield one


def _number(value: object) -> int | None:
    return value if isinstance(value, int) else None
