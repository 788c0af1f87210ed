"""What became of each run of the grid, and the figures over many: pure, no lab needed."""

import json
import math
import statistics
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from tests.lab.attribution import attributed
from tests.lab.scenario import Scenario, Shown, findings_of, wrongly_blames

SURE = 0.9
IN_TRUTH = 0.95  # how sure a bound is: one-sided


@dataclass(frozen=True, slots=True)
class Outcome:
    """One run. `truths` are (side, fault) of all that its device can see; `composed` tells the
    drawn worlds from the named ones. `twin` is the world that looks the same and is another's
    fault, where one was found."""

    sentence: str
    composed: bool
    ipv6: bool
    truths: tuple[tuple[str, str | None], ...]
    side: str
    fault: str
    confidence: float
    also: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    mistakes: tuple[str, ...] = ()
    wall_s: float = 0.0
    sent: int = 0
    by_right_check: bool = False
    hidden: tuple[str, ...] = ()
    twin: str | None = None

    @property
    def sides(self) -> frozenset[str]:
        """The sides with a fault, as far as one can be told: none for healthy and open worlds."""
        return frozenset(side for side, _ in self.truths) - {"none", "inconclusive"}

    @property
    def faults(self) -> int:
        """How many faults its device can see."""
        return len(self.truths) if self.sides else 0

    @property
    def open(self) -> bool:
        """Whether the scenario itself says that nobody on the device can tell."""
        return self.truths[0][0] == "inconclusive"

    @property
    def side_right(self) -> bool:
        """Whether a true side was named, or rightly none."""
        return self.side in {side for side, _ in self.truths} or self.twin is not None

    @property
    def fault_right(self) -> bool:
        """Whether a true fault was named, on its side."""
        return any(self.side == side and self.fault == fault for side, fault in self.truths)

    @property
    def all_named(self) -> bool:
        """Whether every fault that is there stands in the verdict or beside it."""
        named = {self.fault, *self.also} if self.side != "inconclusive" else set()
        return {fault for _, fault in self.truths if fault is not None} <= named

    @property
    def blames_wrongly(self) -> bool:
        """One of the two costly errors."""
        return all(wrongly_blames(side, self.side) for side, _ in self.truths)


def outcome_of(
    scenario: Scenario, shown: Shown, *, composed: bool, hidden: tuple[str, ...] = ()
) -> Outcome:
    """One run as the grid keeps it."""
    told = shown.result.get("verdict", {})
    fault = scenario.then.fault
    return Outcome(
        sentence=scenario.sentence,
        composed=composed,
        ipv6=scenario.ipv6,
        truths=scenario.then.all,
        side=shown.side,
        fault=shown.fault,
        confidence=shown.confidence,
        also=tuple(one["fault"] for one in told.get("also", [])),
        findings=tuple(findings_of(shown.result)),
        mistakes=shown.mistakes,
        wall_s=round(shown.run.wall_s, 3),
        sent=len(shown.run.sent),
        by_right_check=fault is not None and attributed(shown.result, fault),
        hidden=hidden,
    )


def keep(outcomes: Iterable[Outcome], path: Path) -> None:
    """Add these to a file of outcomes, one a line."""
    with path.open("a") as file:
        file.writelines(json.dumps(asdict(one)) + "\n" for one in outcomes)


def kept(paths: Iterable[Path]) -> list[Outcome]:
    """All outcomes of these files; of a world that is in several, those of the last."""
    found: dict[str, list[Outcome]] = {}
    for path in paths:
        here: dict[str, list[Outcome]] = {}
        for line in path.read_text().splitlines():
            one = _read(line)
            here.setdefault(one.sentence, []).append(one)
        found |= here
    return [one for runs in found.values() for one in runs]


def _read(line: str) -> Outcome:
    told = json.loads(line)
    lists = ("also", "findings", "mistakes", "hidden")
    truths = tuple((side, fault) for side, fault in told.pop("truths"))
    return Outcome(**{k: tuple(v) if k in lists else v for k, v in told.items()}, truths=truths)


def by_todays_truth(outcomes: Iterable[Outcome], scenarios: dict[str, Scenario]) -> list[Outcome]:
    """Kept outcomes of worlds whose truth is told now as it was then; the others would have to be
    played again."""
    return [
        one
        for one in outcomes
        if one.sentence in scenarios and one.truths == scenarios[one.sentence].then.all
    ]


def with_twins(outcomes: Iterable[Outcome], twins: dict[str, str]) -> list[Outcome]:
    """The outcomes, each inconclusive one with the twin that was found for its world."""
    return [
        replace(one, twin=twins.get(one.sentence, one.twin)) if one.side == "inconclusive" else one
        for one in outcomes
    ]


# --- figures ---


def upper_bound(errors: int, runs: int) -> float:
    """The error rate that is not exceeded, with 95 % certainty (Clopper-Pearson, one-sided)."""
    if errors >= runs:
        return 1.0
    low, high = errors / runs, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _at_most(errors, runs, middle) > 1 - IN_TRUTH:
            low = middle
        else:
            high = middle
    return high


def _at_most(errors: int, runs: int, rate: float) -> float:
    """The chance of at most so many errors in so many runs."""
    if rate in (0.0, 1.0):
        return 1.0 - rate
    return math.fsum(
        math.exp(
            math.lgamma(runs + 1) - math.lgamma(k + 1) - math.lgamma(runs - k + 1)
            + k * math.log(rate) + (runs - k) * math.log1p(-rate)
        )
        for k in range(errors + 1)
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One aim: which runs are exposed to its error, which of them made it, how many may."""

    name: str
    aim: float  # the largest share of errors
    exposed: Callable[[Outcome], bool]
    wrong: Callable[[Outcome], bool]
    bounded: bool = False  # whether the bound itself must keep the aim


FIGURES = (
    Figure("side wrong, one fault", 0.01, lambda o: o.faults == 1, lambda o: not o.side_right),
    Figure("side wrong, two faults", 0.05, lambda o: o.faults > 1, lambda o: not o.side_right),
    Figure("side wrong, nothing broken", 0.01,
           lambda o: not o.sides and not o.open, lambda o: not o.side_right),
    Figure("fault wrong, one fault", 0.05,
           lambda o: o.faults == 1 and o.truths[0][1] is not None, lambda o: not o.fault_right),
    Figure("carrier blamed for what is local or the provider's", 0.005,
           lambda o: bool(o.sides) and o.sides <= {"local", "isp"},
           lambda o: o.side == "carrier", bounded=True),
    Figure("user blamed for what is the carrier's", 0.005,
           lambda o: o.sides == {"carrier"}, lambda o: o.side == "local", bounded=True),
    Figure(f"side not named at {SURE:.0%} or more, one fault", 0.15, lambda o: o.faults == 1,
           lambda o: not (o.side_right and o.confidence >= SURE)),
    Figure("inconclusive though the truth can be seen", 0.10, lambda o: not o.open,
           lambda o: o.side == "inconclusive" and o.twin is None),
    Figure("a side named where nobody can tell", 1.0, lambda o: o.open,
           lambda o: o.side != "inconclusive"),
    Figure("not every fault named, two faults", 1.0, lambda o: o.faults > 1,
           lambda o: not o.all_named),
)  # fmt: skip


def figures(outcomes: Sequence[Outcome]) -> str:
    """The table of figures: for composed worlds alone, which nobody tuned to, and for all."""
    composed = [one for one in outcomes if one.composed]
    head = "| what went wrong | aim | composed worlds | at most | all runs | at most |"
    lines = [head, "|" + " --- |" * 6]
    for figure in FIGURES:
        aim = f"{figure.aim:.1%}" if figure.aim < 1 else "as it is"
        aim += ", the bound" if figure.bounded else ""
        cells = [cell for runs in (composed, outcomes) for cell in _cells(figure, runs)]
        lines.append("| " + " | ".join([figure.name, aim, *cells]) + " |")
    return "\n".join(lines)


def _cells(figure: Figure, outcomes: Sequence[Outcome]) -> tuple[str, str]:
    exposed = [one for one in outcomes if figure.exposed(one)]
    if not exposed:
        return "not measured", ""
    errors = sum(map(figure.wrong, exposed))
    share = f"{errors} of {len(exposed)} ({errors / len(exposed):.1%})"
    return share, f"{upper_bound(errors, len(exposed)):.1%}"


def cost(outcomes: Sequence[Outcome]) -> str:
    """Time and packets to a verdict."""
    lines = ["| to a verdict | runs | median s | slowest tenth s | median sent |"]
    lines.append("|" + " --- |" * 5)
    groups = {
        "nothing broken": [one for one in outcomes if not one.sides],
        "one fault": [one for one in outcomes if one.faults == 1],
        "two faults": [one for one in outcomes if one.faults > 1],
    }
    for name, runs in groups.items():
        if len(runs) > 1:
            walls = [one.wall_s for one in runs]
            lines.append(
                f"| {name} | {len(runs)} | {statistics.median(walls):.2f} "
                f"| {statistics.quantiles(walls, n=10)[-1]:.2f} "
                f"| {statistics.median(one.sent for one in runs):.0f} |"
            )
    return "\n".join(lines)


def by_fault(outcomes: Sequence[Outcome]) -> str:
    """How each fault is told where it is alone, the least sure of it first."""
    groups: dict[tuple[str, str | None], list[Outcome]] = {}
    for one in outcomes:
        if one.faults == 1:
            groups.setdefault(one.truths[0], []).append(one)
    lines = ["| one fault | runs | side right | fault right | median sure |", "|" + " --- |" * 5]
    sure = {
        truth: statistics.median(one.confidence for one in runs) for truth, runs in groups.items()
    }
    for truth, runs in sorted(groups.items(), key=lambda group: (sure[group[0]], group[0][0])):
        side, fault = truth
        named = sum(one.fault_right for one in runs) if fault else "any"
        lines.append(
            f"| {fault or f'some fault, {side}'} | {len(runs)}"
            f" | {sum(one.side_right for one in runs)} | {named} | {sure[truth]:.2f} |"
        )
    return "\n".join(lines)


def wrong_ones(outcomes: Sequence[Outcome], *, in_full: bool) -> list[str]:
    """The runs whose side or fault was wrong, in words; `in_full` with all their findings."""
    lines = []
    for one in outcomes:
        nameable = one.faults == 1 and one.truths[0][1] is not None and one.twin is None
        wrong = not one.side_right or (nameable and not one.fault_right)
        if wrong or one.blames_wrongly:
            truly = " and ".join(f"{side} {fault or ''}".strip() for side, fault in one.truths)
            loud = " WRONGLY BLAMED" if one.blames_wrongly else ""
            lines.append(
                f"- {one.sentence}: truly {truly}; said {one.side} {one.fault}"
                f" ({one.confidence:.2f}){loud}"
            )
            if in_full:
                lines.append(f"    {' '.join(one.findings)}")
    return lines
