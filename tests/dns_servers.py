"""Name servers of the tests, on loopback: each behaves in one way, good or bad."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import dns.flags
import dns.message
import dns.rcode
import dns.rrset

from netcheck.probe.dns import DnsAnswer, ask
from tests.loopback import HERE, network

NAME = "epdg.example"
Reply = Callable[[dns.message.Message, int], list[bytes | float]]


@contextmanager
def name_server(
    udp: Reply, tcp: Reply | None = None, address: str = HERE
) -> Iterator[tuple[int, list[bytes]]]:
    """A server whose replies are bytes to send and pauses between them; yields its port and the
    questions it got."""
    questions: list[bytes] = []
    datagrams, streams = _pair(address)
    with datagrams, streams:
        port = datagrams.getsockname()[1]
        threading.Thread(
            target=_serve_datagrams, args=(datagrams, udp, questions), daemon=True
        ).start()
        if tcp is not None:
            streams.listen(8)
            threading.Thread(target=_serve_streams, args=(streams, tcp), daemon=True).start()
        yield port, questions
        for sock in (datagrams, streams):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _pair(address: str) -> tuple[socket.socket, socket.socket]:
    """A UDP and a TCP socket bound to the same free port; until it listens, TCP refuses."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    while True:
        datagrams = socket.socket(family, socket.SOCK_DGRAM)
        streams = socket.socket(family, socket.SOCK_STREAM)
        datagrams.bind((address, 0))
        try:
            streams.bind((address, datagrams.getsockname()[1]))
        except OSError:  # in use by TCP: another port
            datagrams.close()
            streams.close()
        else:
            return datagrams, streams


def _serve_datagrams(sock: socket.socket, reply: Reply, questions: list[bytes]) -> None:
    with suppress(OSError):
        while True:
            wire, client = sock.recvfrom(65535)
            if not wire:  # the socket was shut down
                return
            questions.append(wire)
            for item in reply(dns.message.from_wire(wire), len(questions)):
                if isinstance(item, float):
                    time.sleep(item)
                else:
                    sock.sendto(item, client)


def _serve_streams(listener: socket.socket, reply: Reply) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            with connection:
                wire = connection.recv(65535)[2:]
                for item in reply(dns.message.from_wire(wire), 1):
                    if isinstance(item, float):
                        time.sleep(item)
                    else:
                        connection.sendall(len(item).to_bytes(2, "big") + item)


def right(query: dns.message.Message, addresses: tuple[str, ...] = ("192.0.2.7",)) -> bytes:
    """The true answer to an A question."""
    message = dns.message.make_response(query)
    message.answer = [dns.rrset.from_text(query.question[0].name, 60, "IN", "A", *addresses)]
    return message.to_wire()


def with_code(query: dns.message.Message, code: dns.rcode.Rcode) -> bytes:
    """An answer that is only a code."""
    message = dns.message.make_response(query)
    message.set_rcode(code)
    return message.to_wire()


def cut_short(query: dns.message.Message) -> bytes:
    """A truncated answer."""
    message = dns.message.make_response(query)
    message.flags |= dns.flags.TC
    return message.to_wire()


def silence(_: dns.message.Message, __: int) -> list[bytes | float]:
    """No answer at all."""
    return []


def asked(udp: Reply, stream: Reply | None = None, **options: object) -> DnsAnswer:
    """The answer of `ask` to a server that behaves so."""
    with name_server(udp, stream) as (port, _):
        merged: dict[str, object] = {"deadline_ms": 300, "retries_at_ms": (100,), "port": port}
        return ask(network(), HERE, NAME, **{**merged, **options})  # type: ignore[arg-type]
