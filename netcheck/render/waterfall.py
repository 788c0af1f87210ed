"""Where the time of a run went: every observation as a bar, and the chain nothing could shorten."""

from collections.abc import Iterable, Mapping, Sequence

from netcheck.model.check import CheckSpec
from netcheck.model.observation import Observation
from netcheck.model.outcome import Outcome
from netcheck.render.layout import elided, padded

_NAME = 28  # columns of a check's name
_TIME = 8  # columns of its duration
_LEAST_BAR = 8
_MARKS = {Outcome.OK: "=", Outcome.FAILED: "x", Outcome.SKIPPED: "-", Outcome.ERROR: "?"}


def waterfall(observations: Sequence[Observation], width: int) -> list[str]:
    """One line an observation, in the order they began: name, milliseconds, and a bar whose left
    edge is when it began. `=` ok, `x` failed, `-` skipped, `?` netcheck could not measure."""
    ran = sorted(observations, key=lambda one: (one.start_ms, one.check))
    whole_ms = max((end_ms(one) for one in ran), default=0.0) or 1.0
    room = max(width - _NAME - _TIME - 2, _LEAST_BAR)
    return [_line(one, whole_ms, room) for one in ran]


def _line(one: Observation, whole_ms: float, room: int) -> str:
    left = min(int(one.start_ms / whole_ms * room), room - 1)
    length = max(1, min(round(one.duration_ms / whole_ms * room), room - left))
    name = padded(elided(one.check, _NAME - 1), _NAME)
    return f"{name}{one.duration_ms:>{_TIME - 3}.0f} ms {' ' * left}{_MARKS[one.outcome] * length}"


def end_ms(one: Observation) -> float:
    """When an observation was made, in milliseconds since the run began."""
    return one.start_ms + one.duration_ms


def critical_path(
    observations: Iterable[Observation], specs: Iterable[CheckSpec]
) -> tuple[Observation, ...]:
    """The chain of observations that the run's length hangs on, the first one first.

    From the one that ended last, back to what it had to wait for: of its needs, of what it
    follows and of what it sums up, the one that ended last before it began.
    """
    waited_for: Mapping[str, tuple[str, ...]] = {
        spec.id: (*spec.needs, *spec.after, *((spec.follows,) if spec.follows else ()))
        for spec in specs
    }
    ran = [one for one in observations if one.outcome != Outcome.SKIPPED]
    chain: list[Observation] = []
    current = max(ran, key=end_ms, default=None)
    while current is not None:
        chain.append(current)
        before = [
            one
            for one in ran
            if one.check in waited_for.get(current.check, ())
            and end_ms(one) <= current.start_ms + 1  # clocks are rounded to a tenth
        ]
        current = max(before, key=end_ms, default=None)
    return tuple(reversed(chain))
