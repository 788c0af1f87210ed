"""`netcheck fleet demo`: a collector, a thousand simulated devices, an outage, and the page."""

import os
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory, mkstemp
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import ANSWER_IS_NO, DONE, FAILED
from netcheck.cli.fleet_serving import Ending, begin, opened
from netcheck.cli.options import Given, Option, Positional
from netcheck.cli.page import check_writable, write_page
from netcheck.cli.problems import Problem
from netcheck.cli.telling import sheet
from netcheck.model.finding import Parameter

if TYPE_CHECKING:
    from netcheck.fleet.collector.keeping import OwnStore
    from netcheck.fleet.demo import Demo, SimulatedClock
    from netcheck.fleet.serving import Service
    from netcheck.fleet.showing import Showing
    from netcheck.fleet.store.engine import Engine
    from netcheck.fleet.watching import Watch

OPTIONS: tuple[Option, ...] = (Option("once"), Option("output", "FILE"))
POSITIONALS: tuple[Positional, ...] = ()
_MINUTE_S = 60


@dataclass
class _Collector:
    """All of it, answering at `address`."""

    engine: "Engine"
    own: "OwnStore"
    service: "Service"
    showing: "Showing"
    names: Mapping[str, str]
    address: str

    def stored(self) -> int:
        return self.own.writer.written.stored

    def end(self) -> None:
        self.service.end()
        self.own.end()
        for engine in (self.engine, self.own.writer.engine):
            engine.close()


def perform(given: Given, door: Door) -> int:
    """Play it; then write the page, or show it."""
    begin()
    if given.output is not None:
        check_writable(given.output)
    from netcheck.fleet.demo import BROKEN, DEVICES, Demo, SimulatedClock
    from netcheck.fleet.watching import Watch

    now_s = int(time.time()) // _MINUTE_S * _MINUTE_S
    clock = SimulatedClock(now_s)
    made = TemporaryDirectory(prefix="netcheck-demo-", ignore_cleanup_errors=True)
    folder = Path(made.name)
    try:
        collector = _started(folder, clock, door)
        door.so_far = Ending(collector.end, made.cleanup)
        carrier = collector.names[BROKEN]
        door.say("fleet.demo.begins", host=collector.address, count=DEVICES, carrier=carrier)
        demo = Demo(collector.address, clock, now_s, DEVICES)
        watch = Watch(collector.engine, folder / "watch.json", demo.begins_s // _MINUTE_S)
        _play(demo, watch, collector)
        code = _tell(demo, watch, collector, door)
        code = _write(given.output, collector, door) or code
        if not given.once:
            _go_on(demo, watch, collector, door)
        collector.end()
        return code
    finally:
        made.cleanup()


def _started(folder: Path, clock: "SimulatedClock", door: Door) -> _Collector:
    """Raises Problem."""
    from netcheck.catalog import load
    from netcheck.cli.reporting import known
    from netcheck.fleet.attributing import cells
    from netcheck.fleet.collector.app import Collector, build
    from netcheck.fleet.collector.caps import Caps
    from netcheck.fleet.collector.gateway import Gateway, keys_in, secret_in
    from netcheck.fleet.collector.incoming import Intake
    from netcheck.fleet.collector.keeping import OwnStore
    from netcheck.fleet.serving import Service, Where
    from netcheck.fleet.showing import Showing, routes
    from netcheck.fleet.store.engine import KEEP_DAYS, Engine, StoreTrouble

    try:
        dsn = f"chdb://{folder / 'store'}"
        own = OwnStore.opened(folder / "spool", Engine(dsn), KEEP_DAYS)
        engine = Engine(dsn)
    except StoreTrouble as wrong:
        raise Problem("fleet.serve.store", FAILED, reason=str(wrong)) from None
    names = {one.id: one.name for one in load().carriers}
    showing = Showing(engine, names, door.words, clock)
    collector = Collector(
        Intake(known(), cells),
        own,
        Gateway(keys_in(folder / "gateway-keys.json", rotate=False)),
        secret_in(folder / "receipt-key"),
        Caps(0),
        False,
        clock,
    )
    service = Service(build(collector, routes(showing)), Where("127.0.0.1", 0))
    address = opened(service)
    threading.Thread(target=service.serve, daemon=True).start()
    return _Collector(engine, own, service, showing, names, address)


def _play(demo: "Demo", watch: "Watch", collector: _Collector) -> None:
    """What was until now. Raises Problem."""
    from netcheck.fleet.demo import DemoFailed
    from netcheck.fleet.store.engine import StoreTrouble

    try:
        demo.catch_up(watch, collector.stored)
        watch.keep()
    except DemoFailed as wrong:
        raise Problem(f"fleet.demo.{wrong.id}", FAILED) from None
    except StoreTrouble as wrong:
        raise Problem("fleet.serve.store", FAILED, reason=str(wrong)) from None


def _tell(demo: "Demo", watch: "Watch", collector: _Collector, door: Door) -> int:
    """What was sent and found. The exit code."""
    from netcheck.fleet.detection.explaining import explain

    say, page = door.words.say, sheet(door.words)
    sent = demo.sent
    page.paragraph(
        say(
            "fleet.demo.sent",
            {"count": sent.reports, "total": sent.taken, "name": collector.stored()},
        )
    )
    troubles = explain(watch.alarms)
    for trouble in troubles:
        alarm = trouble.alarms[0]
        who: dict[str, Parameter] = {
            "carrier": collector.names.get(trouble.carrier, trouble.carrier)
        }
        who["name"] = collector.names.get(trouble.called, trouble.called)
        found: dict[str, Parameter] = {
            "name": say(f"fleet.trouble.{trouble.trouble.value}", who),
            "time": _moment(alarm.began * _MINUTE_S),
            "count": min(99, int(100 * alarm.confidence)),
        }
        page.paragraph(say("fleet.demo.alarm", found))
    if not troubles:
        page.paragraph(say("fleet.demo.nothing"))
    else:
        late = demo.found_at_s - demo.broke_s if demo.found_at_s else 0
        began: dict[str, Parameter] = {
            "time": _moment(demo.broke_s),
            "minutes": late // _MINUTE_S,
        }
        page.paragraph(say("fleet.demo.late", began))
    door.tell(page.text)
    return DONE if troubles else ANSWER_IS_NO


def _write(path: str | None, collector: _Collector, door: Door) -> int:
    """The page of this moment, as the collector shows it. The exit code."""
    from netcheck.fleet.page import front

    if path is None:
        handle, path = mkstemp(prefix="netcheck-demo-", suffix=".html")
        os.close(handle)
    code = write_page(path, front(collector.showing.outages(), door.words), door)
    if code == DONE:
        page = sheet(door.words)
        page.paragraph(door.words.say("fleet.demo.page", {"path": path}))
        door.tell(page.text)
    return code


def _go_on(demo: "Demo", watch: "Watch", collector: _Collector, door: Door) -> None:
    """In real time, until somebody ends it. Raises Problem."""
    from netcheck.fleet.demo import DemoFailed
    from netcheck.fleet.watching import watching

    watching(watch).start()
    door.say("fleet.demo.watch", host=collector.address)
    try:
        demo.go_on(threading.Event())
    except DemoFailed as wrong:
        raise Problem(f"fleet.demo.{wrong.id}", FAILED) from None


def _moment(at_s: int) -> str:
    return datetime.fromtimestamp(at_s, UTC).strftime("%H:%M")
