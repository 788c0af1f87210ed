"""A forged flood against a collector of one's own, from the request to the alarm."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import requests

from netcheck.cli.reporting import known
from netcheck.fleet.attributing import cells
from netcheck.fleet.collector.app import Collector, build
from netcheck.fleet.collector.caps import Caps
from netcheck.fleet.collector.gateway import Gateway, keys_in, secret_in
from netcheck.fleet.collector.incoming import Intake
from netcheck.fleet.collector.keeping import OwnStore
from netcheck.fleet.demo import SimulatedClock
from netcheck.fleet.measured import Received
from netcheck.fleet.population.forging import flood
from netcheck.fleet.population.living import live
from netcheck.fleet.population.people import Makeup, devices
from netcheck.fleet.serving import Service, Where
from netcheck.fleet.store.engine import Engine
from netcheck.fleet.watching import Watch
from netcheck.report.form import encode

pytestmark = pytest.mark.fleet

NOON = 20_000 * 1440 + 720  # a minute of 1970
FLOOD = NOON + 50  # before it is known how many devices are usual
END = FLOOD + 25
LINES = 8
TURNED_AWAY = ("phone-service.emergency-only",)
MAKEUP = Makeup(1200, {"att_us": 0.5, "verizon_us": 0.5}, tell_of_phones=0.2, utc_offset_s=0)


@dataclass
class Running:
    own: OwnStore
    engine: Engine
    clock: SimulatedClock
    address: str

    def send(self, minute: int, path: str, bodies: Sequence[bytes]) -> None:
        """In that minute, over lines of their own."""
        self.clock.at_s = minute * 60
        with ThreadPoolExecutor(LINES) as lines:
            for at in range(LINES):
                lines.submit(self._send, path, bodies[at::LINES])

    def _send(self, path: str, bodies: Sequence[bytes]) -> None:
        with requests.Session() as line:
            line.trust_env = False
            for body in bodies:
                line.post(self.address + path, data=body, timeout=30)

    def column(self, sql: str) -> list[int]:
        return [found for (found,) in self.engine.rows(sql)]


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Running]:
    dsn, clock = f"chdb://{tmp_path / 'store'}", SimulatedClock(0)
    own = OwnStore.opened(tmp_path / "spool", Engine(dsn), 3650)
    keys, secret = keys_in(tmp_path / "keys"), secret_in(tmp_path / "secret")
    intake = Intake(known(), cells)
    app = build(Collector(intake, own, Gateway(keys), secret, Caps(0), False, clock))
    service = Service(app, Where("127.0.0.1", 0))
    address = f"http://127.0.0.1:{service.open()}"
    threading.Thread(target=service.serve, daemon=True).start()
    engine = Engine(dsn)
    try:
        yield Running(own, engine, clock, address)
    finally:
        service.end()
        own.end()
        engine.close()
        own.writer.engine.close()


def bodies(received: Sequence[Received]) -> list[bytes]:
    return [encode(one.report) for one in received]


def alarmed(engine: Engine, state: Path) -> set[str]:
    watch = Watch(engine, state, END)
    watch.next = NOON
    return {alarm.cell.carrier for _, alarm in watch.caught_up(END)}


def test_a_forged_flood_in_batches_raises_no_alarm(collector: Running, tmp_path: Path) -> None:
    honest = 0
    for minute, arrived in live(MAKEUP, (), NOON * 60, END * 60):
        honest += len(arrived)
        collector.send(minute, "/report", bodies(arrived))
    told = next(one for one in devices(MAKEUP) if one.carrier == "att_us" and one.tells_of_phone)
    forged = bodies(flood(honest // 10, FLOOD * 60, 60, told, TURNED_AWAY))
    half = len(forged) // 2
    batches = [b"\n".join(forged[:half]), b"\n".join(forged[half:])]
    collector.send(FLOOD, "/reports", batches)
    assert collector.own.writer.end(60)
    numbers = dict(collector.engine.rows("SELECT batch, count() FROM reports GROUP BY batch"))
    assert (honest, len(numbers)) == (numbers.pop(0), 3)
    assert {half, len(forged) - half} == set(numbers.values())

    assert alarmed(collector.engine, tmp_path / "watch.json") == set()
    # The same from as many devices that each sent alone is news: it is their batches that weigh
    # little.
    collector.engine.command("ALTER TABLE reports UPDATE batch = 0 WHERE 1", mutations_sync=2)
    assert alarmed(collector.engine, tmp_path / "without.json") == {"att_us"}


def test_each_request_has_a_number_of_its_own_whoever_sends_it(collector: Running) -> None:
    arrived = [one for _, some in live(MAKEUP, (), NOON * 60, NOON * 60 + 600) for one in some]
    found = bodies(arrived)[:13]
    collector.send(NOON, "/report", found[:2])
    collector.send(NOON, "/reports", [found[2]])  # alone in its batch
    for at in (3, 8):
        collector.send(NOON, "/reports", [b"\n".join(found[at : at + 5])])
    assert collector.own.writer.end(60)
    numbers = collector.column("SELECT batch FROM reports")
    assert numbers.count(0) == 3
    assert sorted(map(numbers.count, set(numbers) - {0})) == [5, 5]
