"""The Linux reader in real network namespaces, asked by a user without capabilities.

    dev0 (the device) ──veth── far0 (the router)

Root makes the world; a forked child joins it as uid 65534 and reads. Nothing leaves the machine.
"""

import ctypes
import math
import os
import pickle
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import TypeVar

import pytest

from netcheck.device.linux import LinuxReader
from netcheck.device.send_queue import SendQueue, queue_of, send_queue
from netcheck.model.device import Device, LinkKind, Neighbour, NeighbourState, Route
from netcheck.model.observation import Family

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(
        not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root makes namespaces"
    ),
]

NOBODY = 65534
HERE = f"nc{os.getpid()}-dev"
THERE = f"nc{os.getpid()}-far"
_CLONE_NEWNET = 0x40000000
_Answer = TypeVar("_Answer")


def ip(*words: str, at: str = HERE) -> None:
    subprocess.run(["ip", "-n", at, *words], check=True, capture_output=True, timeout=10)


def sysctl(setting: str, value: str, at: str = HERE) -> None:
    path = f"/proc/sys/net/{setting}"
    inside(at, lambda: _write(path, value), uid=0)


def _write(path: str, text: str) -> None:
    with open(path, "w") as file:
        file.write(text)


def inside(namespace: str, ask: Callable[[], _Answer], uid: int = NOBODY) -> _Answer:
    """What `ask` answers there, in a child of that user without groups or capabilities."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        code = 1
        with suppress(BaseException):
            _join(namespace, uid)
            os.write(writing, pickle.dumps(ask()))
            code = 0
        os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as file:
        answer = file.read()
    _, status = os.waitpid(child, 0)
    assert status == 0
    value: _Answer = pickle.loads(answer)  # from our own child
    return value


def _join(namespace: str, uid: int) -> None:
    with open(f"/run/netns/{namespace}", "rb") as file:
        if ctypes.CDLL(None, use_errno=True).setns(file.fileno(), _CLONE_NEWNET):
            raise OSError(ctypes.get_errno(), "setns")
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)


def until(expected: object, ask: Callable[[], _Answer], within_s: float = 5) -> _Answer:
    """Asks there until the answer is the expected one or time is up; gives the last answer."""
    deadline = time.monotonic() + within_s
    while (answer := inside(HERE, ask)) != expected and time.monotonic() < deadline:
        time.sleep(0.05)
    return answer


def read() -> Device:
    return inside(HERE, lambda: LinuxReader().read())


def route_to(address: str) -> Route | None:
    return inside(HERE, lambda: LinuxReader().route_to(address))


def state_of(address: str) -> NeighbourState | None:
    found = LinuxReader().neighbour(address, "dev0")
    return None if found is None else found.state


def knock(address: str) -> None:
    """One datagram, so that the kernel has to resolve the neighbour."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"\0", (address, 9))


@pytest.fixture
def bare() -> Iterator[None]:
    """Two namespaces and nothing in them but a loopback."""
    for name in (HERE, THERE):
        subprocess.run(["ip", "netns", "add", name], check=True, timeout=10)
    try:
        yield
    finally:
        for name in (HERE, THERE):
            subprocess.run(["ip", "netns", "del", name], check=False, timeout=10)


@pytest.fixture
def cable(bare: None) -> None:
    """dev0 here, far0 there, both up, no address."""
    ip("link", "add", "dev0", "type", "veth", "peer", "name", "far0", "netns", THERE)
    ip("link", "set", "lo", "up")
    ip("link", "set", "dev0", "up")
    ip("link", "set", "far0", "up", at=THERE)


@pytest.fixture
def home(cable: None) -> None:
    """The device has an address, the router answers at 198.51.100.1."""
    ip("addr", "add", "198.51.100.7/24", "dev", "dev0")
    ip("addr", "add", "198.51.100.1/24", "dev", "far0", at=THERE)
    ip("route", "add", "default", "via", "198.51.100.1", "dev", "dev0", "metric", "100")


def test_a_machine_with_nothing_has_no_interface_and_no_way(bare: None) -> None:
    device = read()
    assert (device.interfaces, device.default_routes) == ((), ())
    assert Route("9.9.9.9", Family.IPV4, None, None, None) == route_to("9.9.9.9")
    assert Route("2620:fe::fe", Family.IPV6, None, None, None) == route_to("2620:fe::fe")


def test_a_cable_that_is_in_has_carrier(cable: None) -> None:
    (dev0,) = read().interfaces
    assert (
        dev0.name,
        dev0.kind,
        dev0.up,
        dev0.carrier,
        dev0.mtu,
        dev0.speed_mbps,
    ) == ("dev0", LinkKind.ETHERNET, True, True, 1500, None)


def test_a_cable_that_is_out_has_no_carrier(cable: None) -> None:
    ip("link", "set", "far0", "down", at=THERE)
    (dev0,) = read().interfaces
    assert (dev0.up, dev0.carrier) == (True, False)


def test_bridges_of_containers_do_not_pass_for_the_cable(cable: None) -> None:
    ip("link", "add", "docker0", "type", "bridge")
    ip("link", "add", "vetha", "type", "veth", "peer", "name", "vethb", "netns", THERE)
    ip("link", "set", "vetha", "master", "docker0")
    assert {i.name: i.kind for i in read().interfaces} == {
        "dev0": LinkKind.ETHERNET,
        "docker0": LinkKind.OTHER,
        "vetha": LinkKind.OTHER,
    }


def test_an_interface_that_is_off_tells_nothing_of_its_cable(cable: None) -> None:
    ip("link", "set", "dev0", "down")
    (dev0,) = read().interfaces
    assert (dev0.up, dev0.carrier, dev0.addresses) == (False, None, ())


def test_an_interface_may_have_link_local_addresses_only(cable: None) -> None:
    def kinds() -> set[tuple[Family, bool]]:
        (dev0,) = LinuxReader().read().interfaces
        return {(address.family, address.link_local) for address in dev0.addresses}

    ip("addr", "add", "169.254.7.7/16", "dev", "dev0")
    expected = {(Family.IPV4, True), (Family.IPV6, True)}
    assert expected == until(expected, kinds)


def test_an_interface_may_have_no_address(cable: None) -> None:
    sysctl("ipv6/conf/dev0/disable_ipv6", "1")
    (dev0,) = read().interfaces
    assert dev0.addresses == ()
    assert read().default_routes == ()


def test_an_address_that_another_device_has_is_named_and_not_used(cable: None) -> None:
    sysctl("ipv6/conf/dev0/accept_dad", "1")
    ip("addr", "add", "2001:db8:7::7/64", "dev", "far0", "nodad", at=THERE)
    ip("addr", "add", "2001:db8:7::7/64", "dev", "dev0")
    expected = ((Family.IPV6,), [])

    def seen() -> tuple[tuple[Family, ...], list[str]]:
        found = LinuxReader().read().interface("dev0")
        assert found is not None
        return found.duplicates, [a.address for a in found.addresses if not a.link_local]

    assert expected == until(expected, seen)


def test_what_is_left_of_an_address_is_read_from_the_kernel(cable: None) -> None:
    words = ("valid_lft", "600", "preferred_lft", "600")
    ip("addr", "add", "198.51.100.7/24", "dev", "dev0", *words)
    ip("addr", "add", "198.51.100.8/24", "dev", "dev0")
    found = read().interface("dev0")
    assert found is not None
    left = {a.address: a.valid_s for a in found.addresses if a.family is Family.IPV4}
    assert left["198.51.100.8"] == math.inf
    assert 590 <= (left["198.51.100.7"] or 0) <= 600


def test_what_the_send_queue_threw_away_is_counted(home: None) -> None:
    words = ("tbf", "rate", "64kbit", "burst", "2000", "limit", "4000")
    command = ["tc", "-n", HERE, "qdisc", "add", "dev", "dev0", "root", *words]
    subprocess.run(command, check=True, timeout=10)
    before = inside(HERE, lambda: send_queue("dev0"))

    def flood() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
            for _ in range(100):
                sender.sendto(bytes(1000), ("198.51.100.1", 9))

    inside(HERE, flood)
    after = inside(HERE, lambda: send_queue("dev0"))
    assert before == SendQueue(waiting_bytes=0, dropped=0)
    assert after is not None
    assert after.dropped >= 90
    assert after.waiting_bytes <= 4000


def test_an_interface_that_is_not_there_has_no_send_queue() -> None:
    assert send_queue("nobody0") is None


@pytest.mark.parametrize("length", range(0, 60, 7))
def test_half_a_message_about_a_queue_is_no_queue(length: int) -> None:
    whole = bytes.fromhex(
        "000000000300000000000980ffffffff03000000080001007462660030000700"
        "2c0003000000000000000000000000000000000000000000000000000000000000000000"
    )
    assert queue_of(whole[:length], 3) is None


def test_default_routes_come_in_the_order_of_their_preference(home: None) -> None:
    ip("route", "add", "default", "via", "198.51.100.2", "dev", "dev0", "metric", "50")
    expected = (
        Route("0.0.0.0/0", Family.IPV4, "dev0", "198.51.100.2", None, 50, "set"),
        Route("0.0.0.0/0", Family.IPV4, "dev0", "198.51.100.1", None, 100, "set"),
    )
    assert expected == read().default_routes
    best = Route("9.9.9.9", Family.IPV4, "dev0", "198.51.100.2", "198.51.100.7")
    assert best == route_to("9.9.9.9")


def test_a_target_on_the_own_network_has_no_gateway(home: None) -> None:
    expected = Route("198.51.100.9", Family.IPV4, "dev0", None, "198.51.100.7")
    assert expected == route_to("198.51.100.9")


@pytest.mark.parametrize("kind", ["unreachable", "prohibit", "blackhole"])
def test_a_route_that_says_no_is_no_way(home: None, kind: str) -> None:
    ip("route", "add", kind, "100.64.0.0/10")
    ip("route", "add", kind, "2001:db8:dead::/48")
    nowhere = (
        Route("100.64.0.1", Family.IPV4, None, None, None),
        Route("2001:db8:dead::1", Family.IPV6, None, None, None),
    )
    assert nowhere == (route_to("100.64.0.1"), route_to("2001:db8:dead::1"))


def test_a_router_advertisement_makes_an_ipv6_default_route(cable: None) -> None:
    def advertise() -> None:
        # RFC 4861 4.2: type 134, lifetime 1800 s; the prefix option of 4.6.2 with L and A set.
        prefix = struct.pack("!BBBBIII", 3, 4, 64, 0xC0, 7200, 1800, 0)
        prefix += socket.inet_pton(socket.AF_INET6, "2001:db8:1::")
        message = struct.pack("!BBHBBHII", 134, 0, 0, 64, 0, 1800, 0, 0) + prefix
        with socket.socket(socket.AF_INET6, socket.SOCK_RAW, socket.IPPROTO_ICMPV6) as sender:
            sender.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_MULTICAST_HOPS, 255)
            with suppress(OSError):  # far0's own address is still being checked: try again
                sender.sendto(message, ("ff02::1", 0, 0, socket.if_nametoindex("far0")))

    def gateways() -> list[tuple[Family, bool]]:
        routes = LinuxReader().read().default_routes
        return [(r.family, (r.gateway or "").endswith("%dev0")) for r in routes]

    deadline = time.monotonic() + 8
    while inside(HERE, gateways) == [] and time.monotonic() < deadline:
        inside(THERE, advertise, uid=0)
        time.sleep(0.1)
    assert inside(HERE, gateways) == [(Family.IPV6, True)]

    def source() -> str | None:
        found = LinuxReader().route_to("2620:fe::fe")
        return found.source[:12] if found is not None and found.source is not None else None

    assert until("2001:db8:1:0", source) == "2001:db8:1:0"


def test_an_ipv6_route_without_a_usable_address_has_no_source(cable: None) -> None:
    sysctl("ipv6/conf/dev0/addr_gen_mode", "1")
    ip("-6", "addr", "flush", "dev", "dev0")
    ip("-6", "route", "add", "default", "dev", "dev0")
    expected = Route("2620:fe::fe", Family.IPV6, "dev0", None, None)
    assert expected == route_to("2620:fe::fe")


def test_a_machine_without_ipv6_has_no_way_over_it(home: None) -> None:
    sysctl("ipv6/conf/all/disable_ipv6", "1")
    expected = Route("2620:fe::fe", Family.IPV6, None, None, None)
    assert expected == route_to("2620:fe::fe")
    assert "default-routes" not in read().not_measured


def test_a_policy_routed_tunnel_is_seen_per_target(home: None) -> None:
    """The rules of wg-quick(8): all goes into the tunnel but what is marked or more specific."""
    ip("tuntap", "add", "dev", "tun0", "mode", "tun")
    ip("addr", "add", "10.8.0.2/32", "dev", "tun0")
    ip("link", "set", "tun0", "up")
    ip("route", "add", "default", "dev", "tun0", "table", "51820")
    ip("rule", "add", "not", "fwmark", "51820", "table", "51820")
    ip("rule", "add", "table", "main", "suppress_prefixlength", "0")
    device = read()
    tunnel = device.interface("tun0")
    assert tunnel is not None
    assert LinkKind.TUNNEL is tunnel.kind
    assert Route("9.9.9.9", Family.IPV4, "tun0", None, "10.8.0.2") == route_to("9.9.9.9")
    at_home = Route("198.51.100.1", Family.IPV4, "dev0", None, "198.51.100.7")
    assert at_home == route_to("198.51.100.1")
    assert [route.interface for route in device.default_routes] == ["dev0", "tun0"]


def test_a_rule_for_one_user_is_seen_by_that_user_only(home: None) -> None:
    ip("rule", "add", "uidrange", f"{NOBODY}-{NOBODY}", "table", "99")
    ip("route", "add", "unreachable", "default", "table", "99")
    assert Route("9.9.9.9", Family.IPV4, None, None, None) == route_to("9.9.9.9")
    of_root = inside(HERE, lambda: LinuxReader().route_to("9.9.9.9"), uid=0)
    assert of_root is not None
    assert of_root.interface == "dev0"


def test_a_neighbour_that_was_never_asked_is_none(home: None) -> None:
    expected = Neighbour("198.51.100.9", "dev0", NeighbourState.NONE)
    assert expected == inside(HERE, lambda: LinuxReader().neighbour("198.51.100.9", None))


def test_a_router_that_answers_is_reachable_then_stale(home: None) -> None:
    inside(HERE, lambda: knock("198.51.100.1"))
    reachable = NeighbourState.REACHABLE
    assert reachable is until(reachable, lambda: state_of("198.51.100.1"))
    ip("neigh", "change", "198.51.100.1", "dev", "dev0", "nud", "stale")
    assert NeighbourState.STALE is inside(HERE, lambda: state_of("198.51.100.1"))


def test_a_router_that_is_dead_is_incomplete_then_failed(home: None) -> None:
    inside(HERE, lambda: knock("198.51.100.66"))
    assert NeighbourState.INCOMPLETE is inside(HERE, lambda: state_of("198.51.100.66"))
    failed = NeighbourState.FAILED
    assert failed is until(failed, lambda: state_of("198.51.100.66"))


def test_an_ipv6_neighbour_is_found_with_its_scope(home: None) -> None:
    ip("neigh", "add", "fe80::1", "lladdr", "02:00:00:00:00:99", "dev", "dev0", "nud", "reachable")
    expected = Neighbour("fe80::1%dev0", "dev0", NeighbourState.REACHABLE)
    assert expected == inside(HERE, lambda: LinuxReader().neighbour("fe80::1%dev0", None))


def test_an_interface_that_is_gone_is_not_measured(home: None) -> None:
    asked = inside(HERE, lambda: LinuxReader().neighbour("198.51.100.1", "gone0"))
    assert (asked, route_to("fe80::1%gone0")) == (None, None)


def test_a_whole_reading_takes_under_ten_milliseconds(home: None) -> None:
    def fastest_ms() -> float:
        reader = LinuxReader()
        times = []
        for _ in range(10):
            start = time.perf_counter()
            reader.read()
            times.append((time.perf_counter() - start) * 1000)
        return min(times)

    assert inside(HERE, fastest_ms) < 10
