"""How faults of the carrier, the phone and third parties break a world."""

import random
from collections.abc import Sequence

from tests.simulator.breaking import needs, own_operator
from tests.simulator.world import Gateway, World, address_of

# --- the carrier ---


def carrier_registration_outage(world: World, dice: random.Random) -> None:
    own_operator(world)
    world.phone = dice.choices(("sos", "no-service"), (65, 35))[0]
    _cut_off(world, dice, "searching denied emergency-only out-of-service", (32, 17, 34, 17))
    if world.cell.service == "denied":
        world.cell.refused_with = dice.choice((17, 22, 15, None))


def _cut_off(world: World, dice: random.Random, states: str, odds: Sequence[int]) -> None:
    world.cell.service = dice.choices(states.split(), odds)[0]
    world.cell.data_attached = False


def carrier_gateway_outage(world: World, dice: random.Random) -> None:
    refuses = dice.random() < 0.15
    for gateway in own_operator(world).gateways.values():
        gateway.alive, gateway.refuses = False, refuses
    world.calls_work = dice.random() < 0.6  # where the phone has signal, calls still go that way


def carrier_names_outage(world: World, dice: random.Random) -> None:
    own_operator(world).zone = dice.choices(("fails", "silent"), (75, 25))[0]
    world.calls_work = dice.random() < 0.5


def carrier_core_outage(world: World, dice: random.Random) -> None:
    own = own_operator(world)
    own.zone = dice.choices(("fails", "silent", "resolves"), (40, 20, 40))[0]
    for gateway in own.gateways.values():
        gateway.alive = False
    world.phone = dice.choices(("sos", "no-service", "fine"), (40, 35, 25))[0]
    if world.phone != "fine":
        _cut_off(world, dice, "searching denied emergency-only out-of-service", (40, 10, 30, 20))
    world.calls_work = False


def carrier_degraded(world: World, dice: random.Random) -> None:
    late_ms, deaf = dice.uniform(150, 900), dice.uniform(0.2, 0.6)
    for gateway in own_operator(world).gateways.values():
        gateway.late_ms, gateway.deaf = late_ms, deaf
    world.calls_work = dice.random() < 0.4


def carrier_calling_fails(world: World, dice: random.Random) -> None:
    own_operator(world)
    world.calls_work = False


def coverage_or_account(world: World, dice: random.Random) -> None:
    own_operator(world)
    world.phone = dice.choices(("no-service", "sos"), (60, 40))[0]
    _cut_off(world, dice, "searching emergency-only out-of-service denied", (35, 28, 32, 5))


def carrier_entitlement_outage(world: World, dice: random.Random) -> None:
    own = own_operator(world).carrier
    needs(own.entitlement)
    assert own.entitlement is not None
    site = world.sites[own.entitlement[0]]
    site.alive = False
    if dice.random() < 0.2:
        site.alive, site.certificate = True, dice.choice(("expired", "wrong-name"))


def calling_geoblocked(world: World, dice: random.Random) -> None:
    own = own_operator(world)
    for gateway in own.gateways.values():
        gateway.alive = False
    told = dice.random() < 0.5
    world.region = ("DE" if own.carrier.country != "DE" else "US") if told else None


def carrier_redirect_dead(world: World, dice: random.Random) -> None:
    own = own_operator(world)
    there = address_of("redirected", 4)
    for gateway in own.gateways.values():
        gateway.sends_on_to = there
    own.gateways[there] = Gateway(alive=False)


# --- phone, and others ---


def phone_or_sim(world: World, dice: random.Random) -> None:
    world.phone = dice.choices(("no-service", "sos", "fine"), (45, 20, 35))[0]
    world.calls_work = False
    if world.phone != "fine":
        _cut_off(world, dice, "searching out-of-service emergency-only denied", (45, 35, 12, 8))
        world.cell.sim = dice.choices(("ready", "faulty"), (75, 25))[0]


def sim_missing(world: World, dice: random.Random) -> None:
    _without_sim(world, dice, "absent")


def sim_locked(world: World, dice: random.Random) -> None:
    _without_sim(world, dice, "locked")


def _without_sim(world: World, dice: random.Random, state: str) -> None:
    world.cell.sim = state
    world.phone = dice.choices(("no-service", "sos"), (65, 35))[0]
    world.calls_work = False
    _cut_off(world, dice, "emergency-only out-of-service", (60, 40))


def airplane_mode_on(world: World, dice: random.Random) -> None:
    world.cell.airplane = True
    world.phone, world.calls_work = "no-service", False
    _cut_off(world, dice, "radio-off", (1,))


def wifi_calling_switched_off(world: World, dice: random.Random) -> None:
    """Indoors, where the phone needs it: there is little signal, or calls would go through."""
    own_operator(world)
    world.cell.wifi_calling_on = False
    world.calls_work = False


def mobile_data_off(world: World, dice: random.Random) -> None:
    world.cell.mobile_data_on = world.cell.data_attached = False


def line_refused(world: World, dice: random.Random) -> None:
    own_operator(world)
    world.phone = dice.choices(("no-service", "sos"), (62, 38))[0]
    _cut_off(world, dice, "denied emergency-only", (85, 15))
    world.cell.refused_with = dice.choice((2, 3, 8, 7, None))


def carrier_data_fails(world: World, dice: random.Random) -> None:
    own_operator(world)
    world.cell.data_attached = False


def called_carrier_outage(world: World, dice: random.Random) -> None:
    needs(world.other)
    assert world.other is not None
    world.called = world.other
    called = world.operators[world.called.id]
    called.zone = dice.choices(("resolves", "fails", "silent"), (60, 28, 12))[0]
    if dice.random() < 0.25:
        for gateway in called.gateways.values():
            gateway.alive = False


def third_party_outage(world: World, dice: random.Random) -> None:
    hosts = [one.host for one in world.catalog.anchors]
    for host in dice.sample(hosts, dice.randint(2, 3)):
        world.sites[host].alive, world.sites[host].refuses = False, dice.random() < 0.3
