"""The grammar of a scenario: where something deviates, and what is then true.

given=home(router=drops(udp=(500, 4500)))
given=carrier("att", epdg=falls_silent()) + home(dns=hands_out_the_providers())
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass

from tests.lab.daemons import Daemon
from tests.lab.names import operator, sites
from tests.lab.namespaces import Namespace
from tests.lab.topology import PROVIDER_DNS, RESOLVERS, ROUTER_LAN, PublicAddress
from tests.lab.world import World


@dataclass(frozen=True, slots=True)
class Place:
    """Where an act happens. `hook` is where a packet can be stopped there: `forward` in a box on
    the way, `input` at a server, there only for its `addresses`."""

    role: str
    namespace: Namespace
    hook: str = "forward"
    addresses: tuple[PublicAddress, ...] = ()
    daemon: Daemon | None = None
    carrier: str = ""


Act = Callable[[World, Place], AbstractContextManager[None]]
FindPlace = Callable[[World], Place]


@dataclass(frozen=True, slots=True)
class Deviation:
    """What differs from the healthy world, applied in order and reverted in reverse."""

    acts: tuple[tuple[FindPlace, Act], ...] = ()

    def __add__(self, other: "Deviation") -> "Deviation":
        return Deviation(self.acts + other.acts)

    @contextmanager
    def in_world(self, world: World) -> Iterator[None]:
        """The world, deviating for as long as the block lasts."""
        with ExitStack() as stack:
            for find, act in self.acts:
                stack.enter_context(act(world, find(world)))
            yield


NOTHING = Deviation()


def home(
    *,
    router: Act | None = None,
    dns: Act | None = None,
    cable: Act | None = None,
    device: Act | None = None,
) -> Deviation:
    """Something at home: the router, its DNS, the cable to it, the device's own settings."""
    places: dict[str, tuple[Act | None, FindPlace]] = {
        "router": (router, lambda world: Place("router", world.places["router"])),
        "dns": (
            dns,
            lambda world: Place(
                "router-dns",
                world.places["router"],
                "input",
                (PublicAddress(ROUTER_LAN, "::"),),
                world.router_names.daemon,
            ),
        ),
        "cable": (cable, lambda world: Place("cable", world.places["router"])),
        "device": (device, lambda world: Place("device", world.places["device"])),
    }
    return _deviation(places.values())


def provider(
    *, access: Act | None = None, core: Act | None = None, dns: Act | None = None
) -> Deviation:
    """Something at the access provider: its first hop, what lies behind it, its resolver."""
    places: dict[str, tuple[Act | None, FindPlace]] = {
        "access": (access, lambda world: Place("access", world.places["access"])),
        "core": (core, lambda world: Place("core", world.places["core"])),
        "dns": (
            dns,
            lambda world: Place(
                "provider-dns",
                world.places["core"],
                "input",
                (PublicAddress(PROVIDER_DNS, "::"),),
                world.provider_dns.daemon,
            ),
        ),
    }
    return _deviation(places.values())


def internet(
    *,
    anchors: Mapping[str, Act] | None = None,
    every_anchor: Act | None = None,
    resolvers: Mapping[str, Act] | None = None,
    exchange: Act | None = None,
    wire: Act | None = None,
) -> Deviation:
    """Something beyond the provider: anchors by host, public resolvers by id, the exchange that
    forwards to the carriers, the long wire."""
    parts: list[tuple[Act | None, FindPlace]] = [
        *((act, _anchor(host)) for host, act in (anchors or {}).items()),
        *((act, _resolver(name)) for name, act in (resolvers or {}).items()),
        (every_anchor, lambda world: Place("web", world.places["net"], daemon=world.web.daemon)),
        (exchange, lambda world: Place("exchange", world.places["net"])),
        (wire, lambda world: Place("wire", world.places["net"])),
    ]
    return _deviation(parts)


def carrier(
    name: str, *, epdg: Act | None = None, zone: Act | None = None, web: Act | None = None
) -> Deviation:
    """Something at one carrier: its gateways for Wi-Fi calling, its names, its web servers."""

    def gateway(world: World) -> Place:
        one = operator(name)
        place = world.places[f"epdg-{one.id}"]
        daemon = world.gateways[one.id].daemon
        return Place("epdg", place, "input", one.epdg_addresses, daemon, one.id)

    def names(world: World) -> Place:
        one = operator(name)
        addresses = (PublicAddress(one.name_server, "::"),)
        daemon = world.zone_servers[one.id].daemon
        return Place("zone", world.places["net"], "input", addresses, daemon, one.id)

    def servers(world: World) -> Place:
        one = operator(name)
        addresses = tuple(site.address for site in sites() if site.operator == one.id)
        return Place("carrier-web", world.places["net"], "input", addresses, carrier=one.id)

    return _deviation([(epdg, gateway), (zone, names), (web, servers)])


def _anchor(host: str) -> FindPlace:
    addresses = tuple(dict.fromkeys(site.address for site in sites() if site.host == host))
    return lambda world: Place("anchor", world.places["net"], "input", addresses)


def _resolver(name: str) -> FindPlace:
    return lambda world: Place(
        "resolver",
        world.places["net"],
        "input",
        (RESOLVERS[name],),
        world.public_dns[name].daemon,
    )


def _deviation(parts: Iterable[tuple[Act | None, FindPlace]]) -> Deviation:
    return Deviation(tuple((find, act) for act, find in parts if act is not None))
