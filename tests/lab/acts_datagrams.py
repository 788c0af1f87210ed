"""What can happen to UDP and to fragments on their way."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.acts import _chain, _links
from tests.lab.words import Act, Place
from tests.lab.world import World


def passes_udp_only_to(*ports: int) -> Act:
    """UDP to and from these ports passes, all other UDP vanishes."""
    allowed = ", ".join(map(str, ports))

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        # Three rules: nft (1.0.6) makes of two `!=` with one port each a single comparison of both,
        # which holds for whatever differs in either.
        rules = [f"udp {end} {{ {allowed} }} accept" for end in ("dport", "sport")]
        chain = _chain(place, [*rules, "meta l4proto udp drop"])
        with world.rules(place.namespace, "inet", chain):
            yield

    return act


def drops_fragments() -> Act:
    """IP fragments vanish as they come in, before anybody could put them together."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        lines = "".join(
            f'  chain c{link} {{ type filter hook ingress device "{link}" priority 0;\n'
            "    ip frag-off & 0x3fff != 0 drop\n    exthdr frag exists drop\n  }\n"
            for link in _links(place)
        )
        with world.rules(place.namespace, "netdev", lines):
            yield

    return act


def shows_its_hop_as(address: str) -> Act:
    """The box here tells of expired datagrams under this address, as one numbered so would."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type filter hook output priority -10;\n"
            f"    icmp type time-exceeded ip saddr set {address}\n  }}"
        )
        with world.rules(place.namespace, "ip", chain):
            yield

    return act


def maps_each_destination_anew() -> Act:
    """The router gives one socket another port towards each destination."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        chain = (
            "  chain c { type nat hook postrouting priority 90;\n"
            '    oifname "wan0" meta l4proto udp masquerade fully-random\n  }'
        )
        with world.rules(place.namespace, "ip", chain):
            yield

    return act
