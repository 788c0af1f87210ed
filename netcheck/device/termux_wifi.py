"""The Wi-Fi link of the phone that netcheck runs on, by Termux:API's termux-wifi-connectioninfo.

It asks for no permission; without the one for the location Android hides the network's name, which
is not kept anyway. The format is that of termux-api's WifiAPI, whose numbers are Android's
WifiInfo: -127 dBm, -1 Mbit/s and -1 MHz stand for "not known". Weakness: never run on a real phone.
"""

import json
import shutil
from typing import Any

from netcheck.device.program import NotThere, TooSlow, run
from netcheck.model.wifi_link import NamePermission, WifiLink

PROGRAM = "termux-wifi-connectioninfo"
_WEAKEST_DBM = -126
_HIDDEN = ("<unknown ssid>", "", "0x")
_JOINED = ("COMPLETED", "ASSOCIATED", "FOUR_WAY_HANDSHAKE", "GROUP_HANDSHAKE")
_APART = ("DISCONNECTED", "INACTIVE", "SCANNING", "INTERFACE_DISABLED", "DORMANT", "ASSOCIATING")


class NotMeasured(Exception):
    """Termux:API is not there, hangs (its app is missing), or says nothing that is known."""


class NotPermitted(Exception):
    """Android withholds it."""


def read(timeout_s: float) -> WifiLink:
    """The link now. Raises NotMeasured or NotPermitted."""
    path = shutil.which(PROGRAM)
    if path is None:
        raise NotMeasured("no Termux:API")
    try:
        text = run([path], timeout_s).text
    except (NotThere, TooSlow) as problem:
        raise NotMeasured(type(problem).__name__) from problem
    try:
        return parse(json.loads(text))
    except (ValueError, RecursionError) as problem:
        raise NotMeasured("no JSON") from problem


def parse(answer: object) -> WifiLink:
    """The program's answer. Raises NotMeasured or NotPermitted. Pure."""
    if not isinstance(answer, dict):
        raise NotMeasured("no object")
    error = answer.get("error")
    if isinstance(error, str) and "permission" in error.lower():
        raise NotPermitted(PROGRAM)
    if "API_ERROR" in answer:  # "No current connection"
        return WifiLink(associated=False)
    state = answer.get("supplicant_state")
    if state in _APART:
        return WifiLink(associated=False)
    if state not in _JOINED:
        raise NotMeasured("a state that is not known")
    signal = _whole(answer, "rssi")
    return WifiLink(
        associated=True,
        signal_dbm=signal if signal is not None and _WEAKEST_DBM <= signal < 0 else None,
        frequency_mhz=_positive(answer, "frequency_mhz"),
        rate_mbps=_positive(answer, "link_speed_mbps"),
        authorized=state == "COMPLETED",
        name_permission=_name_permission(answer),
    )


def _name_permission(answer: dict[str, Any]) -> NamePermission:
    """Whether a name came along; which one is not looked at."""
    name = answer.get("ssid")
    if not isinstance(name, str):
        return NamePermission.UNKNOWN
    return NamePermission.NOT_PERMITTED if name in _HIDDEN else NamePermission.PERMITTED


def _positive(answer: dict[str, Any], key: str) -> int | None:
    value = _whole(answer, key)
    return value if value is not None and value > 0 else None


def _whole(answer: dict[str, Any], key: str) -> int | None:
    value = answer.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None
