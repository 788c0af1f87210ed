"""Who the devices are: carriers, regions, phones that tell of themselves, and nights."""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from zlib import crc32

from netcheck.report.form import Report

DAY_S = 86_400
_BED_S, _NIGHT_S = 23 * 3600, 8 * 3600


@dataclass(frozen=True, slots=True)
class Makeup:
    """Of how many devices of which kind a population is made. Shares are chosen, not measured:
    nobody has counted them. `utc_offset_s`: the clock that people live by."""

    agents: int
    carriers: Mapping[str, float]
    regions: Mapping[str, float] = field(default_factory=lambda: {"US": 1.0})
    networks: tuple[int, ...] = (7922, 20115, 7018, 701, 22773, 5650)
    tell_of_phones: float = 0.05  # a phone on a cable, a modem inside, or run on the phone
    hear_events: float = 0.7  # of those: told at once of a change, the others look each minute
    sleep_at_night: float = 0.5  # laptops; the rest is never switched off
    cellular_only: float = 0.02  # no other way to the internet than their own carrier
    call_somebody: float = 0.01  # watch another carrier, for somebody they can't reach
    utc_offset_s: int = -6 * 3600
    seed: int = 1


@dataclass(slots=True)
class Device:
    """One device and its story so far; times are seconds of 1970."""

    number: int
    carrier: str
    region: str
    network: int
    tells_of_phone: bool
    hears_events: bool
    sleeps: bool
    cellular_only: bool
    called: str | None
    asks_at_s: float  # within its quarter of an hour
    clock_s: int  # how much later than others its people go to bed
    befallen: set[int] = field(default_factory=set)  # by number: happenings that it is in
    noticed: frozenset[int] = frozenset()  # and those that its last look has found
    glitch: tuple[str, ...] = ()  # a passing trouble of its own
    naps_until_s: float = 0.0
    cut_off: int = 0  # by how many happenings
    verdict: object = None  # of its last report
    reports: int = 0  # how many it made
    token_day: int = -1
    token: str = ""
    waiting: list[Report] = field(default_factory=list)


def devices(makeup: Makeup) -> list[Device]:
    """All of them, the same for the same makeup."""
    dice = random.Random(makeup.seed)
    carriers, weights = list(makeup.carriers), list(makeup.carriers.values())
    regions, sizes = list(makeup.regions), list(makeup.regions.values())
    made = []
    for number in range(makeup.agents):
        carrier = dice.choices(carriers, weights)[0]
        others = [one for one in carriers if one != carrier]
        calls = bool(others) and dice.random() < makeup.call_somebody
        tells = dice.random() < makeup.tell_of_phones
        made.append(
            Device(
                number,
                carrier,
                dice.choices(regions, sizes)[0],
                dice.choice(makeup.networks),
                tells,
                tells and dice.random() < makeup.hear_events,
                dice.random() < makeup.sleep_at_night,
                dice.random() < makeup.cellular_only,
                dice.choice(others) if calls else None,
                dice.uniform(0, 900),
                round(dice.gauss(0, 3600)),
            )
        )
    return made


def token_of(device: Device, at_s: float, seed: int) -> str:
    """Its token of that day (of UTC), as unlike the next day's as a real one."""
    day = int(at_s) // DAY_S
    if device.token_day != day:
        device.token_day = day
        told = f"{seed}:{device.number}:{day}:{device.carrier}".encode()
        device.token = f"{crc32(told) ^ crc32(told[::-1], 7):08x}"
    return device.token


def is_drawn(device: Device, draw: int, share: float) -> bool:
    """Whether a happening of that share concerns the device: always the same for the same draw."""
    return share >= 1 or crc32(b"%d:%d" % (draw, device.number)) < share * (1 << 32)


def wakes_at_s(device: Device, makeup: Makeup, at_s: float) -> float:
    """When its lid opens again; a moment that is over while it is open. Nights are from about 23:00
    to about 7:00, by its people's own clock."""
    if not device.sleeps:
        return 0.0
    of_night = (at_s + makeup.utc_offset_s - device.clock_s - _BED_S) % DAY_S
    return max(device.naps_until_s, at_s - of_night + _NIGHT_S)
