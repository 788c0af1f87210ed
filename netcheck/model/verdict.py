"""The answer: which side, how sure, why, what now."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netcheck.model.finding import Parameter


class Side(StrEnum):
    """Whose fault it is. Closed for a major version."""

    NONE = "none"
    LOCAL = "local"
    ISP = "isp"
    CARRIER = "carrier"
    REMOTE = "remote"
    INCONCLUSIVE = "inconclusive"


class Severity(StrEnum):
    """How bad it is. Closed for a major version. Side `none` only with `ok`."""

    OK = "ok"
    DEGRADED = "degraded"
    DOWN = "down"


@dataclass(frozen=True, slots=True)
class Worded:
    """Something a person will read: an id of the `text` room and what fills it."""

    id: str
    params: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding's part. `weight` is in hundredths of a natural logarithm: how much this finding
    alone changes the odds of the verdict's fault against the faults of all other sides."""

    finding: str
    weight: int
    words: Worded


@dataclass(frozen=True, slots=True)
class Alternative:
    """Another fault that the same findings allow, with its posterior probability."""

    fault: str
    side: Side
    probability: float


@dataclass(frozen=True, slots=True)
class Companion:
    """A second fault that is there beside the verdict's, with the confidence in its side, or in
    itself where both are on one side."""

    fault: str
    side: Side
    severity: Severity
    confidence: float


@dataclass(frozen=True, slots=True)
class Complaint:
    """What the user noticed, and which of the named faults would make them notice it; None: it is
    a trouble of its own that no named fault explains."""

    symptom: str
    explained_by: str | None


@dataclass(frozen=True, slots=True)
class Verdict:
    """`confidence` is the posterior of the side, 0 to 1: that a fault on that side is there.
    `fault` is None only with no fault to name: side inconclusive keeps the leading fault so that a
    person can see where it leans. `also` are further faults that are there at the same time."""

    side: Side
    fault: str | None
    severity: Severity
    confidence: float
    headline: Worded
    because: tuple[Reason, ...] = ()
    against: tuple[Reason, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    next_steps: tuple[Worded, ...] = ()
    would_settle: Worded | None = None
    also: tuple[Companion, ...] = ()
    complaint: Complaint | None = None


@dataclass(frozen=True, slots=True)
class WifiCalling:
    """Whether the path is open as far as a device without a SIM can see; None: not measured."""

    ready: bool | None
    reason: Worded
