"""The probes' own functions over a simulated world: the same arguments, the same results, no time.

Each follows its original's schedule (attempts, ports, groups, trains), packet by packet. Delays are
computed, never waited for.
"""

import email.utils
import socket
import time
from collections.abc import Sequence
from types import SimpleNamespace
from typing import cast

from netcheck.device.settings import Proxy, Radio
from netcheck.device.sysfs import Counters
from netcheck.model.observation import Family
from netcheck.model.outcome import Failure
from netcheck.probe.closed_port import UdpKnock
from netcheck.probe.dns import DnsAnswer
from netcheck.probe.http import PlainHttp
from netcheck.probe.https import HttpsPhases
from netcheck.probe.ike import IKE_PORT, NAT_PORT, IkeExchange, PortAnswer
from netcheck.probe.path import Hop, Path
from netcheck.probe.resolve import SystemAnswer
from netcheck.probe.stun import SeenAs
from netcheck.probe.tcp import TcpConnect
from netcheck.probe.tcp_reach import TcpReach
from netcheck.probe.train import Enough, Train
from tests.simulator.packets import End, Fate, Packet, carry
from tests.simulator.world import ROUTER, Gateway, NameServer, Site, World, address_of

Answer = tuple[str, tuple[str, ...], Failure | None]
"""What a resolver says: its code, the addresses, and what is wrong with it."""

_TCP_TRIES_MS = (0.0, 1000.0)
_ENDS = {
    End.REJECTED: Failure.PROHIBITED,
    End.RESET: Failure.REFUSED,
    End.FORBIDDEN: Failure.NOT_PERMITTED,
    End.LOST: Failure.TIMEOUT,
    End.EXPIRED: Failure.TIMEOUT,
}


class Probes:
    """What a device in this world measures."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.dice = world.dice
        self._names: dict[str, SystemAnswer] = {}
        self._watched = 0

    # --- where things are ---

    def _place(self, address: str) -> str:
        server = self.world.resolvers.get(address)
        if server is not None:
            return "beyond" if server.at == "public" else server.at
        return "home" if address == ROUTER else "beyond"

    def _send(self, to: str, protocol: str, port: int, size: int = 100, ttl: int = 64) -> Fate:
        packet = Packet(protocol, port, to, size, ttl)
        return carry(self.world.way_to(self._place(to)), packet, self.dice)

    # --- names ---

    def ask(
        self, net: object, server: str, name: str, rdtype: str = "A", *,
        deadline_ms: float = 2500, retries_at_ms: Sequence[float] = (400, 1000),
        padding_bytes: int = 0, rdclass: str = "IN", tcp: bool = False, port: int = 53,
        **_: object,
    ) -> DnsAnswer:  # fmt: skip
        """One question with its retries."""
        size = 100 + padding_bytes
        for attempt, at_ms in enumerate((0.0, *retries_at_ms), 1):
            fate = self._send(server, "tcp" if tcp else "udp", port, size)
            if fate.end in (End.FORBIDDEN, End.REJECTED, End.RESET):
                return DnsAnswer(failure=_ENDS[fate.end], attempts=attempt)
            if fate.end is not End.ARRIVED:
                continue
            answer, takes_ms = self._answered(server, name, rdtype, rdclass)
            if answer is not None and at_ms + fate.delay_ms + takes_ms < deadline_ms:
                return DnsAnswer(
                    rcode=answer[0], addresses=answer[1], failure=answer[2],
                    delay_ms=fate.delay_ms + takes_ms, attempts=attempt,
                )  # fmt: skip
        return DnsAnswer(failure=Failure.TIMEOUT, attempts=1 + len(retries_at_ms))

    def _answered(
        self, address: str, name: str, rdtype: str, rdclass: str
    ) -> tuple[Answer | None, float]:
        """What a server that was reached says, and how long it thinks."""
        taken = self.world.transparent_dns
        if taken is not None and self._place(address) == "beyond":
            address = taken
        server = self.world.resolvers.get(address)
        if server is None or not server.alive or self.dice.random() < server.odds_of_silence:
            return None, 0.0
        if rdclass == "CH":
            return ("NOERROR", (), Failure.NO_DATA), server.itself_ms
        if server.asks is not None and name not in server.leads and name not in server.blocks:
            behind, took_ms = self._behind(server, name, rdtype)
            if behind is None:
                return None, 0.0
            return self._told(server, name, behind), took_ms + server.itself_ms + server.slow_ms
        return self._told(server, name, self._truth(name, rdtype)), server.slow_ms

    def _behind(self, server: NameServer, name: str, rdtype: str) -> tuple[Answer | None, float]:
        """A forwarder asks on: from where it stands, over the boxes behind it."""
        assert server.asks is not None
        if server.at == "device":
            fate = self._send(server.asks, "udp", 53)
        else:
            way = [self.world.access, self.world.core]
            fate = carry(way, Packet("udp", 53, server.asks, ttl=255), self.dice)
        if fate.end is not End.ARRIVED:
            return None, 0.0
        answer, took_ms = self._answered(server.asks, name, rdtype, "IN")
        return answer, took_ms + fate.delay_ms

    def _told(self, server: NameServer, name: str, truth: Answer | None) -> Answer | None:
        if name in server.blocks:
            return ("NOERROR", ("0.0.0.0",), None)
        if name in server.leads:
            return ("NOERROR", (server.leads[name],), None)
        if truth and truth[2] is Failure.NXDOMAIN and server.rewrites_unknown:
            return ("NOERROR", (address_of("search.provider.example"),), None)
        return truth

    def _truth(self, name: str, rdtype: str) -> Answer | None:
        world = self.world
        operator = world.hosts_of_operators().get(name)
        if operator is None:
            owner = next(
                (o for o in world.operators.values()
                 if any(e.partition(":")[0] == name for e in o.carrier.entitlement_hosts)), None,
            )  # fmt: skip
            if owner is not None and owner.zone in ("fails", "silent"):
                operator = owner
        if operator is not None:
            if operator.zone == "silent":
                return None
            if operator.zone == "fails":
                return ("SERVFAIL", (), Failure.SERVFAIL)
            if name in operator.hosts:
                if operator.zone == "missing":
                    return ("NXDOMAIN", (), Failure.NXDOMAIN)
                if rdtype == "AAAA":
                    return ("NOERROR", (), Failure.NO_DATA)
                shuffled = list(operator.hosts[name])
                return ("NOERROR", tuple(shuffled), None)
        site = world.sites.get(name)
        if site is None:
            return ("NXDOMAIN", (), Failure.NXDOMAIN)
        if rdtype == "AAAA":
            found = (address_of(name, 6),) if site.has_ipv6 else ()
            return ("NOERROR", found, None if found else Failure.NO_DATA)
        return ("NOERROR", (address_of(name),), None)

    def by_system(self, host: str, *, deadline_ms: float = 2500) -> SystemAnswer:
        """As applications ask: the hosts file, then the nameservers in turn."""
        if host.replace(".", "").isdigit() or ":" in host:
            return SystemAnswer((host,), None, 0.0)
        if host not in self._names:
            self._names[host] = self._looked_up(host)
        return self._names[host]

    def _looked_up(self, host: str) -> SystemAnswer:
        written = tuple(address for name, address in self.world.hosts_file if name == host)
        if written:
            return SystemAnswer(written, None, 0.1)
        if host == self.world.proxy:
            return SystemAnswer((address_of(host),), None, 1.0)
        last = SystemAnswer((), Failure.TIMEOUT, None)
        servers = self.world.nameservers
        if servers and self.world.resolvers[servers[0]].at == "device":
            servers = servers[:1]
        for server in servers:
            four = self.ask(None, server, host)
            if four.failure in (None, Failure.NXDOMAIN, Failure.NO_DATA):
                six = self.ask(None, server, host, "AAAA") if self.world.has_ipv6 else None
                found = (*(six.addresses if six else ()), *four.addresses)
                return SystemAnswer(found, None if found else four.failure, four.delay_ms)
            last = SystemAnswer((), four.failure, None)
        return last

    # --- datagrams ---

    def trace(
        self, net: object, address: str, port: int, payload: bytes, *,
        max_ttl: int = 12, deadline_ms: float = 1200,
    ) -> Path:  # fmt: skip
        """Each TTL once, silent ones before the last heard once more."""
        hops: list[Hop] = []
        for ttl in range(1, max_ttl + 1):
            fate = self._sounded(address, port, len(payload) + 28, ttl)
            if fate.end is End.FORBIDDEN:
                return Path((), False, None, None, Failure.NOT_PERMITTED)
            if fate.end is End.EXPIRED and fate.at is not None:
                hops.append(Hop(ttl, fate.at.address, fate.delay_ms, "time-exceeded"))
            elif fate.end is End.REJECTED and fate.at is not None:
                hops.append(Hop(ttl, fate.at.address, fate.delay_ms, "prohibited"))
                return Path(tuple(hops), False, None, None)
            elif fate.end is End.ARRIVED and ttl >= self.world.far:
                if not self._speaks(address, port):
                    hops.append(Hop(ttl))
                    continue
                hops.append(Hop(ttl, address, fate.delay_ms, "port-unreachable"))
                return Path(tuple(hops), True, ttl, None)
            else:
                hops.append(Hop(ttl))
        return Path(tuple(hops), False, None, None)

    def _sounded(self, address: str, port: int, size: int, ttl: int) -> Fate:
        fate = self._send(address, "udp", port, size, ttl)
        if fate.end is End.LOST and fate.at is not None and fate.at.loss:
            return self._send(address, "udp", port, size, ttl)
        return fate

    def _speaks(self, address: str, port: int) -> bool:
        """Whether the far end refuses a closed port in words; gateways mostly do not."""
        found = self.world.gateway_at(address)
        if found is not None:
            return found[1].alive and self.dice.random() < 0.3
        return self.world.resolvers[address].alive if address in self.world.resolvers else True

    def knock_udp(self, net: object, address: str, port: int = 33434, **_: object) -> UdpKnock:
        """The router's closed port."""
        fate = self._send(address, "udp", port)
        answered = self._router_there and fate.end is End.ARRIVED and not self.world.router_ignores
        return UdpKnock(answered, "port-unreachable" if answered else None)

    @property
    def _router_there(self) -> bool:
        return not self.world.router.dead and self.world.router_neighbour

    def mappings(
        self, net: object, servers: Sequence[tuple[str, int]], *, deadline_ms: float = 900
    ) -> tuple[SeenAs, ...]:
        """STUN, each server asked twice at most."""
        seen = []
        for address, port in servers:
            host = next((h for h in self.world.sites if address_of(h) == address), None)
            alive = host is not None and self.world.sites[host].alive
            fates = [self._send(address, "udp", port) for _ in range(2)]
            good = next((fate for fate in fates if fate.end is End.ARRIVED), None)
            if good is not None and alive:
                at = "86.1.2.3" if not self.world.vpn else "45.1.0.9"
                seen.append(SeenAs(address, port, at, 40000, good.delay_ms, None, 1))
            else:
                failure = _ENDS.get(fates[0].end, Failure.TIMEOUT)
                seen.append(SeenAs(address, port, failure=failure, sent=2))
        return tuple(seen)

    # --- trains ---

    def tcp_train(
        self, net: object, address: str, port: int, *, count: int = 20,
        interval_ms: float = 20, wait_ms: float = 800, enough: Enough | None = None,
    ) -> Train:  # fmt: skip
        """SYNs to the router."""
        silent = self.world.router_ignores or not self._router_there
        return self._trains([address], "tcp", port, count, enough, {address} if silent else set())[
            address
        ]

    def dns_train(
        self, net: object, servers: Sequence[str], name: str, *, count: int = 20,
        interval_ms: float = 20, wait_ms: float = 800, port: int = 53,
        enough: Enough | None = None,
    ) -> dict[str, Train]:  # fmt: skip
        """Questions to several resolvers in turn."""
        silent: set[str] = set()
        if self.world.transparent_dns is None:
            silent = {one for one in servers if not self.world.resolvers[one].alive}
        return self._trains(servers, "udp", 53, count, enough, silent)

    def _trains(
        self, servers: Sequence[str], protocol: str, port: int, count: int,
        enough: Enough | None, silent: set[str],
    ) -> dict[str, Train]:  # fmt: skip
        """Probes in turn until all are sent, or enough is known."""
        sent: dict[str, int] = dict.fromkeys(servers, 0)
        delays: dict[str, list[float]] = {server: [] for server in servers}
        for number in range(count):
            server = servers[number % len(servers)]
            fate = self._send(server, protocol, port)
            if fate.end is End.FORBIDDEN:
                return {one: Train(0, 0, (), Failure.NOT_PERMITTED) for one in servers}
            sent[server] += 1
            if fate.end is End.ARRIVED and server not in silent:
                delays[server].append(fate.delay_ms)
            total = sum(sent.values())
            if enough is not None and enough(total - sum(map(len, delays.values())), total):
                break
        return {
            one: Train(sent[one], sent[one] - len(delays[one]), tuple(delays[one]))
            for one in servers
        }

    def echo(self, net: object, address: str, **_: object) -> Train | None:
        """Users may not ping, as on a Debian."""
        return None

    # --- IKE ---

    def exchange(
        self, net: object, address: str, *, ports: Sequence[int] = (IKE_PORT, NAT_PORT),
        deadline_ms: float = 3000, budget: object = None, primes_group2: bool = True,
        padding_bytes: int = 0,
    ) -> IkeExchange:  # fmt: skip
        """DH14 on each port, one retransmission, then DH2 on 500."""
        found = self.world.gateway_at(address)
        gateway = found[1] if found else Gateway(alive=False)
        return IkeExchange(
            tuple(self._leg(address, port, gateway, primes_group2, padding_bytes) for port in ports)
        )

    def _leg(
        self, address: str, port: int, gateway: Gateway, group2: bool, padding: int
    ) -> PortAnswer:
        schedule = [(0.0, 14), (500.0, 14)] + ([(1200.0, 2)] if port == IKE_PORT and group2 else [])
        sent, strange = 0, False
        for at_ms, group in schedule:
            sent += 1
            fate = self._send(address, "udp", port, 350 + padding)
            if fate.end is End.FORBIDDEN:
                return _no_answer(port, Failure.NOT_PERMITTED, sent=0)
            if fate.end in (End.REJECTED, End.RESET) and fate.at is not None:
                if fate.end is End.RESET:
                    strange = True  # somebody answers in the gateway's name, not in IKE
                    continue
                return _no_answer(port, Failure.PROHIBITED, sent, fate.at.address)
            if fate.end is not End.ARRIVED:
                continue
            if gateway.refuses:
                return _no_answer(port, Failure.REFUSED, sent, address)
            if not self._gateway_answers(gateway, port, group):
                continue
            says = "invalid-ke" if gateway.says == "invalid-ke" and group == 14 else gateway.says
            return PortAnswer(
                port=port, answer=says, not_ike=False, rejected_by=None, failure=None,
                delay_ms=at_ms + fate.delay_ms + gateway.late_ms, sent=sent,
                retransmitted=at_ms > 0, group=group, vendor_ids=0,
                redirect_to=gateway.sends_on_to,
            )  # fmt: skip
        failure = Failure.WRONG_ANSWER if strange else Failure.TIMEOUT
        return PortAnswer(port, None, strange, None, failure, None, sent, True, None, 0)

    def _gateway_answers(self, gateway: Gateway, port: int, group: int) -> bool:
        if not gateway.alive or (gateway.only_500 and port != IKE_PORT):
            return False
        if gateway.only_group2 and group != 2:
            return False
        return self.dice.random() >= gateway.deaf

    def datagram_for_path(self, budget: object, address: str) -> bytes:
        """As long as the real one."""
        return bytes(320)

    # --- TCP ---

    def connect(self, net: object, address: str, port: int, deadline: object) -> TcpConnect:
        """One connection to the proxy or to a site."""
        opened = cast("socket.socket", SimpleNamespace())
        if self.world.proxy is not None and address == address_of(self.world.proxy):
            if self.world.proxy_alive:
                return TcpConnect(None, 4.0, opened, address)
            return TcpConnect(Failure.TIMEOUT, None, None, address)
        site = self._site_at(address)
        failure: Failure | None = Failure.TIMEOUT
        took_ms = 0.0
        if site is not None and site.alive:
            failure, took_ms = self._handshake(address, port)
        if failure is not None:
            return TcpConnect(failure, None, None, address)
        return TcpConnect(None, took_ms, opened, address)

    def finish(self, net: object, opened: object) -> None:
        """Nothing to close."""

    def _handshake(self, address: str, port: int) -> tuple[Failure | None, float]:
        """The failure, and how long it took; a SYN is sent twice."""
        for at_ms in _TCP_TRIES_MS:
            fate = self._send(address, "tcp", port)
            if fate.end is End.ARRIVED:
                return None, at_ms + fate.delay_ms
            if fate.end is End.FORBIDDEN:
                return Failure.NOT_PERMITTED, fate.delay_ms
            if fate.end is End.RESET:
                return Failure.REFUSED, at_ms + fate.delay_ms
        return Failure.TIMEOUT, 0.0

    def fetch(
        self, net: object, resolver: object, host: str, *, port: int = 443, path: str = "/",
        deadline_ms: float = 3000, trust: object = None,
    ) -> HttpsPhases:  # fmt: skip
        """One HTTPS request, phase by phase."""
        named = self.by_system(host)
        if not named.addresses:
            return HttpsPhases(failed_phase="dns", failure=named.failure)
        dns_ms = named.delay_ms or 0.0
        address, failure, took_ms = self._first_open(named.addresses, port)
        family = Family.IPV6 if ":" in address else Family.IPV4
        if failure is not None:
            return HttpsPhases(address, family, dns_ms, failed_phase="tcp", failure=failure)
        if not self._large_segments_pass(address):
            return HttpsPhases(
                address, family, dns_ms, took_ms, failed_phase="tls", failure=Failure.TIMEOUT
            )
        issuer, wrong = self._certificate(host, address)
        if wrong is not None:
            return HttpsPhases(
                address, family, dns_ms, took_ms, failed_phase="tls",
                failure=Failure.CERTIFICATE, issuer=issuer, verify_error=wrong,
            )  # fmt: skip
        date = email.utils.formatdate(time.time() - self.world.clock_offset_s, usegmt=True)
        return HttpsPhases(
            address, family, dns_ms, took_ms, took_ms, took_ms, status=200, date=date,
            tls_version="TLSv1.3", issuer=issuer,
        )  # fmt: skip

    def _first_open(self, addresses: Sequence[str], port: int) -> tuple[str, Failure | None, float]:
        """IPv6 first, the next a quarter of a second later (RFC 8305)."""
        failure: Failure | None = Failure.TIMEOUT
        for address in addresses:
            site = self._site_at(address)
            if site is None or (not site.alive and not site.refuses):
                continue
            failure, took_ms = self._handshake(address, port)
            if failure is None and site.refuses and not site.alive:
                failure = Failure.REFUSED
            if failure is None:
                return address, None, took_ms
        return addresses[0], failure, 0.0

    def _site_at(self, address: str) -> Site | None:
        for host, site in self.world.sites.items():
            if address in (address_of(host), address_of(host, 6)):
                return site
        return None

    def _large_segments_pass(self, address: str) -> bool:
        tries = (self._send(address, "tcp", 443, 1450) for _ in range(3))
        return any(fate.end is End.ARRIVED for fate in tries)

    def _certificate(self, host: str, address: str) -> tuple[str | None, str | None]:
        """Who signed, and what is wrong with it at the device's own time."""
        world = self.world
        if world.portal:
            return "Hotel Guest Access", "self-signed"
        if world.intercepted_by is not None:
            return world.intercepted_by, "unknown-issuer"
        if abs(world.clock_offset_s) > 40 * 86400:
            return "Public CA", "not-yet-valid" if world.clock_offset_s < 0 else "expired"
        return "Public CA", world.sites[host].certificate if host in world.sites else None

    def get_plain(
        self, net: object, url: str, *, deadline_ms: float = 3000, resolver: object
    ) -> PlainHttp:
        """A page with a known answer."""
        host = url.partition("//")[2].partition("/")[0]
        named = self.by_system(host)
        if not named.addresses:
            return PlainHttp(failure=named.failure, failed_phase="dns")
        failure, took_ms = self._handshake(named.addresses[-1], 80)
        if failure is not None:
            return PlainHttp(failure=failure, failed_phase="tcp")
        date = email.utils.formatdate(time.time() - self.world.clock_offset_s, usegmt=True)
        if self.world.portal:
            return PlainHttp(302, "login.hotel.example", date, b"", None, took_ms)
        known = next(one for one in self.world.catalog.portals if one.host == host)
        body = (known.body_contains or "").encode()
        return PlainHttp(known.status, None, date, body, None, took_ms)

    def tcp_reach(
        self, net: object, address: str, port: int, *, max_ttl: int = 5, deadline_ms: float = 800
    ) -> TcpReach:
        """One SYN a TTL."""
        expired, answered = [], []
        for ttl in range(1, max_ttl + 1):
            fate = self._send(address, "tcp", port, ttl=ttl)
            if fate.end is End.EXPIRED:
                expired.append(ttl)
            elif fate.end is End.RESET or (fate.end is End.ARRIVED and ttl >= self.world.far):
                answered.append(ttl)
        last, first = max(expired, default=None), min(answered, default=None)
        return TcpReach(last, first, tuple(sorted(expired)))

    # --- this device ---

    def context(self) -> object:
        """Trust is judged in `_certificate`."""
        return object()

    def overridden(self, names: object, path: object = None) -> tuple[tuple[str, str], ...]:
        """The hosts file."""
        return tuple(line for line in self.world.hosts_file if line[0] in names)  # type: ignore[operator]

    def proxy(self, environment: object = None) -> Proxy | None:
        """The environment's proxy."""
        named = self.world.proxy
        return Proxy("https_proxy", named, 3128) if named else None

    def radios(self) -> tuple[Radio, ...]:
        """The kernel's switches."""
        off, count = self.world.radios_off, self.world.radios
        return tuple(Radio("wlan", number < off, False) for number in range(count))

    def counters(self, name: str, root: str = "/") -> Counters:
        """Two readings a third of a second apart, without the wait."""
        self._watched += 1
        moved = int(self.world.own_traffic_mbps * 125_000 * 0.35) * (self._watched - 1)
        return Counters(moved, 1000 * self._watched, 0, 0)

    def send_queue(self, name: str) -> None:
        """Not shown here."""


def _no_answer(
    port: int, failure: Failure, sent: int, rejected_by: str | None = None
) -> PortAnswer:
    return PortAnswer(port, None, False, rejected_by, failure, None, sent, False, None, 0)
