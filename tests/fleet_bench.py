"""How fast the collector and its store are here: figures and ratios, nothing is asserted.

    python -m tests.fleet_bench [SECONDS]

Senders are processes of their own, so that their work is not the collector's. What else the machine
does changes every figure: the load is printed beside them.
"""

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
from starlette.applications import Starlette

from netcheck.catalog import load
from netcheck.cli.reporting import known
from netcheck.fleet.attributing import cells
from netcheck.fleet.collector.incoming import Intake
from netcheck.fleet.serving import Service, Where
from netcheck.fleet.showing import Showing, routes
from netcheck.fleet.store.engine import Engine, migrate
from netcheck.fleet.store.queries import Queries
from netcheck.text import words
from tests.fleet_service import Many, Running, body, service

BATCH = 2000
SINGLES_A_SECOND = 500
LINES = 12  # that send single reports at the same time
WEEK_MINUTES = 7 * 24 * 60
MILLION = 1_000_000


def send_batches(port: int, seconds: float) -> int:
    """As fast as it acknowledges, one batch after the other. How many reports."""
    many, taken = Many(), 0
    ready = [many.lines(BATCH)[1] for _ in range(8)]
    head = ready[0].index(b'"report_id":"') + 13
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    until = time.monotonic() + seconds
    at = 0
    while time.monotonic() < until:
        # Only the ids differ from the last time: making reports is not what is measured.
        fresh = os.urandom(16 * BATCH).hex().encode()
        lines = ready[at % 8].split(b"\n")
        batch = b"\n".join(
            one[:head] + fresh[32 * n : 32 * n + 32] + one[head + 32 :]
            for n, one in enumerate(lines)
        )
        line.request("POST", "/reports", batch)
        answer = line.getresponse()
        answer.read()
        taken += BATCH if answer.status == 202 else 0
        at += 1
    return taken


def batches(seconds: float) -> tuple[float, float, float]:
    """Acknowledged and stored reports a second, from two senders; and how many the collector takes
    and stores in a second of one core's time, whatever else this machine does."""
    program = (
        "import sys; from tests.fleet_bench import send_batches; "
        "print(send_batches(int(sys.argv[1]), float(sys.argv[2])))"
    )
    with (
        tempfile.TemporaryDirectory() as name,
        service(Path(name), "--most-per-source", "0") as collector,
    ):
        words = [sys.executable, "-c", program, str(collector.port), str(seconds)]
        began_s, spent_s = time.monotonic(), cpu_s(collector)
        senders = [subprocess.Popen(words, stdout=subprocess.PIPE) for _ in range(2)]
        taken = sum(int(sender.communicate()[0]) for sender in senders)
        took_s = time.monotonic() - began_s
        collector.wait_for("reports_stored_total", taken)
        stored_s = time.monotonic() - began_s
        return taken / took_s, taken / stored_s, taken / (cpu_s(collector) - spent_s)


def cpu_s(collector: Running) -> float:
    """What it has spent so far, on all cores."""
    times = psutil.Process(collector.process.pid).cpu_times()
    return times.user + times.system


def bulk(rows: list[bytes]) -> tuple[float, float]:
    """What the engine takes in bulk from one process, ready as it wants them: rows a second, and
    rows in a second of one core's time."""
    with tempfile.TemporaryDirectory() as name:
        engine = Engine(f"chdb://{name}")
        migrate(engine)
        block, began_s, spent_s = b"".join(rows), time.monotonic(), time.process_time()
        for at in range(3):
            engine.insert("reports", block, f"bulk {at}")
        took_s, spent_s = time.monotonic() - began_s, time.process_time() - spent_s
        engine.close()
        return 3 * len(rows) / took_s, 3 * len(rows) / spent_s


def singles(seconds: float) -> tuple[list[float], float]:
    """Milliseconds until each of 500 reports a second was acknowledged, counted from when it was
    due: a sender that is held up does not hide it. And the collector's share of one core."""
    took_ms: list[float] = []
    with (
        tempfile.TemporaryDirectory() as name,
        service(Path(name), "--most-per-source", "0") as collector,
    ):
        began_s, spent_s = time.monotonic() + 0.5, cpu_s(collector)
        threads = [
            threading.Thread(target=_single, args=(collector, began_s, n, seconds, took_ms))
            for n in range(LINES)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return sorted(took_ms), (cpu_s(collector) - spent_s) / seconds


def _single(
    collector: Running, began_s: float, number: int, seconds: float, took_ms: list[float]
) -> None:
    line = collector.connection()
    for due in range(number, int(SINGLES_A_SECOND * seconds), LINES):
        due_s = began_s + due / SINGLES_A_SECOND
        report = body()
        time.sleep(max(0.0, due_s - time.monotonic()))
        line.request("POST", "/report", report)
        line.getresponse().read()
        took_ms.append((time.monotonic() - due_s) * 1000)


def queries(rows: list[bytes]) -> dict[str, tuple[float, float]]:
    """Milliseconds of each query over a week of a million reports: the median of 21, by the clock,
    and the time of all cores."""
    with tempfile.TemporaryDirectory() as name:
        engine = Engine(f"chdb://{name}")
        migrate(engine)
        engine.insert("reports", b"".join(rows), "rows")
        until = int(time.time()) // 60 // 5 * 5
        columns = [
            *("report_id", "received", "token", "carrier", "region", "called"),
            *("fails_registration", "fails_names", "fails_gateways", "fails_called_gateways"),
        ]
        spread = {
            "report_id": "generateUUIDv4()",
            "received": f"toDateTime({until * 60} - rand(1) % {WEEK_MINUTES * 60}, 'UTC')",
            "token": "rand(2) % 40000",
            "carrier": "['att_us', 'verizon_us', 'tmobile_us', 'cricket_us'][rand(3) % 4 + 1]",
            "region": "['US', 'CA', 'MX', 'DE', 'FR'][rand(4) % 5 + 1]",
            "called": "['', '', '', 'att_us', 'verizon_us'][rand(5) % 5 + 1]",
            "fails_registration": "rand(6) % 100 < 3",
            "fails_names": "rand(7) % 100 < 1",
            "fails_gateways": "rand(8) % 100 < 5",
            "fails_called_gateways": "rand(9) % 100 < 5",
        }
        others = [n for n, *_ in engine.rows("DESCRIBE TABLE reports") if n not in columns]
        source = ", ".join([*(f"{spread[n]} AS {n}" for n in columns), *others])
        sample = f"(SELECT {', '.join(others)} FROM reports LIMIT 1000)"
        engine.command(
            f"INSERT INTO reports ({', '.join([*columns, *others])}) SELECT {source} "
            f"FROM {sample} AS s CROSS JOIN numbers({MILLION // 1000}) AS n",
            max_insert_block_size=100_000,
        )
        asked = Queries(engine)
        since = until - WEEK_MINUTES
        measured = {
            "outage, 7 days of reports": lambda: asked.outage(since, until),
            "all cells by 5 min, 1 hour": lambda: list(asked.counts(until - 60, until)),
            "page: one carrier's day": lambda: asked.series(
                until - 1440, until, carrier="att_us", bin_minutes=15
            ),
            "page: called grid, 1 day": lambda: asked.called_grid(until - 1440, until),
            "page: devices, 1 day": lambda: asked.devices(until - 1440, until),
        }
        found = {what: timed(query) for what, query in measured.items()}
        showing = Showing(engine, {one.id: one.name for one in load().carriers}, words())
        began_s, spent_s = time.monotonic(), time.process_time()
        showing.renew()
        took_s, spent_s = time.monotonic() - began_s, time.process_time() - spent_s
        found["all pages made, once a minute"] = took_s * 1000, spent_s * 1000
        found |= pages(showing)
        engine.close()
        return found


def pages(showing: Showing) -> dict[str, tuple[float, float]]:
    """Milliseconds until somebody who asks over loopback has a page and its data."""
    service = Service(Starlette(routes=routes(showing)), Where("127.0.0.1", 0))
    line = http.client.HTTPConnection("127.0.0.1", service.open(), timeout=30)
    threading.Thread(target=service.serve, daemon=True).start()

    def asked(path: str) -> None:
        line.request("GET", path)
        answer = line.getresponse()
        answer.read()
        assert answer.status == 200, path

    paths = ("/", "/outages.json", "/carrier/att_us", "/carrier/att_us.json")
    found = {f"GET {path}": timed(lambda path=path: asked(path)) for path in paths}
    service.end()
    return found


def timed(query: Callable[[], object]) -> tuple[float, float]:
    """The median of 21, once it is warm: by the clock, and the time of all cores."""
    query()
    times, spent = [], []
    for _ in range(21):
        began_s, spent_s = time.monotonic(), time.process_time()
        query()
        times.append((time.monotonic() - began_s) * 1000)
        spent.append((time.process_time() - spent_s) * 1000)
    return statistics.median(times), statistics.median(spent)


def main() -> None:
    seconds = float(sys.argv[1]) if len(sys.argv) > 1 else 10.0
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    intake = Intake(known(), cells)
    bodies = Many().lines(30_000)[1].split(b"\n")
    intake.lines(bodies[:100], time.time())
    began, wall = time.process_time(), time.monotonic()
    rows = intake.lines(bodies, time.time()).rows
    spent = time.process_time() - began
    print(f"validated       {len(rows) / spent:.0f}/s of its core's time", end="")
    print(f" ({len(rows) / (time.monotonic() - wall):.0f}/s by the clock)")
    in_bulk, bulk_core = bulk(rows)
    print(f"engine in bulk  {in_bulk:.0f} rows/s, {bulk_core:.0f} in a second of a core's time")
    acknowledged, kept, a_core = batches(seconds)
    print(f"acknowledged    {acknowledged:.0f}/s = {acknowledged / in_bulk:.2f} of bulk")
    print(f"stored          {kept:.0f}/s = {kept / in_bulk:.2f} of bulk")
    print(f"taken and kept  {a_core:.0f} in a second of a core's time = {a_core / bulk_core:.2f}")
    took, share = singles(seconds)
    print(f"single reports  {len(took)} at {SINGLES_A_SECOND}/s: median {took[len(took) // 2]:.1f}")
    print(f"                p99 {took[int(len(took) * 0.99)]:.1f} ms, worst {took[-1]:.1f} ms")
    print(f"                {share:.0%} of a core")
    for what, (took_ms, spent_ms) in queries(rows).items():
        print(f"{what:29} {took_ms:.1f} ms, {spent_ms:.1f} ms of all cores")
    print(f"load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
