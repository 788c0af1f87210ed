"""Every Wi-Fi scenario against its truth: `python -m tests.lab.radio` prints the table.

Needs root, the lab's daemons and those of tests/lab/radio/packages.txt. With `--write` the table
replaces its part of `tests/lab/RESULTS.md`, and every right run is recorded for machines without
root.
"""

import os
import statistics
import sys
import time

from tests.grid import summary
from tests.lab.outcomes import outcome_of
from tests.lab.radio.playing import missing, run_agent
from tests.lab.radio.scenarios import SCENARIOS
from tests.lab.radio.world import RadioWorld
from tests.lab.results import replace_part
from tests.lab.scenario import Scenario, Shown, play

HEAD = ("scenario", "true side", "true fault", "fault named", "right", "sure", "s", "s emulated")


def main() -> None:
    if lacks := missing():
        sys.exit(f"The Wi-Fi lab needs {', '.join(lacks)}.")
    if "--write" in sys.argv:
        os.environ["NETCHECK_RECORD"] = "1"
    played: list[tuple[Scenario, list[Shown], float]] = []
    began = time.monotonic()
    with RadioWorld() as world:
        ready_s = time.monotonic() - began
        for scenario in SCENARIOS:
            start = time.monotonic()
            shown = play(world, scenario, run_agent)
            played.append((scenario, shown, time.monotonic() - start))
    told = [outcome_of(one, run, composed=False) for one, shown, _ in played for run in shown]
    booted = f"{world.machine.boot_s:.0f} s of it booting"
    seconds = f"- Up after {ready_s:.0f} s ({booted}), all in {time.monotonic() - began:.0f} s."
    text = "\n".join([table(played), "", *summary(told), seconds])
    print(text)
    if "--write" in sys.argv:
        replace_part("radio", text)


def table(played: list[tuple[Scenario, list[Shown], float]]) -> str:
    rows = [HEAD, tuple("---" for _ in HEAD)]
    for scenario, shown, took_s in played:
        right = sum(not one.mistakes for one in shown)
        rows.append(
            (
                scenario.sentence,
                scenario.then.side,
                scenario.then.fault or "any",
                statistics.mode(one.fault for one in shown),
                f"{right} of {len(shown)}",
                f"{statistics.median(one.confidence for one in shown):.2f}",
                f"{took_s:.0f}",
                f"{statistics.median(one.run.wall_s for one in shown):.1f}",
            )
        )
    return "\n".join("| " + " | ".join(row) + " |" for row in rows)


if __name__ == "__main__":
    main()
