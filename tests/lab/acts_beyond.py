"""What can happen to a carrier, to the anchors, to the public resolvers."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.acts import falls_silent, loses, stops
from tests.lab.daemons import wait_until
from tests.lab.epdg import USUAL, Manner
from tests.lab.queries import outcome
from tests.lab.words import Act, Place
from tests.lab.world import World
from tests.lab.zones import asn_answers


def answers_ike_as(manner: Manner) -> Act:
    """The carrier's gateway answers in another manner."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        gateway = world.gateways[place.carrier]
        gateway.behave(manner)
        try:
            yield
        finally:
            gateway.behave(USUAL)

    return act


def labours(*, slow_ms: int, share_lost: float) -> Act:
    """The carrier's gateway answers late, and not always: a network that limps."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with ExitStack() as stack:
            stack.enter_context(answers_ike_as(Manner(slow_ms=slow_ms))(world, place))
            stack.enter_context(loses(share_lost)(world, place))
            yield

    return act


def is_junk() -> Act:
    """Something that is not IKE answers under the gateway's addresses."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        ends = [f"{one.ipv4}:{port}" for one in place.addresses for port in (500, 4500)]
        with ExitStack() as stack:
            stack.enter_context(stops()(world, place))
            stack.enter_context(world.server("junk", place.namespace, *ends))
            yield

    return act


def answers_servfail() -> Act:
    """The carrier's name server has lost its zones: SERVFAIL for each of its names."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        server = world.zone_servers[place.carrier]
        server.fail()
        server.daemon.stop()
        server.daemon.launch()
        address, zone = server.listen[0], next(iter(server.zones))
        wait_until(
            lambda: outcome(place.namespace, address, zone, "SOA") == "SERVFAIL",
            "the name server has lost its zones",
        )
        with world.other_zones(place.carrier):
            yield

    return act


def loses_its_name_server() -> Act:
    """The carrier's name server does not answer at all, and what was known has run out."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        try:
            with falls_silent()(world, place):
                world.forget_names_of(place.carrier)
                yield
        finally:
            world.forget_names_of(place.carrier)
            world.warm()

    return act


def lives_in(*, days_ahead: float) -> Act:
    """Everybody else's clock and certificates are this far from the device's."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        world.web.live_in(days_ahead)
        try:
            yield
        finally:
            world.web.live_in(0)

    return act


def proves_itself_badly(kind: str) -> Act:
    """Secure sites here show certificates of this kind: an anchor's own server, or a box on the
    way that answers for all of them."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        whom = [f"ip daddr {one.ipv4}" for one in place.addresses]
        whom += [f"ip6 daddr {one.ipv6}" for one in place.addresses]
        rules = "".join(
            f"    {one} tcp dport 443 redirect to :8444\n" for one in whom or ['iifname "lan0"']
        )
        plan = world.web.proof_plan("bad-proof", kind, [["0.0.0.0", 8444], ["::", 8444]])
        chain = f"  chain c {{ type nat hook prerouting priority -110;\n{rules}  }}"
        with ExitStack() as stack:
            stack.enter_context(world.server("sites", place.namespace, plan))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def belongs_to(asn: int, name: str, country: str) -> Act:
    """The provider's addresses are in this autonomous system, as every resolver tells it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        try:
            with ExitStack() as stack:
                for resolver in (world.provider_dns, *world.public_dns.values()):
                    for host, text in asn_answers(asn, name, country):
                        stack.enter_context(resolver.says_text(host, text))
                world.router_names.daemon.hang_up()
                yield
        finally:
            world.router_names.daemon.hang_up()
            world.router_names.warm()

    return act
