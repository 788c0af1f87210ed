"""Traces, knocks, trains and IKE past real routers, by an ordinary user without capabilities.

device ──── home ──── isp ──── far
.77.2      .77.1    100.64.7.2   198.51.100.9      IPv4
fd77::2    fd77::1  fd64::2      2001:db8:9::9     IPv6
"""

import socket
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import dns.message  # noqa: F401  (in the child, nobody could not read it any more)
import pytest

if sys.platform != "linux":
    pytest.skip("network namespaces are Linux's", allow_module_level=True)

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.closed_port import UdpKnock, knock_udp
from netcheck.probe.echo import echo
from netcheck.probe.ike import HalfOpenBudget, IkeExchange, exchange
from netcheck.probe.network import AllowList, Network
from netcheck.probe.path import Hop, Path, trace
from netcheck.probe.train import Train, dns_train, tcp_train
from tests.lab.namespaces import Namespace, cable, unique_prefix
from tests.nobody import as_nobody

pytestmark = pytest.mark.lab

HOME, ISP, FAR = "192.168.77.1", "100.64.7.2", "198.51.100.9"
HOME6, ISP6, FAR6 = "fd77::1", "fd64::2", "2001:db8:9::9"
LOOPING, NOWHERE, ON_LINK = "203.0.113.1", "203.0.113.2", "192.168.77.99"
WAYS = [(FAR, (HOME, ISP, FAR)), (FAR6, (HOME6, ISP6, FAR6))]
_Answer = TypeVar("_Answer")


class World:
    def __init__(self, prefix: str) -> None:
        self.device, self.home, self.isp, self.far = (
            Namespace(prefix, role) for role in ("dev", "home", "isp", "far")
        )
        try:
            self._wire()
        except BaseException:
            self.remove()
            raise

    def _wire(self) -> None:
        for place in (self.device, self.home, self.isp, self.far):
            place.setting({f"ipv6/conf/{which}/accept_dad": 0 for which in ("all", "default")})
        cable(self.device, "lan0", self.home, "lan1")
        cable(self.home, "wan0", self.isp, "wan1")
        cable(self.isp, "net0", self.far, "net1")
        # Routers here answer every expired datagram: how they limit them is not the matter.
        quick = {"ipv4/icmp_ratemask": 0, "ipv6/icmp/ratelimit": 0}
        routing = {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
        for place in (self.home, self.isp, self.far):
            place.setting(quick | (routing if place is not self.far else {}))
        self._number()
        self._route()

    def _number(self) -> None:
        for place, end, v4, v6 in (
            (self.device, "lan0", "192.168.77.2/24", "fd77::2/64"),
            (self.home, "lan1", "192.168.77.1/24", "fd77::1/64"),
            (self.home, "wan0", "100.64.7.1/24", "fd64::1/64"),
            (self.isp, "wan1", "100.64.7.2/24", "fd64::2/64"),
            (self.isp, "net0", "198.51.100.1/24", "2001:db8:9::1/64"),
            (self.far, "net1", "198.51.100.9/24", "2001:db8:9::9/64"),
        ):
            place.ip(
                f"addr add {v4} dev {end}", f"addr add {v6} dev {end} nodad", f"link set {end} up"
            )

    def _route(self) -> None:
        self.device.ip("route add default via 192.168.77.1", "route add ::/0 via fd77::1")
        self.home.ip("route add default via 100.64.7.2", "route add ::/0 via fd64::2")
        self.home.ip(f"route add unreachable {NOWHERE}")
        self.isp.ip("route add default via 100.64.7.1", "route add ::/0 via fd64::1")
        self.far.ip("route add default via 198.51.100.1", "route add ::/0 via 2001:db8:9::1")

    def ask(self, probe: Callable[[Network], _Answer]) -> tuple[_Answer, int]:
        """What the probe finds as an ordinary user of the device, and the packets it counted."""

        def run() -> tuple[_Answer, int]:
            net = network()
            return probe(net), net.packets_sent

        return as_nobody(self.device.path, run)

    def remove(self) -> None:
        for place in (self.device, self.home, self.isp, self.far):
            place.remove()


def network() -> Network:
    return Network(
        AllowList(
            AllowedTarget(host, None, protocol, "the lab")
            for host in (HOME, HOME6, FAR, FAR6, LOOPING, NOWHERE, ON_LINK)
            for protocol in Protocol
        )
    )


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    built = World(unique_prefix(900))
    try:
        for address in (FAR, FAR6):
            deadline = time.monotonic() + 10
            while not built.ask(lambda net, a=address: knock_udp(net, a))[0].answered:
                assert time.monotonic() < deadline, f"{address} cannot be reached"
        yield built
    finally:
        built.remove()


@contextmanager
def rules(place: Namespace, chain: str, *lines: str) -> Iterator[None]:
    """Netfilter rules in one chain of one place, for as long as this lasts."""
    kind = "nat" if chain == "prerouting" else "filter"
    priority = "dstnat" if kind == "nat" else "filter"
    body = "\n".join(lines)
    place.nft(
        f"table inet t {{\nchain c {{\ntype {kind} hook {chain} priority {priority};\n"
        f"{body}\n}}\n}}\n"
    )
    try:
        yield
    finally:
        place.nft("delete table inet t")


def to_port(port: int, payload: bytes = b"the datagram", address: str = FAR, **options):
    return lambda net: trace(net, address, port, payload, **options)


def outline(path: Path | None) -> list[tuple[int, str | None, str | None]]:
    assert path is not None
    return [(hop.ttl, hop.address, hop.icmp) for hop in path.hops]


# Paths


@pytest.mark.parametrize(("address", "hops"), WAYS, ids=["IPv4", "IPv6"])
def test_a_closed_port_shows_the_whole_path(world, address, hops):
    path, packets = world.ask(to_port(33434, address=address))
    assert outline(path) == [
        (1, hops[0], "time-exceeded"),
        (2, hops[1], "time-exceeded"),
        (3, hops[2], "port-unreachable"),
    ]
    assert (path.reached, path.answered_ttl, path.answer) == (True, 3, None)
    assert all(0 < hop.delay_ms < 300 for hop in path.hops)
    assert packets <= 6


@pytest.mark.parametrize(("address", "hops"), WAYS, ids=["IPv4", "IPv6"])
def test_what_the_home_router_drops_ends_there_while_a_control_port_goes_on(world, address, hops):
    with rules(world.home, "forward", "udp dport { 500, 4500 } drop"):
        ike, _ = world.ask(to_port(500, address=address, deadline_ms=600))
        control, _ = world.ask(to_port(33434, address=address))
    assert outline(ike) == [
        (1, hops[0], "time-exceeded"),
        *[(ttl, None, None) for ttl in range(2, 7)],
    ]
    assert (ike.reached, ike.answered_ttl) == (False, None)
    assert (control.reached, control.answered_ttl) == (True, 3)


def test_what_the_provider_drops_ends_one_hop_later(world):
    with rules(world.isp, "forward", "udp dport 500 drop"):
        path, packets = world.ask(to_port(500, deadline_ms=600))
    assert outline(path)[:3] == [
        (1, HOME, "time-exceeded"),
        (2, ISP, "time-exceeded"),
        (3, None, None),
    ]
    assert (path.reached, packets) == (False, 6)


@pytest.mark.parametrize(
    ("address", "home", "verdict", "said"),
    [
        (FAR, HOME, "reject with icmp type admin-prohibited", "prohibited"),
        (FAR6, HOME6, "reject with icmpv6 type admin-prohibited", "prohibited"),
        (FAR, HOME, "reject with icmp type host-unreachable", "unreachable"),
        (FAR, HOME, "reject", "port-unreachable"),
    ],
)
def test_a_router_that_rejects_names_itself(world, address, home, verdict, said):
    with rules(world.home, "forward", f"udp dport 500 {verdict}"):
        path, _ = world.ask(to_port(500, address=address))
    assert outline(path) == [(1, home, "time-exceeded"), (2, home, said)]
    assert path.reached is False


def test_a_missing_route_is_told_by_the_router_that_misses_it(world):
    path, _ = world.ask(to_port(33434, address=NOWHERE))
    assert outline(path) == [(1, HOME, "unreachable")]


def test_a_silent_router_is_a_gap_not_an_end(world):
    with rules(world.isp, "output", "icmp type time-exceeded drop"):
        started = time.monotonic()
        path, packets = world.ask(to_port(33434))
        lasted = time.monotonic() - started
    assert outline(path) == [
        (1, HOME, "time-exceeded"),
        (2, None, None),
        (3, FAR, "port-unreachable"),
    ]
    assert path.reached is True
    assert packets <= 7
    assert lasted < 0.8, "a way known to its end is not waited for"


def test_a_lost_answer_is_asked_for_once_more(world):
    with rules(world.isp, "output", "icmp type time-exceeded numgen inc mod 2 0 drop"):
        path, packets = world.ask(to_port(33434))
    assert outline(path) == [
        (1, HOME, "time-exceeded"),
        (2, ISP, "time-exceeded"),
        (3, FAR, "port-unreachable"),
    ]
    assert packets <= 7


def test_a_loop_is_followed_to_the_last_ttl_and_no_further(world):
    path, packets = world.ask(to_port(33434, address=LOOPING))
    assert outline(path) == [
        (ttl, HOME if ttl % 2 else ISP, "time-exceeded") for ttl in range(1, 13)
    ]
    assert (path.reached, packets) == (False, 12)


def test_max_ttl_bounds_the_trace(world):
    path, packets = world.ask(to_port(33434, max_ttl=2))
    assert outline(path) == [(1, HOME, "time-exceeded"), (2, ISP, "time-exceeded")]
    assert packets == 2


def test_an_answer_from_the_destination_is_kept(world):
    with answering(world.far, FAR, 500, b"the answer"):
        path, _ = world.ask(to_port(500))
    assert outline(path)[2] == (3, FAR, None)
    assert (path.reached, path.answered_ttl, path.answer) == (True, 3, b"the answer")


def test_a_router_that_answers_in_the_destination_s_name_is_caught_by_the_ttl(world):
    with (
        rules(world.home, "prerouting", 'iifname "lan1" udp dport 500 redirect'),
        answering(world.home, HOME, 500, b"a lie"),
    ):
        path, _ = world.ask(to_port(500))
    assert path == Path(path.hops, True, 1, b"a lie")
    assert path.hops == (Hop(1, FAR, path.hops[0].delay_ms),)


def test_a_local_firewall_is_this_machine_s_doing(world):
    with rules(world.device, "output", "udp dport 500 drop"):
        path, packets = world.ask(to_port(500))
    assert (path.hops, path.failure, packets) == ((Hop(1),), Failure.NOT_PERMITTED, 0)


def test_no_hop_is_asked_more_than_five_times_a_second(world):
    def eight_traces(net: Network) -> list[float]:
        started = time.monotonic()
        ends = []
        for _ in range(8):
            assert outline(trace(net, FAR, 33434, b"x"))[0] == (1, HOME, "time-exceeded")
            ends.append(time.monotonic() - started)
        return ends

    ends, _ = world.ask(eight_traces)
    assert ends[4] < 0.9
    assert ends[5] > 1.0


@contextmanager
def answering(place: Namespace, address: str, port: int, answer: bytes) -> Iterator[None]:
    """A responder there that says one thing to whatever comes."""

    def opened() -> socket.socket:
        responder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        responder.bind((address, port))
        responder.settimeout(0.05)
        return responder

    responder, ending = place.call(opened), threading.Event()

    def run() -> None:
        while not ending.is_set():
            try:
                _, sender = responder.recvfrom(65535)
            except TimeoutError:
                continue
            responder.sendto(answer, sender)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
        responder.close()


# Knocks and trains


@pytest.mark.parametrize("address", [HOME, HOME6])
def test_a_knock_on_the_router_s_closed_port_is_answered(world, address):
    knock, packets = world.ask(lambda net: knock_udp(net, address))
    assert (knock.answered, knock.icmp, knock.offender) == (True, "port-unreachable", address)
    assert (knock.failure, packets) == (Failure.REFUSED, 1)
    assert 0 < knock.delay_ms < 300


def test_a_router_that_drops_knocks_is_silent_after_two(world):
    with rules(world.home, "input", "udp dport 33434 drop"):
        knock, packets = world.ask(lambda net: knock_udp(net, HOME, deadline_ms=500))
    assert knock == UdpKnock(False, failure=Failure.TIMEOUT)
    assert packets == 2


def test_a_lost_knock_is_repeated(world):
    with rules(world.home, "input", "udp dport 33434 numgen inc mod 2 0 drop"):
        knock, packets = world.ask(lambda net: knock_udp(net, HOME))
    assert (knock.answered, packets) == (True, 2)


def test_a_refusal_by_somebody_on_the_way_is_not_an_answer_of_the_address(world):
    with rules(world.home, "forward", "udp dport 33434 reject with icmp type admin-prohibited"):
        knock, _ = world.ask(lambda net: knock_udp(net, FAR))
    assert (knock.answered, knock.icmp, knock.offender) == (False, "prohibited", HOME)
    assert knock.failure is Failure.PROHIBITED


def test_a_router_that_accepts_knocks_is_there_too(world):
    with answering(world.home, HOME, 33434, b"hello"):
        knock, _ = world.ask(lambda net: knock_udp(net, HOME))
    assert (knock.answered, knock.icmp, knock.failure) == (True, None, None)


@pytest.mark.parametrize("address", [FAR, FAR6])
def test_a_train_to_a_closed_port_is_answered_by_resets(world, address):
    train, packets = world.ask(lambda net: tcp_train(net, address, 9))
    assert (train.sent, train.lost, train.loss, packets) == (20, 0, 0.0, 20)
    assert len(train.delays_ms) == 20
    assert 0 < train.median_ms < 100


def test_a_train_to_an_open_port_leaves_no_connection_behind(world):
    def listening() -> socket.socket:
        return socket.create_server((FAR, 8080))

    with world.far.call(listening):
        train, packets = world.ask(lambda net: tcp_train(net, FAR, 8080, count=5))
        time.sleep(0.1)
        left = world.far.run("ss", "-Htn", "state", "established")
    assert (train.sent, train.lost, packets) == (5, 0, 10)
    assert left == ""


def test_a_train_counts_what_is_lost_on_the_way(world):
    lossy = rules(world.home, "forward", "tcp flags & (syn|ack) == syn numgen inc mod 4 0 drop")
    with lossy:
        train, packets = world.ask(lambda net: tcp_train(net, FAR, 9, wait_ms=300))
    assert (train.sent, train.lost, train.loss, packets) == (20, 5, 0.25, 20)


def test_a_train_into_silence_ends_in_time(world):
    with rules(world.home, "forward", "tcp dport 9 drop"):
        started = time.monotonic()
        train, _ = world.ask(lambda net: tcp_train(net, FAR, 9, count=5, wait_ms=300))
        lasted = time.monotonic() - started
    assert train == Train(5, 5)
    assert (train.median_ms, train.jitter_ms) == (None, None)
    assert lasted < 1.0


def test_questions_are_spread_over_the_servers(world):
    def answer_dns() -> socket.socket:
        responder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        responder.bind((FAR, 53))
        return responder

    responder = world.far.call(answer_dns)

    def serve() -> None:
        for _ in range(10):
            question, sender = responder.recvfrom(2048)
            responder.sendto(question[:2] + b"\x81\x80" + question[4:], sender)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    with responder, rules(world.home, "input", "udp dport 53 drop"):
        trains, packets = world.ask(
            lambda net: dns_train(net, (FAR, HOME), "example.org", wait_ms=200)
        )
        thread.join(1)
    assert {server: (train.sent, train.lost) for server, train in trains.items()} == {
        FAR: (10, 0),
        HOME: (10, 10),
    }
    assert packets == 20


@pytest.mark.parametrize("address", [HOME, HOME6])
def test_users_may_not_ping_by_default(world, address):
    world.device.setting({"ipv4/ping_group_range": "1 0"})
    assert world.ask(lambda net: echo(net, address)) == (None, 0)


@pytest.mark.parametrize("address", [HOME, HOME6])
def test_where_users_may_ping_a_train_of_echoes_is_answered(world, address):
    world.device.setting({"ipv4/ping_group_range": "0 2147483647"})
    try:
        train, packets = world.ask(lambda net: echo(net, address, count=10, interval_ms=5))
    finally:
        world.device.setting({"ipv4/ping_group_range": "1 0"})
    assert (train.sent, train.lost, packets) == (10, 0, 10)
    assert 0 < train.median_ms < 100


# IKE past the same routers


def ports_of(found: IkeExchange) -> list[tuple[str | None, Failure | None, str | None, int]]:
    return [(p.answer, p.failure, p.rejected_by, p.sent) for p in found.ports]


def ask_ike(address: str, **options):
    return lambda net: exchange(net, address, budget=HalfOpenBudget(), **options)


@pytest.mark.parametrize(
    ("address", "home", "kind"), [(FAR, HOME, "icmp"), (FAR6, HOME6, "icmpv6")]
)
def test_a_router_that_rejects_ike_ends_the_exchange_and_is_named(world, address, home, kind):
    rejecting = f"udp dport {{ 500, 4500 }} reject with {kind} type admin-prohibited"
    with rules(world.home, "forward", rejecting):
        started = time.monotonic()
        found, packets = world.ask(ask_ike(address))
        lasted = time.monotonic() - started
    assert ports_of(found) == [(None, Failure.PROHIBITED, home, 1)] * 2
    assert (packets, lasted < 0.5) == (2, True)


def test_an_unreachable_gateway_is_believed_when_it_is_said_twice(world):
    with rules(
        world.home, "forward", "ip daddr 203.0.113.1 reject with icmp type host-unreachable"
    ):
        found, packets = world.ask(ask_ike(LOOPING))
    assert ports_of(found) == [(None, Failure.UNREACHABLE, None, 2)] * 2
    assert packets == 4


def test_a_local_firewall_that_forbids_ike_is_not_the_network(world):
    with rules(world.device, "output", "udp dport { 500, 4500 } drop"):
        found, packets = world.ask(ask_ike(FAR))
    assert ports_of(found) == [(None, Failure.NOT_PERMITTED, None, 0)] * 2
    assert packets == 0


def test_no_route_at_all_is_a_failure_at_once(world):
    world.device.ip("route del default via 192.168.77.1")
    try:
        found, packets = world.ask(ask_ike(FAR))
    finally:
        world.device.ip("route add default via 192.168.77.1")
    assert ports_of(found) == [(None, Failure.UNREACHABLE, None, 0)] * 2
    assert packets == 0


def test_an_address_that_nobody_has_is_silence_within_the_deadline(world):
    found, _ = world.ask(ask_ike(ON_LINK, deadline_ms=800))
    assert [port.failure for port in found.ports] == [Failure.TIMEOUT] * 2
