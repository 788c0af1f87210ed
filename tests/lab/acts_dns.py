"""What can happen to names: a slow resolver, a dead stub, another gateway's address."""

import itertools
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.acts_device import on_device
from tests.lab.acts_home import filters
from tests.lab.resolvers import Recursor
from tests.lab.topology import DNS_ABROAD, PROVIDER_DNS, ROUTER_LAN
from tests.lab.words import Act, Place
from tests.lab.world import World

STUB = "127.0.0.53"
_numbers = itertools.count(1)
ELSEWHERE = "141.207.200.10"  # within what is routed to the carriers, and nobody there


def answers_names_late(held_ms: int) -> Act:
    """The DNS server at this place holds every answer back."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        if place.role == "router-dns":
            way, told = f"ip daddr {ROUTER_LAN}", ("0.0.0.0", "5355", ROUTER_LAN, "53")
        else:
            way, told = f"ip daddr {PROVIDER_DNS}", ("0.0.0.0", "5355", PROVIDER_DNS, "5399")
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            f"    {way} udp dport 53 redirect to :5355\n  }}"
        )
        with ExitStack() as stack:
            stack.enter_context(world.server("slow", place.namespace, *told, str(held_ms)))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def asks_a_stub(*, that_forwards: bool) -> Act:
    """The device asks a program of its own, as with systemd-resolved; it forwards to what the
    lease named, or has ended."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        lease = world.device.resolv.read_text()
        folder, file = "/run/systemd/resolve", "/run/systemd/resolve/resolv.conf"
        on_device(world, "sh", "-ec", f"mkdir -p {folder}; printf '%s' '{lease}' > {file}")
        with ExitStack() as stack:
            if that_forwards:
                told = (STUB, "53", ROUTER_LAN, "53", "0")
                stack.enter_context(world.server("slow", place.namespace, *told))
            world.device.resolv.write_text(f"nameserver {STUB}\n")
            try:
                yield
            finally:
                world.device.resolv.write_text(lease)
                on_device(world, "rm", "-r", folder)

    return act


def gives_gateways_elsewhere(host: str) -> Act:
    """The DNS server at this place names a gateway in another country for this host; nobody
    answers there."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type filter hook prerouting priority -300;\n"
            f"    ip daddr {ELSEWHERE} drop\n  }}"
        )
        with ExitStack() as stack:
            stack.enter_context(world.rules(world.places["net"], "inet", chain))
            if place.role == "router-dns":
                stack.enter_context(filters(host, answering=ELSEWHERE)(world, place))
            else:
                stack.enter_context(world.provider_dns.says(host, ELSEWHERE))
            yield

    return act


def searches_domains_that_know_everything(domain: str, answering: str, *, dots: int = 1) -> Act:
    """The device has a search domain in which every name has this address, and tries it first
    for names with fewer dots."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        lease = world.device.resolv.read_text()
        with filters(domain, answering=answering)(world, place):
            told = f"search {domain}\noptions ndots:{dots}\n"
            world.device.resolv.write_text(f"nameserver {ROUTER_LAN}\n{told}")
            try:
                yield
            finally:
                world.device.resolv.write_text(lease)

    return act


def asks_abroad(host: str) -> Act:
    """The home's DNS asks a resolver in another country, which names a silent gateway for this
    host."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        net = world.places["net"]
        abroad = Recursor(net, world.folder, f"abroad-{next(_numbers)}", [DNS_ABROAD])
        chain = (
            "  chain c { type filter hook prerouting priority -300;\n"
            f"    ip daddr {ELSEWHERE} drop\n  }}"
        )
        try:
            abroad.daemon.start()
            abroad.warm()
            with world.rules(net, "inet", chain), abroad.says(host, ELSEWHERE):
                world.router_names.restart(upstream=DNS_ABROAD)
                world.router_names.warm()
                yield
        finally:
            abroad.daemon.kill()
            world.router_names.restart()
            world.router_names.warm()

    return act


def refuses_names(zone: str) -> Act:
    """The provider's resolver refuses to answer for a zone."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with world.provider_dns.refuses(zone):
            yield

    return act


def its_names_lead_to(host: str, address: str) -> Act:
    """The carrier itself publishes this address for its gateway."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        server = world.zone_servers[place.carrier]
        server.says(host, address)
        server.daemon.stop()
        server.daemon.start()
        with world.other_zones(place.carrier):
            yield

    return act


def shuts_encrypted_dns() -> Act:
    """Questions over TLS vanish here."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        hook = f"type filter hook {place.hook} priority -10;"
        chain = f"  chain c {{ {hook}\n    tcp dport 853 drop\n  }}"
        with world.rules(place.namespace, "inet", chain):
            yield

    return act
