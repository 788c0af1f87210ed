"""Declarations of Windows' ICMP (iphlpapi.dll, icmpapi.h): echo requests without raw sockets.

Source: ipexport.h and icmpapi.h of the Windows SDK. Nothing is called here: whoever sends is in the
room `probe`.
"""

from enum import IntEnum

from netcheck.device.windows_calls import (
    LONG,
    POINTER,
    UCHAR,
    ULONG,
    USHORT,
    Function,
    Record,
)

LIBRARY = "iphlpapi.dll"


class Status(IntEnum):
    """What became of a request (ipexport.h). Of two names for a number, that of IPv4."""

    IP_SUCCESS = 0
    IP_DEST_NET_UNREACHABLE = 11002
    IP_DEST_HOST_UNREACHABLE = 11003
    IP_DEST_PROT_UNREACHABLE = 11004
    IP_DEST_PORT_UNREACHABLE = 11005
    IP_PACKET_TOO_BIG = 11009
    IP_REQ_TIMED_OUT = 11010
    IP_BAD_ROUTE = 11012
    IP_TTL_EXPIRED_TRANSIT = 11013
    IP_BAD_DESTINATION = 11018
    IP_GENERAL_FAILURE = 11050


class OptionInformation(Record):
    """The header of what is sent, as far as it may be chosen."""

    declared_as = "IP_OPTION_INFORMATION"
    _fields_ = (
        ("Ttl", UCHAR),
        ("Tos", UCHAR),
        ("Flags", UCHAR),
        ("OptionsSize", UCHAR),
        ("OptionsData", POINTER),
    )


class EchoReply(Record):
    """An answer by IPv4, from whoever gave it. The address is in network order."""

    declared_as = "ICMP_ECHO_REPLY"
    _fields_ = (
        ("Address", ULONG),
        ("Status", ULONG),
        ("RoundTripTime", ULONG),
        ("DataSize", USHORT),
        ("Reserved", USHORT),
        ("Data", POINTER),
        ("Options", OptionInformation),
    )


class AddressEx(Record):
    """An IPv6 address, packed. Debian's headers forget the packing, which Microsoft's have."""

    declared_as = "IPV6_ADDRESS_EX"
    _pack_ = 1
    _fields_ = (
        ("sin6_port", USHORT),
        ("sin6_flowinfo", ULONG),
        ("sin6_addr", UCHAR * 16),
        ("sin6_scope_id", ULONG),
    )


class EchoReply6(Record):
    """An answer by IPv6; its data follows it in memory."""

    declared_as = "ICMPV6_ECHO_REPLY_LH"
    _fields_ = (("Address", AddressEx), ("Status", ULONG), ("RoundTripTime", ULONG))


_HANDLE_AND_CALLBACK = (POINTER, POINTER, POINTER, POINTER)
_REQUEST_AND_REPLY = (POINTER, USHORT, POINTER, POINTER, ULONG, ULONG)
FUNCTIONS = {
    "IcmpCreateFile": Function(POINTER, ()),
    "Icmp6CreateFile": Function(POINTER, ()),
    "IcmpCloseHandle": Function(LONG, (POINTER,)),
    "IcmpSendEcho2": Function(ULONG, (*_HANDLE_AND_CALLBACK, ULONG, *_REQUEST_AND_REPLY)),
    "Icmp6SendEcho2": Function(
        ULONG, (*_HANDLE_AND_CALLBACK, POINTER, POINTER, *_REQUEST_AND_REPLY)
    ),
}
