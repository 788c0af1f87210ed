"""Memory of Windows, laid out byte by byte: adapters, routes, what its WLAN service tells."""

import ctypes
import ipaddress
from dataclasses import dataclass

from netcheck.device import windows_iphlpapi as ip
from netcheck.device import windows_wlanapi as wlan
from netcheck.device.windows_calls import wide
from netcheck.device.windows_iphlpapi import Number, State

WIFI_GUID = "{11111111-2222-3333-4444-555555555555}"
CABLE_GUID = "{aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee}"


@dataclass(frozen=True)
class FakeAdapter:
    name: str
    guid: str
    luid: int
    index: int
    if_type: int = Number.IF_TYPE_ETHERNET_CSMACD
    running: bool = True
    hardware: bool = True
    medium: int = 14  # NdisPhysicalMedium802_3
    admin: int = State.NET_IF_ADMIN_STATUS_UP
    media: int = State.MediaConnectStateConnected
    mtu: int = 1500
    speed: int = 1_000_000_000
    mac: bytes = b"\x00\x15\x5d\x01\x02\x03"
    addresses: tuple[tuple[str, int, int, int], ...] = ()  # address, prefix, DAD state, lifetime
    nameservers: tuple[str, ...] = ()
    metrics: tuple[int, int] = (25, 25)


@dataclass(frozen=True)
class FakeRoute:
    luid: int
    destination: str
    gateway: str
    metric: int = 0
    origin: int = State.NlroDHCP
    index: int = 0


FOREVER = 0xFFFFFFFF
GOOD = State.IpDadStatePreferred
CABLE = FakeAdapter(
    "Ethernet",
    CABLE_GUID,
    luid=0x6008000000000,
    index=12,
    addresses=(
        ("192.168.1.23", 24, GOOD, 3600),
        ("fe80::1234", 64, GOOD, FOREVER),
        ("192.168.1.99", 24, State.IpDadStateDuplicate, 3600),
    ),
    nameservers=("192.168.1.1", "fe80::1", "fec0:0:0:ffff::1"),
)
RADIO = FakeAdapter(
    "Wi-Fi à moi",
    WIFI_GUID,
    luid=0x47008001000000,
    index=7,
    if_type=Number.IF_TYPE_IEEE80211,
    mac=b"\xd2\x15\x5d\x01\x02\x03",
    addresses=(("10.0.0.7", 8, GOOD, 60),),
    nameservers=("10.0.0.1", "192.168.1.1"),
    metrics=(45, 45),
)
TUNNEL = FakeAdapter(
    "wg0",
    "{99999999-0000-0000-0000-000000000000}",
    luid=0x35000000000000,
    index=40,
    if_type=Number.IF_TYPE_PROP_VIRTUAL,
    hardware=False,
    media=0,
    mtu=1420,
    speed=100_000_000_000,
    mac=b"",
    addresses=(("100.64.0.2", 32, GOOD, FOREVER),),
    nameservers=("100.64.0.1",),
    metrics=(5, 5),
)
LOOPBACK = FakeAdapter(
    "Loopback Pseudo-Interface 1",
    "{00000000-0000-0000-0000-000000000001}",
    luid=0x18000000000000,
    index=1,
    if_type=Number.IF_TYPE_SOFTWARE_LOOPBACK,
    mtu=FOREVER,
    mac=b"",
    addresses=(("127.0.0.1", 8, GOOD, FOREVER), ("::1", 128, GOOD, FOREVER)),
    metrics=(75, 75),
)


class _Arena:
    """Memory that grows, whose first byte will lie at `base`."""

    def __init__(self, base: int) -> None:
        self.base = base
        self.data = bytearray()

    def put(self, raw: bytes) -> int:
        self.data += bytes(-len(self.data) % 8)
        address = self.base + len(self.data)
        self.data += raw
        return address

    def patch(self, address: int, raw: bytes) -> None:
        self.data[address - self.base : address - self.base + len(raw)] = raw


def adapters_as_bytes(adapters: list[FakeAdapter], base: int) -> bytearray:
    """What GetAdaptersAddresses writes to that address."""
    arena, size = _Arena(base), ctypes.sizeof(ip.AdapterAddresses)
    places = [arena.put(bytes(size)) for _ in adapters]
    for one, place, following in zip(adapters, places, [*places[1:], None], strict=True):
        row = ip.AdapterAddresses(
            Length=size,
            IfIndex=one.index,
            Next=following,
            AdapterName=arena.put(one.guid.upper().encode() + b"\0"),
            FriendlyName=arena.put(bytes(wide(one.name))),
            Description=arena.put(bytes(wide("Un adaptateur"))),
            PhysicalAddressLength=len(one.mac),
            Mtu=one.mtu,
            IfType=one.if_type,
            OperStatus=State.IfOperStatusUp if one.running else State.IfOperStatusDown,
            TransmitLinkSpeed=one.speed,
            Ipv4Metric=one.metrics[0],
            Ipv6Metric=one.metrics[1],
            Luid=one.luid,
        )
        row.PhysicalAddress[: len(one.mac)] = one.mac
        unicast = None
        for address, prefix, state, lifetime in reversed(one.addresses):
            put = ip.UnicastAddress(
                Next=unicast,
                Address=_socket_address(arena, address, one.index),
                DadState=state,
                ValidLifetime=lifetime,
                OnLinkPrefixLength=prefix,
            )
            unicast = arena.put(bytes(put))
        server = None
        for address in reversed(one.nameservers):
            where = _socket_address(arena, address, one.index)
            server = arena.put(bytes(ip.DnsServerAddress(Next=server, Address=where)))
        row.FirstUnicastAddress, row.FirstDnsServerAddress = unicast, server
        arena.patch(place, bytes(row))
    return arena.data


def _socket_address(arena: _Arena, address: str, index: int) -> ip.SocketAddress:
    made = sockaddr_inet(address, index)
    raw = bytes(made)[: 16 if made.si_family == Number.AF_INET else 28]
    return ip.SocketAddress(lpSockaddr=arena.put(raw), iSockaddrLength=len(raw))


def sockaddr_inet(address: str, index: int = 0) -> ip.SockaddrInet:
    found = ipaddress.ip_address(address)
    made = ip.SockaddrInet()
    if found.version == 4:
        made.Ipv4.sin_family = Number.AF_INET
        made.Ipv4.sin_addr = int.from_bytes(found.packed, "little")
        return made
    made.Ipv6.sin6_family = Number.AF_INET6
    made.Ipv6.sin6_addr = (ctypes.c_uint8 * 16)(*found.packed)
    made.Ipv6.sin6_scope_id = index if found.is_link_local else 0
    return made


def forward_row(route: FakeRoute) -> ip.ForwardRow:
    destination, _, bits = route.destination.partition("/")
    return ip.ForwardRow(
        InterfaceLuid=route.luid,
        InterfaceIndex=route.index,
        DestinationPrefix=ip.AddressPrefix(sockaddr_inet(destination), int(bits)),
        NextHop=sockaddr_inet(route.gateway, route.index),
        Metric=route.metric,
        Origin=route.origin,
    )


def connection_as_bytes(
    *,
    ssid: bytes = b"caf\xe9\xff\x00bar",
    bssid: bytes = b"\x02\x00\x00\x00\x00\x01",
    quality: int = 80,
    auth: int = wlan.Number.DOT11_AUTH_ALGO_RSNA_PSK,
    cipher: int = 4,
    rates_kbps: tuple[int, int] = (433_300, 390_000),
) -> bytes:
    """WLAN_CONNECTION_ATTRIBUTES; a name may hold any bytes."""
    made = wlan.ConnectionAttributes(isState=wlan.Number.wlan_interface_state_connected)
    association = made.wlanAssociationAttributes
    association.dot11Ssid = ssid_of(ssid)
    association.dot11Bssid[:] = bssid
    association.wlanSignalQuality = quality
    association.ulRxRate, association.ulTxRate = rates_kbps
    lock = made.wlanSecurityAttributes
    lock.bSecurityEnabled, lock.dot11AuthAlgorithm, lock.dot11CipherAlgorithm = 1, auth, cipher
    return bytes(made)


def ssid_of(name: bytes) -> wlan.Ssid:
    made = wlan.Ssid(uSSIDLength=len(name))
    made.ucSSID[: len(name)] = name
    return made


def points_as_bytes(*points: tuple[bytes, int, int, float, int, bytes]) -> bytes:
    """WLAN_BSS_LIST of (address, dBm, MHz, heard at, capability, elements)."""
    size, start = ctypes.sizeof(wlan.BssEntry), wlan.BssList.wlanBssEntries.offset
    entries, tail = b"", b""
    for place, (address, dbm, mhz, heard_s, capability, elements) in enumerate(points):
        entry = wlan.BssEntry(
            dot11Ssid=ssid_of(b"\xff\xfe name"),
            lRssi=dbm,
            ulChCenterFrequency=mhz * 1000,
            ullHostTimestamp=int((heard_s + 11_644_473_600) * 10_000_000),
            usCapabilityInformation=capability,
            ulIeOffset=(len(points) - place) * size + len(tail),
            ulIeSize=len(elements),
        )
        entry.dot11Bssid[:] = address
        entries += bytes(entry)
        tail += elements
    total = start + len(entries) + len(tail)
    return total.to_bytes(4, "little") + len(points).to_bytes(4, "little") + entries + tail


def statistics_as_bytes(*phys: tuple[int, int, int]) -> bytes:
    """WLAN_STATISTICS of radios that (sent, failed, received)."""
    head = wlan.Statistics(dwNumberOfPhys=len(phys))
    rows = [
        wlan.PhyFrameStatistics(
            ullTransmittedFrameCount=sent, ullFailedCount=failed, ullReceivedFrameCount=received
        )
        for sent, failed, received in phys
    ]
    return bytes(head)[: wlan.Statistics.PhyCounters.offset] + b"".join(map(bytes, rows))


def connection_notification(reason: int) -> bytes:
    return bytes(wlan.ConnectionNotification(wlanReasonCode=reason))


def media_notification(address: bytes) -> bytes:
    made = wlan.MediaNotification()
    made.dot11MacAddr[:] = address
    return bytes(made)


def radios_as_bytes(*phys: tuple[int, int]) -> bytes:
    """WLAN_RADIO_STATE of radios by (software, hardware)."""
    made = wlan.RadioState(dwNumberOfPhys=len(phys))
    for place, (soft, hard) in enumerate(phys[:64]):
        made.PhyRadioState[place] = wlan.PhyRadioState(place, soft, hard)
    return bytes(made)
