"""Days as they are: providers that fail a town, masts that fall silent, gateways that tire; and the
day on which a carrier's core turned every phone away. Rates and shares are chosen, not measured."""

import random

from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.people import DAY_S, Makeup
from netcheck.model.verdict import Side

_PROVIDER_OUTAGES_A_DAY = 0.1  # of one provider in one region
_MASTS_A_DAY = 0.3  # of one carrier in one region
_TIRED_A_DAY = 1.0  # of one carrier
_FILTERS_A_DAY = 0.05


def quiet(makeup: Makeup, begins_s: int, ends_s: int) -> list[Happening]:
    """What goes wrong on quiet days. None of it is an outage of a carrier; all of it befalls many
    devices at once, so that their failures are no independent draws."""
    dice = random.Random(makeup.seed + 2)
    found: list[Happening] = []

    def some(a_day: float) -> list[tuple[int, int]]:
        moments = []
        at_s = begins_s + dice.expovariate(a_day / DAY_S)
        while at_s < ends_s:
            moments.append((int(at_s), int(at_s + dice.uniform(600, 4 * 3600))))
            at_s += dice.expovariate(a_day / DAY_S)
        return moments

    for region in makeup.regions:
        for network in makeup.networks:
            for begin_s, end_s in some(_PROVIDER_OUTAGES_A_DAY):
                share, draw = dice.betavariate(1, 3), dice.getrandbits(30)
                found.append(
                    Happening(
                        begin_s, end_s, ("anchors.silent",), Side.ISP, "provider-dead",
                        regions=(region,), networks=(network,), share=share, draw=draw,
                        cuts_off=True,
                    )
                )  # fmt: skip
            for begin_s, end_s in some(_FILTERS_A_DAY):
                found.append(
                    Happening(
                        begin_s, end_s, ("own-epdg.silent", "control-epdg.silent"), Side.ISP,
                        "provider-blocks-ike", regions=(region,), networks=(network,),
                        share=dice.betavariate(1, 2), draw=dice.getrandbits(30),
                    )
                )  # fmt: skip
    for carrier in makeup.carriers:
        for region in makeup.regions:
            for begin_s, end_s in some(_MASTS_A_DAY):
                found.append(
                    Happening(
                        begin_s, end_s, ("phone-service.none",), Side.CARRIER,
                        "coverage-or-account", carriers=(carrier,), regions=(region,),
                        share=dice.betavariate(1, 25), draw=dice.getrandbits(30),
                    )
                )  # fmt: skip
        for begin_s, end_s in some(_TIRED_A_DAY):
            found.append(
                Happening(
                    begin_s, end_s, ("own-epdg.silent",), Side.INCONCLUSIVE,
                    "carrier-gateway-outage", carriers=(carrier,),
                    share=dice.betavariate(1, 60), draw=dice.getrandbits(30),
                )
            )  # fmt: skip
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
