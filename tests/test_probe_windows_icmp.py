"""Pings and traces by Windows' own service, before one made of memory. Nothing here was run on
Windows."""

import time

import pytest

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe import echo as pings
from netcheck.probe import path, windows_icmp
from netcheck.probe.network import AllowList, Deadline, Network
from netcheck.probe.path import Hop, Path
from netcheck.probe.train import Train
from tests.windows_memory import FakeWindows

HOME, ISP, FAR = "192.168.1.1", "100.64.0.1", "203.0.113.53"
HOME6, FAR6 = "2001:db8:1::1", "2001:db8::53"


def _net(*addresses: str, interface: str | None = None) -> Network:
    rows = [AllowedTarget(one, None, Protocol.ICMP, "a test") for one in addresses]
    return Network(AllowList(rows), interface=interface)


def _echo(
    fake: FakeWindows, address: str = FAR, count: int = 5, wait_ms: float = 150
) -> tuple[Train | None, Network]:
    net = _net(address)
    train = windows_icmp.echo(
        net, address, count=count, interval_ms=2, wait_ms=wait_ms, loading=fake.load
    )
    return train, net


def _trace(
    monkeypatch: pytest.MonkeyPatch, fake: FakeWindows, address: str = FAR, deadline_ms: int = 4000
) -> tuple[Path | None, Network]:
    monkeypatch.setattr(path, "CAN_READ_ERRORS", False)
    monkeypatch.setattr(
        windows_icmp, "tracer",
        lambda *told: _TRACER(*told, loading=fake.load),
    )  # fmt: skip
    net = _net(address)
    return path.trace(net, address, 33434, b"netcheck path", deadline_ms=deadline_ms), net


_TRACER = windows_icmp.tracer


def _outline(found: Path | None) -> list[tuple[int, str | None, str | None]]:
    assert found is not None
    return [(hop.ttl, hop.address, hop.icmp) for hop in found.hops]


@pytest.mark.parametrize(("address", "hops"), [(FAR, (HOME, FAR)), (FAR6, (HOME6, FAR6))])
def test_a_train_of_pings_is_answered_and_timed(address: str, hops: tuple[str, ...]) -> None:
    fake = FakeWindows(hops=hops, hop_s=0.01)
    train, net = _echo(fake, address, wait_ms=5000)
    assert train is not None
    assert (train.sent, train.lost, train.failure, net.packets_sent) == (5, 0, None, 5)
    assert all(20 <= delay_ms < 5000 for delay_ms in train.delays_ms)
    assert fake.lent == {}  # every handle was closed
    assert {ttl for ttl, _ in fake.requests} == {64}


def test_what_gets_lost_is_counted_and_waited_for_no_longer_than_was_said() -> None:
    fake = FakeWindows(hops=(FAR,), lost=lambda number: number in (1, 3))
    began_s = time.monotonic()
    train, _ = _echo(fake, wait_ms=600)
    assert train is not None
    assert (train.sent, train.lost) == (5, 2)
    assert 0.6 <= time.monotonic() - began_s < 3


def test_an_answer_with_another_content_is_none() -> None:
    train, _ = _echo(FakeWindows(hops=(FAR,), echoed=lambda content: b"x" + content[1:]))
    assert train is not None
    assert train.lost == 5


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (1231, Failure.UNREACHABLE),
        (11050, Failure.UNREACHABLE),
        (5, Failure.NOT_PERMITTED),
        (8, Failure.BROKEN),  # no memory: netcheck's trouble, not the network's
        (11010, None),
        (11003, None),  # somebody on the way says no, and not who
    ],
)
def test_why_this_machine_could_not_send(code: int, failure: Failure | None) -> None:
    train, _ = _echo(FakeWindows(icmp_error=code))
    assert train is not None
    assert (train.failure, train.delays_ms) == (failure, ())


def test_a_service_that_opens_no_handle_is_refused() -> None:
    fake = FakeWindows(hops=(FAR,), errors={"IcmpCreateFile": 2**64 - 1})
    fake._error = 5
    train, _ = _echo(fake, count=1)
    assert train == Train(1, 1, (), Failure.NOT_PERMITTED)


def test_a_whole_path_by_ttl(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = FakeWindows(hops=(HOME, ISP, FAR))
    found, net = _trace(monkeypatch, fake)
    assert _outline(found) == [
        (1, HOME, "time-exceeded"),
        (2, ISP, "time-exceeded"),
        (3, FAR, None),
    ]
    assert found is not None
    assert (found.reached, found.answered_ttl, found.answer, found.failure) == (True, 3, None, None)
    assert all(content == b"netcheck path" for _, content in fake.requests)
    assert len(fake.requests) <= net.packets_sent <= 12  # each hop twice at most


def test_ipv6_hops_are_read_too(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = _trace(monkeypatch, FakeWindows(hops=(HOME6, FAR6)), FAR6)
    assert _outline(found) == [(1, HOME6, "time-exceeded"), (2, FAR6, None)]


def test_a_long_path_is_sounded_in_two_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    hops = (HOME, *(f"100.64.0.{number}" for number in range(1, 8)), FAR)
    found, net = _trace(monkeypatch, FakeWindows(hops=hops))
    assert [address for _, address, _ in _outline(found)] == list(hops)
    assert net.packets_sent <= 24


def test_a_silent_hop_is_asked_once_more_and_a_silent_end_is_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = FakeWindows(hops=(HOME, None, ISP, FAR))
    found, _ = _trace(monkeypatch, fake)
    assert _outline(found)[:4] == [
        (1, HOME, "time-exceeded"),
        (2, None, None),
        (3, ISP, "time-exceeded"),
        (4, FAR, None),
    ]
    assert [ttl for ttl, _ in fake.requests].count(2) == 2
    ended, _ = _trace(monkeypatch, FakeWindows(hops=(HOME, None)), deadline_ms=300)
    assert ended is not None
    assert (ended.reached, ended.hops[0].address) == (False, HOME)
    assert all(hop == Hop(hop.ttl) for hop in ended.hops[1:])


@pytest.mark.parametrize(
    ("status", "kind"),
    [(11003, "unreachable"), (11002, "unreachable"), (11004, "unreachable"), (11005,
     "port-unreachable"), (11009, "too-big"), (11099, "other")],
)  # fmt: skip
def test_a_router_that_rejects_ends_the_path(
    monkeypatch: pytest.MonkeyPatch, status: int, kind: str
) -> None:
    found, _ = _trace(monkeypatch, FakeWindows(hops=(HOME, status)))
    assert _outline(found) == [(1, HOME, "time-exceeded"), (2, HOME, kind)]
    assert found is not None
    assert not found.reached


def test_an_end_that_answers_with_another_content_was_not_reached(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fake = FakeWindows(hops=(HOME, FAR), echoed=lambda content: b"x" + content[1:])
    found, _ = _trace(monkeypatch, fake, deadline_ms=400)
    assert found is not None
    assert (found.reached, found.hops[0].address) == (False, HOME)


def test_a_machine_without_a_way_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    found, _ = _trace(monkeypatch, FakeWindows(icmp_error=1231))
    assert found is not None
    assert (found.failure, found.reached) == (Failure.UNREACHABLE, False)


def test_only_the_way_is_traced_by_pings_and_only_where_they_are_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(path, "CAN_READ_ERRORS", False)
    fake = FakeWindows(hops=(FAR,))
    net = _net(FAR)
    assert path.trace(net, FAR, 500, b"to a port that answers") is None
    deadline = Deadline.in_ms(500)
    assert windows_icmp.tracer(_net(HOME), FAR, b"x", deadline, fake.load) is None
    tied = _net(FAR, interface="Ethernet")
    assert windows_icmp.tracer(tied, FAR, b"x", deadline, fake.load) is None
    assert windows_icmp.tracer(net, FAR, b"x", deadline, fake.load) is not None
    assert fake.requests == []


def test_where_there_are_neither_ping_sockets_nor_this_service_there_are_no_pings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    net = _net(FAR)

    def refused(address: str) -> None:
        raise OSError(10043, "the requested protocol has not been configured")

    monkeypatch.setattr(net, "ping", refused)
    assert pings.echo(net, FAR, count=1) is None
    fake, whole = FakeWindows(hops=(FAR,)), windows_icmp.echo
    monkeypatch.setattr(
        windows_icmp, "echo", lambda *told, **more: whole(*told, **more, loading=fake.load)
    )
    train = pings.echo(net, FAR, count=1, wait_ms=5000)
    assert train is not None
    assert (train.sent, train.lost) == (1, 0)
