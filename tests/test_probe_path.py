"""How far a datagram gets past real routers, hop by hop."""

import sys
import time
from collections.abc import Iterator

import pytest

if sys.platform != "linux":
    pytest.skip("network namespaces are Linux's", allow_module_level=True)

from netcheck.model.outcome import Failure
from netcheck.probe.network import Network
from netcheck.probe.path import Hop, Path, trace
from tests.three_routers import (
    FAR,
    FAR6,
    HOME,
    HOME6,
    ISP,
    LOOPING,
    NOWHERE,
    WAYS,
    World,
    answering,
    rules,
    three_routers,
)

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with three_routers(900) as built:
        yield built


def to_port(port: int, payload: bytes = b"the datagram", address: str = FAR, **options):
    return lambda net: trace(net, address, port, payload, **options)


def outline(path: Path | None) -> list[tuple[int, str | None, str | None]]:
    assert path is not None
    return [(hop.ttl, hop.address, hop.icmp) for hop in path.hops]


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
