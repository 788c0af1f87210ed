"""Reports that somebody made up: many devices that never were, all telling the same."""

import random

from netcheck.fleet.measured import Received
from netcheck.fleet.population.people import Device
from netcheck.fleet.population.speaking import findings_of, report_of
from netcheck.model.verdict import Side


def flood(
    count: int, at_s: int, lasts_s: int, told: Device, findings: tuple[str, ...], seed: int = 3
) -> list[Received]:
    """So many reports in that time, in order, each of a device of its own: of the carrier, region
    and kind of `told`, with these findings."""
    dice = random.Random(seed)
    moments = sorted(at_s + dice.uniform(0, lasts_s) for _ in range(count))
    found = findings_of(told.tells_of_phone, told.called is not None, ((findings, ()),))
    blame = (Side.CARRIER, "carrier-core-outage")
    return [
        Received(
            report_of(told, f"{dice.getrandbits(32):08x}", moment, found, blame, dice), int(moment)
        )
        for moment in moments
    ]
