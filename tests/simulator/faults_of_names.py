"""How faults of names break a world."""

import random

from tests.simulator.breaking import own_operator
from tests.simulator.world import PROVIDER_DNS, ROUTER, Gateway, World, address_of

# --- names ---


def router_dns_dead(world: World, dice: random.Random) -> None:
    _asks_router(world)
    world.resolvers[ROUTER].alive = False


def _asks_router(world: World) -> None:
    world.nameservers = [ROUTER]


def _asks_provider(world: World, dice: random.Random) -> None:
    world.nameservers = [dice.choice((ROUTER, PROVIDER_DNS))]


def router_resolver_lies(world: World, dice: random.Random) -> None:
    _asks_router(world)
    world.resolvers[ROUTER].rewrites_unknown = True


def dns_filter_blocks_calling(world: World, dice: random.Random) -> None:
    _asks_router(world)
    whole = dice.random() < 0.6
    for operator in world.operators.values():
        if whole or (world.own is not None and operator.carrier.id == world.own.id):
            world.resolvers[ROUTER].blocks |= set(operator.hosts)


def provider_dns_dead(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].alive = False


def provider_resolver_lies(world: World, dice: random.Random) -> None:
    if dice.random() < 0.3:
        world.transparent_dns = PROVIDER_DNS
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].rewrites_unknown = True


def router_dns_slow(world: World, dice: random.Random) -> None:
    _asks_router(world)
    slow_ms = dice.uniform(600, 1400)
    world.resolvers[ROUTER].slow_ms, world.resolvers[ROUTER].itself_ms = slow_ms, slow_ms


def provider_dns_slow(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    world.resolvers[PROVIDER_DNS].slow_ms = dice.uniform(600, 1400)


def dns_misleads_calling(world: World, dice: random.Random) -> None:
    _asks_router(world)
    _mislead(world, ROUTER)


def provider_dns_misleads_calling(world: World, dice: random.Random) -> None:
    _asks_provider(world, dice)
    _mislead(world, PROVIDER_DNS)


def _mislead(world: World, resolver: str) -> None:
    own = own_operator(world)
    for host in own.hosts:
        astray = address_of(host, 4, 77)
        own.gateways[astray] = Gateway(alive=False)
        world.resolvers[resolver].leads[host] = astray
