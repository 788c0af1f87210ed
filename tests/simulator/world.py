"""A small internet as it truly is: device, home, provider, and what lies beyond."""

import hashlib
import random
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from netcheck.catalog import Catalog
from netcheck.model.carrier import Carrier
from netcheck.model.device import LinkKind
from tests.simulator.packets import Box

ROUTER, PROVIDER_DNS = "192.168.1.1", "100.100.0.53"
PROVIDER_HOP, PROVIDER_CORE, EXCHANGE, VPN_EXIT = "85.1.0.1", "85.1.0.2", "85.9.0.1", "45.1.0.1"
STUB = "127.0.0.53"


@cache
def address_of(host: str, family: int = 4, number: int = 0) -> str:
    """A public address for a host, the same each time; nothing is ever sent there."""
    digest = hashlib.sha256(f"{host} {number}".encode()).digest()
    if family == 6:
        return f"2600:{digest[0] + 256:x}:{digest[1] + 256:x}::{digest[2] + 1:x}"
    return f"{60 + digest[0] % 60}.{digest[1]}.{digest[2]}.{digest[3] % 250 + 1}"


@dataclass(slots=True)
class NameServer:
    """A resolver. `at`: device, home, provider or public. `asks` is the resolver behind it."""

    at: str
    alive: bool = True
    asks: str | None = None
    slow_ms: float = 0.0  # for what it has to ask others
    itself_ms: float = 0.4
    rewrites_unknown: bool = False
    blocks: set[str] = field(default_factory=set)  # hosts it gives a false address for
    leads: dict[str, str] = field(default_factory=dict)  # hosts it gives another address for
    odds_of_silence: float = 0.0


@dataclass(slots=True)
class Site:
    """A web server."""

    alive: bool = True
    refuses: bool = False
    certificate: str | None = None  # what is wrong with it
    has_ipv6: bool = False


@dataclass(slots=True)
class Gateway:
    """One address of an ePDG, as an initiator without a SIM sees it."""

    alive: bool = True
    refuses: bool = False
    says: str = "sa"  # sa, no-proposal, cookie, invalid-ke
    only_500: bool = False
    only_group2: bool = False
    late_ms: float = 0.0
    deaf: float = 0.0  # share of requests that it does not answer
    sends_on_to: str | None = None


@dataclass(slots=True)
class Operator:
    """A mobile operator as the internet sees it. `zone`: resolves, fails, silent or missing."""

    carrier: Carrier
    zone: str = "resolves"
    gateways: dict[str, Gateway] = field(default_factory=dict)
    hosts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Cell:
    """A phone's own word, in the words of its readers. `refused_with` is a cause's number."""

    service: str = "home"
    sim: str = "ready"
    airplane: bool = False
    data_attached: bool = True
    mobile_data_on: bool = True
    wifi_calling_on: bool = True
    refused_with: int | None = None


@dataclass(slots=True)
class World:
    """Everything that is true. `broken` names the faults that were put in, by their ids."""

    dice: random.Random
    catalog: Catalog
    link: LinkKind
    interface_up: bool = True
    connected: bool = True
    address: str = "assigned"  # assigned, link-local, missing
    signal_dbm: int | None = None
    radios: int = 1
    radios_off: int = 0
    mtu: int = 1500
    clock_offset_s: float = 0.0
    vpn: bool = False
    has_ipv6: bool = False
    proxy: str | None = None
    proxy_alive: bool = False
    hosts_file: list[tuple[str, str]] = field(default_factory=list)
    own_traffic_mbps: float = 0.05
    device: Box = field(default_factory=lambda: Box("device", delay_ms=0.02))
    medium: Box = field(default_factory=lambda: Box("medium", delay_ms=0.3))
    router: Box = field(default_factory=lambda: Box("router", 1, ROUTER))
    access: Box = field(default_factory=lambda: Box("access", 2, PROVIDER_HOP, delay_ms=4))
    core: Box = field(default_factory=lambda: Box("core", 3, PROVIDER_CORE, delay_ms=2))
    exchange: Box = field(default_factory=lambda: Box("exchange", 4, EXCHANGE, delay_ms=10))
    tunnel: Box = field(default_factory=lambda: Box("tunnel", 1, VPN_EXIT, delay_ms=20))
    router_ignores: bool = False  # whatever is addressed to itself
    router_neighbour: bool = True
    portal: bool = False
    intercepted_by: str | None = None
    transparent_dns: str | None = None  # the resolver that takes every question
    nameservers: list[str] = field(default_factory=list)
    resolvers: dict[str, NameServer] = field(default_factory=dict)
    sites: dict[str, Site] = field(default_factory=dict)
    operators: dict[str, Operator] = field(default_factory=dict)
    own: Carrier | None = None
    called: Carrier | None = None
    other: Carrier | None = None  # of whomever might be called
    controls: tuple[Carrier, ...] = ()
    region: str | None = None
    phone: str = "fine"  # what the phone shows on its own: fine, sos, no-service
    cell: Cell = field(default_factory=Cell)  # what a phone or modem would say of itself
    phone_is_read: bool = False
    calls_work: bool = True  # beyond what any device without a SIM sees
    symptom: str | None = None
    broken: tuple[str, ...] = ()

    def way_to(self, place: str) -> list[Box]:
        """The boxes between a program on the device and a place: home, provider, or beyond."""
        here = [self.device, self.medium]
        if place == "device":
            return []
        if self.vpn and place != "home":
            below = [Box(b.name, None, None, b.dead, b.loss, b.delay_ms)
                     for b in (self.router, self.access, self.core)]  # fmt: skip
            return [*here, *below, self.tunnel, self._counted(self.exchange, 2)]
        if place == "home":
            return here
        provider = [*here, self.router, self.access, self.core]
        return provider if place == "provider" else [*provider, self.exchange]

    @staticmethod
    def _counted(box: Box, hop: int) -> Box:
        return Box(
            box.name, hop, box.address, box.dead, box.loss, box.delay_ms, box.speaks, box.rules
        )

    @property
    def far(self) -> int:
        """Hops to whatever lies beyond."""
        return 3 if self.vpn else 5

    def gateway_at(self, address: str) -> tuple[Operator, Gateway] | None:
        """Whose gateway that is."""
        for operator in self.operators.values():
            if address in operator.gateways:
                return operator, operator.gateways[address]
        return None

    def hosts_of_operators(self) -> dict[str, Operator]:
        """Every host name an operator's zone answers for."""
        return {host: one for one in self.operators.values() for host in one.hosts}


def healthy(dice: random.Random, catalog: Catalog, carriers: Iterable[Carrier]) -> World:
    """A world in which nothing is wrong, with all that differs between homes that are well."""
    wireless = dice.random() < 0.6
    world = World(dice, catalog, LinkKind.WIFI if wireless else LinkKind.ETHERNET)
    world.radios = 1 if wireless else dice.choice((0, 0, 1))
    world.radios_off = world.radios if not wireless and dice.random() < 0.15 else 0
    if wireless:
        world.signal_dbm = round(dice.gauss(-62, 8))
        world.signal_dbm = max(-79, min(-35, world.signal_dbm))
    world.medium.delay_ms = dice.uniform(0.2, 1) if not wireless else dice.uniform(1, 6)
    world.medium.loss = 0.0 if not wireless else dice.choice((0, 0, 0, 0.003, 0.008))
    world.exchange.delay_ms = dice.choice((3, 8, 15, 30, 60, 100, 180)) * dice.uniform(0.7, 1.3)
    world.exchange.loss = dice.choice((0, 0, 0, 0.002, 0.006))
    world.router_ignores = dice.random() < 0.12
    for box, odds in ((world.router, 0.1), (world.access, 0.25), (world.core, 0.25),
                      (world.exchange, 0.2)):  # fmt: skip
        box.speaks = dice.random() >= odds
    world.vpn = dice.random() < 0.12
    world.has_ipv6 = dice.random() < 0.4
    world.clock_offset_s = dice.gauss(0, 2) if dice.random() < 0.97 else dice.uniform(-120, 120)
    world.phone_is_read = dice.random() < 0.2
    if dice.random() < 0.05:
        world.cell.service = "roaming"
    if dice.random() < 0.04:
        world.proxy, world.proxy_alive = "proxy.office.example", True
    if dice.random() < 0.04:
        world.own_traffic_mbps = dice.uniform(20, 90)
    _names(world, dice)
    _sites(world, dice)
    for carrier in carriers:
        _operator(world, carrier, dice)
    return world


def _names(world: World, dice: random.Random) -> None:
    """Whom the device asks, and whom those ask."""
    slow_ms = dice.choice((0, 0, 0, 5, 20, 40))
    known = {one.ipv4: one for one in world.catalog.resolvers}
    for address in known:
        world.resolvers[str(address)] = NameServer("public", slow_ms=dice.uniform(0, 25))
    world.resolvers[PROVIDER_DNS] = NameServer("provider", slow_ms=slow_ms)
    world.resolvers[ROUTER] = NameServer("home", asks=PROVIDER_DNS)
    kind = dice.choices(("router", "provider", "public", "stub"), (60, 15, 12, 13))[0]
    public = [str(one.ipv4) for one in world.catalog.resolvers]
    world.nameservers = {
        "router": [ROUTER],
        "provider": [PROVIDER_DNS],
        "public": public[:2],
        "stub": [STUB, ROUTER],
    }[kind]
    if kind == "stub":
        world.resolvers[STUB] = NameServer("device", asks=ROUTER, itself_ms=0.1)
    if dice.random() < 0.02:
        world.resolvers[dice.choice(public)].alive = False


def _sites(world: World, dice: random.Random) -> None:
    for anchor in world.catalog.anchors:
        world.sites[anchor.host] = Site(has_ipv6=dice.random() < 0.8)
    for portal in world.catalog.portals:
        world.sites[portal.host] = Site()
    for server in world.catalog.stun:
        world.sites[server.host] = Site(alive=dice.random() < 0.98)
    if dice.random() < 0.03:
        site = world.sites[dice.choice([one.host for one in world.catalog.anchors])]
        site.alive, site.refuses = False, dice.random() < 0.3


def _operator(world: World, carrier: Carrier, dice: random.Random) -> None:
    """Its gateways: addresses behind each name, each with an initiator's view of it."""
    operator = Operator(carrier)
    says = dice.choices(("sa", "no-proposal", "cookie", "invalid-ke"), (60, 20, 8, 12))[0]
    one_port = dice.random() < 0.04
    group2 = dice.random() < 0.1
    for host in carrier.epdg_hosts[:3]:
        count = dice.choice((1, 2, 2, 3))
        operator.hosts[host] = [address_of(host, 4, n) for n in range(count)]
        for address in operator.hosts[host]:
            operator.gateways[address] = Gateway(
                says=says, only_500=one_port, only_group2=group2, late_ms=dice.uniform(0, 30)
            )
    if dice.random() < 0.015:
        operator.zone = "missing"  # the list of names is older than the operator's last move
    for entry in carrier.entitlement_hosts[:1]:
        host = entry.partition(":")[0]
        world.sites[host] = Site(alive=dice.random() < 0.996)
    world.operators[carrier.id] = operator
