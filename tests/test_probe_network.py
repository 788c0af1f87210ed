"""What may be contacted, what an error means, how fast routers are asked, how late we are."""

import errno
import os
import signal
import socket
import sys
import threading
import time

import pytest

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, LearnedFrom, Protocol
from netcheck.probe.closed_port import knock_udp
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.ike import exchange
from netcheck.probe.lag import LagWatch
from netcheck.probe.network import (
    CAN_READ_ERRORS,
    AllowList,
    Deadline,
    Network,
    NotAllowed,
    canonical,
    failure_of,
    next_error,
    same_address,
)
from netcheck.probe.pace import ErrorPace
from netcheck.probe.path import trace
from netcheck.probe.train import Train

GATEWAY = AllowedTarget(None, None, Protocol.ICMP, "is it there?", learned_from=LearnedFrom.GATEWAY)
EPDG = AllowedTarget("epdg.example.org", 500, Protocol.UDP, "does it answer?")
LITERAL = AllowedTarget("2001:DB8::0:1", 53, Protocol.UDP, "does it answer?")
FOLLOWED = AllowedTarget(
    None, 500, Protocol.UDP, "follow it", learned_from=LearnedFrom.IKE_REDIRECT
)
LOOPBACK = AllowedTarget("127.0.0.1", None, Protocol.UDP, "the tests")


# The allow-list


def test_nothing_is_permitted_that_no_row_names():
    allowed = AllowList([EPDG, LITERAL])
    assert allowed.permits("192.0.2.1", 500, Protocol.UDP) is False


def test_a_literal_is_permitted_in_any_spelling_on_its_port_and_protocol_only():
    allowed = AllowList([LITERAL])
    assert allowed.permits("2001:db8::1", 53, Protocol.UDP) is True
    assert allowed.permits("2001:db8::1%eth0", 53, Protocol.UDP) is True
    assert allowed.permits("2001:db8::1", 54, Protocol.UDP) is False
    assert allowed.permits("2001:db8::1", 53, Protocol.TCP) is False


def test_a_host_is_permitted_by_the_addresses_it_resolves_to():
    allowed = AllowList([EPDG])
    assert allowed.permits("192.0.2.1", 500, Protocol.UDP) is False
    allowed.resolved("EPDG.example.org.", ["192.0.2.1"])
    assert allowed.permits("192.0.2.1", 500, Protocol.UDP) is True
    assert allowed.permits("192.0.2.1", 4500, Protocol.UDP) is False


def test_resolving_a_host_that_is_not_listed_permits_nothing():
    allowed = AllowList([EPDG])
    allowed.resolved("elsewhere.example.org", ["192.0.2.1"])
    assert allowed.permits("192.0.2.1", 500, Protocol.UDP) is False


def test_a_learned_address_is_permitted_on_the_rows_of_its_class():
    allowed = AllowList([GATEWAY, EPDG])
    assert allowed.learned(LearnedFrom.GATEWAY, "192.168.1.1") is True
    assert allowed.learned(LearnedFrom.PROXY, "192.168.1.2") is False
    assert allowed.permits("192.168.1.1", None, Protocol.ICMP) is True
    assert allowed.permits("192.168.1.1", 500, Protocol.UDP) is False
    assert allowed.permits("192.168.1.2", None, Protocol.ICMP) is False


@pytest.mark.parametrize(
    ("address", "asked"),
    [
        ("93.184.215.14", True),
        ("2a02:8108:1:1::1", True),
        ("192.168.1.1", True),  # this network's router
        ("192.168.1.50", False),
        ("10.0.0.5", False),
        ("100.64.0.1", False),
        ("fd77::5", False),
        ("127.0.0.1", False),
        ("::1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("fe80::1%eth0", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
    ],
)
def test_a_sign_in_server_is_at_a_global_address_or_on_the_router(address, asked):
    row = AllowedTarget(None, None, Protocol.TCP, "?", learned_from=LearnedFrom.CAPPORT)
    allowed = AllowList([row, GATEWAY])
    allowed.learned(LearnedFrom.GATEWAY, "192.168.1.1")
    assert allowed.learned(LearnedFrom.CAPPORT, address) is asked
    assert allowed.permits(address, 443, Protocol.TCP) is asked


def test_a_router_that_was_not_learned_as_one_is_no_sign_in_server():
    row = AllowedTarget(None, None, Protocol.TCP, "?", learned_from=LearnedFrom.CAPPORT)
    assert AllowList([row, GATEWAY]).learned(LearnedFrom.CAPPORT, "192.168.1.1") is False


@pytest.mark.parametrize(
    ("address", "followed"),
    [
        ("8.8.8.8", True),
        ("2001:4860:4860::8888", True),
        ("192.168.1.1", False),
        ("127.0.0.1", False),
        ("100.64.0.1", False),
        ("224.0.0.1", False),
        ("fe80::1", False),
        ("ff02::1", False),
        ("::1", False),
    ],
)
def test_a_redirect_is_followed_only_to_a_global_unicast_address(address, followed):
    allowed = AllowList([FOLLOWED])
    assert allowed.learned(LearnedFrom.IKE_REDIRECT, address) is followed
    assert allowed.permits(address, 500, Protocol.UDP) is followed


def test_every_kind_of_socket_asks_the_list():
    net = Network(AllowList([]))
    for open_one in (
        lambda: net.udp("127.0.0.1", 500),
        lambda: net.tcp("127.0.0.1", 443),
        lambda: net.ping("127.0.0.1"),
    ):
        with pytest.raises(NotAllowed):
            open_one()


def test_spellings_of_one_address_are_one_address():
    assert canonical("2001:DB8:0::1%eth0") == "2001:db8::1"
    assert same_address("fe80::1%wlan0", "FE80:0::1") is True
    assert same_address("192.0.2.1", None) is False
    with pytest.raises(ValueError, match="not an address"):
        canonical("epdg.example.org")


# Errors


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (ConnectionRefusedError(errno.ECONNREFUSED, ""), Failure.REFUSED),
        (OSError(errno.EHOSTUNREACH, ""), Failure.UNREACHABLE),
        (OSError(errno.ENETUNREACH, ""), Failure.UNREACHABLE),
        (OSError(errno.EADDRNOTAVAIL, ""), Failure.UNREACHABLE),
        (OSError(errno.EAFNOSUPPORT, ""), Failure.UNREACHABLE),
        (PermissionError(errno.EPERM, ""), Failure.NOT_PERMITTED),
        (PermissionError(errno.EACCES, ""), Failure.NOT_PERMITTED),
        (ConnectionResetError(errno.ECONNRESET, ""), Failure.RESET),
        (BrokenPipeError(errno.EPIPE, ""), Failure.RESET),
        (TimeoutError("timed out"), Failure.TIMEOUT),
        (OSError(errno.ETIMEDOUT, ""), Failure.TIMEOUT),
        (OSError(errno.ENODEV, ""), Failure.ABSENT),
        (OSError(errno.EMFILE, ""), Failure.BROKEN),
        (OSError("no number"), Failure.BROKEN),
    ],
)
def test_a_system_error_is_one_of_the_shared_failures(error, failure):
    assert failure_of(error) == failure


def test_a_gone_interface_is_absent_and_nothing_leaves_by_another():
    net = Network(AllowList([LOOPBACK]), interface="gone0")
    with pytest.raises(OSError, match=r".") as raised:
        net.udp("127.0.0.1", 9)
    assert failure_of(raised.value) == Failure.ABSENT


@pytest.mark.skipif(sys.platform != "linux", reason="the option is Linux's")
def test_a_socket_is_bound_to_the_interface_that_was_named():
    with Network(AllowList([LOOPBACK]), interface="lo").udp("127.0.0.1", 9) as opened:
        name = opened.getsockopt(socket.SOL_SOCKET, socket.SO_BINDTODEVICE, 16)
    assert name.rstrip(b"\0") == b"lo"


def test_where_a_system_keeps_no_errors_none_are_found(monkeypatch):
    monkeypatch.setattr("netcheck.probe.network._MSG_ERRQUEUE", None)
    with Network(AllowList([LOOPBACK])).udp("127.0.0.1", 9, errors=True) as opened:
        opened.send(b"x")
        time.sleep(0.02)
        assert next_error(opened) is None


@pytest.mark.skipif(not CAN_READ_ERRORS, reason="the error queue is Linux's")
def test_an_error_is_found_once_and_clears_the_socket():
    with Network(AllowList([LOOPBACK])).udp("127.0.0.1", 9, errors=True) as opened:
        opened.send(b"x")
        time.sleep(0.02)
        assert next_error(opened).offender == "127.0.0.1"
        assert next_error(opened) is None
        with pytest.raises(BlockingIOError):
            opened.recv(1)


def test_packets_are_counted_across_threads():
    net = Network(AllowList([]))
    threads = [
        threading.Thread(target=lambda: [net.count(1) for _ in range(1000)]) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert net.packets_sent == 8000


# Systems that keep no ICMP errors


@pytest.fixture
def elsewhere(monkeypatch):
    """A system without an error queue: connected sockets still hear a refusal, not from whom."""
    monkeypatch.setattr("netcheck.probe.network._MSG_ERRQUEUE", None)
    monkeypatch.setattr("netcheck.probe.network.CAN_READ_ERRORS", False)
    monkeypatch.setattr("netcheck.probe.path.CAN_READ_ERRORS", False)
    return Network(AllowList([LOOPBACK]))


def test_a_path_is_not_measured_where_errors_are_not_kept(elsewhere):
    assert trace(elsewhere, "127.0.0.1", 33434, b"x") is None
    assert elsewhere.packets_sent == 0


def test_a_refused_knock_is_an_answer_from_nobody_in_particular(elsewhere):
    knock = knock_udp(elsewhere, "127.0.0.1", port=9)
    assert (knock.answered, knock.icmp, knock.offender) == (True, "port-unreachable", None)


def test_refused_ike_is_refused_by_nobody_in_particular(elsewhere):
    (port,) = exchange(elsewhere, "127.0.0.1", ports=(9,), budget=HalfOpenBudget()).ports
    assert (port.failure, port.rejected_by, port.sent) == (Failure.REFUSED, None, 1)


# Time


def test_a_deadline_counts_down_to_zero_and_stays_there():
    soon = Deadline.in_ms(30)
    assert 0 < soon.left_s() <= 0.03
    assert soon.over is False
    time.sleep(0.04)
    assert (soon.left_s(), soon.over) == (0.0, True)


def test_a_router_is_asked_five_times_a_second():
    pace = ErrorPace()
    assert [pace.reserve("a") for _ in range(6)] == [0.0] * 5 + [None]
    assert pace.reserve("b") == 0.0


def test_a_sixth_question_may_wait_for_its_moment():
    pace = ErrorPace(limit=2, window_s=0.2)
    waits = [pace.reserve("a", within_s=1) for _ in range(5)]
    assert waits == pytest.approx([0, 0, 0.2, 0.2, 0.4], abs=0.02)
    assert pace.reserve("a", within_s=0.1) is None


def test_the_moment_that_was_reserved_counts_not_the_call():
    pace = ErrorPace(limit=2, window_s=0.2)
    later = [pace.reserve("a", within_s=1, not_before_s=0.1) for _ in range(3)]
    assert later == pytest.approx([0.1, 0.1, 0.3], abs=0.02)


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="only POSIX stops processes")
def test_a_machine_that_stands_still_is_noticed():
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with LagWatch() as watch:
            before = time.monotonic()
            os.write(writing, b".")
            time.sleep(0.4)
            worst = watch.worst_between(before, time.monotonic())
            os.write(writing, f"{worst:.0f}".encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb", buffering=0) as pipe:
        assert pipe.read(1) == b"."
        time.sleep(0.05)
        os.kill(child, signal.SIGSTOP)
        time.sleep(0.5)
        os.kill(child, signal.SIGCONT)
        worst_ms = float(pipe.read())
    os.waitpid(child, 0)
    assert 400 < worst_ms < 900


def test_a_standstill_counts_only_for_what_it_overlaps():
    watch = LagWatch()
    watch._late.append((10.0, 10.3))
    assert watch.worst_between(9.0, 9.9) == 0.0
    assert watch.worst_between(9.0, 10.1) == pytest.approx(300)
    assert watch.worst_between(10.2, 11.0) == pytest.approx(300)
    assert watch.worst_between(10.4, 11.0) == 0.0


def test_a_standstill_that_has_not_ended_counts_already():
    watch = LagWatch()
    watch._due_s = time.monotonic() - 0.25
    assert watch.worst_between(watch._due_s - 1, time.monotonic()) == pytest.approx(250, abs=50)


def test_a_watch_that_never_ran_or_has_stopped_reports_no_lag():
    assert LagWatch().worst_between(0.0, time.monotonic()) == 0.0


# Trains


def test_a_train_sums_itself_up():
    train = Train(sent=5, lost=1, delays_ms=(10.0, 14.0, 11.0, 12.0))
    assert (train.loss, train.median_ms) == (0.2, 11.5)
    assert train.jitter_ms == pytest.approx((4 + 3 + 1) / 3)


def test_an_empty_train_knows_nothing():
    train = Train(0, 0)
    assert (train.loss, train.median_ms, train.jitter_ms) == (None, None, None)
