"""What it gains that checks are chosen by what is seen: `python -m tests.gain` plays each twice.

Once as shipped, once with `--full`, side by side in time, so that a slow moment hits both. Needs
root and the lab's daemons. `--every N` takes each Nth scenario, `--write` replaces the part of
`tests/lab/RESULTS.md`.
"""

import argparse
import os
import statistics
import sys
from collections.abc import Sequence
from dataclasses import replace

from tests.grid import Job, Lab
from tests.lab.results import replace_part
from tests.lab.scenario import Scenario, Shown, blames_wrongly
from tests.lab.scenarios import SCENARIOS

NARROWED = ("--deep", "--stage", "--full")


def plain(scenario: Scenario) -> bool:
    """Whether the scenario runs the usual plan, which is what may be cut short or deepened."""
    return not any(word in scenario.args for word in NARROWED)


def both(lab: Lab, scenario: Scenario, *, full_first: bool) -> tuple[Shown, Shown] | None:
    """As shipped, and in full; one run each, either first: what comes second may find caches. None
    where the lab cannot play it."""
    once = replace(scenario, runs=1, at_least=0)
    in_full = replace(once, args=(*scenario.args, "--full"))
    order = (in_full, once) if full_first else (once, in_full)
    shown = [one for each in order for one in lab.shown(Job(each, composed=True))]
    if len(shown) < 2:
        return None
    return (shown[1], shown[0]) if full_first else (shown[0], shown[1])


def row(name: str, pairs: Sequence[tuple[Scenario, Shown]]) -> str:
    """One line of the table."""
    wall = statistics.median(shown.run.wall_s for _, shown in pairs)
    slow = statistics.quantiles([shown.run.wall_s for _, shown in pairs], n=10)[-1]
    sent = statistics.median(len(shown.run.sent) for _, shown in pairs)
    sides = sum(shown.side in scenario.then.sides for scenario, shown in pairs)
    faults = sum(scenario.then.names(shown.fault) for scenario, shown in pairs)
    blamed = sum(blames_wrongly(scenario.then, shown.side) for scenario, shown in pairs)
    total = len(pairs)
    return (
        f"| {name} | {wall:.2f} | {slow:.2f} | {sent:.0f} | {sides} of {total} | "
        f"{faults} of {total} | {blamed} |"
    )


def table(played: Sequence[tuple[Scenario, Shown, Shown]]) -> str:
    """Worlds with a fault, then those without."""
    lines = [
        "| worlds, plan | median s | slowest tenth s | median sent | side right | fault right"
        " | blamed wrongly |",
        "| --- | --- | --- | --- | --- | --- | --- |",
    ]
    for what, well in (("with a fault", False), ("without", True)):
        chosen = [one for one in played if (one[0].then.side == "none") == well]
        if len(chosen) > 1:
            lines.append(row(f"{what}, as shipped", [(s, active) for s, active, _ in chosen]))
            lines.append(row(f"{what}, --full", [(s, full) for s, _, full in chosen]))
    quicker = sum(active.run.wall_s < full.run.wall_s - 0.2 for _, active, full in played)
    slower = sum(active.run.wall_s > full.run.wall_s + 0.2 for _, active, full in played)
    lines += ["", f"Of {len(played)} worlds {quicker} ended earlier, {slower} later (they dug)."]
    return "\n".join(lines)


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.gain", description=__doc__)
    asked.add_argument("--every", type=int, default=1)
    asked.add_argument("--write", action="store_true")
    given = asked.parse_args()
    played: list[tuple[Scenario, Shown, Shown]] = []
    lab = Lab(record=False)
    chosen = sorted(filter(plain, SCENARIOS), key=lambda one: one.ipv6)[:: given.every]
    try:
        for number, scenario in enumerate(chosen):
            if shown := both(lab, scenario, full_first=bool(number % 2)):
                active, full = shown
                played.append((scenario, active, full))
                if abs(active.run.wall_s - full.run.wall_s) > 0.2 or active.side != full.side:
                    told = f"{active.run.wall_s:.2f} s {active.side} {active.fault}"
                    other = f"{full.run.wall_s:.2f} s {full.side} {full.fault}"
                    sys.stderr.write(f"{scenario.sentence}: {told}; in full {other}\n")
    finally:
        lab.close()
    text = table(played)
    sys.stdout.write(text + "\n")
    if given.write:
        replace_part("gain", text)


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("it needs root: it builds network namespaces")
    main()
