"""What many other devices see of carriers, as a signed status feed tells it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class CrowdState(StrEnum):
    """How a carrier looks to those who report. Who is not in a feed was not measured."""

    OK = "ok"
    DEGRADED = "degraded"
    OUTAGE = "outage"


@dataclass(frozen=True, slots=True)
class CrowdEntry:
    """One carrier, in one region or everywhere (""). With `called` it is about calls from this
    carrier, or from all (""), to that one. `began` is in seconds since 1970, UTC; `confidence` and
    `failing` are bands of per cent (`80-89`); None where all is well or it is not told."""

    carrier: str
    state: CrowdState
    region: str = ""
    called: str = ""
    began: int | None = None
    confidence: str | None = None
    failing: str | None = None


@dataclass(frozen=True, slots=True)
class CrowdStatus:
    """One country's feed. `sequence` rises with every file; `issued` and `expires` are seconds
    since 1970, UTC."""

    country: str
    sequence: int
    issued: int
    expires: int
    entries: tuple[CrowdEntry, ...] = ()

    def of(self, carrier: str, region: str = "") -> CrowdEntry | None:
        """How that carrier looks from there: the region's entry, else the whole country's; None:
        not measured."""
        own = {e.region: e for e in self.entries if e.carrier == carrier and not e.called}
        return own.get(region) or own.get("")

    def of_called(self, carrier: str, by: str | None, region: str = "") -> CrowdEntry | None:
        """How that carrier looks to who calls it: by its own customers, by calls from `by` and
        by all calls; the worst of these."""
        told = [self.of(carrier, region)]
        told += [e for e in self.entries if e.called == carrier and e.carrier in ("", by)]
        known = [entry for entry in told if entry is not None]
        return max(known, key=lambda entry: _BADNESS[entry.state], default=None)


_BADNESS = {CrowdState.OK: 0, CrowdState.DEGRADED: 1, CrowdState.OUTAGE: 2}


class Unheard(StrEnum):
    """Why a feed, or one file of it, is not used."""

    NO_ANSWER = "no-answer"
    REDIRECTED = "redirected"  # it sends elsewhere, which is not followed
    UNTRUSTED = "untrusted"  # the server's certificate does not verify, or nothing can be verified
    TOO_LARGE = "too-large"
    DAMAGED = "damaged"  # not of the form, or not what was signed
    UNKNOWN_KEY = "unknown-key"  # signed with a key that the root does not vouch for now
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from-the-future"  # or this device's clock is wrong
    ROLLED_BACK = "rolled-back"  # older than one that was seen here before
    WRONG_COUNTRY = "wrong-country"
    NO_SEAL = "no-seal"  # the extra [secure] is not installed


@dataclass(frozen=True, slots=True)
class CrowdWord:
    """What a run heard. `ignored` says why the newest file was not used, also where an earlier one
    that still holds stands in for it. `heard_s` is when, by this device's clock; `region` the one
    that this device is said to be in."""

    status: CrowdStatus | None
    ignored: Unheard | None
    heard_s: float
    region: str = ""

    @property
    def age_s(self) -> float | None:
        """How old the word is: since it was signed."""
        return None if self.status is None else max(0.0, self.heard_s - self.status.issued)


class AwaitedCrowd(Protocol):
    """A feed that is being asked while other things go on."""

    def wait(self, timeout_s: float) -> CrowdWord | None:
        """What was heard; None while nothing was."""
        ...
