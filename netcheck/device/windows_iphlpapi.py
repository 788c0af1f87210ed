"""Declarations of Windows' IP helper (iphlpapi.dll): adapters, routes, neighbours.

Source: iptypes.h, netioapi.h, ifdef.h, nldef.h, ws2ipdef.h of the Windows SDK. Nothing is called
here. Where a field is a union or a set of bits, the one member that is used stands for it.
"""

import ctypes
from enum import IntEnum

from netcheck.device.windows_calls import (
    ENUM,
    LONG,
    POINTER,
    SIZE_T,
    UCHAR,
    ULONG,
    ULONG64,
    USHORT,
    WCHAR,
    Function,
    Guid,
    Record,
)

LIBRARY = "iphlpapi.dll"


class Error(IntEnum):
    """winerror.h."""

    ERROR_FILE_NOT_FOUND = 2
    ERROR_ACCESS_DENIED = 5
    ERROR_NOT_SUPPORTED = 50
    ERROR_BUFFER_OVERFLOW = 111
    ERROR_NO_DATA = 232
    ERROR_NOT_FOUND = 1168
    ERROR_NETWORK_UNREACHABLE = 1231
    ERROR_HOST_UNREACHABLE = 1232


class Number(IntEnum):
    """Families, what to leave out of the adapters, kinds of interfaces (ipifcons.h, ntddndis.h),
    and the options that tie a socket to one (ws2ipdef.h)."""

    AF_UNSPEC = 0
    AF_INET = 2
    AF_INET6 = 23
    GAA_FLAG_SKIP_ANYCAST = 0x2
    GAA_FLAG_SKIP_MULTICAST = 0x4
    IF_TYPE_ETHERNET_CSMACD = 6
    IF_TYPE_PPP = 23
    IF_TYPE_SOFTWARE_LOOPBACK = 24
    IF_TYPE_PROP_VIRTUAL = 53
    IF_TYPE_IEEE80211 = 71
    IF_TYPE_TUNNEL = 131
    IF_MAX_STRING_SIZE = 256
    NdisPhysicalMediumBluetooth = 10
    IP_UNICAST_IF = 31
    IPV6_UNICAST_IF = 31


class LaterNumber(IntEnum):
    """Of ipifcons.h, but younger than some sets of headers."""

    IF_TYPE_WWANPP = 243
    IF_TYPE_WWANPP2 = 244


class State(IntEnum):
    """Enumerators of ifdef.h, iptypes.h and nldef.h, by the headers' names."""

    IfOperStatusUp = 1
    IfOperStatusDown = 2
    IfOperStatusNotPresent = 6
    IfOperStatusLowerLayerDown = 7
    NET_IF_ADMIN_STATUS_UP = 1
    NET_IF_ADMIN_STATUS_DOWN = 2
    MediaConnectStateConnected = 1
    MediaConnectStateDisconnected = 2
    IpDadStateDuplicate = 2
    IpDadStateDeprecated = 3
    IpDadStatePreferred = 4
    NlroDHCP = 2
    NlroRouterAdvertisement = 3
    NlnsUnreachable = 0
    NlnsIncomplete = 1
    NlnsProbe = 2
    NlnsDelay = 3
    NlnsStale = 4
    NlnsReachable = 5
    NlnsPermanent = 6


HARDWARE_INTERFACE = 0x01  # the first bit of InterfaceAndOperStatusFlags
INFINITE = 0xFFFFFFFF  # a lifetime without an end; an MTU without a limit
SPEED_UNKNOWN = 0xFFFFFFFFFFFFFFFF


class SocketAddress(Record):
    """A pointer to a sockaddr, and its length."""

    declared_as = "SOCKET_ADDRESS"
    _fields_ = (("lpSockaddr", POINTER), ("iSockaddrLength", LONG))


class SockaddrIn(Record):
    """The address is in network order."""

    declared_as = "SOCKADDR_IN"
    _fields_ = (
        ("sin_family", USHORT),
        ("sin_port", USHORT),
        ("sin_addr", ULONG),
        ("sin_zero", UCHAR * 8),
    )


class SockaddrIn6(Record):
    """The scope is an index of an interface."""

    declared_as = "SOCKADDR_IN6"
    _fields_ = (
        ("sin6_family", USHORT),
        ("sin6_port", USHORT),
        ("sin6_flowinfo", ULONG),
        ("sin6_addr", UCHAR * 16),
        ("sin6_scope_id", ULONG),
    )


class SockaddrInet(ctypes.Union):
    """Either of them."""

    declared_as = "SOCKADDR_INET"
    _fields_ = (("Ipv4", SockaddrIn), ("Ipv6", SockaddrIn6), ("si_family", USHORT))


class UnicastAddress(Record):
    """One address of an adapter."""

    declared_as = "IP_ADAPTER_UNICAST_ADDRESS_LH"
    _fields_ = (
        ("Length", ULONG),
        ("Flags", ULONG),
        ("Next", POINTER),
        ("Address", SocketAddress),
        ("PrefixOrigin", ENUM),
        ("SuffixOrigin", ENUM),
        ("DadState", ENUM),
        ("ValidLifetime", ULONG),
        ("PreferredLifetime", ULONG),
        ("LeaseLifetime", ULONG),
        ("OnLinkPrefixLength", UCHAR),
    )


class DnsServerAddress(Record):
    """One nameserver of an adapter."""

    declared_as = "IP_ADAPTER_DNS_SERVER_ADDRESS_XP"
    _fields_ = (
        ("Length", ULONG),
        ("Reserved", ULONG),
        ("Next", POINTER),
        ("Address", SocketAddress),
    )


class AdapterAddresses(Record):
    """One adapter; as long as it is since Vista SP1."""

    declared_as = "IP_ADAPTER_ADDRESSES_LH"
    _fields_ = (
        ("Length", ULONG),
        ("IfIndex", ULONG),
        ("Next", POINTER),
        ("AdapterName", POINTER),
        ("FirstUnicastAddress", POINTER),
        ("FirstAnycastAddress", POINTER),
        ("FirstMulticastAddress", POINTER),
        ("FirstDnsServerAddress", POINTER),
        ("DnsSuffix", POINTER),
        ("Description", POINTER),
        ("FriendlyName", POINTER),
        ("PhysicalAddress", UCHAR * 8),
        ("PhysicalAddressLength", ULONG),
        ("Flags", ULONG),
        ("Mtu", ULONG),
        ("IfType", ULONG),
        ("OperStatus", ENUM),
        ("Ipv6IfIndex", ULONG),
        ("ZoneIndices", ULONG * 16),
        ("FirstPrefix", POINTER),
        ("TransmitLinkSpeed", ULONG64),
        ("ReceiveLinkSpeed", ULONG64),
        ("FirstWinsServerAddress", POINTER),
        ("FirstGatewayAddress", POINTER),
        ("Ipv4Metric", ULONG),
        ("Ipv6Metric", ULONG),
        ("Luid", ULONG64),
        ("Dhcpv4Server", SocketAddress),
        ("CompartmentId", ULONG),
        ("NetworkGuid", Guid),
        ("ConnectionType", ENUM),
        ("TunnelType", ENUM),
        ("Dhcpv6Server", SocketAddress),
        ("Dhcpv6ClientDuid", UCHAR * 130),
        ("Dhcpv6ClientDuidLength", ULONG),
        ("Dhcpv6Iaid", ULONG),
        ("FirstDnsSuffix", POINTER),
    )


class IfRow(Record):
    """One interface: switches, states, counters."""

    declared_as = "MIB_IF_ROW2"
    _fields_ = (
        ("InterfaceLuid", ULONG64),
        ("InterfaceIndex", ULONG),
        ("InterfaceGuid", Guid),
        ("Alias", WCHAR * (Number.IF_MAX_STRING_SIZE + 1)),
        ("Description", WCHAR * (Number.IF_MAX_STRING_SIZE + 1)),
        ("PhysicalAddressLength", ULONG),
        ("PhysicalAddress", UCHAR * 32),
        ("PermanentPhysicalAddress", UCHAR * 32),
        ("Mtu", ULONG),
        ("Type", ULONG),
        ("TunnelType", ENUM),
        ("MediaType", ENUM),
        ("PhysicalMediumType", ENUM),
        ("AccessType", ENUM),
        ("DirectionType", ENUM),
        ("InterfaceAndOperStatusFlags", UCHAR),
        ("OperStatus", ENUM),
        ("AdminStatus", ENUM),
        ("MediaConnectState", ENUM),
        ("NetworkGuid", Guid),
        ("ConnectionType", ENUM),
        ("TransmitLinkSpeed", ULONG64),
        ("ReceiveLinkSpeed", ULONG64),
        ("InOctets", ULONG64),
        ("InUcastPkts", ULONG64),
        ("InNUcastPkts", ULONG64),
        ("InDiscards", ULONG64),
        ("InErrors", ULONG64),
        ("InUnknownProtos", ULONG64),
        ("InUcastOctets", ULONG64),
        ("InMulticastOctets", ULONG64),
        ("InBroadcastOctets", ULONG64),
        ("OutOctets", ULONG64),
        ("OutUcastPkts", ULONG64),
        ("OutNUcastPkts", ULONG64),
        ("OutDiscards", ULONG64),
        ("OutErrors", ULONG64),
        ("OutUcastOctets", ULONG64),
        ("OutMulticastOctets", ULONG64),
        ("OutBroadcastOctets", ULONG64),
        ("OutQLen", ULONG64),
    )


class AddressPrefix(Record):
    """The addresses a route is for."""

    declared_as = "IP_ADDRESS_PREFIX"
    _fields_ = (("Prefix", SockaddrInet), ("PrefixLength", UCHAR))


class ForwardRow(Record):
    """One route."""

    declared_as = "MIB_IPFORWARD_ROW2"
    _fields_ = (
        ("InterfaceLuid", ULONG64),
        ("InterfaceIndex", ULONG),
        ("DestinationPrefix", AddressPrefix),
        ("NextHop", SockaddrInet),
        ("SitePrefixLength", UCHAR),
        ("ValidLifetime", ULONG),
        ("PreferredLifetime", ULONG),
        ("Metric", ULONG),
        ("Protocol", ENUM),
        ("Loopback", UCHAR),
        ("AutoconfigureAddress", UCHAR),
        ("Publish", UCHAR),
        ("Immortal", UCHAR),
        ("Age", ULONG),
        ("Origin", ENUM),
    )


class ForwardTable(Record):
    """Every route; the first stands for as many as it says."""

    declared_as = "MIB_IPFORWARD_TABLE2"
    _fields_ = (("NumEntries", ULONG), ("Table", ForwardRow * 1))


class NetRow(Record):
    """One neighbour. `Flags`: IsRouter, IsUnreachable."""

    declared_as = "MIB_IPNET_ROW2"
    _fields_ = (
        ("Address", SockaddrInet),
        ("InterfaceIndex", ULONG),
        ("InterfaceLuid", ULONG64),
        ("PhysicalAddress", UCHAR * 32),
        ("PhysicalAddressLength", ULONG),
        ("State", ENUM),
        ("Flags", UCHAR),
        ("ReachabilityTime", ULONG),
    )


class NetTable(Record):
    """Every neighbour; the first stands for as many as it says."""

    declared_as = "MIB_IPNET_TABLE2"
    _fields_ = (("NumEntries", ULONG), ("Table", NetRow * 1))


FUNCTIONS = {
    "GetAdaptersAddresses": Function(ULONG, (ULONG, ULONG, POINTER, POINTER, POINTER)),
    "GetIfEntry2": Function(ULONG, (POINTER,)),
    "GetIpForwardTable2": Function(ULONG, (USHORT, POINTER)),
    "GetBestRoute2": Function(ULONG, (POINTER, ULONG, POINTER, POINTER, ULONG, POINTER, POINTER)),
    "GetIpNetTable2": Function(ULONG, (USHORT, POINTER)),
    "FreeMibTable": Function(None, (POINTER,)),
    "ConvertInterfaceAliasToLuid": Function(ULONG, (POINTER, POINTER)),
    "ConvertInterfaceLuidToAlias": Function(ULONG, (POINTER, POINTER, SIZE_T)),
    "ConvertInterfaceLuidToIndex": Function(ULONG, (POINTER, POINTER)),
}
