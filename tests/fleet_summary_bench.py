"""How fast a folder of reports is counted: `python -m tests.fleet_summary_bench` prints a table and
asserts nothing.

Reports of a simulated morning with an outage in it, as devices write them, one a line, read from a
file on this disk by one process on one core. The same lines are read for comparison as JSON into
plain objects, nothing counted, so that a slow machine shows as one.
"""

import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

from netcheck.cli.reporting import known
from netcheck.fleet.population.living import live
from netcheck.fleet.population.people import Makeup
from netcheck.fleet.population.weather import turned_away
from netcheck.fleet.summary import summarize
from netcheck.report.form import Report, encode

AGENTS = 10_000
CARRIERS = {"att_us": 0.4, "verizon_us": 0.3, "tmobile_us": 0.3}
BEGINS_S = 1_708_592_400  # 2024-02-22T09:00Z
HOURS = 5
FINDINGS = sorted(known().findings)


def morning() -> Iterator[Report]:
    ends_s = BEGINS_S + HOURS * 3600
    outage = turned_away("att_us", BEGINS_S + 3600)
    for _, arrived in live(Makeup(AGENTS, CARRIERS), outage, BEGINS_S, ends_s):
        yield from (one.report for one in arrived)


def unlike(reports: Iterator[Report]) -> Iterator[Report]:
    """No two of them have the same findings: the worst there can be."""
    at_random = random.Random(20240222)
    for report in reports:
        yield replace(report, findings=tuple(at_random.sample(FINDINGS, 20)))


def written(path: Path, reports: Iterator[Report]) -> int:
    """How many."""
    with path.open("wb") as file:
        return sum(file.write(encode(report) + b"\n") > 0 for report in reports)


def seconds(job: Callable[[], object]) -> float:
    """Of processor time, which others on this machine don't add to."""
    before = time.process_time()
    job()
    return time.process_time() - before


def plain(path: Path) -> None:
    with path.open("rb") as file:
        for line in file:
            json.loads(line)


def main() -> None:
    print("| what | reports a second and core | beside json.loads |")
    print("|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "reports.ndjson"
        for what, reports in (("a morning", morning()), ("no two alike", unlike(morning()))):
            number = written(path, reports)
            ours, theirs = seconds(lambda: count(path)), seconds(lambda: plain(path))
            print(f"| {what} | {number / ours:,.0f} | {theirs / ours:.1f}x |")
        packed = Path(folder) / "reports.ndjson.gz"
        packed.write_bytes(gzip.compress(path.read_bytes(), 1))
        print(f"| no two alike, packed | {number / seconds(lambda: count(packed)):,.0f} | |")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\n{number:,} reports of {AGENTS:,} devices. Most memory, with the simulation:", end=" ")
    print(f"{most:.0f} MB")


def count(path: Path) -> None:
    summarize([str(path)], sys.stdin.buffer, "host")


if __name__ == "__main__":
    main()
