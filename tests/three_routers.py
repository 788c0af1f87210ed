"""A way past real routers, to be probed by an ordinary user without capabilities.

device ──── home ──── isp ──── far
.77.2      .77.1    100.64.7.2   198.51.100.9      IPv4
fd77::2    fd77::1  fd64::2      2001:db8:9::9     IPv6
"""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

import dns.message  # noqa: F401  (in the child, nobody could not read it any more)

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.closed_port import knock_udp
from netcheck.probe.network import AllowList, Network
from tests.lab.namespaces import Namespace, cable, unique_prefix
from tests.nobody import as_nobody

HOME, ISP, FAR = "192.168.77.1", "100.64.7.2", "198.51.100.9"
HOME6, ISP6, FAR6 = "fd77::1", "fd64::2", "2001:db8:9::9"
LOOPING, NOWHERE, ON_LINK = "203.0.113.1", "203.0.113.2", "192.168.77.99"
WAYS = [(FAR, (HOME, ISP, FAR)), (FAR6, (HOME6, ISP6, FAR6))]
_Answer = TypeVar("_Answer")


class World:
    def __init__(self, prefix: str) -> None:
        self.device, self.home, self.isp, self.far = (
            Namespace(prefix, role) for role in ("dev", "home", "isp", "far")
        )
        try:
            self._wire()
        except BaseException:
            self.remove()
            raise

    def _wire(self) -> None:
        for place in (self.device, self.home, self.isp, self.far):
            place.setting({f"ipv6/conf/{which}/accept_dad": 0 for which in ("all", "default")})
        cable(self.device, "lan0", self.home, "lan1")
        cable(self.home, "wan0", self.isp, "wan1")
        cable(self.isp, "net0", self.far, "net1")
        # Routers here answer every expired datagram: how they limit them is not the matter.
        quick = {"ipv4/icmp_ratemask": 0, "ipv6/icmp/ratelimit": 0}
        routing = {"ipv4/ip_forward": 1, "ipv6/conf/all/forwarding": 1}
        for place in (self.home, self.isp, self.far):
            place.setting(quick | (routing if place is not self.far else {}))
        self._number()
        self._route()

    def _number(self) -> None:
        for place, end, v4, v6 in (
            (self.device, "lan0", "192.168.77.2/24", "fd77::2/64"),
            (self.home, "lan1", "192.168.77.1/24", "fd77::1/64"),
            (self.home, "wan0", "100.64.7.1/24", "fd64::1/64"),
            (self.isp, "wan1", "100.64.7.2/24", "fd64::2/64"),
            (self.isp, "net0", "198.51.100.1/24", "2001:db8:9::1/64"),
            (self.far, "net1", "198.51.100.9/24", "2001:db8:9::9/64"),
        ):
            place.ip(
                f"addr add {v4} dev {end}", f"addr add {v6} dev {end} nodad", f"link set {end} up"
            )

    def _route(self) -> None:
        self.device.ip("route add default via 192.168.77.1", "route add ::/0 via fd77::1")
        self.home.ip("route add default via 100.64.7.2", "route add ::/0 via fd64::2")
        self.home.ip(f"route add unreachable {NOWHERE}")
        self.isp.ip("route add default via 100.64.7.1", "route add ::/0 via fd64::1")
        self.far.ip("route add default via 198.51.100.1", "route add ::/0 via 2001:db8:9::1")

    def ask(self, probe: Callable[[Network], _Answer]) -> tuple[_Answer, int]:
        """What the probe finds as an ordinary user of the device, and the packets it counted."""

        def run() -> tuple[_Answer, int]:
            net = network()
            return probe(net), net.packets_sent

        return as_nobody(self.device.path, run)

    def remove(self) -> None:
        for place in (self.device, self.home, self.isp, self.far):
            place.remove()


def network() -> Network:
    return Network(
        AllowList(
            AllowedTarget(host, None, protocol, "the lab")
            for host in (HOME, HOME6, FAR, FAR6, LOOPING, NOWHERE, ON_LINK)
            for protocol in Protocol
        )
    )


@contextmanager
def three_routers(number: int) -> Iterator[World]:
    """The way through three routers, once it carries packets; `number` keeps two such apart."""
    built = World(unique_prefix(number))
    try:
        for address in (FAR, FAR6):
            deadline = time.monotonic() + 10
            while not built.ask(lambda net, a=address: knock_udp(net, a))[0].answered:
                assert time.monotonic() < deadline, f"{address} cannot be reached"
        yield built
    finally:
        built.remove()


@contextmanager
def rules(place: Namespace, chain: str, *lines: str) -> Iterator[None]:
    """Netfilter rules in one chain of one place, for as long as this lasts."""
    kind = "nat" if chain == "prerouting" else "filter"
    priority = "dstnat" if kind == "nat" else "filter"
    body = "\n".join(lines)
    place.nft(
        f"table inet t {{\nchain c {{\ntype {kind} hook {chain} priority {priority};\n"
        f"{body}\n}}\n}}\n"
    )
    try:
        yield
    finally:
        place.nft("delete table inet t")


@contextmanager
def answering(place: Namespace, address: str, port: int, answer: bytes) -> Iterator[None]:
    """A responder there that says one thing to whatever comes."""

    def opened() -> socket.socket:
        responder = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        responder.bind((address, port))
        responder.settimeout(0.05)
        return responder

    responder, ending = place.call(opened), threading.Event()

    def run() -> None:
        while not ending.is_set():
            try:
                _, sender = responder.recvfrom(65535)
            except TimeoutError:
                continue
            responder.sendto(answer, sender)

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ending.set()
        thread.join()
        responder.close()
