"""What can happen around Wi-Fi calling: gateways that send phones on, servers that are not who
they say."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from tests.lab.acts import stops
from tests.lab.names import operators
from tests.lab.namespaces import Namespace
from tests.lab.topology import RESOLVERS
from tests.lab.words import Act, Place
from tests.lab.world import World


def sends_phones_on_to(where: str) -> Act:
    """The gateway answers every caller with REDIRECT (RFC 5685) to an address, or to the first
    gateway of another carrier of the lab."""
    known = {one.id: one.epdg_addresses[0].ipv4 for one in operators()}

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        target = known.get(where, where)
        ends = [f"{one.ipv4}:{port}" for one in place.addresses for port in (500, 4500)]
        with ExitStack() as stack:
            stack.enter_context(stops()(world, place))
            stack.enter_context(world.server("redirector", place.namespace, target, *ends))
            yield

    return act


def has_ipv6_only() -> Act:
    """The device gets no IPv4 address, and uses a public resolver over IPv6."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        lose_ipv4(place.namespace)
        world.device.resolv.write_text(f"nameserver {RESOLVERS['quad9'].ipv6}\n")
        try:
            yield
        finally:
            world.device.lease()

    return act


def lose_ipv4(device: Namespace) -> None:
    """Its IPv4 address and its way out by it are gone, until the next lease."""
    device.run("ip", "-4", "route", "flush", "default")
    device.run("ip", "-4", "address", "flush", "dev", "eth0", "scope", "global")


def shows_a_stranger() -> Act:
    """A box in front of these servers answers in their name, with a certificate that nobody
    trusts."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        port = 8443
        answers = [{"listen": [["0.0.0.0", port]], "tls": True, "status": 200, "body": "hello\n"}]
        answers[0]["path"] = "/"
        plan = world.web.box_plan("stranger", answers, intercepts=True)
        addresses = ", ".join(one.ipv4 for one in place.addresses)
        chain = (
            "  chain c { type nat hook prerouting priority -110;\n"
            f"    ip daddr {{ {addresses} }} tcp dport 443 redirect to :{port}\n  }}"
        )
        with ExitStack() as stack:
            stack.enter_context(world.server("sites", place.namespace, plan))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act
