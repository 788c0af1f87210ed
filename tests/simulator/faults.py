"""Every fault that a world can have, by its id, and causes that no table names.

One function a fault, in the file of its place: it states the mechanism; what a check sees of it
follows. `HELD_OUT` are causes that the verdict's tables do not name: only their side is true.
"""

import random

from tests.simulator import faults_far, faults_near, faults_of_names
from tests.simulator.breaking import Break, needs, own_operator, udp_but_dns
from tests.simulator.packets import Act, Rule
from tests.simulator.world import World

FAULTS: dict[str, Break] = {
    name.replace("_", "-"): broken
    for room in (faults_near, faults_of_names, faults_far)
    for name, broken in vars(room).items()
    if callable(broken) and broken.__module__ == room.__name__ and not name.startswith("_")
}


# --- causes that no table names: only their side is true ---


def nat_table_full(world: World, dice: random.Random) -> None:
    """The router has no room for new flows: most first packets vanish, of any kind."""
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(lambda packet: dice.random() < 0.5))


def provider_mangles_udp(world: World, dice: random.Random) -> None:
    """A provider's box loses half of UDP, whatever the port."""
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.core.rules.append(Rule(lambda packet: packet.protocol == "udp" and dice.random() < 0.5))


def child_lock(world: World, dice: random.Random) -> None:
    """The router lets this device resolve names and nothing else."""
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.router.rules.append(Rule(lambda packet: packet.port != 53))


def provider_bills(world: World, dice: random.Random) -> None:
    """An unpaid line: names resolve, every connection is reset by the provider."""
    needs(not world.vpn)  # what a tunnel carries passes such boxes unseen
    world.access.rules.append(Rule(lambda p: p.protocol == "tcp", Act.RESET))
    world.access.rules.append(Rule(udp_but_dns))


def carrier_drops_some(world: World, dice: random.Random) -> None:
    """Half of the carrier's sites are dead: of two addresses mostly one answers."""
    for gateway in list(own_operator(world).gateways.values())[::2]:
        gateway.alive = False
    world.calls_work = dice.random() < 0.5


HELD_OUT: dict[str, tuple[str, Break]] = {
    "nat-table-full": ("local", nat_table_full),
    "child-lock": ("local", child_lock),
    "provider-mangles-udp": ("isp", provider_mangles_udp),
    "provider-bills": ("isp", provider_bills),
    "carrier-drops-some": ("carrier", carrier_drops_some),
}
"""Id -> the true side and what breaks."""
