"""The adapters of a Windows machine: what each is made of, its states, addresses, nameservers.

GetAdaptersAddresses fills one buffer of ours with lists that point into it; GetIfEntry2 tells of
each whether it is hardware, switched on and connected. No text is looked into: a name is a label,
which its user may have written.
"""

import ctypes
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from netcheck.device.windows_calls import Block, Corrupt, Library, Refused
from netcheck.device.windows_iphlpapi import (
    HARDWARE_INTERFACE,
    INFINITE,
    SPEED_UNKNOWN,
    AdapterAddresses,
    DnsServerAddress,
    Error,
    IfRow,
    LaterNumber,
    Number,
    SockaddrIn,
    SockaddrIn6,
    SocketAddress,
    State,
    UnicastAddress,
)
from netcheck.device.windows_nets import Found, of_ipv4, of_ipv6
from netcheck.model.device import Address, LinkKind
from netcheck.model.observation import Family

_FIRST_SIZE = 15_000  # what its documentation advises
_MOST_BYTES = 16_000_000
_MOST_TRIES = 4  # the list may grow between two calls
_SKIPPED = Number.GAA_FLAG_SKIP_ANYCAST | Number.GAA_FLAG_SKIP_MULTICAST
_NOTHING_THERE = (Error.ERROR_NO_DATA, Error.ERROR_NOT_SUPPORTED)
_KINDS: dict[int, LinkKind] = {
    Number.IF_TYPE_ETHERNET_CSMACD: LinkKind.ETHERNET,
    Number.IF_TYPE_IEEE80211: LinkKind.WIFI,
    LaterNumber.IF_TYPE_WWANPP: LinkKind.CELLULAR,
    LaterNumber.IF_TYPE_WWANPP2: LinkKind.CELLULAR,
    Number.IF_TYPE_TUNNEL: LinkKind.TUNNEL,
    Number.IF_TYPE_PPP: LinkKind.TUNNEL,  # a VPN, PPPoE or an old modem
    Number.IF_TYPE_PROP_VIRTUAL: LinkKind.TUNNEL,  # Wintun and WireGuard
    Number.IF_TYPE_SOFTWARE_LOOPBACK: LinkKind.LOOPBACK,
}
_ENABLED: Mapping[int, bool] = {
    State.NET_IF_ADMIN_STATUS_UP: True,
    State.NET_IF_ADMIN_STATUS_DOWN: False,
}
_CONNECTED: Mapping[int, bool] = {
    State.MediaConnectStateConnected: True,
    State.MediaConnectStateDisconnected: False,
}
_IN_USE = (State.IpDadStatePreferred, State.IpDadStateDeprecated)
_ENDED = (
    State.IfOperStatusDown,
    State.IfOperStatusNotPresent,
    State.IfOperStatusLowerLayerDown,
)
_PLACEHOLDERS = tuple(f"fec0:0:0:ffff::{number}" for number in (1, 2, 3))
"""What Windows lists where no IPv6 nameserver is set: of a range withdrawn by RFC 3879."""


@dataclass(frozen=True, slots=True)
class Adapter:
    """One adapter. `guid` is its name within Windows; `luid` and `index` are its numbers.

    `enabled` and `connected` are None where GetIfEntry2 did not tell. `metrics` are
    those of the interface, to which a route's own is added.
    """

    guid: str
    luid: int
    index: int
    name: str
    kind: LinkKind
    running: bool
    enabled: bool | None
    connected: bool | None
    mtu: int | None
    bits_per_s: int | None
    made_up: bool | None
    addresses: tuple[Address, ...]
    duplicates: tuple[Family, ...]
    nameservers: tuple[str, ...]
    metrics: dict[Family, int]


def read(library: Library) -> list[Adapter]:
    """Every adapter with IPv4 or IPv6, in Windows' own order. Raises Missing, Refused, Corrupt."""
    block = _filled(library)
    if block is None:
        return []
    first, buffer = block
    return [_adapter(library, first, row) for row in first.chain(AdapterAddresses, buffer)]


def _filled(library: Library) -> tuple[Block, int] | None:
    """The buffer with the list in it, and where it begins; None for an empty list."""
    size = ctypes.c_uint32(_FIRST_SIZE)
    for _ in range(_MOST_TRIES):
        buffer = (ctypes.c_uint64 * (size.value // 8 + 1))()
        address = ctypes.addressof(buffer)
        code = library.call(
            "GetAdaptersAddresses",
            Number.AF_UNSPEC,
            _SKIPPED,
            None,
            address,
            ctypes.addressof(size),
        )
        if code in _NOTHING_THERE:
            return None
        if code == 0:
            return Block.at(address, ctypes.sizeof(buffer)), address
        if code != Error.ERROR_BUFFER_OVERFLOW or size.value > _MOST_BYTES:
            break
    raise Refused(code)


def _adapter(library: Library, block: Block, row: AdapterAddresses) -> Adapter:
    if row.Length < ctypes.sizeof(AdapterAddresses):
        raise Corrupt(f"an adapter of {row.Length} bytes")
    state = _state(library, row.Luid)
    unicast = list(block.chain(UnicastAddress, row.FirstUnicastAddress))
    usable = [one for one in unicast if one.DadState in _IN_USE]
    twice = [one for one in unicast if one.DadState == State.IpDadStateDuplicate]
    found = [_sockaddr(block, one.Address) for one in twice]
    return Adapter(
        guid=block.narrow(row.AdapterName).lower(),
        luid=row.Luid,
        index=row.IfIndex or row.Ipv6IfIndex,
        name=block.wide(row.FriendlyName),
        kind=_kind(row.IfType, state),
        running=row.OperStatus not in _ENDED,
        enabled=_one_of(state, "AdminStatus", _ENABLED),
        connected=_one_of(state, "MediaConnectState", _CONNECTED),
        mtu=row.Mtu if 0 < row.Mtu < INFINITE else None,
        bits_per_s=row.TransmitLinkSpeed if row.TransmitLinkSpeed < SPEED_UNKNOWN else None,
        made_up=bool(row.PhysicalAddress[0] & 2) if row.PhysicalAddressLength == 6 else None,
        addresses=tuple(a for a in (_address(block, one) for one in usable) if a is not None),
        duplicates=tuple(dict.fromkeys(one.family for one in found if one is not None)),
        nameservers=_nameservers(block, row),
        metrics={Family.IPV4: row.Ipv4Metric, Family.IPV6: row.Ipv6Metric},
    )


def _state(library: Library, luid: int) -> IfRow | None:
    """What GetIfEntry2 says; None where it says nothing: the adapter may just have gone."""
    row = IfRow()
    row.InterfaceLuid = luid
    try:
        library.checked("GetIfEntry2", ctypes.addressof(row))
    except Refused:
        return None
    return row


def _one_of(state: IfRow | None, field: str, meaning: Mapping[int, bool]) -> bool | None:
    """None for what means neither, too."""
    return None if state is None else meaning.get(getattr(state, field))


def _kind(number: int, state: IfRow | None) -> LinkKind:
    """An Ethernet or Wi-Fi that is no hardware (a virtual switch, a host's end of it, Wi-Fi
    Direct), or that is Bluetooth, is `other`: it never passes for the machine's own cable or radio.
    Weakness: where a virtual switch is the way out, as Hyper-V makes it, that way is `other` too.
    """
    kind = _KINDS.get(number, LinkKind.OTHER)
    if kind not in (LinkKind.ETHERNET, LinkKind.WIFI) or state is None:
        return kind
    bluetooth = state.PhysicalMediumType == Number.NdisPhysicalMediumBluetooth
    own = state.InterfaceAndOperStatusFlags & HARDWARE_INTERFACE and not bluetooth
    return kind if own else LinkKind.OTHER


def _address(block: Block, row: UnicastAddress) -> Address | None:
    found = _sockaddr(block, row.Address)
    if found is None:
        return None
    seconds = math.inf if row.ValidLifetime == INFINITE else float(row.ValidLifetime)
    bits = min(row.OnLinkPrefixLength, 32 if found.family is Family.IPV4 else 128)
    return Address(found.plain, bits, found.family, found.link_local, seconds)


def _nameservers(block: Block, row: AdapterAddresses) -> tuple[str, ...]:
    servers = block.chain(DnsServerAddress, row.FirstDnsServerAddress)
    found = (_sockaddr(block, one.Address) for one in servers)
    told = (one.text for one in found if one is not None and one.plain not in _PLACEHOLDERS)
    return tuple(dict.fromkeys(told))


def _sockaddr(block: Block, where: SocketAddress) -> Found | None:
    """None for no address, or one of neither family."""
    if not where.lpSockaddr:
        return None
    size = where.iSockaddrLength
    family = int.from_bytes(block.part(where.lpSockaddr, 2), "little")
    if family == Number.AF_INET and size >= ctypes.sizeof(SockaddrIn):
        return of_ipv4(block.record(SockaddrIn, where.lpSockaddr))
    if family == Number.AF_INET6 and size >= ctypes.sizeof(SockaddrIn6):
        return of_ipv6(block.record(SockaddrIn6, where.lpSockaddr))
    if family in (Number.AF_INET, Number.AF_INET6):
        raise Corrupt(f"an address of {size} bytes")
    return None


def nameservers(adapters: Iterable[Adapter]) -> tuple[str, ...]:
    """Those that Windows asks: of adapters that run, the preferred ones first (Windows may ask
    several at once, and takes the first answer)."""
    running = [one for one in adapters if one.running and one.kind is not LinkKind.LOOPBACK]
    running.sort(key=lambda one: min(one.metrics.values()))
    return tuple(dict.fromkeys(server for one in running for server in one.nameservers))
