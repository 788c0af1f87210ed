"""The link of a Mac's wireless interface, over CoreWLAN by pyobjc: signal, channel, rate.

The network's name and the access point's address are asked for only to see whether this process may
have them (macOS ties both to the permission for the location); neither is kept, and all the rest
is told without it. Source: Apple's CWInterface and CWChannel. Weakness: never run on a Mac; the
tests stand in for the framework's objects.
"""

from typing import Any

from netcheck.model.wifi_link import NamePermission, WifiLink

_STATION = 1  # kCWInterfaceModeStation
_WIDTHS_MHZ = {1: 20, 2: 40, 3: 80, 4: 160}  # kCWChannelWidth
_BAND_2_GHZ, _BAND_5_GHZ, _BAND_6_GHZ = 1, 2, 3  # kCWChannelBand
_WEAKEST_DBM = -120


class NotMeasured(Exception):
    """No pyobjc, or no such wireless interface."""


def read(name: str) -> WifiLink:
    """The link of this interface. Raises NotMeasured."""
    interface = _client().interfaceWithName_(name)
    if interface is None:
        raise NotMeasured(f"CoreWLAN does not know {name}")
    return link_of(interface)


def powered() -> tuple[bool, ...] | None:
    """Which of this Mac's Wi-Fi radios are switched on. None: not told."""
    try:
        found = _client().interfaces()
    except NotMeasured:
        return None
    return tuple(bool(one.powerOn()) for one in found or ())


def _client() -> Any:
    try:
        from CoreWLAN import CWWiFiClient  # type: ignore[import-not-found, unused-ignore]
    except ImportError as problem:
        raise NotMeasured("pyobjc-framework-CoreWLAN is not installed") from problem
    return CWWiFiClient.sharedWiFiClient()


def link_of(interface: Any) -> WifiLink:
    """A CWInterface as a link. Zero is its word for "not known"."""
    if not interface.powerOn():
        return WifiLink(associated=False)
    if interface.interfaceMode() not in (0, _STATION):
        return WifiLink(associated=None)
    signal, rate = int(interface.rssiValue()), float(interface.transmitRate())
    if not signal and not rate:
        return WifiLink(associated=False)
    channel = interface.wlanChannel()
    return WifiLink(
        associated=True,
        signal_dbm=signal if _WEAKEST_DBM <= signal < 0 else None,
        frequency_mhz=_frequency_mhz(channel) if channel is not None else None,
        rate_mbps=rate or None,
        width_mhz=_WIDTHS_MHZ.get(int(channel.channelWidth())) if channel is not None else None,
        name_permission=_name_permission(interface),
    )


def _name_permission(interface: Any) -> NamePermission:
    """Of a network that is joined, no name means no permission; which name is not looked at."""
    told = interface.ssid() is not None or interface.bssid() is not None
    return NamePermission.PERMITTED if told else NamePermission.NOT_PERMITTED


def _frequency_mhz(channel: Any) -> int | None:
    """The centre of the primary channel (IEEE 802.11-2020 annex E)."""
    number, band = int(channel.channelNumber()), int(channel.channelBand())
    if number <= 0:
        return None
    if band == _BAND_2_GHZ:
        return 2484 if number == 14 else 2407 + 5 * number
    if band == _BAND_5_GHZ:
        return 5000 + 5 * number
    return 5950 + 5 * number if band == _BAND_6_GHZ else None
