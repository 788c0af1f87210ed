"""What a check is, without the code that runs it: the part the diagnosis may see."""

from dataclasses import dataclass

from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class CheckSpec:
    """One assertion about the world, named so that "yes" is good.

    `needs` are checks that must have an ok observation first. `follows` names a check whose every
    observation may give this one a target. `control` says in words what makes a failure mean
    something. `deep` checks cost time or packets: they run with `--deep`, with `--stage`, or when
    asked for by name. `packets` is the most one target costs; `deadline_ms` the most it may last.
    `tells` are the things its findings are about, so that the diagnosis can weigh what it is worth.
    `bears_lag_ms`: how long this machine may stand still before a failure is no longer believed,
    for a long look whose answers wait in their sockets; None: the usual bound.
    """

    id: str
    stage: Stage
    question: str
    control: str
    packets: int
    deadline_ms: int
    needs: tuple[str, ...] = ()
    follows: str | None = None
    deep: bool = False
    tells: tuple[str, ...] = ()
    after: tuple[str, ...] = ()  # checks that must have ended, however they ended
    bears_lag_ms: float | None = None
    alone: bool = False  # disturbs the others: starts when all of them have ended
