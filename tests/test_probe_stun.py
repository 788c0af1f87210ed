"""Asking STUN servers: two of them from one socket, and what silence and strangers are."""

import socket
import struct
import threading
from contextlib import ExitStack, contextmanager, suppress

import pytest

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.network import AllowList, Network, NotAllowed
from netcheck.probe.stun import mappings
from tests.loopback import HERE, HERE6, network, within


@contextmanager
def server(answer, address=HERE):
    """A UDP port where `answer(request, sender, count)` gives the datagrams to send back."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as ear:
        ear.bind((address, 0))
        ear.settimeout(0.05)
        over = threading.Event()

        def serve():
            count = 0
            while not over.is_set():
                with suppress(TimeoutError):
                    request, sender = ear.recvfrom(2048)
                    count += 1
                    for datagram in answer(request, sender, count):
                        ear.sendto(datagram, sender)

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield ear.getsockname()[1]
        finally:
            over.set()
            thread.join(1)


def honest(request, sender, count, *, shift=0):
    """The sender's own address (IPv4), as RFC 8489 14.2 masks it; the port off by `shift`."""
    mask = request[4:20]
    packed = socket.inet_pton(socket.AF_INET6 if ":" in sender[0] else socket.AF_INET, sender[0])
    masked = bytes(a ^ b for a, b in zip(packed, mask, strict=False))
    family = 1 if len(packed) == 4 else 2
    value = struct.pack("!BBH", 0, family, (sender[1] + shift) ^ 0x2112) + masked
    body = struct.pack("!HH", 0x20, len(value)) + value
    return [struct.pack("!HH", 0x0101, len(body)) + mask + body]


def moved(request, sender, count):
    return honest(request, sender, count, shift=1)


def silent(request, sender, count):
    return []


def late(request, sender, count):
    return honest(request, sender, count) if count > 1 else []


def junk(request, sender, count):
    return [b"HTTP/1.0 400 Bad Request\r\n\r\n"]


def refusing(request, sender, count):
    body = struct.pack("!HHBBBB", 9, 4, 0, 0, 4, 1)
    return [struct.pack("!HH", 0x0111, len(body)) + request[4:20] + body]


def asked(*answers, address=HERE, deadline_ms=900):
    net = network()
    with ExitStack() as stack:
        ports = [stack.enter_context(server(one, address)) for one in answers]
        seen = mappings(net, [(address, port) for port in ports], deadline_ms=deadline_ms)
    return net, seen


@pytest.mark.parametrize("address", [HERE, HERE6])
def test_two_servers_see_one_socket_under_one_address_and_port(address):
    net, (one, two) = asked(honest, honest, address=address)
    assert (one.address, one.failure, one.sent) == (address, None, 1)
    assert (one.address, one.mapped_port) == (two.address, two.mapped_port)
    assert net.packets_sent == 2


def test_a_mapping_that_differs_by_server_is_seen():
    _, (one, two) = asked(honest, moved)
    assert one.mapped_port is not None
    assert two.mapped_port == one.mapped_port + 1


def test_silence_is_asked_once_more_and_is_a_timeout():
    with within(1.5):
        net, (one,) = asked(silent)
    assert (one.failure, one.sent, net.packets_sent) == (Failure.TIMEOUT, 2, 2)


def test_an_answer_to_the_second_try_counts():
    _, (one,) = asked(late)
    assert (one.failure, one.sent) == (None, 2)


def test_a_silent_server_is_not_waited_for_once_another_has_answered():
    with within(0.35):
        _, (one, two) = asked(honest, silent)
    assert (one.failure, two.failure) == (None, Failure.TIMEOUT)


def test_what_is_not_stun_is_a_wrong_answer():
    _, (one,) = asked(junk, deadline_ms=200)
    assert one.failure == Failure.WRONG_ANSWER


def test_an_error_of_the_server_is_no_address():
    _, (one,) = asked(refusing)
    assert (one.address, one.failure) == (None, Failure.REFUSED)


def test_a_stranger_who_answers_in_time_is_not_listened_to():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
        stranger.bind(("127.0.0.2", 0))

        def through_a_stranger(request, sender, count):
            stranger.sendto(honest(request, sender, count)[0], sender)
            return []

        _, (one,) = asked(through_a_stranger, deadline_ms=200)
    assert one.failure == Failure.TIMEOUT


def test_a_server_outside_the_list_is_never_asked():
    net = Network(AllowList([AllowedTarget(HERE, 1, Protocol.UDP, "another port")]))
    with pytest.raises(NotAllowed):
        mappings(net, [(HERE, 3478)])


def test_nobody_to_ask_is_nothing_seen():
    assert mappings(network(), []) == ()
