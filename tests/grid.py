"""Every lab scenario against its truth: `python -m tests.grid` prints the grid.

Needs root and the lab's daemons. With `--write` the grid replaces its part of
`tests/lab/RESULTS.md`; every run's result is kept under `tests/lab/recorded` for machines without
root.
"""

import os
import statistics
import sys

from tests.lab.attribution import attributed
from tests.lab.results import replace_part
from tests.lab.scenario import Scenario, Shown, play, wrongly_blames
from tests.lab.scenarios import SCENARIOS
from tests.lab.world import World

HEAD = (
    *("scenario", "true side", "true fault", "verdict", "fault named"),
    *("right", "sure", "s", "sent"),
)


def main() -> None:
    if "--write" in sys.argv:
        os.environ["NETCHECK_RECORD"] = "1"
    played: list[tuple[Scenario, list[Shown]]] = []
    for ipv6 in (False, True):
        chosen = [scenario for scenario in SCENARIOS if scenario.ipv6 == ipv6]
        if chosen:
            with World(ipv6=ipv6) as world:
                played += [(scenario, play(world, scenario)) for scenario in chosen]
    grid = "\n".join([table(played), "", *summary(played)])
    print(grid)
    if "--write" in sys.argv:
        replace_part("grid", grid)


def table(played: list[tuple[Scenario, list[Shown]]]) -> str:
    rows = [HEAD, tuple("---" for _ in HEAD)]
    for scenario, shown in played:
        right = sum(one.side == scenario.then.side for one in shown)
        rows.append(
            (
                scenario.sentence,
                scenario.then.side,
                scenario.then.fault or "any",
                most_often(one.side for one in shown),
                most_often(one.fault for one in shown),
                f"{right} of {len(shown)}",
                f"{statistics.median(one.confidence for one in shown):.2f}",
                f"{statistics.median(one.run.wall_s for one in shown):.2f}",
                f"{statistics.median(len(one.run.sent) for one in shown):.0f}",
            )
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


def summary(played: list[tuple[Scenario, list[Shown]]]) -> list[str]:
    runs = [(scenario.then, one) for scenario, shown in played for one in shown]
    sides = sum(truth.side == one.side for truth, one in runs)
    named = [(truth, one) for truth, one in runs if truth.fault is not None]
    faults = sum(truth.fault == one.fault for truth, one in named)
    injected = [(str(t.fault), one) for t, one in named if t.side != "none"]
    by_check = sum(attributed(one.result, fault) for fault, one in injected)
    by_fault = sum(fault == one.fault for fault, one in injected)
    wrong = sum(wrongly_blames(truth.side, one.side) for truth, one in runs)
    return [
        f"- Side right in {sides} of {len(runs)} runs of {len(played)} scenarios.",
        f"- Fault right in {faults} of {len(named)} runs with a nameable fault.",
        f"- Of {len(injected)} runs with an injected, nameable failure"
        f" {share(by_check, injected)} lay it to a right check,"
        f" {share(by_fault, injected)} to the right fault. Right is a check that looks at what,"
        " by the tables, tells that fault best (`tests/lab/attribution.py`).",
        f"- Carrier blamed for what is not the carrier's, or the user for what is: {wrong} runs.",
    ]


def share(count: int, of: list) -> str:  # type: ignore[type-arg]
    return f"{100 * count / len(of):.1f} %" if of else "none"


def most_often(values) -> str:
    return statistics.mode(list(values))


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("the grid needs root: it builds network namespaces")
    main()
