"""Knocks, trains and IKE past real routers: answered, lost, rejected."""

import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    pytest.skip("network namespaces are Linux's", allow_module_level=True)

from netcheck.model.outcome import Failure
from netcheck.probe.closed_port import UdpKnock, knock_udp
from netcheck.probe.echo import echo
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.ike import IkeExchange, exchange
from netcheck.probe.tcp_reach import TcpReach, tcp_reach
from netcheck.probe.train import Train, dns_train, tcp_train
from tests.three_routers import (
    FAR,
    FAR6,
    HOME,
    HOME6,
    LOOPING,
    ON_LINK,
    World,
    answering,
    rules,
    three_routers,
)

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with three_routers(901) as built:
        yield built


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


def test_a_lost_knock_stays_lost_in_a_train_longer_than_the_system_s_patience(world):
    """After a second the system would send a lost SYN again, and hear an answer to that."""
    lossy = rules(world.home, "forward", "tcp flags & (syn|ack) == syn numgen inc mod 4 0 drop")
    with lossy:
        train, packets = world.ask(lambda net: tcp_train(net, FAR, 9, count=60, interval_ms=30))
    assert (train.sent, train.lost, packets) == (60, 15, 60)
    assert max(train.delays_ms) < 800


def test_a_train_ends_when_its_user_has_seen_enough(world):
    enough = lambda lost, sent: sent >= 5  # noqa: E731
    train, _ = world.ask(lambda net: tcp_train(net, FAR, 9, count=60, enough=enough))
    assert train.lost == 0
    assert 5 <= train.sent <= 20  # it waits 0.2 s to see whether a probe was lost


def test_a_train_goes_on_while_answers_under_way_may_change_what_was_seen(world):
    """The first of all is lost, and long before the next answers count it looks like every one."""
    enough = lambda lost, sent: bool(sent) and lost / sent > 0.2  # noqa: E731
    first = rules(world.home, "forward", "tcp flags & (syn|ack) == syn numgen inc mod 99 0 drop")
    with first:
        train, _ = world.ask(
            lambda net: tcp_train(net, FAR, 9, count=40, wait_ms=300, enough=enough)
        )
    assert (train.sent, train.lost) == (40, 1)


def test_a_train_into_silence_ends_in_time(world):
    with rules(world.home, "forward", "tcp dport 9 drop"):
        started = time.monotonic()
        train, _ = world.ask(lambda net: tcp_train(net, FAR, 9, count=5, wait_ms=300))
        lasted = time.monotonic() - started
    assert train == Train(5, 5)
    assert (train.median_ms, train.jitter_ms) == (None, None)
    assert lasted < 1.0


@pytest.mark.parametrize("lost", ["", "tcp dport 443 ip ttl 1 drop"])
def test_a_router_that_turns_segments_away_is_the_hop_they_got_to(world, lost):
    """Routers limit what they say: of a router's refusals the nearest may be missing."""
    with rules(world.home, "forward", *filter(None, [lost]), "tcp dport 443 reject"):
        reach, _ = world.ask(lambda net: tcp_reach(net, FAR, 443))
    assert reach == TcpReach(last_ttl=1, answered_ttl=None, heard=(1,))


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
