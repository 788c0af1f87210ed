"""Netlink bytes of a real kernel (Linux 6.18, in a network namespace), and junk instead of them.

From the link messages the counters and IFLA_AF_SPEC were cut out for their length.
"""

import errno
import math
import os
import struct
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.device import netlink, rtnetlink
from netcheck.device.linux import LinuxReader
from netcheck.device.netlink import attribute, attributes, messages
from netcheck.device.rtnetlink import AddressRow, HopRow, LinkRow, NeighbourRow, RouteRow
from netcheck.model.device import Address, Device, Interface, LinkKind, Route
from netcheck.model.names import NameOptions
from netcheck.model.observation import Family

LOOPBACK = bytes.fromhex(
    "00000403010000004900010000000000070003006c6f000008000d00e8030000050010000000000005001100"
    "00000000050043000100000008000400000001000800320000000000080033000000000008001b0000000000"
    "08001e000000000008003d000000000008001f000100000008002800ffff0000080029000000010008003a00"
    "0000010008003f0000000100080040000000010008003b00f8ff070008003c00ffff00000800420000000000"
    "08002000010000000500210001000000080023000000000008002f0000000000080030000000000006004400"
    "00000000060045000000000005002700000000000a00010000000000000000000a0002000000000000000000"
    "0c002b0005000200000000000c0006006e6f71756575650024000e0000000000000000000000000000000000"
    "0000000000000000000000000000000004003e8004004180"
)
VETH_WITHOUT_CARRIER = bytes.fromhex(
    "0000010003000000031000000000000009000300646576300000000008000d00e80300000500100003000000"
    "0500110000000000050043000000000008000400dc050000080032004400000008003300ffff000008001b00"
    "0000000008001e000000000008003d000000000008001f000200000008002800ffff00000800290000000100"
    "08003a000000010008003f0000000100080040000000010008003b00f8ff070008003c00ffff000008004200"
    "0000000008002000020000000500210000000000080023000100000008002f00000000000800300001000000"
    "0600440000000000060045000000000005002700000000000a00010002000000000100000a000200ffffffff"
    "ffff00000c002b0005000200000000001000120009000100766574680000000008000500020000000c000600"
    "6e6f71756575650024000e000000000000000000000000000000000000000000000000000000000000000000"
    "04003e8004004180"
)
VETH = bytes.fromhex(
    "0000010003000000431001000000000009000300646576300000000008000d00e80300000500100006000000"
    "0500110000000000050043000000000008000400dc050000080032004400000008003300ffff000008001b00"
    "0000000008001e000000000008003d000000000008001f000200000008002800ffff00000800290000000100"
    "08003a000000010008003f0000000100080040000000010008003b00f8ff070008003c00ffff000008004200"
    "0000000008002000020000000500210001000000080023000200000008002f00010000000800300001000000"
    "0600440000000000060045000000000005002700000000000a00010002000000000100000a000200ffffffff"
    "ffff00000c002b0005000200000000001000120009000100766574680000000008000500020000000c000600"
    "6e6f71756575650024000e000000000000000000000000000000000000000000000000000000000000000000"
    "04003e8004004180"
)
TUN = bytes.fromhex(
    "0000feff0400000091100000000000000900030074756e300000000008000d00f40100000500100002000000"
    "0500110000000000050043000000000008000400dc050000080032004400000008003300ffff000008001b00"
    "0000000008001e000000000008003d000000000008001f000100000008002800ffff00000800290000000100"
    "08003a000000010008003f0000000100080040000000010008003b000000010008003c00ffff000008004200"
    "0000000008002000010000000500210000000000080023000100000008002f00000000000800300001000000"
    "0600440000000000060045000000000005002700000000000c002b0005000200000000003800120008000100"
    "74756e002c000200050003000100000005000400000000000500050000000000050006000100000005000700"
    "000000000f000600706669666f5f66617374000024000e000000000000000000000000000000000000000000"
    "00000000000000000000000004003e8004004180"
)
GLOBAL_IPV4 = bytes.fromhex(
    "021880000300000008000100c633640708000200c6336407090003006465763000000000"
    "080008008000000014000600ffffffffffffffff207e0300207e0300"
)
LINK_LOCAL_IPV4 = bytes.fromhex(
    "021080000300000008000100a9fe070708000200a9fe0707090003006465763000000000"
    "080008008000000014000600ffffffffffffffff207e0300207e0300"
)
POINT_TO_POINT = bytes.fromhex(
    "0220800004000000080001000a080001080002000a0800020900030074756e3000000000"
    "080008008000000014000600ffffffffffffffff207e0300207e0300"
)
TENTATIVE_IPV6 = bytes.fromhex(
    "0a40c000030000001400010020010db8000100000000000000000007"
    "14000600ffffffffffffffff207e0300207e030008000800c0000000"
)
DEFAULT_IPV4 = bytes.fromhex(
    "02000000fe0300010000000008000f00fe000000080006006400000008000500c63364010800040003000000"
)
DEFAULT_IN_VPN_TABLE = bytes.fromhex("02000000fc03fd011000000008000f006cca00000800040004000000")
DEFAULT_IPV6 = bytes.fromhex(
    "0a000000fe0300010000000008000f00fe000000080006000004000014000500fe800000000000000000000000"
    "000001080004000300000024000c00000000000000000000000000000000000000000000000000000000000000"
    "00000500140000000000"
)
TWO_EQUAL_PATHS = bytes.fromhex(
    "02180000fe0300010000000008000f00fe00000008000100cb00710024000900"
    "100000000300000008000500c6336401100000010300000008000500c6336402"
)
IPV4_VIA_IPV6 = bytes.fromhex(
    "02180000fe0300010000000008000f00fe00000008000100c00002001600"
    "12000a00fe80000000000000000000000000000100000800040003000000"
)
UNREACHABLE_IPV6 = bytes.fromhex(
    "0a300000fe0300070000000008000f00fe0000001400010020010db8dead000000000000000000000800060000"
    "040000080004000100000024000c00000000000000000000000000000000000000000000000000000000000000"
    "00000500140000000000"
)
NEIGHBOUR_INCOMPLETE = bytes.fromhex(
    "02000000030000000100000108000100c6336401080004000400000014000300"
    "70170000000000000000000001000000"
)
NO_ROUTE_TO_HOST = bytes.fromhex(
    "8fffffff240000001a00010001000000000000000220000000000000000000000800010064400001"
)


def test_a_veth_without_a_peer_has_no_carrier() -> None:
    expected = LinkRow(3, "dev0", 1, 0x1003, "veth", 3, False, 1500, "02:00:00:00:00:01")
    assert expected == rtnetlink.link(VETH_WITHOUT_CARRIER)


def test_a_tun_is_known_by_its_driver() -> None:
    expected = LinkRow(4, "tun0", 65534, 0x1091, "tun", 2, False, 1500, None)
    assert expected == rtnetlink.link(TUN)


def test_of_a_point_to_point_link_our_own_end_is_read() -> None:
    expected = AddressRow(4, 2, "10.8.0.2", 32, True, "tun0", valid_s=math.inf)
    assert expected == rtnetlink.address(POINT_TO_POINT)


def test_an_address_still_checked_for_duplicates_is_not_usable() -> None:
    expected = AddressRow(3, 10, "2001:db8:1::7", 64, False, None, valid_s=math.inf)
    assert expected == rtnetlink.address(TENTATIVE_IPV6)


def test_equal_cost_paths_are_all_read() -> None:
    hops = (HopRow(3, "198.51.100.1"), HopRow(3, "198.51.100.2"))
    assert RouteRow(2, 24, 254, 1, 0, 0, hops, None, protocol=3) == rtnetlink.route(TWO_EQUAL_PATHS)


def test_an_ipv4_route_over_an_ipv6_next_hop_is_read() -> None:
    hops = (HopRow(3, "fe80::1"),)
    assert RouteRow(2, 24, 254, 1, 0, 0, hops, None, protocol=3) == rtnetlink.route(IPV4_VIA_IPV6)


def test_an_unanswered_neighbour_is_incomplete() -> None:
    assert NeighbourRow(3, "198.51.100.1", 1) == rtnetlink.neighbour(NEIGHBOUR_INCOMPLETE)


def test_a_route_request_is_what_the_kernel_echoes_in_its_refusal() -> None:
    echoed = NO_ROUTE_TO_HOST[4 + 16 :]
    assert echoed == rtnetlink.route_request(2, bytes([100, 64, 0, 1]), None)


class RecordedKernel:
    """A netlink socket that answers each kind of request with recorded payloads."""

    def __init__(self, answers: dict[tuple[int, int], list[bytes]], error: int = 0) -> None:
        self.answers = answers
        self.error = error
        self.datagrams: list[bytes] = []
        self.refused: set[int] = set()

    def sendto(self, request: bytes, address: tuple[int, int]) -> int:
        _, kind, flags, sequence, _ = struct.unpack_from("=IHHII", request)
        if kind in self.refused:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        payloads = self.answers.get((kind, request[16]), [])
        parts = [_message(kind - 2, sequence, payload) for payload in payloads]
        if self.error:
            parts = [_message(2, sequence, struct.pack("=i", -self.error))]
        elif flags & 0x300:
            parts.append(_message(3, sequence, struct.pack("=i", 0)))
        self.datagrams = [b"".join(parts)]
        return len(request)

    def recvfrom(self, size: int) -> tuple[bytes, tuple[int, int]]:
        if not self.datagrams:
            raise TimeoutError
        return self.datagrams.pop(0), (0, 0)

    def settimeout(self, seconds: float) -> None:
        assert seconds > 0

    def close(self) -> None:
        self.datagrams = []


def _message(kind: int, sequence: int, payload: bytes) -> bytes:
    header = struct.pack("=IHHII", 16 + len(payload), kind, 2, sequence, 0)
    return header + payload + bytes(-len(payload) % 4)


def _install(monkeypatch: pytest.MonkeyPatch, kernel: RecordedKernel) -> None:
    system = SimpleNamespace(AF_NETLINK=16, SOCK_RAW=3, socket=lambda *_: kernel)
    monkeypatch.setattr(netlink, "socket", system)


def _recorded() -> RecordedKernel:
    return RecordedKernel(
        {
            (rtnetlink.RTM_GETLINK, 0): [LOOPBACK, TUN, VETH],
            (rtnetlink.RTM_GETADDR, 0): [
                GLOBAL_IPV4,
                LINK_LOCAL_IPV4,
                POINT_TO_POINT,
                TENTATIVE_IPV6,
            ],
            (rtnetlink.RTM_GETROUTE, 2): [DEFAULT_IN_VPN_TABLE, DEFAULT_IPV4, TWO_EQUAL_PATHS],
            (rtnetlink.RTM_GETROUTE, 10): [UNREACHABLE_IPV6, DEFAULT_IPV6],
        }
    )


def _root(tmp_path: Path) -> str:
    (tmp_path / "etc").mkdir()
    (tmp_path / "etc/resolv.conf").write_text("nameserver 192.0.2.53\nsearch example.net\n")
    return str(tmp_path)


def test_the_whole_device_from_recorded_bytes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    _install(monkeypatch, _recorded())
    expected = Device(
        system="linux",
        interfaces=(
            Interface(
                "dev0",
                LinkKind.ETHERNET,
                up=True,
                carrier=True,
                addresses=(
                    Address("198.51.100.7", 24, Family.IPV4, link_local=False),
                    Address("169.254.7.7", 16, Family.IPV4, link_local=True),
                ),
                mtu=1500,
                made_up=True,
            ),
            Interface(
                "tun0",
                LinkKind.TUNNEL,
                up=True,
                carrier=False,
                addresses=(Address("10.8.0.2", 32, Family.IPV4, link_local=False),),
                mtu=1500,
            ),
        ),
        nameservers=("192.0.2.53",),
        search_domains=1,
        name_options=NameOptions(),
        default_routes=(
            Route("0.0.0.0/0", Family.IPV4, "dev0", "198.51.100.1", None, 100, "set"),
            Route("::/0", Family.IPV6, "dev0", "fe80::1%dev0", None, 1024, "set"),
            Route("0.0.0.0/0", Family.IPV4, "tun0", None, None, None, "set"),
        ),
    )
    assert expected == LinuxReader(root=_root(tmp_path)).read()


def test_a_kernel_that_answers_for_the_other_family_counts_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = _recorded()
    kernel.answers[rtnetlink.RTM_GETROUTE, 10] = [DEFAULT_IPV4]
    _install(monkeypatch, kernel)
    families = [route.family for route in LinuxReader(root=str(tmp_path)).read().default_routes]
    assert families == [Family.IPV4, Family.IPV4]  # dev0 and tun0


def test_what_android_withholds_is_named_and_the_addresses_still_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = _recorded()
    kernel.refused = {rtnetlink.RTM_GETLINK}
    _install(monkeypatch, kernel)
    monkeypatch.setattr("netcheck.device.linux._name_of", {3: "wlan0", 4: "tun0"}.get)
    device = LinuxReader("android", root=str(tmp_path)).read()
    assert [(i.name, i.kind, i.up) for i in device.interfaces] == [
        ("wlan0", LinkKind.WIFI, None),
        ("tun0", LinkKind.TUNNEL, None),
    ]
    withheld = ("interfaces", "carrier", "link-kinds", "speed", "wifi", "neighbours")
    assert (withheld, ("nameservers",)) == (device.not_permitted, device.not_measured)


@pytest.mark.parametrize(
    "error",
    [errno.ENETUNREACH, errno.EHOSTUNREACH, errno.EACCES, errno.EINVAL, errno.EOPNOTSUPP],
)
def test_a_refused_lookup_means_that_there_is_no_way(
    monkeypatch: pytest.MonkeyPatch, error: int
) -> None:
    _install(monkeypatch, RecordedKernel({}, error))
    expected = Route("100.64.0.1", Family.IPV4, None, None, None)
    assert expected == LinuxReader().route_to("100.64.0.1")


def test_a_lookup_that_the_kernel_could_not_do_is_not_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _install(monkeypatch, RecordedKernel({}, errno.ENOBUFS))
    assert LinuxReader().route_to("100.64.0.1") is None


def test_a_silent_kernel_is_not_measured_and_never_raises(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kernel = RecordedKernel({})
    kernel.datagrams = []
    monkeypatch.setattr(kernel, "sendto", lambda *_: 0)
    _install(monkeypatch, kernel)
    device = LinuxReader(root=_root(tmp_path)).read()
    assert {"interfaces", "addresses", "default-routes"} <= set(device.not_measured)
    assert device.interfaces == ()


def test_a_table_that_changed_while_it_was_read_is_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = _recorded()
    asked: list[int] = []

    def sendto(request: bytes, address: tuple[int, int]) -> int:
        asked.append(len(asked))
        length = RecordedKernel.sendto(kernel, request, address)
        if len(asked) == 1:  # NLM_F_DUMP_INTR in the flags of the first message
            first = bytearray(kernel.datagrams[0])
            first[6] |= 0x10
            kernel.datagrams[0] = bytes(first)
        return length

    monkeypatch.setattr(kernel, "sendto", sendto)
    _install(monkeypatch, kernel)
    with netlink.Conversation() as conversation:
        found = conversation.dump(rtnetlink.RTM_GETLINK, rtnetlink.link_request())
    assert (len(asked), [m.payload for m in found]) == (2, [LOOPBACK, TUN, VETH])


def test_an_answer_that_is_not_the_kernels_is_passed_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kernel = _recorded()
    forged = (_message(16, 1, VETH_WITHOUT_CARRIER) + _message(3, 1, bytes(4)), (4711, 0))
    replies = [forged]

    def recvfrom(size: int) -> tuple[bytes, tuple[int, int]]:
        return replies.pop() if replies else RecordedKernel.recvfrom(kernel, size)

    monkeypatch.setattr(kernel, "recvfrom", recvfrom)
    _install(monkeypatch, kernel)
    with netlink.Conversation() as conversation:
        found = conversation.dump(rtnetlink.RTM_GETLINK, rtnetlink.link_request())
    assert [m.payload for m in found] == [LOOPBACK, TUN, VETH]


def test_a_text_that_is_no_address_is_not_measured() -> None:
    reader = LinuxReader()
    assert (reader.route_to("example.net"), reader.neighbour("\0", None)) == (None, None)


PARSERS = (rtnetlink.link, rtnetlink.address, rtnetlink.route, rtnetlink.neighbour)
RECORDED = (LOOPBACK, TUN, GLOBAL_IPV4, TENTATIVE_IPV6, DEFAULT_IPV6, TWO_EQUAL_PATHS)


@given(st.binary(max_size=300))
def test_junk_never_breaks_a_parser(junk: bytes) -> None:
    for parse in PARSERS:
        parse(junk)
    assert all(len(message.payload) <= len(junk) for message in messages(junk))
    assert all(len(value) <= len(junk) for value in attributes(junk).values())


@given(st.sampled_from(RECORDED), st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_damaged_message_never_breaks_a_parser(real: bytes, place: int, damage: bytes) -> None:
    place %= len(real)
    for parse in PARSERS:
        parse(real[:place])
        parse(real[:place] + damage + real[place + len(damage) :])


@given(st.dictionaries(st.integers(1, 0x3FFF), st.binary(max_size=40), max_size=8))
def test_attributes_come_back_as_they_were_written(wanted: dict[int, bytes]) -> None:
    assert wanted == attributes(b"".join(attribute(k, v) for k, v in wanted.items()))


@given(st.lists(st.binary(max_size=200), max_size=4))
def test_a_kernel_that_talks_junk_is_survived(answers: list[bytes]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        _install(
            patch,
            RecordedKernel({(k, f): answers for k in (18, 22, 26, 30) for f in (0, 2, 10)}),
        )
        reader = LinuxReader(root="/nonexistent")
        assert reader.read().system == "linux"
        reader.route_to("192.0.2.1")
        reader.neighbour("192.0.2.1", "lo")
