"""The IKE exchange against real UDP responders on loopback, with its real timings."""

import time

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.ike import exchange
from netcheck.probe.network import NotAllowed
from tests.ike_gateways import (
    answer,
    ask,
    gateway,
    group_of,
    ike,
    marked,
    network,
    notify,
    only_group,
    own_address,
    sa,
    silence,
    unmarked,
)

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
