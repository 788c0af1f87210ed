"""The sum behind a verdict, told whole: its terms, and what would turn it."""

from dataclasses import dataclass

from netcheck.model.verdict import Side


@dataclass(frozen=True, slots=True)
class Term:
    """What the findings of one group, which share one vote, add to each hypothesis: hundredths of
    a natural logarithm, in the order of the account's hypotheses."""

    findings: tuple[str, ...]
    votes: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Account:
    """The sum under the likeliest hypothesis and under the likeliest that blames other sides, each
    one fault or two. `priors` and `sums` are hundredths of ln, `shares` posterior probabilities."""

    hypotheses: tuple[tuple[str, ...], ...]
    priors: tuple[int, ...]
    terms: tuple[Term, ...]
    sums: tuple[int, ...]
    shares: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """The smallest change of findings that gives another side: `instead` in place of `seen`."""

    seen: tuple[str, ...]
    instead: tuple[str, ...]
    side: Side
    fault: str | None
