"""How fast, how small, how sparing: `python -m tests.bench` prints a table and asserts nothing.

Needs root and the lab's daemons. Medians over RUNS runs by an outside clock, in worlds of 1, 40
and 200 ms round trips, each figure beside a ratio measured in the same session. With `--write`
the table replaces the bench part of `tests/lab/RESULTS.md`.
"""

import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from tests.lab.results import replace_part
from tests.lab.runner import run_agent, run_on_device
from tests.lab.scenarios import named
from tests.lab.words import NOTHING, Deviation
from tests.lab.world import World

RUNS = 7
BY_HAND = Path(__file__).parent / "by_hand.sh"
GATEWAY = "192.168.1.1"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table."""

    what: str
    figure: str
    aim: str


def main() -> None:
    rows = [*starting(), *running(), *by_hand()]
    table = "\n".join(
        ["| what | measured | aim |", "|---|---|---|"]
        + [f"| {row.what} | {row.figure} | {row.aim} |" for row in rows]
    )
    print(table)
    if "--write" in sys.argv:
        replace_part("bench", table)


def starting() -> list[Row]:
    """`--version` beside the bare interpreter that runs it, in turn."""
    bare_s, version_s = [], []
    netcheck = Path(sys.executable).parent / "netcheck"
    for _ in range(3 * RUNS):
        bare_s.append(seconds([sys.executable, "-c", "pass"]))
        version_s.append(seconds([str(netcheck), "--version"]))
    bare, version = statistics.median(bare_s), statistics.median(version_s)
    figure = f"{1000 * version:.0f} ms, {version / bare:.1f}x the bare interpreter"
    return [Row("`netcheck --version`", figure, "at most 3x")]


def seconds(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start


def running() -> list[Row]:
    """Whole runs from process start to exit, and what they cost."""
    rows = []
    for rtt_ms in (1, 40, 200):
        with World(rtt_ms=rtt_ms) as world:
            runs = repeated(world, NOTHING)
            wall_s = statistics.median(run.wall_s for run in runs)
            aim_s = 0.7 + 6 * rtt_ms / 1000
            what = f"healthy run, {rtt_ms} ms round trip"
            rows.append(Row(what, f"{wall_s:.2f} s", f"at most {aim_s:.2f} s"))
            if rtt_ms == 1:
                rss_mb = max(run.peak_rss_kib for run in runs) / 1024
                packets = max(len(run.sent) for run in runs)
                rows.append(Row("memory, most of the runs", f"{rss_mb:.0f} MB", "at most 60 MB"))
                rows.append(Row("packets sent, most of the runs", str(packets), "at most 200"))
            for what, sentence in SILENT:
                if rtt_ms == 1:
                    silent = repeated(world, named(sentence).given)
                    wall_s = statistics.median(run.wall_s for run in silent)
                    rows.append(Row(f"{what} silently dropped", f"{wall_s:.2f} s", "at most 4 s"))
    return rows


SILENT = (
    ("all behind the router", "the provider is dead and the router has forgotten every name"),
    ("all behind the provider's first hop", "the provider's first hop answers, nothing behind"),
)


def repeated(world: World, deviation: Deviation) -> list:
    with deviation.in_world(world):
        return [run_agent(world, "--carrier", "att") for _ in range(RUNS)]


def by_hand() -> list[Row]:
    """The same questions with the standard tools, in the same worlds."""
    rows = []
    with World(rtt_ms=1) as world:
        addresses = [world.gateways[name].addresses[0] for name in ("att", "verizon", "tmobile")]
        for what, deviation, aim in (
            ("healthy", NOTHING, "at least 8x"),
            (f"{SILENT[0][0]} dropped", named(SILENT[0][1]).given, "at least 12x"),
        ):
            ours_s = statistics.median(run.wall_s for run in repeated(world, deviation))
            for mode, wanted in (("sequence", aim), ("parallel", "as it is")):
                with deviation.in_world(world):
                    # ping, mtr and ike-scan need rights that the device's user has not got here.
                    run = run_on_device(
                        world,
                        "bash",
                        str(BY_HAND),
                        mode,
                        GATEWAY,
                        *addresses,
                        within_s=600,
                        as_user=False,
                    )
                ratio = run.wall_s / ours_s
                rows.append(
                    Row(
                        f"27 commands by hand in {mode}, {what}",
                        f"{run.wall_s:.1f} s, {ratio:.1f}x netcheck's {ours_s:.2f} s",
                        wanted,
                    )
                )
    return rows


if __name__ == "__main__":
    if os.geteuid() != 0:
        sys.exit("the bench needs root: it builds network namespaces")
    main()
