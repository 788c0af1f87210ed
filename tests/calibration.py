"""Is the verdict as sure as it is right? Measured on simulated worlds.

`python -m tests.calibration` prints the figures. With `--write` they replace their part of
`tests/lab/RESULTS.md`, and the reliability diagram is written beside it. The worlds are those of
`tests/simulator`: they share fault ids and, in the first batch, the priors with the verdict's
tables, and no likelihood.
"""

import argparse
import math
import random
import statistics
import sys
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from netcheck.agent.concluding import About, conclude
from netcheck.agent.running import choice_of
from netcheck.diagnosis.faults import BY_ID, FAULTS
from netcheck.model.verdict import Side
from tests.lab.results import replace_part
from tests.simulator.drawing import Draw, world_of
from tests.simulator.faults import HELD_OUT
from tests.simulator.running import findings_in, patched

DIAGRAM = Path(__file__).parent / "lab" / "calibration.svg"
WORLDS = 4000  # a batch
BINS = 10
PRIORS = {fault.id: float(fault.prior) for fault in FAULTS}


@dataclass(frozen=True, slots=True)
class Judged:
    """One world: what was true, what was said, and with which confidence."""

    true: frozenset[str]  # sides
    faults: tuple[str, ...]
    side: str
    leading: str  # the side the posterior leads with, said or not
    fault: str | None
    confidence: float

    @property
    def right(self) -> bool:
        """Whether a fault is on the side that leads."""
        return self.leading in self.true


@dataclass(frozen=True, slots=True)
class Batch:
    """Worlds drawn in one way. `shift` moves every prior by a factor of up to that, either way."""

    name: str
    shift: float = 1.0
    two: float = 0.08
    held_out: float = 0.0
    correlated: float = 0.0
    missing: int = 0  # checks left out of each run
    worlds: int = WORLDS
    seed: int = field(default=0)

    def draw(self) -> Draw:
        """Its priors, shifted once for the whole batch: another country, another year."""
        dice = random.Random(self.seed)
        reach = math.log(self.shift)
        priors = {
            id: weight * math.exp(dice.uniform(-reach, reach)) for id, weight in PRIORS.items()
        }
        return Draw(priors, self.two, self.held_out, self.correlated)


BATCHES = (
    Batch("priors as in the tables", seed=1),
    Batch("every prior shifted up to threefold, either way", shift=3, seed=2),
    Batch("another such shift", shift=3, seed=3),
    Batch("checks missing: five of them, at random, in each run", missing=5, seed=4),
    Batch("failures correlated: controls that share a host", correlated=0.1, seed=5),
    Batch("causes that no table names, in one world of ten", held_out=0.1, seed=6),
)


def judged(batch: Batch, seed: int, draw: Draw) -> Judged:
    """One world of the batch, judged."""
    world = world_of(seed, draw)
    missing: Sequence[str] = ()
    if batch.missing:
        missing = random.Random(seed).sample(_MAY_MISS, batch.missing)
    about = About(choice_of(world.own), choice_of(world.called))
    verdict = conclude(findings_in(world, missing), about).verdict
    sides = {
        HELD_OUT[id][0] if id in HELD_OUT else BY_ID[id].side.value for id in world.broken
    } or {"none"}
    leading = verdict.side.value
    if verdict.side is Side.INCONCLUSIVE and verdict.fault is not None:
        leading = BY_ID[verdict.fault].side.value
    return Judged(
        frozenset(sides), world.broken, verdict.side.value, leading, verdict.fault,
        verdict.confidence,
    )  # fmt: skip


_MAY_MISS = sorted(
    {
        *("path-continues", "stun-answers", "internet-is-steady", "large-packets-pass"),
        *("unknown-names-stay-unknown", "fresh-names-resolve", "resolvers-agree", "no-portal"),
        *("carrier-names-resolve", "entitlement-answers", "ike-passes", "clock-is-right"),
        *("hosts-file-leaves-names-alone", "link-is-quiet", "radio-is-on", "ipv6-works"),
        *("proxy-answers", "device-may-send", "other-resolvers-gateway-answers"),
    }
)


def _run(work: tuple[Batch, int, int]) -> list[Judged]:
    batch, first, count = work
    draw = batch.draw()
    base = batch.seed * 1_000_000
    with patched():
        return [judged(batch, base + number, draw) for number in range(first, first + count)]


def measured(batch: Batch, pool: ProcessPoolExecutor | None = None) -> list[Judged]:
    """All worlds of the batch, in order."""
    step = 250
    work = [
        (batch, first, min(step, batch.worlds - first)) for first in range(0, batch.worlds, step)
    ]
    runs: Iterable[list[Judged]] = pool.map(_run, work) if pool else map(_run, work)
    return [one for run in runs for one in run]


# --- figures ---


def reliability(worlds: Sequence[Judged]) -> list[tuple[float, float, int]]:
    """(mean confidence, share right, worlds) of each tenth of the scale that has any."""
    bins: dict[int, list[Judged]] = {}
    for one in worlds:
        bins.setdefault(min(int(one.confidence * BINS), BINS - 1), []).append(one)
    return [
        (
            statistics.fmean(one.confidence for one in members),
            statistics.fmean(one.right for one in members),
            len(members),
        )
        for _, members in sorted(bins.items())
    ]


def ece(worlds: Sequence[Judged]) -> float:
    """Expected calibration error: the mean distance of confidence and share right, by bin."""
    return sum(abs(sure - right) * n for sure, right, n in reliability(worlds)) / len(worlds)


def ece_bound(worlds: Sequence[Judged], samples: int = 200) -> float:
    """The 95th percentile of the error over bootstrap samples of the worlds."""
    dice = random.Random(0)
    errors = sorted(ece(dice.choices(worlds, k=len(worlds))) for _ in range(samples))
    return errors[int(0.95 * samples)]


def brier_skill(worlds: Sequence[Judged]) -> float:
    """One less the Brier score over that of always saying the commonest side with its share."""
    share: dict[str, float] = {}
    for one in worlds:
        for side in one.true:
            share[side] = share.get(side, 0) + 1 / len(worlds)
    most, rate = max(share.items(), key=lambda pair: pair[1])
    score = statistics.fmean((one.confidence - one.right) ** 2 for one in worlds)
    blind = statistics.fmean((rate - (most in one.true)) ** 2 for one in worlds)
    return 1 - score / blind


def coverage(worlds: Sequence[Judged]) -> float:
    """The share of worlds in which a side was named."""
    return statistics.fmean(one.side != "inconclusive" for one in worlds)


def surest_wrong(worlds: Sequence[Judged]) -> tuple[int, int]:
    """(wrong, all) among verdicts that name a side with a confidence of 0.95 or more."""
    sure = [one for one in worlds if one.confidence >= 0.95 and one.side != "inconclusive"]
    return sum(not one.right for one in sure), len(sure)


def costly(worlds: Sequence[Judged]) -> tuple[int, int]:
    """(carrier blamed where no fault is the carrier's, user blamed where only the carrier's is)."""
    carrier = sum(one.side == "carrier" and "carrier" not in one.true for one in worlds)
    user = sum(one.side == "local" and one.true == {"carrier"} for one in worlds)
    return carrier, user


HEAD = (
    *("worlds drawn", "worlds", "ECE", "95 % bound", "Brier skill", "side named"),
    *(
        "named sides right",
        "wrong at 0.95 or more",
        "carrier blamed wrongly",
        "user blamed wrongly",
    ),
)


def row(batch: Batch, worlds: Sequence[Judged]) -> tuple[str, ...]:
    """One line of the table."""
    wrong, sure = surest_wrong(worlds)
    named = [one for one in worlds if one.side != "inconclusive"]
    blamed_carrier, blamed_user = costly(worlds)
    return (
        batch.name,
        str(len(worlds)),
        f"{ece(worlds):.3f}",
        f"{ece_bound(worlds):.3f}",
        f"{brier_skill(worlds):.2f}",
        f"{100 * coverage(worlds):.0f} %",
        f"{100 * statistics.fmean(one.right for one in named):.1f} %",
        f"{wrong} of {sure}",
        str(blamed_carrier),
        str(blamed_user),
    )


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.calibration", description=__doc__)
    asked.add_argument("--write", action="store_true", help="write the figures into RESULTS.md")
    asked.add_argument("--worlds", type=int, default=WORLDS, help="worlds a batch")
    given = asked.parse_args()
    lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
    together: list[Judged] = []
    with ProcessPoolExecutor(2) as pool:
        for batch in BATCHES:
            batch = replace(batch, worlds=given.worlds)
            worlds = measured(batch, pool)
            together += worlds
            lines.append("| " + " | ".join(row(batch, worlds)) + " |")
            sys.stderr.write(lines[-1] + "\n")
    everything = Batch("all together", worlds=len(together))
    lines.append("| " + " | ".join(row(everything, together)) + " |")
    table = "\n".join([*lines, "", *said(together)])
    sys.stdout.write(table + "\n")
    if given.write:
        replace_part("calibration", table)
        DIAGRAM.write_text(diagram(reliability(together)))


def said(worlds: Sequence[Judged]) -> list[str]:
    """The reliability as a list: what was said, and how often it was right."""
    lines = ["How often the leading side was right, by how sure netcheck was of it:", ""]
    lines += ["| said | right | worlds |", "| --- | --- | --- |"]
    lines += [f"| {sure:.2f} | {right:.2f} | {n} |" for sure, right, n in reliability(worlds)]
    return lines


def diagram(bins: Sequence[tuple[float, float, int]]) -> str:
    """The reliability diagram: said against right, a point a bin, its area by its worlds."""
    size, edge = 320, 30
    span = size - 2 * edge
    most = max(n for _, _, n in bins)

    def at(sure: float, right: float) -> tuple[float, float]:
        return edge + span * sure, size - edge - span * right

    points = ""
    for sure, right, worlds in bins:
        x, y = at(sure, right)
        points += (
            f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{3 + 9 * math.sqrt(worlds / most):.1f}" '
            'fill="#1f6feb" fill-opacity="0.6">'
            f"<title>said {sure:.2f}, right {right:.2f}, {worlds} worlds</title></circle>"
        )
    x, y = at(0, 0)
    x1, y1 = at(1, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img">'
        "<title>How often netcheck is right, by how sure it is</title>"
        f'<rect width="{size}" height="{size}" fill="#fff"/>'
        f'<path d="M{x} {y}L{x1} {y1}" stroke="#999" stroke-dasharray="4"/>'
        f'<path d="M{x} {y1}V{y}H{x1}" fill="none" stroke="#333"/>{points}'
        f'<text x="{size / 2}" y="{size - 8}" font-size="12" text-anchor="middle">said</text>'
        f'<text x="12" y="{size / 2}" font-size="12" text-anchor="middle" '
        f'transform="rotate(-90 12 {size / 2})">right</text></svg>\n'
    )


if __name__ == "__main__":
    main()
