"""Days as they are: providers that fail a town, masts that fall silent, gateways that tire; and the
day on which a carrier's core turned every phone away. Rates and shares are chosen, not measured."""

import random
from dataclasses import replace
from itertools import product

from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.people import DAY_S, Makeup
from netcheck.model.verdict import Side

_PROVIDER_OUTAGES_A_DAY = 0.1  # of one provider in one region
_MASTS_A_DAY = 0.3  # of one carrier in one region
_TIRED_A_DAY = 1.0  # of one carrier
_FILTERS_A_DAY = 0.05
_SHORTEST_S, _LONGEST_S = 600, 4 * 3600

_PROVIDER_DEAD = Happening(0, 0, ("anchors.silent",), Side.ISP, "provider-dead", cuts_off=True)
_PROVIDER_BLOCKS = Happening(
    0, 0, ("own-epdg.silent", "control-epdg.silent"), Side.ISP, "provider-blocks-ike"
)
_MAST = Happening(0, 0, ("phone-service.none",), Side.CARRIER, "coverage-or-account")
_TIRED = Happening(0, 0, ("own-epdg.silent",), Side.INCONCLUSIVE, "carrier-gateway-outage")


def quiet(makeup: Makeup, begins_s: int, ends_s: int) -> list[Happening]:
    """What goes wrong on quiet days. None of it is an outage of a carrier; all of it befalls many
    devices at once, so that their failures are no independent draws."""
    dice = random.Random(makeup.seed + 2)

    def some(a_day: float, usual: Happening, rarely: float) -> list[Happening]:
        """At random moments, for minutes or hours, on a share that is mostly small: with the mean
        1 / (1 + rarely)."""
        found = []
        at_s = begins_s + dice.expovariate(a_day / DAY_S)
        while at_s < ends_s:
            lasts_s = dice.uniform(_SHORTEST_S, _LONGEST_S)
            share, draw = dice.betavariate(1, rarely), dice.getrandbits(30)
            begin_s, end_s = int(at_s), int(at_s + lasts_s)
            found.append(replace(usual, begins_s=begin_s, ends_s=end_s, share=share, draw=draw))
            at_s += dice.expovariate(a_day / DAY_S)
        return found

    found: list[Happening] = []
    for region, network in product(makeup.regions, makeup.networks):
        dead = replace(_PROVIDER_DEAD, regions=(region,), networks=(network,))
        blocks = replace(_PROVIDER_BLOCKS, regions=(region,), networks=(network,))
        found += some(_PROVIDER_OUTAGES_A_DAY, dead, 3) + some(_FILTERS_A_DAY, blocks, 2)
    for carrier in makeup.carriers:
        for region in makeup.regions:
            mast = replace(_MAST, carriers=(carrier,), regions=(region,))
            found += some(_MASTS_A_DAY, mast, 25)
        found += some(_TIRED_A_DAY, replace(_TIRED, carriers=(carrier,)), 60)
    return found


def turned_away(carrier: str, begins_s: int) -> list[Happening]:
    """A core that lets no phone on to the network for two hours, and few for ten more, while its
    gateways answer: as on 22 February 2024 (`seeds/att-2024-02-22.toml`). Devices that have no
    other way are cut off. How many got on in which hour is not known: the shares are inferred."""
    hour_s = 3600
    parts = ((0, 2, 1.0, "emergency-only"), (2, 6, 0.85, "denied"), (6, 10, 0.6, "denied"),
             (10, 12, 0.3, "denied"))  # fmt: skip
    told = [
        Happening(
            begins_s + since * hour_s, begins_s + until * hour_s, (f"phone-service.{state}",),
            Side.CARRIER, "carrier-registration-outage", carriers=(carrier,), share=share, draw=24,
        )
        for since, until, share, state in parts
    ]  # fmt: skip
    cut = Happening(
        begins_s, begins_s + 12 * hour_s, carriers=(carrier,), cuts_off=True, cellular_only=True
    )
    return [*told, cut]
