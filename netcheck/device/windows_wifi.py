"""The link of a wireless interface of Windows, and the air around it as far as Windows remembers.

Asked of the WLAN service (wlanapi.h); no scan is made. Recent versions tell a program the network's
name, its access points and much of the link only where its user lets programs know the place
("location"): that is `not permitted`. What does not give the place away is told all the same.
Names and hardware addresses serve to find the own access point, and go no further.

Weakness: never run on Windows. Its counters of repeats count frames that took at least one, not the
repeats, so these stay None; others may be of the radio's whole life and are only of use as
differences. The signal of the service is a percentage, made into dBm as its documentation says,
where no better figure is told.
"""

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import NamedTuple, TypeVar
from uuid import UUID

from netcheck.device import ieee80211
from netcheck.device.settings import Radio
from netcheck.device.windows_calls import (
    POINTER,
    ULONG,
    Block,
    Corrupt,
    Guid,
    Library,
    Load,
    Missing,
    Refused,
    load,
)
from netcheck.device.windows_wlanapi import (
    CLIENT_VERSION,
    FUNCTIONS,
    LIBRARY,
    BssEntry,
    BssList,
    ConnectionAttributes,
    Error,
    InterfaceInfo,
    InterfaceInfoList,
    LaterNumber,
    Number,
    PhyFrameStatistics,
    PhyRadioState,
    RadioState,
    Statistics,
)
from netcheck.model.wifi import Security, Surroundings
from netcheck.model.wifi_link import FrameCounts, NamePermission, WifiLink

_T = TypeVar("_T")
_MOST_INTERFACES = 64
_MOST_PHYS = 64  # WLAN_MAX_PHY_INDEX
_MOST_BYTES = 2_000_000
_ASSOCIATED = (
    Number.wlan_interface_state_connected,
    Number.wlan_interface_state_ad_hoc_network_formed,
)
_WEAKEST_DBM = -120
_KBPS_PER_MBPS = 1000
_FRESH_S = 120.0
"""Chosen, as on Linux: by then a laptop has moved."""
_FILETIME_EPOCH_S = 11_644_473_600  # from 1601 to 1970
_FILETIME_UNITS_PER_S = 10_000_000
_LOCKS: dict[int, Security] = {
    Number.DOT11_AUTH_ALGO_80211_SHARED_KEY: Security.WEP,
    Number.DOT11_AUTH_ALGO_WPA: Security.ENTERPRISE,
    Number.DOT11_AUTH_ALGO_WPA_PSK: Security.WPA,
    Number.DOT11_AUTH_ALGO_WPA_NONE: Security.WPA,
    Number.DOT11_AUTH_ALGO_RSNA: Security.ENTERPRISE,
    Number.DOT11_AUTH_ALGO_RSNA_PSK: Security.WPA2_PSK,
    LaterNumber.DOT11_AUTH_ALGO_WPA3: Security.ENTERPRISE,
    LaterNumber.DOT11_AUTH_ALGO_WPA3_ENT: Security.ENTERPRISE,
    LaterNumber.DOT11_AUTH_ALGO_WPA3_SAE: Security.WPA3,
    LaterNumber.DOT11_AUTH_ALGO_OWE: Security.OWE,
}


class NoSuchInterface(Exception):
    """The WLAN service does not know the interface."""


class Service:
    """A connection to the WLAN service."""

    def __init__(self, library: Library, handle: int) -> None:
        self.dll = library
        self.handle = handle

    def interfaces(self) -> list[tuple[UUID, int]]:
        """Every wireless interface and its WLAN_INTERFACE_STATE. Raises Refused or Corrupt."""
        with self._given("WlanEnumInterfaces", self.handle, None) as address:
            count = InterfaceInfoList.from_address(address).dwNumberOfItems
            if count > _MOST_INTERFACES:
                raise Corrupt(f"{count} wireless interfaces")
            first, size = address + ctypes.sizeof(InterfaceInfoList), ctypes.sizeof(InterfaceInfo)
            block = Block.at(first, count * size)
        infos = (block.record(InterfaceInfo, first + place * size) for place in range(count))
        return [(UUID(bytes_le=bytes(one.InterfaceGuid)), int(one.isState)) for one in infos]

    def state(self, guid: str) -> int:
        """That of one interface. Raises NoSuchInterface, Refused or Corrupt."""
        for known, state in self.interfaces():
            if known == UUID(guid):
                return state
        raise NoSuchInterface(guid)

    def ask(self, guid: str, opcode: int) -> Block:
        """What WlanQueryInterface gives, as many bytes as it says. Raises Refused or Corrupt."""
        wanted, size = Guid.of(guid), ULONG()
        where = ctypes.addressof(wanted), opcode, None, ctypes.addressof(size)
        with self._given("WlanQueryInterface", self.handle, *where, after=(None,)) as address:
            if size.value > _MOST_BYTES:
                raise Corrupt(f"an answer of {size.value} bytes")
            return Block.at(address, size.value)

    def points(self, guid: str) -> list["Point"]:
        """The access points in memory. Raises Refused or Corrupt."""
        wanted = Guid.of(guid)
        where = ctypes.addressof(wanted), None, Number.dot11_BSS_type_any, 0, None
        with self._given("WlanGetNetworkBssList", self.handle, *where) as address:
            head = BssList.from_buffer_copy(
                ctypes.string_at(address, BssList.wlanBssEntries.offset).ljust(
                    ctypes.sizeof(BssList), b"\0"
                )
            )
            if head.dwTotalSize > _MOST_BYTES:
                raise Corrupt(f"a list of {head.dwTotalSize} bytes")
            block = Block.at(address, head.dwTotalSize)
        first, size = address + BssList.wlanBssEntries.offset, ctypes.sizeof(BssEntry)
        return [_point(block, first + place * size) for place in range(head.dwNumberOfItems)]

    @contextmanager
    def _given(
        self, name: str, *arguments: object, after: tuple[object, ...] = ()
    ) -> Iterator[int]:
        """The address of what the service allocated for one call; it is given back afterwards."""
        there = POINTER()
        self.dll.checked(name, *arguments, ctypes.addressof(there), *after)
        if not there.value:
            raise Corrupt(f"{name} gave nothing")
        try:
            yield there.value
        finally:
            self.dll.call("WlanFreeMemory", there)


class Point(NamedTuple):
    """An access point in memory. `elements` are those it announced."""

    address: bytes
    signal_dbm: int
    frequency_mhz: int
    capability: int
    heard_s: float  # on the clock that counts from 1970
    elements: bytes


def _point(block: Block, address: int) -> Point:
    entry = block.record(BssEntry, address)
    return Point(
        bytes(entry.dot11Bssid),
        entry.lRssi,
        round(entry.ulChCenterFrequency / 1000),
        entry.usCapabilityInformation,
        entry.ullHostTimestamp / _FILETIME_UNITS_PER_S - _FILETIME_EPOCH_S,
        block.part(address + entry.ulIeOffset, entry.ulIeSize),
    )


@contextmanager
def service(loading: Load) -> Iterator[Service]:
    """A connection to the WLAN service. Raises Missing, or Refused where it does not run."""
    library = loading(LIBRARY, FUNCTIONS)
    version, handle = ULONG(), POINTER()
    library.checked(
        "WlanOpenHandle",
        CLIENT_VERSION,
        None,
        ctypes.addressof(version),
        ctypes.addressof(handle),
    )
    try:
        yield Service(library, handle.value or 0)
    finally:
        library.call("WlanCloseHandle", handle, None)


def link(asked: Service, guid: str) -> WifiLink:
    """The link of an interface. Where the place of this device is withheld, as much as is told
    all the same, and `name_permission` says so. Raises NoSuchInterface, Refused or Corrupt."""
    state = asked.state(guid)
    if state == Number.wlan_interface_state_authenticating:
        return WifiLink(associated=True, authorized=False)
    if state not in _ASSOCIATED:
        return WifiLink(associated=False)
    signal = _or_none(lambda: _signal_dbm(asked, guid))
    channel = _or_none(lambda: _number(asked.ask(guid, Number.wlan_intf_opcode_channel_number)))
    counts = _or_none(lambda: _counts(asked, guid)) or FrameCounts()
    told = WifiLink(
        associated=True,
        signal_dbm=signal,
        frequency_mhz=frequency_mhz(channel),
        authorized=True,
        counts=counts,
        name_permission=NamePermission.NOT_PERMITTED,
    )
    try:
        about = _connection(asked, guid)
    except Refused as refused:
        if refused.code == Error.ERROR_ACCESS_DENIED:
            return told
        raise
    association = about.wlanAssociationAttributes
    own = _own(_or_none(lambda: asked.points(guid)) or [], bytes(association.dot11Bssid))
    return WifiLink(
        associated=True,
        signal_dbm=signal
        or (_in_dbm(own.signal_dbm) if own else None)
        or _of_quality(association.wlanSignalQuality),
        frequency_mhz=own.frequency_mhz if own else told.frequency_mhz,
        rate_mbps=association.ulTxRate / _KBPS_PER_MBPS or None,
        receive_rate_mbps=association.ulRxRate / _KBPS_PER_MBPS or None,
        authorized=True,
        counts=counts,
        name_permission=NamePermission.PERMITTED
        if association.dot11Ssid.uSSIDLength
        else NamePermission.UNKNOWN,
    )


def surroundings(
    asked: Service, guid: str, *, clock_s: Callable[[], float] = time.time
) -> Surroundings:
    """What the last scan left in Windows' memory. Raises Refused or Corrupt."""
    about = _connection(asked, guid)
    points = asked.points(guid)
    association, lock = about.wlanAssociationAttributes, about.wlanSecurityAttributes
    own = _own(points, bytes(association.dot11Bssid))
    if own is None:
        return Surroundings(security=_security(lock))
    now_s = clock_s()
    ages = [(point, now_s - point.heard_s) for point in points if point is not own]
    fresh = [(point, age_s) for point, age_s in ages if 0 <= age_s <= _FRESH_S]
    sharing = [
        point
        for point, _ in fresh
        if ieee80211.overlaps(own.frequency_mhz, point.frequency_mhz, None)
    ]
    said = ieee80211.load(own.elements)
    return Surroundings(
        security=ieee80211.security(own.elements, own.capability)
        if own.elements
        else _security(lock),
        neighbours=len(sharing) if fresh else None,
        scan_age_s=round(min(age_s for _, age_s in fresh), 1) if fresh else None,
        point_load_percent=said.busy_percent if said else None,
        point_devices=said.devices if said else None,
        name_told=bool(association.dot11Ssid.uSSIDLength),
    )


def radios(loading: Load = load) -> tuple[Radio, ...] | None:
    """The switch of each Wi-Fi radio; one that says nothing of itself is left out. None: the
    service does not tell. A radio is off by a program (airplane mode) or by a key when all that it
    can do is."""
    try:
        with service(loading) as asked:
            guids = [str(guid) for guid, _ in asked.interfaces()]
            found = [_or_none(partial(_radio, asked, guid)) for guid in guids]
    except (Missing, Refused, Corrupt):
        return None
    return tuple(radio for radio in found if radio is not None)


def _radio(asked: Service, guid: str) -> Radio | None:
    block = asked.ask(guid, Number.wlan_intf_opcode_radio_state)
    start, size = RadioState.PhyRadioState.offset, ctypes.sizeof(PhyRadioState)
    count = _number(block)
    if count > _MOST_PHYS:
        raise Corrupt(f"{count} radios")
    phys = [
        block.record(PhyRadioState, block.address + start + place * size) for place in range(count)
    ]
    off, unknown = Number.dot11_radio_state_off, Number.dot11_radio_state_unknown
    soft = {phy.dot11SoftwareRadioState for phy in phys} - {unknown}
    hard = {phy.dot11HardwareRadioState for phy in phys} - {unknown}
    return Radio("wlan", soft == {off}, hard == {off}) if soft or hard else None


def frequency_mhz(channel: int | None) -> int | None:
    """A channel's centre, where its number belongs to one band alone: those of 6 GHz begin at 1
    anew, in steps of four (IEEE 802.11-2020 annex E, 802.11ax 27.3.23.2)."""
    if channel is None or (channel % 4 == 1 and channel <= 233):
        return None
    if channel == 14:
        return 2484
    if 1 <= channel <= 13:
        return 2407 + 5 * channel
    return 5000 + 5 * channel if 36 <= channel <= 144 and channel % 4 == 0 else None


def _connection(asked: Service, guid: str) -> ConnectionAttributes:
    block = asked.ask(guid, Number.wlan_intf_opcode_current_connection)
    return block.record(ConnectionAttributes, block.address)


def _own(points: list[Point], address: bytes) -> Point | None:
    """The access point in use; one that announced two bands under one address is the latest."""
    alike = [point for point in points if point.address == address]
    return max(alike, key=lambda point: point.heard_s, default=None)


def _security(lock: ctypes.Structure) -> Security | None:
    """How this association is locked, which may be less than what its access point announces.
    Without authentication it is WEP where it is locked all the same."""
    if lock.dot11AuthAlgorithm == Number.DOT11_AUTH_ALGO_80211_OPEN:
        locked = lock.dot11CipherAlgorithm != Number.DOT11_CIPHER_ALGO_NONE
        return Security.WEP if locked else Security.OPEN
    return _LOCKS.get(lock.dot11AuthAlgorithm)


def _signal_dbm(asked: Service, guid: str) -> int | None:
    raw = _number(asked.ask(guid, Number.wlan_intf_opcode_rssi))
    return _in_dbm(raw - 2**32 if raw >= 2**31 else raw)


def _in_dbm(value: int) -> int | None:
    """0 and above is what drivers say for unknown."""
    return value if _WEAKEST_DBM <= value < 0 else None


def _of_quality(percent: int) -> int | None:
    """Its documentation: 0 stands for -100 dBm, 100 for -50 dBm, in a straight line."""
    return round(percent / 2 - 100) if 0 < percent <= 100 else None


def _number(block: Block) -> int:
    return int.from_bytes(block.part(block.address, 4), "little")


def _counts(asked: Service, guid: str) -> FrameCounts:
    """Of all its radios together; a driver that counts nothing says so by zeros."""
    block = asked.ask(guid, Number.wlan_intf_opcode_statistics)
    start = Statistics.PhyCounters.offset
    head = Statistics.from_buffer_copy(
        block.part(block.address, start).ljust(ctypes.sizeof(Statistics), b"\0")
    )
    if head.dwNumberOfPhys > _MOST_PHYS:
        raise Corrupt(f"{head.dwNumberOfPhys} radios")
    size = ctypes.sizeof(PhyFrameStatistics)
    phys = [
        block.record(PhyFrameStatistics, block.address + start + place * size)
        for place in range(head.dwNumberOfPhys)
    ]
    good = sum(phy.ullTransmittedFrameCount for phy in phys)
    bad = sum(phy.ullFailedCount for phy in phys)
    received = sum(phy.ullReceivedFrameCount for phy in phys)
    if not good:
        return FrameCounts(received=received or None)
    return FrameCounts(sent=good + bad, given_up=bad, received=received or None)


def _or_none(ask: Callable[[], _T]) -> _T | None:
    """What one question is refused leaves the others alone."""
    try:
        return ask()
    except (Refused, Corrupt):
        return None
