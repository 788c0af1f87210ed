"""The IKE exchange against real UDP responders on loopback, with its real timings."""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager

import pytest

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.ike import (
    HalfOpenBudget,
    IkeExchange,
    PortAnswer,
    datagram_for_path,
    exchange,
)
from netcheck.probe.network import AllowList, Network, NotAllowed

ike = pytest.importorskip("scapy.contrib.ikev2")

Reply = Callable[[bytes], list[bytes]]
_numbers = itertools.count(1)


def own_address() -> str:
    """A loopback address of this test alone, so that two runs may share the machine."""
    return f"127.{64 + os.getpid() % 64}.{os.getpid() // 64 % 256}.{next(_numbers)}"


def network(*addresses: str) -> Network:
    return Network(
        AllowList(AllowedTarget(a, None, Protocol.UDP, "a gateway of the tests") for a in addresses)
    )


class Responder:
    """Keeps what arrives, with its time, and sends back what `reply` makes of it."""

    def __init__(self, address: str, port: int, reply: Reply) -> None:
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        self.socket = socket.socket(family, socket.SOCK_DGRAM)
        self.socket.bind((address, port))
        self.socket.settimeout(0.05)
        self.port: int = self.socket.getsockname()[1]
        self.arrived: list[tuple[float, bytes]] = []
        self._reply = reply
        self._ending = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while not self._ending.is_set():
            try:
                datagram, sender = self.socket.recvfrom(65535)
            except TimeoutError:
                continue
            self.arrived.append((time.monotonic(), datagram))
            for answer in self._reply(datagram):
                self.socket.sendto(answer, sender)

    def close(self) -> None:
        self._ending.set()
        self._thread.join()
        self.socket.close()

    @property
    def groups(self) -> list[int]:
        return [group_of(datagram) for _, datagram in self.arrived]

    @property
    def after_s(self) -> list[float]:
        return [arrived - self.arrived[0][0] for arrived, _ in self.arrived]


@contextmanager
def gateway(reply: Reply, address: str, *, port: int = 0, nat: Reply | None = None):
    """A responder on a port in place of 500, and one on 4500 if `nat` says what it answers."""
    with ExitStack() as ends:
        plain = Responder(address, port, reply)
        ends.callback(plain.close)
        translated = None
        if nat is not None:
            translated = Responder(address, 4500, nat)
            ends.callback(translated.close)
        yield plain, translated


def unmarked(datagram: bytes) -> bytes:
    return datagram[4:] if datagram.startswith(bytes(4)) else datagram


def group_of(datagram: bytes) -> int:
    return ike.IKEv2(unmarked(datagram))[ike.IKEv2_KE].group


def answer(request: bytes, payload, *, spi: bytes | None = None, responder: bytes = bytes(8)):
    spi = spi or unmarked(request)[:8]
    return bytes(ike.IKEv2(init_SPI=spi, resp_SPI=responder, flags=0x20, exch_type=34) / payload)


def notify(kind: int, data: bytes = b"") -> Reply:
    return lambda request: [answer(request, ike.IKEv2_Notify(type=kind, notify=data))]


def sa(request: bytes) -> list[bytes]:
    group = group_of(request)
    transforms = (
        ike.IKEv2_Transform(
            next_payload=3, transform_type=1, length=12, transform_id=12, key_length=0x800E0080
        )
        / ike.IKEv2_Transform(next_payload=3, transform_type=2, transform_id=2)
        / ike.IKEv2_Transform(next_payload=3, transform_type=3, transform_id=2)
        / ike.IKEv2_Transform(next_payload=0, transform_type=4, transform_id=group)
    )
    payload = (
        ike.IKEv2_SA(prop=ike.IKEv2_Proposal(trans_nb=4, trans=transforms))
        / ike.IKEv2_KE(group=group, ke=b"\x22" * 256)
        / ike.IKEv2_Nonce(nonce=b"n" * 32)
        / ike.IKEv2_VendorID(vendorID=b"a vendor")
    )
    return [answer(request, payload, responder=b"r" * 8)]


def only_group(wanted: int) -> Reply:
    """Takes one group; names it to whoever comes with another."""
    named = notify(17, wanted.to_bytes(2, "big"))
    return lambda request: sa(request) if group_of(request) == wanted else named(request)


def marked(reply: Reply) -> Reply:
    return lambda request: [bytes(4) + sent for sent in reply(request)]


def silence(_: bytes) -> list[bytes]:
    return []


def ask(address, *ports, budget=None, net=None, **options) -> tuple[PortAnswer, ...]:
    net = net or network(address)
    found = exchange(net, address, ports=ports, budget=budget or HalfOpenBudget(), **options)
    assert isinstance(found, IkeExchange)
    return found.ports


def ask_all(addresses, gates, budget, net) -> list[tuple[PortAnswer, ...]]:
    """All the addresses of one operator at once."""
    found: list[tuple[PortAnswer, ...]] = []
    asking = [
        threading.Thread(
            target=lambda a=a, g=g: found.append(
                ask(a, g[0].port, 4500, budget=budget, net=net, deadline_ms=1500)
            )
        )
        for a, g in zip(addresses, gates, strict=True)
    ]
    for thread in asking:
        thread.start()
    for thread in asking:
        thread.join()
    return found


# Answers


def test_an_sa_is_an_answer_and_ends_the_exchange_at_once():
    address, budget = own_address(), HalfOpenBudget()
    net = network(address)
    with gateway(sa, address, nat=marked(sa)) as (plain, nat):
        started = time.monotonic()
        first, second = ask(address, plain.port, 4500, budget=budget, net=net)
        lasted = time.monotonic() - started
    assert (first.answer, second.answer) == ("sa", "sa")
    assert (first.failure, second.failure) == (None, None)
    assert (first.group, first.sent, first.retransmitted, first.vendor_ids) == (14, 1, False, 1)
    assert 0 < first.delay_ms < 400
    assert (len(plain.arrived), len(nat.arrived), net.packets_sent) == (1, 1, 2)
    assert budget.taken == 2
    assert lasted < 0.5


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        (16390, b"crumb", "cookie"),
        (14, b"", "no-proposal"),
        (17, b"\x00\x13", "invalid-ke"),
        (24, b"", "other-notify"),
    ],
)
def test_a_refusal_ends_its_port_and_gives_the_place_back(kind, data, said):
    address, budget = own_address(), HalfOpenBudget()
    with gateway(notify(kind, data), address) as (plain, _):
        (found,) = ask(address, plain.port, budget=budget)
        time.sleep(0.7)
        assert len(plain.arrived) == 1
    assert (found.answer, found.failure, found.sent) == (said, None, 1)
    assert budget.taken == 0


def test_a_redirect_is_recorded_and_not_followed():
    address = own_address()

    def elsewhere(request: bytes) -> list[bytes]:
        payload = ike.IKEv2_Notify(type=16407, gw_id_type=1, gw_id="203.0.113.9", nonce=b"n" * 32)
        return [answer(request, payload)]

    with gateway(elsewhere, address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.redirect_to, found.sent) == ("redirect", "203.0.113.9", 1)


def test_on_4500_requests_carry_the_marker_and_answers_without_it_do_not_count():
    address = own_address()
    with gateway(silence, address, nat=notify(14)) as (_, nat):
        (found,) = ask(address, 4500, deadline_ms=300)
    assert nat.arrived[0][1][:4] == bytes(4)
    assert ike.IKEv2(nat.arrived[0][1][4:]).exch_type == 34
    assert (found.answer, found.not_ike, found.failure) == (None, True, Failure.WRONG_ANSWER)


def test_ipv6_gateways_are_asked_the_same_way():
    with gateway(notify(14), "::1") as (plain, _):
        (found,) = ask("::1", plain.port)
    assert (found.answer, found.sent) == ("no-proposal", 1)


def test_invalid_ke_is_retried_once_with_the_group_it_names():
    address, budget = own_address(), HalfOpenBudget()
    with gateway(only_group(2), address) as (plain, _):
        (found,) = ask(address, plain.port, budget=budget)
    assert (found.answer, found.group, found.sent, found.retransmitted) == ("sa", 2, 2, False)
    assert plain.groups == [14, 2]
    assert budget.taken == 1


def test_invalid_ke_twice_is_not_retried_again():
    address, budget = own_address(), HalfOpenBudget()
    with gateway(notify(17, b"\x00\x05"), address) as (plain, _):
        (found,) = ask(address, plain.port, budget=budget)
        time.sleep(0.2)
    assert (found.answer, plain.groups) == ("invalid-ke", [14, 5])
    assert budget.taken == 0


def test_a_silent_retry_leaves_the_first_answer_standing():
    address, budget = own_address(), HalfOpenBudget()

    def refuse_once(request: bytes) -> list[bytes]:
        return notify(17, b"\x00\x02")(request) if group_of(request) == 14 else []

    with gateway(refuse_once, address) as (plain, _):
        started = time.monotonic()
        (found,) = ask(address, plain.port, budget=budget)
        lasted = time.monotonic() - started
    assert (found.answer, found.group, found.failure) == ("invalid-ke", 14, None)
    assert plain.groups == [14, 2]
    assert 0.9 < lasted < 1.6
    assert budget.taken == 1


def test_a_second_copy_of_an_answer_is_not_taken_for_interference():
    address = own_address()

    def twice(request: bytes) -> list[bytes]:
        refused = notify(17, b"\x00\x02")(request)
        return refused * 2 if group_of(request) == 14 else sa(request)

    with gateway(twice, address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.not_ike) == ("sa", False)


# Silence


def test_silence_is_asked_at_0_500_and_1200_ms_and_given_up_at_3_s():
    address, budget = own_address(), HalfOpenBudget()
    net = network(address)
    with gateway(silence, address, nat=silence) as (plain, nat):
        started = time.monotonic()
        first, second = ask(address, plain.port, 4500, budget=budget, net=net)
        lasted = time.monotonic() - started
    assert plain.after_s == pytest.approx([0, 0.5, 1.2], abs=0.15)
    assert nat.after_s == pytest.approx([0, 0.5], abs=0.15)
    assert plain.arrived[0][1] == plain.arrived[1][1]
    assert nat.arrived[0][1] == nat.arrived[1][1]
    assert (plain.groups, nat.groups) == ([14, 14, 2], [14, 14])
    assert (first.sent, first.retransmitted, first.answer) == (3, True, None)
    assert (second.sent, second.retransmitted, second.answer) == (2, True, None)
    assert (first.failure, second.failure) == (Failure.TIMEOUT, Failure.TIMEOUT)
    assert (first.delay_ms, first.group) == (None, None)
    assert lasted == pytest.approx(3.0, abs=0.25)
    assert (net.packets_sent, budget.taken) == (5, 3)


def test_the_three_requests_have_three_spis():
    address = own_address()
    with gateway(silence, address, nat=silence) as (plain, nat):
        ask(address, plain.port, 4500, deadline_ms=1400)
    spis = {unmarked(datagram)[:8] for _, datagram in plain.arrived + nat.arrived}
    assert len(spis) == 3


def test_a_server_that_ignores_group_14_answers_group_2():
    address = own_address()

    def only_2(request: bytes) -> list[bytes]:
        return sa(request) if group_of(request) == 2 else []

    with gateway(only_2, address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.group, found.sent) == ("sa", 2, 3)
    assert found.delay_ms == pytest.approx(1200, abs=150)


def test_an_answer_to_the_retransmission_says_so():
    address, seen = own_address(), []

    def second_time(request: bytes) -> list[bytes]:
        seen.append(request)
        return notify(14)(request) if len(seen) == 2 else []

    with gateway(second_time, address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.sent, found.retransmitted) == ("no-proposal", 2, True)
    assert found.delay_ms == pytest.approx(500, abs=150)


def test_group_2_is_not_tried_where_the_other_port_has_answered():
    address = own_address()
    with gateway(silence, address, nat=marked(notify(14))) as (plain, _):
        first, second = ask(address, plain.port, 4500, deadline_ms=1600)
    assert (first.answer, first.sent, second.answer) == (None, 2, "no-proposal")
    assert plain.groups == [14, 14]


def test_group_2_can_be_left_out():
    address = own_address()
    with gateway(silence, address) as (plain, _):
        ask(address, plain.port, deadline_ms=1500, primes_group2=False)
    assert plain.groups == [14, 14]


# Interference


@pytest.mark.parametrize(
    "reply",
    [
        lambda _: [b"HTTP/1.1 302 Found\r\n\r\n"],
        lambda request: [answer(request, ike.IKEv2_Notify(type=14), spi=b"not ours")],
        lambda request: [request],
        lambda _: [b"\xff"],
    ],
    ids=["not IKE", "wrong SPI", "our own datagram", "a keepalive"],
)
def test_something_that_is_not_an_answer_is_interference_not_success(reply):
    address, budget = own_address(), HalfOpenBudget()
    with gateway(reply, address) as (plain, _):
        (found,) = ask(address, plain.port, deadline_ms=700, budget=budget)
    assert (found.answer, found.not_ike, found.failure) == (None, True, Failure.WRONG_ANSWER)
    assert (found.sent, budget.taken) == (2, 1)


def test_a_real_answer_counts_even_behind_junk():
    address = own_address()
    with gateway(lambda request: [b"junk", *notify(14)(request)], address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.not_ike, found.failure) == ("no-proposal", True, None)


def test_a_flood_of_junk_does_not_outlast_the_deadline():
    address = own_address()
    with gateway(lambda _: [b"junk"] * 500, address) as (plain, _):
        started = time.monotonic()
        (found,) = ask(address, plain.port, deadline_ms=700)
        lasted = time.monotonic() - started
    assert (found.not_ike, found.sent) == (True, 2)
    assert lasted < 1.0


@pytest.mark.skipif(not hasattr(socket, "MSG_ERRQUEUE"), reason="who refused is told on Linux only")
@pytest.mark.parametrize("address", ["127.0.0.1", "::1"])
def test_a_refusal_by_icmp_ends_the_port_and_names_who_refused(address):
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as reserved:
        reserved.bind((address, 0))
        port = reserved.getsockname()[1]
    started = time.monotonic()
    (found,) = ask(address, port)
    assert (found.failure, found.rejected_by, found.sent) == (Failure.REFUSED, address, 1)
    assert time.monotonic() - started < 0.5


# The budget


def test_the_half_open_budget_of_an_operator_is_never_exceeded():
    addresses = [own_address() for _ in range(3)]
    budget, net = HalfOpenBudget(), network(*addresses)
    with ExitStack() as ends:
        gates = [ends.enter_context(gateway(silence, a, nat=silence)) for a in addresses]
        found = ask_all(addresses, gates, budget, net)
        spis = {
            unmarked(datagram)[:8]
            for gate in gates
            for responder in gate
            for _, datagram in responder.arrived
        }
    assert len(spis) == 4
    assert budget.taken == 4
    unasked = [port for answers in found for port in answers if port.sent == 0]
    assert [(port.failure, port.answer) for port in unasked] == [(None, None)] * 3


def test_an_operator_of_two_addresses_that_takes_only_group_2_is_heard():
    addresses = [own_address(), own_address()]
    budget, net = HalfOpenBudget(), network(*addresses)

    def only_2(request: bytes) -> list[bytes]:
        return sa(request) if group_of(request) == 2 else []

    with ExitStack() as ends:
        gates = [ends.enter_context(gateway(only_2, a, nat=silence)) for a in addresses]
        found = ask_all(addresses, gates, budget, net)
    assert sorted(port.answer or "" for answers in found for port in answers) == ["", "", "", "sa"]
    assert budget.taken == 4


def test_a_place_is_kept_for_the_second_group_but_never_the_only_one():
    budget = HalfOpenBudget(limit=2)
    assert [budget.take(spare=1), budget.take(spare=1), budget.take()] == [True, False, True]
    assert HalfOpenBudget(limit=1).take(spare=1) is True


def test_a_spent_budget_costs_no_time_and_no_packet():
    address, budget = own_address(), HalfOpenBudget(limit=1)
    assert budget.take() is True
    net = network(address)
    started = time.monotonic()
    (found,) = ask(address, 4500, budget=budget, net=net)
    assert (found.sent, found.failure, net.packets_sent) == (0, None, 0)
    assert time.monotonic() - started < 0.5


def test_the_datagram_for_the_path_is_the_one_that_got_no_answer():
    address, budget = own_address(), HalfOpenBudget()
    budget.remember(address, 500, b"asked before")
    assert datagram_for_path(budget, address) == b"asked before"
    assert budget.taken == 0


def test_a_new_datagram_for_the_path_takes_a_place_while_there_is_one():
    budget = HalfOpenBudget(limit=1)
    made = datagram_for_path(budget, "2001:db8::9")
    assert ike.IKEv2(made).exch_type == 34
    assert datagram_for_path(budget, "2001:db8::9") == made
    assert budget.taken == 1
    assert datagram_for_path(budget, "2001:db8::10") is None


def test_an_unanswered_request_is_kept_for_the_path():
    address, budget = own_address(), HalfOpenBudget()
    with gateway(silence, address) as (plain, _):
        ask(address, plain.port, budget=budget, deadline_ms=300)
    assert budget.unanswered(address, plain.port) == plain.arrived[0][1]


# This machine


def test_an_address_outside_the_list_is_a_defect():
    with pytest.raises(NotAllowed):
        exchange(network("127.0.0.1"), "127.0.0.2", budget=HalfOpenBudget())


def test_no_way_there_is_a_failure_not_an_exception(monkeypatch):
    def no_route(*_):
        raise OSError(101, "Network is unreachable")

    net = network("192.0.2.1")
    monkeypatch.setattr(net, "_open", no_route)
    found = exchange(net, "192.0.2.1", budget=HalfOpenBudget())
    assert [(port.failure, port.sent) for port in found.ports] == [(Failure.UNREACHABLE, 0)] * 2


def test_padding_makes_the_request_large():
    address = own_address()
    with gateway(notify(14), address) as (plain, _):
        (found,) = ask(address, plain.port, padding_bytes=1200)
    assert (found.answer, len(plain.arrived[0][1]) > 1700) == ("no-proposal", True)


def test_a_port_keeps_the_number_of_what_was_said_in_place_of_an_sa():
    address = own_address()
    with gateway(notify(24), address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.notify, found.translated) == ("other-notify", 24, None)


def test_a_port_keeps_the_vendor_ids_as_they_came():
    address = own_address()
    with gateway(sa, address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.vendors, found.vendor_ids) == ("sa", (b"a vendor",), 1)


def test_a_redirect_names_the_gateway_and_is_not_followed_by_the_exchange_itself():
    address = own_address()
    sent_on = ike.IKEv2_Notify(type=16407, gw_id_type=1, gw_id="203.0.113.5", notify=b"n" * 32)
    with gateway(lambda request: [answer(request, sent_on)], address) as (plain, _):
        (found,) = ask(address, plain.port)
    assert (found.answer, found.redirect_to, found.sent) == ("redirect", "203.0.113.5", 1)
