"""From stored reports to kept alarms, across restarts."""

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from netcheck.cli.reporting import known
from netcheck.crowd.verifying import Mark, verified
from netcheck.fleet import feed_keys
from netcheck.fleet.attributing import cells
from netcheck.fleet.collector.incoming import Intake
from netcheck.fleet.feeding import Feeding
from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Stage
from netcheck.fleet.population.living import live
from netcheck.fleet.population.people import Makeup
from netcheck.fleet.population.weather import turned_away
from netcheck.fleet.recurring import CannotGoOn
from netcheck.fleet.showing import Showing
from netcheck.fleet.store import alarms
from netcheck.fleet.store.engine import Engine, migrate
from netcheck.fleet.watching import Watch
from netcheck.report.form import encode
from netcheck.seal import signing
from netcheck.text import words

pytestmark = pytest.mark.fleet

HOUR = 60
NOON = 20_000 * 1440 + 720  # a minute of 1970
BROKE = NOON + 3 * HOUR
END = BROKE + 40
ATT = Cell("att_us", "", Stage.REGISTRATION)
NAMES = {"att_us": "AT&T", "verizon_us": "Verizon"}


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Three quiet hours and forty minutes of an outage, in the store as a collector keeps them."""
    engine = Engine(f"chdb://{tmp_path_factory.mktemp('store')}")
    migrate(engine, keep_days=3650)
    makeup = Makeup(400, {"att_us": 0.5, "verizon_us": 0.5}, tell_of_phones=0.5, utc_offset_s=0)
    intake = Intake(known(), cells)
    rows: list[bytes] = []
    for minute, arrived in live(
        makeup, turned_away("att_us", BROKE * 60), NOON * 60, (END + 10) * 60
    ):
        rows += intake.lines([encode(one.report) for one in arrived], minute * 60).rows
    engine.insert("reports", b"".join(rows), "all")
    return engine


@pytest.fixture
def empty(engine: Engine) -> Engine:
    """The same without alarms."""
    engine.command("TRUNCATE TABLE alarms")
    return engine


def watch(engine: Engine, state: Path, now: int = NOON) -> Watch:
    made = Watch(engine, state, now)
    if not state.exists():
        made.next = NOON
    return made


def lasting(found: Sequence[Alarm]) -> list[tuple[Cell, AlarmKind]]:
    return [(one.cell, one.kind) for one in found if one.over is None]


def test_an_outage_in_the_store_becomes_a_kept_alarm(empty: Engine, tmp_path: Path) -> None:
    watching = watch(empty, tmp_path / "watch.json")
    assert watching.caught_up(BROKE) == []
    changed = watching.caught_up(END)
    minute, alarm = next((m, a) for m, a in changed if a.cell == ATT)
    assert BROKE <= alarm.began <= BROKE + 5
    assert alarm.began <= minute <= BROKE + 10
    assert {a.cell.carrier for _, a in changed} == {"att_us"}
    watching.keep()
    assert alarms.kept(empty, NOON) == sorted(watching.alarms, key=lambda a: (a.began, a.cell))
    assert (ATT, AlarmKind.OUTAGE) in lasting(alarms.kept(empty, NOON))


def test_a_restart_goes_on_where_it_ended(empty: Engine, tmp_path: Path) -> None:
    whole = watch(empty, tmp_path / "whole.json")
    whole.caught_up(END)
    state = tmp_path / "parts.json"
    for until in (BROKE - 10, BROKE + 3, END):
        part = watch(empty, state, until)
        part.caught_up(until)
        part.keep()
    assert part.alarms == whole.alarms
    # Killed without a word, it reads what came since once more, and says the same.
    again = watch(empty, state, END)
    assert (again.next, again.caught_up(END)) == (END, [])
    assert again.alarms == whole.alarms


@pytest.mark.parametrize(
    "raw", [b"", b"{", b"[]", b'{"format":1}', b'{"format":1,"next":29000000,"tally":{}}']
)
def test_a_damaged_state_is_begun_anew(empty: Engine, tmp_path: Path, raw: bytes) -> None:
    state = tmp_path / "watch.json"
    state.write_bytes(raw)
    begun = Watch(empty, state, END)
    assert begun.next == END - 180
    assert begun.caught_up(END) != []


def test_a_state_of_last_week_is_begun_anew(empty: Engine, tmp_path: Path) -> None:
    state = tmp_path / "watch.json"
    old = watch(empty, state)
    old.caught_up(NOON + 5)
    old.keep()
    assert json.loads(state.read_text())["next"] == NOON + 5
    assert Watch(empty, state, NOON + 7 * 1440).next == NOON + 7 * 1440 - 180


def test_alarms_that_nobody_remembers_end(empty: Engine, tmp_path: Path) -> None:
    forgotten = Alarm(Cell("verizon_us", "", Stage.NAMES), AlarmKind.OUTAGE, NOON - 60, None, 1, 1)
    alarms.keep(empty, [forgotten], 1)
    watch(empty, tmp_path / "watch.json").caught_up(NOON + 1)
    [ended] = alarms.kept(empty, 0)
    assert (ended.cell, ended.began, ended.over) == (forgotten.cell, NOON - 60, NOON)


def test_the_page_is_made_of_the_store_alone(empty: Engine, tmp_path: Path) -> None:
    watching = watch(empty, tmp_path / "watch.json")
    watching.caught_up(END)
    watching.keep()
    shown = Showing(empty, NAMES, words(), lambda: END * 60.0).outages()
    assert shown.now == END
    assert [(view.name, view.state) for view in shown.carriers] == [
        ("AT&T", "outage"),
        ("Verizon", "ok"),
    ]


def test_pages_are_made_before_anybody_asks(empty: Engine) -> None:
    showing = Showing(empty, NAMES, words(), lambda: END * 60.0)
    assert showing.ready("/") is None
    showing.renew()
    every = ["/", "/outages.json"]
    every += [f"/carrier/{id}{twin}" for id in NAMES for twin in ("", ".json")]
    assert {path: showing.text(path) for path in every} == {
        path: showing.ready(path) for path in every
    }
    assert json.loads(showing.ready("/outages.json") or "")["carriers"] != []
    assert (showing.ready("/carrier/nobody"), showing.text("/carrier/nobody")) == (None, None)


def test_the_feed_is_made_of_the_store_and_believed(empty: Engine, tmp_path: Path) -> None:
    watching = watch(empty, tmp_path / "watch.json")
    now = BROKE + 15
    root, online = bytes([1]) * 32, bytes([2]) * 32
    keys = tmp_path / "keys"
    keys.write_text(feed_keys.signed(root, [signing.public_key(online)], now * 60, 30))
    feeding = Feeding(
        empty,
        tmp_path,
        keys,
        online,
        {"att_us": "US", "verizon_us": "US"},
        lambda: watching.next,
        lambda: now * 60.0,
    )
    with pytest.raises(CannotGoOn, match="the watch is behind"):
        feeding.write()  # it would say that all is well, and nobody has looked
    watching.caught_up(now)
    assert feeding.write() == ["US"]
    raw = (tmp_path / "US.jws").read_bytes()
    status = verified(raw, signing.public_key(root), "US", now * 60, Mark()).status
    said = [status.of(carrier) for carrier in ("att_us", "verizon_us")]
    assert [entry and entry.state for entry in said] == ["outage", "ok"]
    keys.unlink()
    with pytest.raises(CannotGoOn, match="keys can't be read"):
        feeding.write()


def test_what_a_stage_says_twice_is_kept_once(empty: Engine) -> None:
    first = Alarm(ATT, AlarmKind.DEGRADED, BROKE, None, 0.5, 0.3)
    then = Alarm(ATT, AlarmKind.OUTAGE, BROKE, BROKE + 30, 0.9, 0.8)
    alarms.keep(empty, [first], 1)
    alarms.keep(empty, [then], 2)
    assert alarms.kept(empty, BROKE) == [then]
    assert alarms.kept(empty, BROKE + 31) == []
