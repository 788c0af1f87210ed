"""Draws worlds: healthy ones with what differs between homes, then broken by one fault or two."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from netcheck.catalog import Catalog, load
from netcheck.model.carrier import Carrier
from tests.simulator.breaking import DoesNotApply
from tests.simulator.faults import FAULTS, HELD_OUT
from tests.simulator.packets import End, Packet, carry
from tests.simulator.world import World, healthy

WELL = "all-well"
_BRANDS = ("att_us", "verizon_us", "tmobile_us", "cricket_us", "rogers_ca", "telstra_au", "o2_uk")
_FRIEND_IS_OFF = 0.025  # how many run netcheck for a friend whose phone is just off
_MOST_HOMES = 500  # two faults may have no home in common
_TELLS = 0.5  # how many people say what their phone shows
_ERRS = 0.08  # how many of those say something else than it shows
_SYMPTOMS = ("sos", "no-service", "calls-fail", "texts-fail", "data-only", "slow", "fine")


@dataclass(frozen=True, slots=True)
class Draw:
    """How worlds are drawn. `priors` are weights by fault id. `two` is the share of worlds with
    two faults, `held_out` of worlds with a cause no table names; `correlated` makes servers that
    share a host fail together in that share of worlds."""

    priors: Mapping[str, float]
    two: float = 0.0
    held_out: float = 0.0
    correlated: float = 0.0


def world_of(seed: int, draw: Draw) -> World:
    """The world of this seed."""
    dice = random.Random(seed)
    catalog = load()
    while True:
        broken = _chosen(dice, draw)
        for _ in range(_MOST_HOMES):  # another home for these faults, so that none is drawn less
            world = _healthy(dice, catalog)
            try:
                _break(world, broken, dice)
            except DoesNotApply:
                continue
            world.broken = broken
            if dice.random() < draw.correlated:
                _share_a_host(world, dice)
            world.symptom = _symptom(world, dice)
            return world


def _healthy(dice: random.Random, catalog: Catalog) -> World:
    own = _carrier(dice, catalog) if dice.random() < 0.85 else None
    other = _carrier(dice, catalog) if own is not None else None
    if other is not None and own is not None and other.host_network == own.host_network:
        other = None
    called = other if dice.random() < _FRIEND_IS_OFF else None
    controls = catalog.controls_for(own, country=None, called=other)
    world = healthy(dice, catalog, dict.fromkeys((*filter(None, (own, other)), *controls)))
    world.own, world.called, world.controls = own, called, controls
    world.other = other
    if own is not None and dice.random() < 0.1:
        world.region = own.country
    return world


def _carrier(dice: random.Random, catalog: Catalog) -> Carrier:
    known = [one for one in catalog.carriers if one.id in _BRANDS]
    return dice.choice(known)


def _chosen(dice: random.Random, draw: Draw) -> tuple[str, ...]:
    if dice.random() < draw.held_out:
        return (dice.choice(list(HELD_OUT)),)
    priors = {id: weight for id, weight in draw.priors.items() if id in FAULTS or id == WELL}
    first = dice.choices(list(priors), list(priors.values()))[0]
    chosen = [first] if first != WELL else []
    if chosen and dice.random() < draw.two:
        rest = {id: weight for id, weight in priors.items() if id not in (first, WELL)}
        chosen.append(dice.choices(list(rest), list(rest.values()))[0])
    return tuple(chosen)


def _break(world: World, broken: tuple[str, ...], dice: random.Random) -> None:
    for id in broken:
        if id in HELD_OUT:
            HELD_OUT[id][1](world, dice)
        else:
            FAULTS[id](world, dice)


def _share_a_host(world: World, dice: random.Random) -> None:
    """Two sites and a resolver of one company are gone together, or two operators' gateways that
    stand in one building: what looks like independent controls is not."""
    if dice.random() < 0.5:
        for host in ("www.cloudflare.com", "www.mozilla.org"):
            if host in world.sites:
                world.sites[host].alive = False
        world.resolvers["1.1.1.1"].alive = False
    elif len(world.controls) > 1:
        for gateway in world.operators[world.controls[0].id].gateways.values():
            gateway.alive = False


def _symptom(world: World, dice: random.Random) -> str | None:
    """What the user says: what the phone shows, as people tell it; None: they say nothing."""
    if world.called is not None:
        return "cannot-reach"  # it is why they named the other carrier
    if dice.random() >= _TELLS:
        return None
    if dice.random() < _ERRS:
        return dice.choice(_SYMPTOMS)
    if world.phone != "fine":
        return world.phone if dice.random() < 0.93 else "calls-fail"
    if not world.cell.data_attached and world.phone == "fine":
        return dice.choices(("slow", "texts-fail", "calls-fail", "fine"), (48, 17, 8, 27))[0]
    if not world.calls_work:
        return dice.choices(("calls-fail", "texts-fail", "data-only", "fine"), (60, 15, 20, 5))[0]
    if not _net_works(world, dice):
        # Indoors without signal the phone lives on Wi-Fi, and goes with it.
        return dice.choices(("slow", "calls-fail", "no-service", "texts-fail", "fine"),
                            (40, 30, 6, 8, 16))[0]  # fmt: skip
    return dice.choices(("fine", "slow", "calls-fail"), (86, 11, 3))[0]


def _net_works(world: World, dice: random.Random) -> bool:
    """Whether a person would call the home's internet well."""
    if world.address != "assigned" or not world.connected or world.portal:
        return False
    way, page = world.way_to("beyond"), Packet("tcp", 443, "60.1.1.1", 1400)
    through = sum(carry(way, page, dice).end is End.ARRIVED for _ in range(20))
    calling = Packet("udp", 4500, "60.1.1.1", 300)
    calls = sum(carry(way, calling, dice).end is End.ARRIVED for _ in range(20))
    return through >= 19 and calls >= 19
