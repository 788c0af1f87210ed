"""The Mac's reader at its edges: the kernel's bytes as XNU's headers lay them out, and stand-ins
for the objects of SystemConfiguration and CoreWLAN. No Mac was there to run it on."""

import errno
import os
import struct

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.device import macos_routing, macos_wifi
from netcheck.device.addresses import Literal, literal
from netcheck.device.macos import MacReader
from netcheck.device.macos_configuration import NotOffered
from netcheck.device.portable import PortableReader
from netcheck.model.device import (
    Address,
    Device,
    Interface,
    LinkKind,
    Neighbour,
    NeighbourState,
    Route,
)
from netcheck.model.observation import Family
from netcheck.model.wifi_link import NamePermission, WifiLink

# `default 192.168.1.1 UGSc en0`: struct rt_msghdr by hand, little-endian as every Mac today.
DEFAULT_IPV4 = bytes.fromhex(
    "8000 05 04 0100 0000 03080000 07000000 00000000 00000000 00000000 00000000 00000000"
    + "00000000" * 14
    + "10 02 0000 00000000 0000000000000000"  # destination 0.0.0.0
    + "10 02 0000 c0a80101 0000000000000000"  # gateway 192.168.1.1
    + "00 000000"  # a mask without a length: four bytes
)


def sockaddr_in(address: str) -> bytes:
    known = literal(address)
    return struct.pack("=BBH4s8x", 16, 2, 0, known.packed)


def sockaddr_in6(address: str, embedded: int = 0, scope: int = 0) -> bytes:
    packed = literal(address).packed
    if embedded:
        packed = packed[:2] + struct.pack("!H", embedded) + packed[4:]
    return struct.pack("=BBHI16sI", 28, 30, 0, 0, packed, scope)


def sockaddr_dl(index: int, name: str = "", hardware: bytes = b"") -> bytes:
    data = (name.encode() + hardware).ljust(12, b"\0")
    return struct.pack("=BBHBBBB", 20, 18, index, 6, len(name), len(hardware), 0) + data


def message(
    *addresses: bytes, flags: int, present: int, index: int = 1, process: int = 0, sequence: int = 0
) -> bytes:
    body = b"".join(one + bytes(-len(one) % 4) for one in addresses)
    header = struct.pack(
        "=HBBHxxiiiiiiI56x", 92 + len(body), 5, 4, index, flags, present, process, sequence, 0, 0, 0
    )
    return header + body


UP, GATEWAY, HOST, REJECT, LLINFO, SCOPED = 0x1, 0x2, 0x4, 0x8, 0x400, 0x1000000


def test_a_default_route_written_by_hand_is_read():
    (row,) = macos_routing.rows(DEFAULT_IPV4)
    assert (row.ifindex, row.bits, row.gateway, row.is_default) == (
        1,
        0,
        Literal(bytes((192, 168, 1, 1)), Family.IPV4, None),
        True,
    )


def test_a_request_is_the_bytes_of_the_manual_page():
    assert macos_routing.request(literal("203.0.113.7"), 4, 0x1122, 7) == bytes.fromhex(
        "8000 05 04 0400 0000 05000001 11000000 22110000 07000000 00000000 00000000 00000000"
        + "00000000" * 14
        + "10 02 0000 cb007107 0000000000000000"
        + "14 12 0000 00 00 00 00" + "00" * 12
    )  # fmt: skip


ROWS = [
    (
        "a network with a mask cut after its last byte",
        message(
            sockaddr_in("10.1.0.0"), sockaddr_dl(4), bytes.fromhex("0600 0000 ffff"),
            flags=UP, present=7, index=4,
        ),
        (False, 16, None, False),
    ),
    (
        "a host is no default route",
        message(sockaddr_in("0.0.0.0"), sockaddr_in("10.0.0.1"), flags=UP | GATEWAY | HOST,
                present=3),
        (False, None, "10.0.0.1", None),
    ),
    (
        "a default route that rejects is none",
        message(sockaddr_in("0.0.0.0"), sockaddr_in("10.0.0.1"), bytes(4),
                flags=UP | GATEWAY | REJECT, present=7),
        (False, 0, "10.0.0.1", None),
    ),
    (
        "the interface inside a link-local address, as KAME keeps it",
        message(sockaddr_in6("::"), sockaddr_in6("fe80::1", embedded=4), bytes(4),
                flags=UP | GATEWAY, present=7),
        (True, 0, "fe80::1%4", None),
    ),
    (
        "or in its own field",
        message(sockaddr_in6("::"), sockaddr_in6("fe80::1", scope=9), bytes(4),
                flags=UP | GATEWAY, present=7),
        (True, 0, "fe80::1%9", None),
    ),
]  # fmt: skip


@pytest.mark.parametrize(("what", "table", "expected"), ROWS, ids=[row[0] for row in ROWS])
def test_rows(what, table, expected):
    (row,) = macos_routing.rows(table)
    gateway = row.gateway.text if row.gateway else None
    assert (row.is_default, row.bits, gateway, row.resolved) == expected


@given(st.binary(max_size=400))
def test_junk_is_no_route_and_no_error(junk):
    for row in macos_routing.rows(junk):
        assert row.destination is None or row.destination.text


@given(st.integers(0, len(DEFAULT_IPV4) - 1), st.binary(min_size=1, max_size=8))
def test_a_damaged_table_is_read_as_far_as_it_goes(place, damage):
    table = DEFAULT_IPV4 + DEFAULT_IPV4
    broken = table[:place] + damage + table[place + len(damage) :]
    assert len(list(macos_routing.rows(broken))) <= 2


def test_a_message_of_another_version_is_passed_over():
    other = bytearray(DEFAULT_IPV4)
    other[2] = 4
    assert len(list(macos_routing.rows(bytes(other) + DEFAULT_IPV4))) == 1


# --- the reader, with a kernel of bytes ---


class Kernel:
    """Tables by family (2, 30) and kind (1: routes, 2: neighbours); answers by a function."""

    def __init__(self, tables=None, answer=None):
        self.tables = tables
        self.answer = answer

    def table(self, name):
        assert name[:3] == (4, 17, 0)
        if self.tables is None:
            raise PermissionError(errno.EPERM, "no")
        return self.tables.get((name[3], name[4]), b"")

    def answers(self, request):
        if isinstance(self.answer, OSError):
            raise self.answer
        return self.answer(request)


class Portable(PortableReader):
    """What psutil would tell of a Mac with Wi-Fi on `lo`, the one name that exists here."""

    def read(self):
        return PSUTIL


HOME = Address("192.0.2.7", 24, Family.IPV4, False)
PSUTIL = Device(
    system="macos",
    interfaces=(
        Interface("lo", LinkKind.OTHER, True, True, (HOME,)),
        Interface("en5", LinkKind.OTHER, True, True),
        Interface("utun3", LinkKind.TUNNEL, True, True),
    ),
    nameservers=("192.0.2.99",),
    not_measured=("link-kinds", "gateways", "neighbours", "wifi", "nameservers"),
)
KINDS = {"lo": LinkKind.WIFI, "en5": LinkKind.ETHERNET}
STORE = {
    "State:/Network/Global/DNS": {"ServerAddresses": ["192.0.2.1", "no address", "2001:DB8::1"]},
    "State:/Network/Global/IPv4": {
        "PrimaryInterface": "lo",
        "PrimaryService": "S",
        "Router": "192.0.2.1",
    },
    "State:/Network/Interface/lo/Link": {"Active": 1},
    "State:/Network/Interface/en5/Link": {"Active": 0},
}
JOINED = WifiLink(True, -52, 5180, 866.0, None, 80, name_permission=NamePermission.NOT_PERMITTED)
GLOBAL_DEFAULT = message(
    sockaddr_in("0.0.0.0"), sockaddr_in("192.0.2.1"), bytes(4), flags=UP | GATEWAY, present=7
)
SCOPED_DEFAULT = message(
    sockaddr_in("0.0.0.0"), sockaddr_in("192.0.2.254"), bytes(4),
    flags=UP | GATEWAY | SCOPED, present=7,
)  # fmt: skip
APPLES_OWN = message(
    sockaddr_in6("::"), sockaddr_in6("fe80::", embedded=1), bytes(4),
    flags=UP | GATEWAY | SCOPED, present=7,
)  # fmt: skip
TABLES = {(2, 1): SCOPED_DEFAULT + GLOBAL_DEFAULT, (30, 1): APPLES_OWN, (2, 2): b""}


def mac(kernel=None, store=STORE, kinds=KINDS, wifi=lambda name: JOINED):
    def refuse():
        raise NotOffered

    return MacReader(
        portable=Portable("macos"),
        kernel=kernel or Kernel(TABLES),
        store=(lambda: store.get) if store is not None else refuse,
        kinds=(lambda: kinds) if kinds is not None else refuse,
        wifi=wifi,
    )


def test_a_mac_tells_all_but_the_name_of_its_network():
    device = mac().read()
    assert device == Device(
        system="macos",
        interfaces=(
            Interface("lo", LinkKind.WIFI, True, True, (HOME,), wifi=JOINED),
            Interface("en5", LinkKind.ETHERNET, True, False),
            Interface("utun3", LinkKind.TUNNEL, True, True),
        ),
        nameservers=("192.0.2.1", "2001:db8::1"),
        search_domains=0,
        default_routes=(
            Route("0.0.0.0/0", Family.IPV4, "lo", "192.0.2.1", None, metric=0),
            Route("0.0.0.0/0", Family.IPV4, "lo", "192.0.2.254", None),
        ),
        not_permitted=("wifi-name",),
        not_measured=(),
    )


def test_the_route_of_an_interface_is_not_told_twice():
    again = message(
        sockaddr_in("0.0.0.0"), sockaddr_in("192.0.2.1"), bytes(4),
        flags=UP | GATEWAY | SCOPED, present=7,
    )  # fmt: skip
    device = mac(Kernel({(2, 1): again + GLOBAL_DEFAULT})).read()
    assert device.default_routes == (
        Route("0.0.0.0/0", Family.IPV4, "lo", "192.0.2.1", None, metric=0),
    )


def test_without_the_routing_table_the_primary_service_tells_the_way_out():
    device = mac(Kernel(None)).read()
    assert device.default_routes == (Route("0.0.0.0/0", Family.IPV4, "lo", "192.0.2.1", None),)
    assert device.not_measured == ("neighbours",)


def test_without_pyobjc_what_psutil_and_the_kernel_tell_is_left():
    def missing(name):
        raise macos_wifi.NotMeasured

    device = mac(store=None, kinds=None, wifi=missing).read()
    assert device.nameservers == ("192.0.2.99",)
    assert len(device.default_routes) == 2
    assert set(device.not_measured) == {"link-kinds", "wifi", "nameservers"}


def test_a_link_that_nobody_tells_of_is_not_measured():
    device = mac(store={}).read()
    assert device.interface("en5").carrier is None
    assert "carrier" in device.not_measured


def test_a_wifi_that_is_not_joined_carries_nothing_whatever_its_flags_say():
    device = mac(wifi=lambda name: WifiLink(associated=False)).read()
    assert device.interface("lo").carrier is False
    assert device.not_permitted == ()


def answer(*addresses: bytes, present: int, flags: int = UP, index: int = 1):
    def to(request):
        process, sequence = struct.unpack_from("=ii", request, 16)
        news = message(sockaddr_in("198.51.100.1"), flags=UP, present=1)  # of somebody else
        return news + message(
            *addresses,
            flags=flags,
            present=present,
            index=index,
            process=process,
            sequence=sequence,
        )

    return to


VIA_ROUTER = answer(
    sockaddr_in("0.0.0.0"), sockaddr_in("192.0.2.1"), bytes(4), sockaddr_dl(1, "en0"),
    sockaddr_in("192.0.2.7"), present=0x37, flags=UP | GATEWAY,
)  # fmt: skip
ON_LINK = answer(
    sockaddr_in("192.0.2.9"), sockaddr_dl(1, "", b"\2\0\0\0\0\1"), sockaddr_dl(1, "en0"),
    sockaddr_in("192.0.2.7"), present=0x33, flags=UP | HOST | LLINFO,
)  # fmt: skip
REFUSED = answer(
    sockaddr_in("192.0.2.9"), sockaddr_dl(1, "lo0"), present=0x3, flags=UP | HOST | REJECT
)
ROUTES = [
    ("through the router", VIA_ROUTER, ("en0", "192.0.2.1", "192.0.2.7")),
    ("on the link", ON_LINK, ("en0", None, "192.0.2.7")),
    ("a route that says no", REFUSED, (None, None, None)),
    ("no route", OSError(errno.ESRCH, "not in table"), (None, None, None)),
]


@pytest.mark.parametrize(("what", "said", "expected"), ROUTES, ids=[row[0] for row in ROUTES])
def test_the_way_to_one_address(what, said, expected):
    route = mac(Kernel(answer=said)).route_to("192.0.2.9")
    assert (route.interface, route.gateway, route.source) == expected


def test_another_process_s_answer_is_not_ours():
    other = message(
        sockaddr_in("0.0.0.0"), flags=UP, present=1, process=os.getpid() + 1, sequence=7
    )
    assert mac(Kernel(answer=lambda request: other)).route_to("192.0.2.9") is None


NEIGHBOURS = message(
    sockaddr_in("192.0.2.1"), sockaddr_dl(1, "", b"\2\0\0\0\0\1"),
    flags=UP | HOST | LLINFO, present=3,
) + message(
    sockaddr_in("192.0.2.2"), sockaddr_dl(1), flags=UP | HOST | LLINFO, present=3,
) + message(
    sockaddr_in("192.0.2.3"), sockaddr_dl(1), flags=UP | HOST | LLINFO | REJECT, present=3,
) + message(
    sockaddr_in("192.0.2.4"), sockaddr_dl(9), flags=UP | HOST | LLINFO, present=3, index=9,
)  # fmt: skip


@pytest.mark.parametrize(
    ("address", "state"),
    [
        ("192.0.2.1", NeighbourState.STALE),
        ("192.0.2.2", NeighbourState.INCOMPLETE),
        ("192.0.2.3", NeighbourState.FAILED),
        ("192.0.2.4", NeighbourState.NONE),  # of another interface
    ],
)
def test_neighbours(address, state):
    found = mac(Kernel({(2, 2): NEIGHBOURS})).neighbour(address, "lo")
    assert found == Neighbour(address, "lo", state)


def test_neighbours_that_are_withheld_are_not_measured():
    assert mac(Kernel(None)).neighbour("192.0.2.1", "lo") is None


@settings(max_examples=30)
@given(st.binary(max_size=300), st.integers(0, len(GLOBAL_DEFAULT)))
def test_a_kernel_that_talks_junk_is_survived(junk, kept):
    table = GLOBAL_DEFAULT[:kept] + junk
    kernel = Kernel({(2, 1): table, (30, 1): junk, (2, 2): junk}, answer=lambda request: table)
    reader = mac(kernel)
    assert reader.read().system == "macos"
    reader.route_to("192.0.2.9")
    assert reader.neighbour("192.0.2.1", "lo").address == "192.0.2.1"
