"""Which system tells which fact, and what its reader was ever tried on: read out of the readers.

A reader's module says what it measures and what its system may withhold (FACTS_MEASURED,
FACTS_NOT_PERMITTED); a row here says which module that is.
"""

from collections.abc import Mapping
from enum import StrEnum
from importlib import import_module
from typing import NamedTuple

from netcheck.device.contract import Fact


class Telling(StrEnum):
    """Whether a fact is told on a system."""

    MEASURED = "measured"
    MEASURED_IF_PERMITTED = "measured-if-permitted"  # a setting of the user's may withhold it
    NOT_PERMITTED = "not-permitted"
    NOT_AVAILABLE = "not-available"


class Tried(StrEnum):
    """What a reader was run on, at most."""

    REAL_WIRED_AND_SIMULATED_WIFI = "real-wired-and-simulated-wifi"
    ON_LINUX = "on-linux"  # with what only Linux has taken away
    STAND_INS = "stand-ins"  # bytes and objects as documented; never the system itself


class System(NamedTuple):
    """A system, the module of its reader, and what that was tried on."""

    name: str
    module: str
    tried: Tried


SYSTEMS = (
    System("linux", "netcheck.device.linux", Tried.REAL_WIRED_AND_SIMULATED_WIFI),
    System("macos", "netcheck.device.macos", Tried.STAND_INS),
    System("windows", "netcheck.device.windows", Tried.STAND_INS),
    System("android", "netcheck.device.android", Tried.ON_LINUX),
    System("other", "netcheck.device.portable", Tried.ON_LINUX),
)


def facts_of(system: System) -> Mapping[Fact, Telling]:
    """Each fact there is, and whether this system tells it."""
    reader = import_module(system.module)
    measured, withheld = reader.FACTS_MEASURED, reader.FACTS_NOT_PERMITTED
    return {fact: _telling(fact in measured, fact in withheld) for fact in Fact}


def _telling(measured: bool, withheld: bool) -> Telling:
    if measured:
        return Telling.MEASURED_IF_PERMITTED if withheld else Telling.MEASURED
    return Telling.NOT_PERMITTED if withheld else Telling.NOT_AVAILABLE
