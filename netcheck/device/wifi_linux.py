"""The link of a wireless interface: signal, channel, rates, counts of frames.

Linux, over nl80211 (linux/nl80211.h) by pyroute2.

Asked only for an interface that is wireless and associated. Association itself needs no question:
it is the carrier of the interface. SSID and BSSID are never read out of the messages.

Weakness: this was never run on real wireless hardware. It was run, as an ordinary user, on the
simulated radios of mac80211_hwsim (Linux 6.1), whose answers the tests replay beside messages built
by the attribute layout of linux/nl80211.h. A multi-link (Wi-Fi 7) association has its frequency
per link, which is not read: it stays None.
"""

import errno
from collections.abc import Iterable
from typing import Protocol, TypeGuard

from netcheck.device import nl80211
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink

_CLIENT_TYPES = (2, 8)  # NL80211_IFTYPE_STATION and _P2P_CLIENT
_WEAKEST_DBM = -120
_RATE_UNITS_PER_MBPS = 10  # nl80211 counts rates in 100 kbit/s
_WIDTHS_MHZ = {0: 20, 1: 20, 2: 40, 3: 80, 4: 160, 5: 160, 6: 5, 7: 10, 13: 320}
"""enum nl80211_chan_width; 4 is twice 80."""


class NotPermitted(Exception):
    """This process may not ask about Wi-Fi."""


class NotMeasured(Exception):
    """The system cannot tell: no pyroute2, no nl80211, a driver without answers."""


class Attributes(Protocol):
    """A message or a nest as pyroute2 decodes it."""

    def get_attr(self, name: str) -> object:
        """The value by its name in linux/nl80211.h, None if it is missing."""


def read(index: int) -> WifiLink:
    """The link of the interface with this index. Raises NotPermitted or NotMeasured."""
    try:
        return parse(*nl80211.link_answers(index))
    except Exception as error:  # its own error types differ by version; none of them is ours
        if _code(error) in (errno.EPERM, errno.EACCES):
            raise NotPermitted(str(error)) from error
        raise NotMeasured(f"{type(error).__name__}: {error}") from error


def parse(interface: Iterable[Attributes], stations: Iterable[Attributes]) -> WifiLink:
    """The answers to NL80211_CMD_GET_INTERFACE and to a dump of NL80211_CMD_GET_STATION.

    A client's only station is its access point. An interface of another type (an access point, a
    monitor) has no association of its own: None. What is missing or implausible is None.
    """
    about = next(iter(interface), None)
    if about is not None and about.get_attr("NL80211_ATTR_IFTYPE") not in _CLIENT_TYPES:
        return WifiLink(associated=None)
    for station in stations:
        info = station.get_attr("NL80211_ATTR_STA_INFO")
        if not _is_nest(info) or not _associated(info):
            continue
        return WifiLink(
            True,
            _signal_dbm(info),
            _positive(about, "NL80211_ATTR_WIPHY_FREQ"),
            _rate_mbps(info, "NL80211_STA_INFO_TX_BITRATE"),
            _rate_mbps(info, "NL80211_STA_INFO_RX_BITRATE"),
            _width_mhz(about),
            _authorized(info),
            _number(info, "NL80211_STA_INFO_CONNECTED_TIME"),
            _counts(info),
            _name_permission(about),
        )
    return WifiLink(associated=False)


def _associated(info: Attributes) -> bool:
    """A station is listed from authentication on; drivers without flags list it later.

    pyroute2 does not tell a flag that is off from one the driver does not know, so only
    "authenticated and no further" counts as not associated. A TDLS peer is another client.
    """
    flags = info.get_attr("NL80211_STA_INFO_STA_FLAGS")
    if not isinstance(flags, dict):
        return True
    if flags.get("TDLS_PEER"):
        return False
    return bool(flags.get("ASSOCIATED")) or not flags.get("AUTHENTICATED")


def _authorized(info: Attributes) -> bool | None:
    """Off beside flags that are on is known to be off: a driver that knows those knows this."""
    flags = info.get_attr("NL80211_STA_INFO_STA_FLAGS")
    if not isinstance(flags, dict) or not flags.get("ASSOCIATED"):
        return None
    return bool(flags.get("AUTHORIZED"))


def _counts(info: Attributes) -> FrameCounts:
    names = ("TX_PACKETS", "TX_RETRIES", "TX_FAILED", "RX_PACKETS", "BEACON_LOSS")
    return FrameCounts(*(_number(info, f"NL80211_STA_INFO_{name}") for name in names))


def _width_mhz(about: Attributes | None) -> int | None:
    kind = None if about is None else _number(about, "NL80211_ATTR_CHANNEL_WIDTH")
    return None if kind is None else _WIDTHS_MHZ.get(kind)


def _name_permission(about: Attributes | None) -> NamePermission:
    """Whether a name came along; which one is not looked at."""
    if about is None or not about.get_attr("NL80211_ATTR_SSID"):
        return NamePermission.UNKNOWN
    return NamePermission.PERMITTED


def _signal_dbm(info: Attributes) -> int | None:
    """The average first: single frames swing by several dB. 0 is what drivers say for unknown."""
    for name in ("NL80211_STA_INFO_SIGNAL_AVG", "NL80211_STA_INFO_SIGNAL"):
        value = _number(info, name)
        if value is not None and _WEAKEST_DBM <= value < 0:
            return value
    return None


def _rate_mbps(info: Attributes, name: str) -> float | None:
    """NL80211_RATE_INFO_BITRATE has 16 bits and is missing for rates above 6.5 Gbit/s."""
    rate = info.get_attr(name)
    if not _is_nest(rate):
        return None
    units = _number(rate, "NL80211_RATE_INFO_BITRATE32") or _number(
        rate, "NL80211_RATE_INFO_BITRATE"
    )
    return units / _RATE_UNITS_PER_MBPS if units else None


def _positive(nest: Attributes | None, name: str) -> int | None:
    return None if nest is None else _number(nest, name) or None


def _number(nest: Attributes, name: str) -> int | None:
    value = nest.get_attr(name)
    return value if isinstance(value, int) else None


def _is_nest(value: object) -> TypeGuard[Attributes]:
    return hasattr(value, "get_attr")


def _code(error: Exception) -> object:
    said = error.__cause__ if isinstance(error, nl80211.Unanswered) else error
    return getattr(said, "code", None) or getattr(said, "errno", None)
