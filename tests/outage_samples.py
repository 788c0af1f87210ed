"""A made-up day of reports, for the outage page: one carrier goes down, its neighbours do not."""

import math

from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Count, Stage
from netcheck.fleet.page import Outages, Sources, gather

NOW = 28_900_000  # minutes of 1970: a day in December 2024
BIN = 5
NAMES = {
    "att_us": "AT&T",
    "cricket_us": "Cricket",
    "tmobile_us": "T-Mobile",
    "uscellular_us": "UScellular",
    "verizon_us": "Verizon",
}
STATES = {"US-TX": 1.0, "US-CA": 0.9, "US-GA": 0.6, "US-NY": 0.7, "US-AK": 0.05}
BEGAN, OVER_AT = NOW - 205, NOW - 900
DOWN = ("att_us", "cricket_us")
REGISTRATION, NAMES_STAGE, GATEWAYS = Stage


def wave(minute: int, salt: int) -> float:
    """Between 0 and 1, the same each time."""
    return 0.5 + 0.25 * math.sin(minute / 37 + salt) + 0.25 * math.sin(minute / 11 + 2 * salt)


def share(carrier: str, region: str, stage: Stage, minute: int) -> float:
    quiet = 0.02 + 0.02 * wave(minute, len(carrier) + len(stage))
    if carrier in DOWN and minute >= BEGAN and region != "US-AK":
        height = {REGISTRATION: 0.74, NAMES_STAGE: 0.06, GATEWAYS: 0.22}[stage]
        return quiet + height * min(1.0, (minute - BEGAN) / 40)
    if carrier == "tmobile_us" and region == "US-GA" and minute >= NOW - 90:
        return quiet + (0.24 if stage is GATEWAYS else 0.0)
    if carrier == "verizon_us" and OVER_AT - 60 <= minute < OVER_AT and stage is GATEWAYS:
        return quiet + 0.3
    return quiet


def counts() -> list[Count]:
    found = []
    for minute in range(NOW - 1440, NOW, BIN):
        day = 0.45 + 0.55 * wave(minute, 1)
        for number, carrier in enumerate(NAMES):
            size = (900, 60, 700, 14, 800)[number] * day
            for region, part in STATES.items():
                told = round(size * part)
                for stage in Stage:
                    failing = round(told * share(carrier, region, stage, minute))
                    found.append(Count(Cell(carrier, region, stage), minute, told, failing))
        for caller in ("tmobile_us", "verizon_us", "cricket_us"):
            for called in ("att_us", "tmobile_us", "verizon_us"):
                if caller != called:
                    bad = called == "att_us" and minute >= BEGAN
                    told = 3 if caller == "cricket_us" else 12
                    failing = round(told * 0.58) if bad else 0
                    found.append(Count(Cell(caller, "", GATEWAYS, called), minute, told, failing))
    return found


def alarms() -> list[Alarm]:
    outage, limps = AlarmKind.OUTAGE, AlarmKind.DEGRADED
    return [
        Alarm(Cell("att_us", "", REGISTRATION), outage, BEGAN + 3, None, 0.98, 0.76),
        Alarm(Cell("att_us", "US-TX", REGISTRATION), outage, BEGAN + 4, None, 0.96, 0.78),
        Alarm(Cell("att_us", "US-CA", REGISTRATION), outage, BEGAN + 6, None, 0.95, 0.78),
        Alarm(Cell("att_us", "", GATEWAYS), limps, BEGAN + 25, None, 0.81, 0.24),
        Alarm(Cell("cricket_us", "", REGISTRATION), outage, BEGAN + 9, None, 0.91, 0.76),
        Alarm(Cell("tmobile_us", "US-GA", GATEWAYS), limps, NOW - 82, None, 0.77, 0.27),
        Alarm(Cell("verizon_us", "", GATEWAYS), limps, OVER_AT - 55, OVER_AT + 10, 0.88, 0.33),
        Alarm(Cell("", "", GATEWAYS, "att_us"), outage, BEGAN + 12, None, 0.93, 0.58),
        Alarm(Cell("verizon_us", "", GATEWAYS, "att_us"), outage, BEGAN + 14, None, 0.9, 0.58),
        Alarm(Cell("tmobile_us", "", GATEWAYS, "att_us"), outage, BEGAN + 14, None, 0.9, 0.58),
    ]


def outages() -> Outages:
    """The whole day."""
    return gather(Sources(counts(), alarms(), NAMES, NOW))


def quiet() -> Outages:
    """The same day until an hour before the trouble, with nothing wrong."""
    before = [
        c for c in counts() if c.minute < BEGAN - 60 and c.cell.carrier in ("verizon_us", "att_us")
    ]
    return gather(Sources(before, [], NAMES, BEGAN - 60))
