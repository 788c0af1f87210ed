"""How fast a folder of reports is counted: `python -m tests.fleet_summary_bench` prints a table and
asserts nothing.

Reports as devices write them, of 1,024 or 2,048 bytes a line, read from a file on this disk by one
process on one core. The same lines are read for comparison as JSON into plain objects, nothing
counted, so that a slow machine shows as one.
"""

import gzip
import json
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from netcheck.cli.reporting import known
from netcheck.fleet.summary import summarize
from netcheck.report.form import Report, encode

REPORTS = 50_000
DEVICES = 20_000
BATCH = 1_000
CARRIERS = ("att_us", "cricket_us", "verizon_us", "tmobile_us")
FINDINGS = sorted(known().findings)
EVERYDAY = (
    *("interface.up", "link.connected", "address.assigned", "gateway.answers"),
    *("system-resolver.answers", "anchors.answer", "own-zone.resolves", "control-zone.resolves"),
    *("own-epdg.answers", "control-epdg.answers"),
)


def body(at_random: random.Random, different: bool) -> bytes:
    """One report. `different`: no two have the same findings, the worst there can be."""
    down = at_random.random() < 0.05
    carrier = at_random.choice(CARRIERS)
    findings = tuple(at_random.sample(FINDINGS, 12)) if different else EVERYDAY
    return encode(
        Report(
            report_id=f"{at_random.getrandbits(128):032x}",
            device_token=f"{at_random.randrange(DEVICES):08x}",
            time=f"2024-02-22T{at_random.randrange(24):02}:{5 * at_random.randrange(12):02}Z",
            netcheck="0.1",
            rules=2,
            system="linux",
            system_version="6.1",
            carrier=carrier,
            region="US",
            side="carrier" if down else "none",
            fault="carrier-gateway-outage" if down else "all-well",
            severity="down" if down else "ok",
            findings=findings,
        )
    )


def written(path: Path, different: bool) -> None:
    at_random = random.Random(20240222)
    with path.open("wb") as file:
        for _ in range(REPORTS // BATCH):
            file.write(b"".join(body(at_random, different) + b"\n" for _ in range(BATCH)))


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
        for what, different in (("everyday reports", False), ("no two alike", True)):
            written(path, different)
            ours, theirs = seconds(lambda: count(path)), seconds(lambda: plain(path))
            print(f"| {what} | {REPORTS / ours:,.0f} | {theirs / ours:.1f}x |")
        packed = Path(folder) / "reports.ndjson.gz"
        packed.write_bytes(gzip.compress(path.read_bytes(), 1))
        ours = seconds(lambda: count(packed))
        print(f"| no two alike, packed | {REPORTS / ours:,.0f} | |")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\nMost memory: {most:.0f} MB, for {DEVICES:,} devices.")


def count(path: Path) -> None:
    summary = summarize([str(path)], sys.stdin.buffer, "host")
    assert summary.reports == REPORTS


if __name__ == "__main__":
    main()
