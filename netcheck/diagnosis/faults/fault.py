"""What a fault is, and the short way to write one in the tables."""

from dataclasses import dataclass

from netcheck.model.verdict import Severity, Side

LIMPS = Severity.DEGRADED


@dataclass(frozen=True, slots=True)
class Fault:
    """`prior` is a weight: its share of all priors is the probability. `calls_may_fail` adds the
    emergency advice. `settles` is the question or check that would tell it from its nearest
    rival. `number` is for the spoken code and never changes. `blocks` says that nothing passes it:
    what lies behind cannot be seen, so that a fault there adds nothing to what is found. `like` is
    the fault it looks like in every row of the tables that does not name it."""

    id: str
    number: int
    side: Side
    severity: Severity
    prior: int
    steps: tuple[str, ...]
    settles: str | None = None
    calls_may_fail: bool = False
    blocks: bool = False
    like: str | None = None


def local(id: str, number: int, prior: int, steps: str, **more: object) -> Fault:
    """A fault on the user's side; `steps` are ids of remedies, in the order to try them."""
    return fault(Side.LOCAL, id, number, prior, steps, **more)


def fault(side: Side, id: str, number: int, prior: int, steps: str, **more: object) -> Fault:
    """A fault on any side, `down` unless a severity is said."""
    severity = more.pop("severity", Severity.DOWN)
    assert isinstance(severity, Severity)
    return Fault(id, number, side, severity, prior, tuple(steps.split()), **more)  # type: ignore[arg-type]
