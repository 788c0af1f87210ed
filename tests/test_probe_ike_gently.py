"""What is no answer to an IKE request, and how many requests an operator is sent at most."""

import socket
import time
from contextlib import ExitStack

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.ike import datagram_for_path
from tests.ike_gateways import (
    answer,
    ask,
    ask_all,
    gateway,
    group_of,
    ike,
    network,
    notify,
    own_address,
    sa,
    silence,
    unmarked,
)

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
