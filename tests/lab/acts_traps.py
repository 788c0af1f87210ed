"""What looks like trouble and is none, or hides which trouble it is."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from netcheck.wire.ikev2 import Initiation
from tests.lab.acts_beyond import answers_ike_as
from tests.lab.epdg import OTHER_GROUP
from tests.lab.words import Act, Place
from tests.lab.world import World

PRIVATE6 = "fd12:3456:789a:1::77/64"


def ignores_groups_it_does_not_know() -> Act:
    """The gateway (strongSwan) takes group 2 alone, and drops requests of another group without
    the INVALID_KE_PAYLOAD that RFC 7296 1.2 asks for."""
    ends = ("192.0.2.1", 500), ("192.0.2.2", 4500)
    small = len(Initiation.fresh(2).datagram(*ends, non_esp_marker=True))
    large = len(Initiation.fresh(14).datagram(*ends))
    at_most = 8 + (small + large) // 2  # a group's public value is as long as its prime

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type filter hook input priority -10;\n"
            f"    udp dport {{ 500, 4500 }} udp length > {at_most} drop\n  }}"
        )
        with ExitStack() as stack:
            stack.enter_context(answers_ike_as(OTHER_GROUP)(world, place))
            stack.enter_context(world.rules(place.namespace, "inet", chain))
            yield

    return act


def has_a_private_ipv6_address() -> Act:
    """The home numbers itself over IPv6 (RFC 4193) and has no way out by it: no default route,
    while every name has an IPv6 address."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        place.namespace.ip(f"addr add {PRIVATE6} dev eth0 nodad")
        try:
            yield
        finally:
            place.namespace.run("ip", "addr", "del", PRIVATE6, "dev", "eth0", check=False)

    return act


__all__ = ["has_a_private_ipv6_address", "ignores_groups_it_does_not_know"]
