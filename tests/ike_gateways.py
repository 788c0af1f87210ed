"""IKE gateways of the tests: UDP responders on loopback, each of whose answers is given."""

import itertools
import os
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, contextmanager

import pytest

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.half_open import HalfOpenBudget
from netcheck.probe.ike import IkeExchange, PortAnswer, exchange
from netcheck.probe.network import AllowList, Network

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
