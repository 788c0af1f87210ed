"""What breaks a world, and the packets it is about: the words that the faults are written in."""

import random
from collections.abc import Callable

from tests.simulator.packets import Act, Packet
from tests.simulator.world import Operator, World

Break = Callable[[World, random.Random], None]


class DoesNotApply(Exception):
    """This world has not what would break (no radio, no IPv6, no carrier): draw another."""


def needs(fact: object) -> None:
    if not fact:
        raise DoesNotApply


def ike(packet: Packet) -> bool:
    return packet.protocol == "udp" and packet.port in (500, 4500)


def udp_but_dns(packet: Packet) -> bool:
    return packet.protocol == "udp" and packet.port != 53


def https(packet: Packet) -> bool:
    return packet.protocol == "tcp" and packet.port == 443


def large(packet: Packet) -> bool:
    return packet.bytes > 1300


def ipv6(packet: Packet) -> bool:
    return packet.family == 6


def anything(packet: Packet) -> bool:
    return True


def how(dice: random.Random) -> Act:
    return dice.choices((Act.DROP, Act.REJECT), (80, 20))[0]


def own_operator(world: World) -> Operator:
    needs(world.own)
    assert world.own is not None
    return world.operators[world.own.id]
