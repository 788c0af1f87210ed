"""One question to one name server on loopback that behaves in one way, good or bad."""

import os
import socket
import subprocess
import sys
import threading
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rrset
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.model.outcome import Failure
from netcheck.probe.dns import DnsAnswer, ask
from tests.dns_servers import NAME, asked, cut_short, name_server, right, silence, with_code
from tests.loopback import HERE, HERE6, closed_port, network, within


def test_a_right_answer_is_ok_and_tells_its_addresses() -> None:
    answer = asked(lambda query, _: [right(query, ("192.0.2.7", "192.0.2.8"))], deadline_ms=2000)
    assert sorted(answer.addresses) == ["192.0.2.7", "192.0.2.8"]  # servers shuffle
    assert (answer.failure, answer.rcode, answer.attempts, answer.ttl_s) == (None, "NOERROR", 1, 60)
    assert answer.authentic is False
    assert answer.delay_ms is not None and 0 < answer.delay_ms < 2000
    assert answer.size == 12 + 18 + 32


def test_an_answer_through_an_alias_counts() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        message = dns.message.make_response(query)
        message.answer = [
            dns.rrset.from_text(NAME + ".", 60, "IN", "CNAME", "other.example."),
            dns.rrset.from_text("other.example.", 30, "IN", "A", "192.0.2.9"),
        ]
        return [message.to_wire()]

    answer = asked(reply)
    assert (answer.addresses, answer.ttl_s) == (("192.0.2.9",), 30)


def test_an_address_of_another_name_is_no_address() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        message = dns.message.make_response(query)
        message.answer = [dns.rrset.from_text("other.example.", 30, "IN", "A", "192.0.2.9")]
        return [message.to_wire()]

    answer = asked(reply)
    assert (answer.addresses, answer.failure) == ((), Failure.NO_DATA)


def test_a_loop_of_aliases_is_a_wrong_answer() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        message = dns.message.make_response(query)
        message.answer = [
            dns.rrset.from_text(f"{one}.", 60, "IN", "CNAME", f"{other}.")
            for one, other in ((NAME, "other.example"), ("other.example", NAME))
        ]
        return [message.to_wire()]

    assert asked(reply).failure is Failure.WRONG_ANSWER


def test_text_records_come_without_quotes() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        message = dns.message.make_response(query)
        message.answer = [dns.rrset.from_text(NAME + ".", 60, "IN", "TXT", '"13335 | " "US"')]
        return [message.to_wire()]

    answer = asked(reply, rdtype="TXT")
    assert (answer.records, answer.addresses) == (("13335 | US",), ())


@pytest.mark.parametrize(
    ("code", "failure"),
    [
        (dns.rcode.NXDOMAIN, Failure.NXDOMAIN),
        (dns.rcode.SERVFAIL, Failure.SERVFAIL),
        (dns.rcode.REFUSED, Failure.REFUSED),
        (dns.rcode.NOTIMP, Failure.SERVFAIL),
        (dns.rcode.NOERROR, Failure.NO_DATA),
    ],
)
def test_an_error_code_is_a_failure_at_once(code: dns.rcode.Rcode, failure: Failure) -> None:
    answer = asked(lambda query, _: [with_code(query, code)], deadline_ms=2000)
    assert (answer.failure, answer.rcode) == (failure, dns.rcode.to_text(code))
    assert answer.attempts == 1


def test_the_server_s_claim_of_authentic_data_is_kept() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        message = dns.message.from_wire(right(query))
        message.flags |= dns.flags.AD
        return [message.to_wire()]

    assert asked(reply).authentic is True


def test_a_wrong_id_never_counts() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        wire = right(query)
        return [bytes([wire[0] ^ 1]) + wire[1:]]

    answer = asked(reply)
    assert (answer.failure, answer.addresses, answer.attempts) == (Failure.WRONG_ANSWER, (), 2)


def test_another_question_never_counts() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        other = dns.message.make_query("other.example", "A", id=query.id)
        return [right(other)]

    assert asked(reply).failure is Failure.WRONG_ANSWER


def test_our_own_question_sent_back_never_counts() -> None:
    assert asked(lambda query, _: [query.to_wire()]).failure is Failure.WRONG_ANSWER


def test_the_right_answer_after_wrong_ones_counts() -> None:
    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        wire = right(query)
        return [b"", b"junk", bytes([wire[0] ^ 1]) + wire[1:], wire]

    assert asked(reply).addresses == ("192.0.2.7",)


def test_an_answer_from_another_port_is_not_heard() -> None:
    with (
        socket.socket(type=socket.SOCK_DGRAM) as server,
        socket.socket(type=socket.SOCK_DGRAM) as stranger,
    ):
        server.bind((HERE, 0))
        stranger.bind((HERE, 0))

        def answer_from_elsewhere() -> None:
            wire, client = server.recvfrom(65535)
            stranger.sendto(right(dns.message.from_wire(wire)), client)

        threading.Thread(target=answer_from_elsewhere, daemon=True).start()
        port = server.getsockname()[1]
        answer = ask(network(), HERE, NAME, deadline_ms=200, retries_at_ms=(), port=port)
    assert (answer.failure, answer.addresses) == (Failure.TIMEOUT, ())


def test_silence_is_a_timeout_at_the_deadline_after_every_retry() -> None:
    with name_server(lambda query, _: []) as (port, questions), within(2):
        net = network()
        answer = ask(net, HERE, NAME, deadline_ms=300, retries_at_ms=(100, 200), port=port)
    assert (answer.failure, answer.attempts, answer.delay_ms) == (Failure.TIMEOUT, 3, None)
    assert len({wire[:2] for wire in questions}) == 3
    assert net.packets_sent == 3


def test_a_lost_first_question_is_made_up_for_by_the_second() -> None:
    answer = asked(
        lambda query, count: [right(query)] if count == 2 else [],
        deadline_ms=2000,
        retries_at_ms=(400,),
    )
    assert (answer.failure, answer.attempts) == (None, 2)
    assert answer.delay_ms is not None and answer.delay_ms < 400


def test_a_late_answer_to_the_first_question_still_counts() -> None:
    answer = asked(lambda query, _: [0.15, right(query)], deadline_ms=2000)
    assert (answer.failure, answer.attempts) == (None, 2)
    assert answer.delay_ms is not None and answer.delay_ms >= 150


def test_an_answer_after_the_deadline_does_not_count() -> None:
    with within(2):
        answer = asked(lambda query, _: [0.35, right(query)], deadline_ms=200)
    assert answer.failure is Failure.TIMEOUT


def test_a_flood_of_junk_does_not_outlast_the_deadline() -> None:
    with within(2):
        answer = asked(lambda query, _: [b"junk" * 30] * 20000, deadline_ms=200)
    assert answer.failure is Failure.WRONG_ANSWER


def test_a_closed_port_refuses_at_once_and_says_who() -> None:
    port = closed_port(socket.SOCK_DGRAM)
    with within(1):
        answer = ask(network(), HERE, NAME, retries_at_ms=(), port=port)
    assert (answer.failure, answer.icmp) == (Failure.REFUSED, "port-unreachable")
    assert answer.rejected_by == HERE


def test_a_closed_port_refuses_over_ipv6_too() -> None:
    answer = ask(network(), HERE6, NAME, port=closed_port(socket.SOCK_DGRAM))
    assert (answer.failure, answer.rejected_by) == (Failure.REFUSED, HERE6)


def test_an_answer_over_ipv6_counts() -> None:
    with name_server(lambda query, _: [right(query)], address=HERE6) as (port, _):
        assert ask(network(), HERE6, NAME, port=port).addresses == ("192.0.2.7",)


def test_a_truncated_answer_is_asked_for_again_over_tcp() -> None:
    answer = asked(
        lambda query, _: [cut_short(query)],
        lambda query, _: [right(query, ("192.0.2.1", "192.0.2.2"))],
        deadline_ms=2000,
    )
    assert (sorted(answer.addresses), answer.over_tcp) == (["192.0.2.1", "192.0.2.2"], True)
    assert (answer.failure, answer.attempts) == (None, 2)


def test_a_truncated_answer_without_tcp_is_a_failure_of_a_server_that_speaks() -> None:
    answer = asked(lambda query, _: [cut_short(query)], deadline_ms=2000)
    assert (answer.failure, answer.rcode, answer.over_tcp) == (Failure.REFUSED, "NOERROR", True)


def test_a_truncated_answer_is_not_waited_for_beyond_the_deadline() -> None:
    with within(2):
        answer = asked(lambda query, _: [cut_short(query)], lambda query, _: [0.6])
    assert (answer.failure, answer.rcode) == (Failure.TIMEOUT, "NOERROR")


def test_tcp_alone_answers_and_checks_its_answer() -> None:
    good = asked(silence, lambda query, _: [right(query)], tcp=True, deadline_ms=2000)
    assert (good.addresses, good.attempts) == (("192.0.2.7",), 1)
    bad = asked(silence, lambda query, _: [b"junk" * 5], tcp=True, deadline_ms=2000)
    assert bad.failure is Failure.WRONG_ANSWER
    gone = asked(silence, lambda query, _: [], tcp=True, deadline_ms=2000)
    assert gone.failure is Failure.RESET


def test_padding_makes_the_question_large_and_whole() -> None:
    with name_server(lambda query, _: [right(query)]) as (port, questions):
        answer = ask(network(), HERE, NAME, padding_bytes=1200, port=port)
    assert answer.addresses == ("192.0.2.7",)
    assert len(questions[0]) == 12 + 18 + 11 + 4 + 1200
    assert answer.whole_packets is True


def test_a_question_larger_than_the_link_is_lost_for_its_size() -> None:
    with within(1):
        answer = ask(network(), HERE, NAME, padding_bytes=65490, port=closed_port())
    assert (answer.failure, answer.icmp, answer.attempts) == (Failure.LOSS, "too-big", 0)


def test_a_plain_question_carries_no_extension() -> None:
    with name_server(lambda query, _: [right(query)]) as (port, questions):
        ask(network(), HERE, NAME, port=port)
    assert dns.message.from_wire(questions[0]).edns == -1


def test_many_questions_at_once_take_little_time() -> None:
    answers: list[DnsAnswer] = []
    net = network()
    with name_server(lambda query, _: [right(query)]) as (port, _):
        threads = [
            threading.Thread(target=lambda: answers.append(ask(net, HERE, NAME, port=port)))
            for _ in range(30)
        ]
        with within(2):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
    assert [answer.failure for answer in answers] == [None] * 30


DAMAGE = st.one_of(
    st.binary(max_size=200),
    st.tuples(st.integers(0, 80), st.binary(min_size=1, max_size=6)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(DAMAGE, min_size=1, max_size=4), st.booleans())
def test_no_datagram_makes_it_crash_or_believe(
    damages: list[bytes | tuple[int, bytes]], keep_id: bool
) -> None:
    """Whatever comes back, a right answer is believed only if it is whole and to our question."""
    sent: list[bytes] = []

    def reply(query: dns.message.Message, _: int) -> list[bytes | float]:
        sent.clear()
        for damage in damages:
            wire = right(query)
            if isinstance(damage, tuple):
                at, new = damage
                wire = wire[:at] + new + wire[at + len(new) :]
            else:
                wire = damage
            sent.append(query.to_wire()[:2] + wire[2:] if keep_id else wire)
        return list(sent)

    with name_server(reply) as (port, _):
        answer = ask(network(), HERE, NAME, deadline_ms=5, retries_at_ms=(), port=port)
    assert isinstance(answer, DnsAnswer)
    if answer.failure is None:
        assert answer.rcode == "NOERROR"
        assert any(believable(wire) for wire in sent)


def believable(wire: bytes) -> bool:
    """An independent, stricter-than-nothing reading: a response, no error, our name asked for."""
    asked_for = b"\x04epdg\x07example\0\0\x01\0\x01"
    return (
        len(wire) > 30
        and wire[2] & 0xFA == 0x80
        and wire[3] & 0x0F == 0
        and wire[4:6] == b"\0\x01"
        and wire[12:30].lower() == asked_for
    )


# A device, a router, and beyond the router one place of each kind. 198.51.100.53 lies behind a
# narrow link; the router's own table refuses the others.
ROUTER = """
set -e
ip netns add {router}
trap 'ip netns del {router}' EXIT
ip link set lo up
ip link add d0 type veth peer name r0 netns {router}
ip addr add 192.0.2.2/24 dev d0 && ip link set d0 up && ip route add default via 192.0.2.1
ip -n {router} link set lo up
ip -n {router} addr add 192.0.2.1/24 dev r0 && ip -n {router} link set r0 up
ip -n {router} link add x0 type veth peer name x1
ip -n {router} link set x1 up && ip -n {router} link set x0 mtu 1280 up
ip -n {router} addr add 198.51.100.1/24 dev x0
ip -n {router} neigh add 198.51.100.53 lladdr 02:00:00:00:00:53 dev x0
ip -n {router} route add prohibit 203.0.113.1
ip -n {router} route add unreachable 203.0.113.2
ip -n {router} route add blackhole 203.0.113.3
ip netns exec {router} sysctl -qw net.ipv4.ip_forward=1 net.ipv4.icmp_ratelimit=0
"$@"
"""
BEYOND = """
from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.dns import ask
from netcheck.probe.network import AllowList, Network
servers = ("198.51.100.53", "203.0.113.1", "203.0.113.2", "203.0.113.3")
net = Network(AllowList(AllowedTarget(s, 53, Protocol.UDP, "test") for s in servers))
for server in servers:
    answer = ask(net, server, "a.example", padding_bytes=1400, retries_at_ms=(50,), deadline_ms=400)
    print(server, answer.failure, answer.icmp, answer.rejected_by, answer.attempts)
"""


@pytest.mark.lab
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0, reason="needs root for network namespaces"
)
def test_a_router_s_refusals_are_told_apart_and_it_is_named() -> None:
    script = ROUTER.format(router=f"nc{os.getpid()}-r")
    done = subprocess.run(
        ["unshare", "--net", "sh", "-c", script, "sh", sys.executable, "-c", BEYOND],
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "198.51.100.53 loss too-big 192.0.2.1 1",
        "203.0.113.1 prohibited prohibited 192.0.2.1 1",
        "203.0.113.2 unreachable unreachable 192.0.2.1 2",
        "203.0.113.3 timeout None None 2",
    ]
