"""What one check saw. It says what happened, never what it means."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netcheck.model.outcome import Failure, Outcome


class Family(StrEnum):
    """The address family a probe used."""

    IPV4 = "ipv4"
    IPV6 = "ipv6"


class Role(StrEnum):
    """Why a target was asked: it is the user's own, the other person's, a control, or the path."""

    OWN = "own"
    CALLED = "called"
    CONTROL = "control"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Target:
    """What a check was aimed at. `name` is a host, an address literal or an interface."""

    name: str
    role: Role = Role.PATH
    operator: str | None = None
    address: str | None = None
    port: int | None = None
    family: Family | None = None
    via: str | None = None  # the resolver asked, or the name behind the address


@dataclass(frozen=True, slots=True)
class Facts:
    """Base of every check's typed facts. A field that is None was not measured."""


@dataclass(frozen=True, slots=True)
class RecordedFacts(Facts):
    """Facts read back from a saved result: kept as they stand, never interpreted again."""

    values: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Observed:
    """What a check function returns; the engine adds when and how long."""

    outcome: Outcome
    failure: Failure | None = None
    facts: Facts | None = None
    unmet: str | None = None
    detail: str | None = None


def ok(facts: Facts | None = None) -> Observed:
    """The assertion held."""
    return Observed(Outcome.OK, None, facts)


def failed(failure: Failure, facts: Facts | None = None) -> Observed:
    """The network broke, in this way; or netcheck did, where that is what the failure says: such
    a measurement is no word about the network, whoever made it."""
    if failure in (Failure.BROKEN, Failure.STARVED):
        return error(failure, "the probe could not do its work on this machine", facts)
    return Observed(Outcome.FAILED, failure, facts)


def skipped(unmet: str) -> Observed:
    """Not tried: `unmet` is the check or the thing that was missing."""
    return Observed(Outcome.SKIPPED, None, None, unmet)


def error(failure: Failure, detail: str, facts: Facts | None = None) -> Observed:
    """Netcheck could not measure; `detail` is one sentence for an engineer."""
    return Observed(Outcome.ERROR, failure, facts, None, detail)


@dataclass(frozen=True, slots=True)
class Observation:
    """One check against one target. Times are milliseconds; `start_ms` counts from the run's."""

    check: str
    target: Target
    outcome: Outcome
    failure: Failure | None
    facts: Facts | None
    start_ms: float
    duration_ms: float
    interface: str | None = None
    unmet: str | None = None
    detail: str | None = None
    age_s: float | None = None  # set where an earlier run's observation was reused
