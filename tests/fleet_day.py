"""A simulated day of 40,000 agents against a collector that is killed fifty times.

    python -m tests.fleet_day [REPORTS [KILLS]]

What was acknowledged must be stored exactly once. A batch without an answer is sent again until it
has one, as every sender does. A sender's mistake is part of it: one batch in fifty is sent twice.
"""

import http.client
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

from tests.fleet_service import Many, service, stored

AGENTS, PER_AGENT = 40_000, 100
BATCH = 2000
SENDERS = 2
CARRIERS = ("att_us", "verizon_us", "tmobile_us", "cricket_us")


@dataclass
class Day:
    """What came of it."""

    sent: int = 0
    acknowledged: int = 0
    again: int = 0
    kills: int = 0
    rows: int = 0
    different: int = 0
    rolled: int = 0
    took_s: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)


@dataclass
class _Port:
    """Where the collector answers just now; None while it is dead."""

    number: int | None = None


def _send(day: Day, port: _Port, batches: int, done: threading.Event) -> None:
    many = [Many(carrier=carrier) for carrier in CARRIERS]
    connection: http.client.HTTPConnection | None = None
    at: int | None = None
    for number in range(batches):
        _, batch = many[number % len(many)].lines(BATCH)
        with day._lock:
            day.sent += BATCH
        for _ in range(2 if number % 50 == 7 else 1):
            while not done.is_set():
                if port.number is None:
                    time.sleep(0.005)
                    continue
                if connection is None or at != port.number:
                    at = port.number
                    connection = http.client.HTTPConnection("127.0.0.1", at, timeout=30)
                try:
                    connection.request("POST", "/reports", batch)
                    answer = connection.getresponse()
                    answer.read()
                    if answer.status == 202:
                        break
                    time.sleep(0.05)
                except (OSError, http.client.HTTPException):
                    connection = None
                with day._lock:
                    day.again += 1
        with day._lock:
            day.acknowledged += BATCH


def live(folder: Path, reports: int, kills: int) -> Day:
    """The whole day. The kills come at even steps of what was acknowledged."""
    day, port, done = Day(), _Port(), threading.Event()
    batches = reports // BATCH // SENDERS
    total = batches * BATCH * SENDERS
    began_s = time.monotonic()
    threads = [
        threading.Thread(target=_send, args=(day, port, batches, done), daemon=True)
        for _ in range(SENDERS)
    ]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            with service(folder, "--most-per-source", "0") as collector:
                port.number = collector.port
                due = total * (day.kills + 1) // (kills + 1) if day.kills < kills else total + 1
                while day.acknowledged < due and any(thread.is_alive() for thread in threads):
                    time.sleep(0.002)
                port.number = None
                if day.kills < kills:
                    collector.process.kill()
                    day.kills += 1
                else:
                    collector.end()
        with service(folder) as collector:  # what is in the spool still goes into the tables
            collector.end()
    finally:
        done.set()
    day.took_s = time.monotonic() - began_s
    ((day.rows, day.different),), ((day.rolled,),) = stored(
        folder,
        "SELECT count(), uniqExact(report_id) FROM reports",
        "SELECT sum(reports) FROM roll_up",
    )
    return day


if __name__ == "__main__":
    wanted = [int(word) for word in sys.argv[1:]]
    reports = wanted[0] if wanted else AGENTS * PER_AGENT
    kills = wanted[1] if len(wanted) > 1 else 50
    with tempfile.TemporaryDirectory() as name:
        day = live(Path(name), reports, kills)
    print(f"load            {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"acknowledged    {day.acknowledged}, sent again {day.again} batches of {BATCH}")
    print(f"killed          {day.kills} times")
    print(
        f"stored          {day.rows} rows, {day.different} different, {day.rolled} in the roll-up"
    )
    print(f"took            {day.took_s:.0f} s, {day.acknowledged / day.took_s:.0f} reports/s")
    well = day.rows == day.different == day.rolled == day.acknowledged == day.sent
    print("exactly once" if well else "NOT EXACTLY ONCE")
    sys.exit(not well)
