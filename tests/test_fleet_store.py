"""The store: what was acknowledged is in its tables once, and counted by the minute it came."""

import json
import os
import threading
import time
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.cli.reporting import known
from netcheck.fleet.attributing import cells
from netcheck.fleet.collector.incoming import Intake
from netcheck.fleet.measured import Cell, Count, Stage
from netcheck.fleet.store.engine import Engine, StoreTrouble, migrate, migrations
from netcheck.fleet.store.queries import Called, Queries
from netcheck.fleet.store.rows import Rows
from netcheck.fleet.store.seen import Seen
from netcheck.fleet.store.spool import Segment, Spool, frames_in
from netcheck.fleet.store.writer import Writer, rebuild_roll_up
from netcheck.report.form import FIELDS
from tests.fleet_day import live
from tests.fleet_service import body

pytestmark = pytest.mark.fleet
INTAKE = Intake(known(), cells)
NINE = 28_476_540  # the minute: 2024-02-22T09:00Z
SILENT = ("control-epdg.answers", "own-epdg.silent")
ANSWERS = ("control-epdg.answers", "own-epdg.answers")


def rows(*reports: bytes, minute: int = NINE) -> Rows:
    taken = INTAKE.lines(list(reports), minute * 60 + 7.5)
    return Rows(taken.ids, taken.rows)


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """One for the module: this engine takes one folder a process, and long to begin."""
    engine = Engine(f"chdb://{tmp_path_factory.mktemp('store')}")
    migrate(engine, keep_days=3650)
    yield engine
    engine.close()


@pytest.fixture
def empty(engine):
    for table in ("reports", "roll_up"):
        engine.command(f"TRUNCATE TABLE {table}")
    return engine


def put(engine, *several: Rows) -> None:
    joined = Rows.joined(several)
    engine.insert("reports", joined.body, os.urandom(8).hex())


# --- counting ---


def test_counts_are_by_the_minute_of_receipt_whatever_the_device_says(empty):
    put(empty, rows(body(time="2019-01-01T00:00Z"), minute=NINE + 3))
    asked = list(Queries(empty).counts(NINE, NINE + 10, bin_minutes=1))
    assert {count.minute for count in asked} == {NINE + 3}


def test_each_cell_counts_who_could_tell_and_who_says_it_fails(empty):
    def device(**more):
        return body(phone_service=None, **more)

    put(
        empty,
        rows(device(findings=SILENT), device(findings=SILENT), device(findings=ANSWERS)),
        rows(device(findings=SILENT), minute=NINE + 6),
        rows(device(findings=ANSWERS, region="CA"), device(findings=("gateway.silent",))),
        rows(device(findings=SILENT, carrier=None)),
    )
    us, ca = Cell("att_us", "US", Stage.GATEWAYS), Cell("att_us", "CA", Stage.GATEWAYS)
    expected = [Count(ca, NINE, 1, 0), Count(us, NINE, 3, 2), Count(us, NINE + 5, 1, 1)]
    queries = Queries(empty)
    assert list(queries.counts(NINE, NINE + 10)) == expected
    assert list(queries.counts(NINE, NINE + 5)) == expected[:2]
    assert list(queries.counts(NINE, NINE + 10, bin_minutes=10)) == [
        Count(ca, NINE, 1, 0),
        Count(us, NINE, 4, 3),
    ]
    by_minute = list(queries.counts(NINE, NINE + 10, bin_minutes=1))
    assert by_minute == [*expected[:2], Count(us, NINE + 6, 1, 1)]
    assert queries.series(NINE, NINE + 10, carrier="att_us") == expected
    assert queries.series(NINE, NINE + 10, carrier="verizon_us") == []


def test_what_is_told_of_the_called_carrier_is_a_cell_of_its_own(empty):
    told = {
        "carrier": "verizon_us",
        "called": "att_us",
        "phone_service": "home",
        "findings": ("called-epdg.silent", *ANSWERS),
    }
    put(empty, rows(body(**told, device_token="00000001"), body(**told, device_token="00000001")))
    queries = Queries(empty)
    assert set(queries.counts(NINE, NINE + 5)) == {
        Count(Cell("verizon_us", "US", Stage.REGISTRATION), NINE, 2, 0),
        Count(Cell("verizon_us", "US", Stage.GATEWAYS), NINE, 2, 0),
        Count(Cell("verizon_us", "US", Stage.GATEWAYS, "att_us"), NINE, 2, 2),
    }
    assert queries.called_grid(NINE, NINE + 5) == [Called("verizon_us", "att_us", 2, 1, 2, 2)]


def test_devices_are_counted_by_their_token(empty):
    tokens = [f"{at % 70:08x}" for at in range(200)]
    put(empty, rows(*(body(device_token=token) for token in tokens)))
    assert Queries(empty).devices(NINE, NINE + 5) == {("att_us", "US"): 70}


def test_every_field_of_a_report_has_a_column_and_comes_back_as_it_was(empty):
    columns = {name for name, *_ in empty.rows("DESCRIBE TABLE reports")}
    assert {*FIELDS} - columns == {"device_token", "pad"}  # `token`; and only zeros
    report = body(wifi_signal="-60..-51", provider_asn=7018, also=("carrier-registration-outage",))
    put(empty, rows(report))
    names = sorted({*FIELDS} - {"device_token", "pad", "report_id"})
    (kept,) = empty.rows(f"SELECT {', '.join(names)} FROM reports")
    told = json.loads(report)
    for name, value in zip(names, kept, strict=True):
        sent = told[name]
        # What was not told is the column's zero or nothing, where null would cost on each row.
        assert value == (sent if sent is not None else type(value)()), name


def test_a_roll_up_is_made_anew_without_counting_twice(empty):
    put(empty, rows(*(body() for _ in range(30)), minute=NINE - 5), rows(body(), minute=NINE))
    empty.command("INSERT INTO roll_up SELECT * FROM roll_up", insert_deduplicate=0)  # a crash's
    assert Queries(empty).rolled(NINE - 5, NINE + 5) == 62
    for _ in range(2):
        assert rebuild_roll_up(empty, (NINE - 3) * 60)
        assert Queries(empty).rolled(NINE - 5, NINE + 5) == 31


def test_the_same_block_again_is_taken_once_by_table_and_roll_up(empty):
    block = rows(body(), body())
    for _ in range(3):
        empty.insert("reports", block.body, "the-same-token")
    queries = Queries(empty)
    assert (queries.reports(NINE, NINE + 5), queries.rolled(NINE, NINE + 5)) == ((2, 2), 2)


def test_migrations_are_numbered_and_done_once(engine):
    assert [number for number, _, _ in migrations()] == [1, 2, 3, 4]
    assert migrate(engine, keep_days=3650) == 0


def test_retention_is_by_receipt(engine):
    migrate(engine, keep_days=30)
    try:
        made = engine.rows("SELECT create_table_query FROM system.tables WHERE name = 'reports'")
        assert "TTL received + toIntervalDay(30)" in made[0][0]
    finally:
        migrate(engine, keep_days=3650)


def test_what_the_engine_refuses_is_one_sentence(engine):
    with pytest.raises(StoreTrouble) as wrong:
        engine.rows("SELECT nothing FROM nowhere")
    assert "\n" not in str(wrong.value) and "nowhere" in str(wrong.value)


# --- which are there already ---


@settings(max_examples=100, deadline=None)
@given(st.lists(st.lists(st.integers(0, 40), max_size=20), max_size=12))
def test_seen_is_a_set(batches):
    seen, truth = Seen(), set()
    for batch in batches:
        keys = np.array(batch, dtype=np.uint64)
        fresh, expected = seen.new(keys), []
        for key in batch:
            expected.append(key not in truth)
            truth.add(key)
        assert fresh.tolist() == expected
        seen.add(keys[fresh])
    assert len(seen) == len(truth)


def test_an_ids_key_is_what_the_engine_makes_of_it(empty):
    block = rows(*(body() for _ in range(50)))
    put(empty, block)
    (told,) = [empty.column("SELECT reinterpretAsUInt64(report_id) FROM reports")]
    assert sorted(told.tolist()) == sorted(block.keys().tolist())


# --- spool and writer ---


def opened(engine, folder, **more):
    spool = Spool(folder, lambda frame: writer.take(frame), **more)
    writer = Writer(engine, spool)
    writer.open(spool.open())
    return spool, writer


def settled_count(spool, blocks):
    """Puts them, and waits until each is safe."""
    safe: list[bool] = []
    taken = sum(spool.put(block, safe.append) for block in blocks)
    until = time.monotonic() + 20
    while len(safe) < taken and time.monotonic() < until:
        time.sleep(0.002)
    return Counter(safe)


def test_safe_means_on_the_disk_before_the_store_knows(empty, tmp_path):
    spool, _ = opened(empty, tmp_path)
    spool.start()  # and no writer
    block = rows(body(), body())
    assert settled_count(spool, [block]) == {True: 1}
    (segment,) = tmp_path.glob("*.spool")
    assert [Rows.read(frame).ids for frame in frames_in(segment)] == [block.ids]
    spool.end()


def test_what_a_crash_left_is_stored_once_and_its_files_go(empty, tmp_path):
    spool, _ = opened(empty, tmp_path)
    spool.start()
    now = int(time.time()) // 300 * 5
    here, there = rows(body(), body(), minute=now), rows(body(), minute=now + 1)
    settled_count(spool, [here, there, here])  # one was sent twice
    spool.end()
    put(empty, here)  # it came as far as the table, and not to the roll-up
    empty.command("TRUNCATE TABLE roll_up")
    spool, writer = opened(empty, tmp_path)
    queries = Queries(empty)
    assert (writer.written.replayed, writer.written.twice) == (1, 4)
    assert (queries.reports(now, now + 5), queries.rolled(now, now + 5)) == ((3, 3), 3)
    assert len(list(tmp_path.glob("*.spool"))) == 1  # the one that is written now
    spool.end()


def test_a_frame_that_is_not_whole_was_never_acknowledged(empty, tmp_path):
    spool, _ = opened(empty, tmp_path)
    spool.start()
    settled_count(spool, [rows(body())])
    settled_count(spool, [rows(body())])
    spool.end()
    (segment,) = tmp_path.glob("*.spool")
    whole = segment.read_bytes()
    for torn in (whole[:-1], whole[:-1] + b"x", whole + b"ncs1", whole[:-400] + bytes(400)):
        segment.write_bytes(torn)
        assert len(list(frames_in(segment))) == (2 if torn.startswith(whole) else 1)


def test_no_room_is_said_and_room_comes_back(empty, tmp_path):
    spool, writer = opened(empty, tmp_path, most_rows=3)
    spool.start()
    assert settled_count(spool, [rows(body(), body())]) == {True: 1}
    assert not spool.put(rows(body(), body()), lambda well: None)
    writer.start()
    assert writer.end()
    assert spool.rows_left == 0
    assert settled_count(spool, [rows(body(), body())]) == {True: 1}
    spool.end()


def test_a_disk_that_fails_takes_nothing_until_it_is_well_again(empty, tmp_path, monkeypatch):
    spool, _ = opened(empty, tmp_path)
    spool.start()
    assert settled_count(spool, [rows(body())]) == {True: 1}
    os.close(spool._file)
    assert settled_count(spool, [rows(body())]) == {False: 1}
    assert not spool.put(rows(body()), lambda well: None)
    assert (spool.failure is None, spool.rows_left) == (False, 1)
    monkeypatch.setattr("netcheck.fleet.store.spool.RETRY_S", 0.0)
    assert settled_count(spool, [rows(body())]) == {True: 1}
    assert (spool.failure, spool.rows_left) == (None, 2)
    frames = [frame for file in sorted(tmp_path.glob("*.spool")) for frame in frames_in(file)]
    assert len(frames) == 2
    spool.end()


class Refusing:
    """The engine, which refuses the first inserts, some of them after they were done."""

    def __init__(self, engine, times):
        self._engine, self.left = engine, times

    def __getattr__(self, name):
        return getattr(self._engine, name)

    def insert(self, table, lines, token):
        if self.left % 2 == 0:
            self._engine.insert(table, lines, token)
        if self.left:
            self.left -= 1
            raise StoreTrouble("no")


def test_a_store_that_refuses_is_asked_again_until_each_is_there_once(empty, tmp_path):
    spool, writer = opened(Refusing(empty, 3), tmp_path)
    spool.start()
    writer.start()
    blocks = [rows(*(body() for _ in range(20))) for _ in range(5)]
    assert settled_count(spool, blocks) == {True: 5}
    until = time.monotonic() + 20
    while spool.rows_left and time.monotonic() < until:
        time.sleep(0.01)
    assert (writer.written.failures, writer.written.trouble) == (3, None)
    queries = Queries(empty)
    assert (queries.reports(NINE, NINE + 5), queries.rolled(NINE, NINE + 5)) == ((100, 100), 100)
    spool.end()
    assert writer.end()


def test_many_senders_wait_for_one_sync(empty, tmp_path, monkeypatch):
    syncs = []
    real = os.fdatasync
    monkeypatch.setattr(os, "fdatasync", lambda handle: (syncs.append(1), real(handle)))
    spool, writer = opened(empty, tmp_path)
    blocks = [rows(body()) for _ in range(200)]
    safe = threading.Semaphore(0)
    for block in blocks:
        assert spool.put(block, lambda well: safe.release())
    spool.start()
    for _ in blocks:
        assert safe.acquire(timeout=20)
    assert len(syncs) == 1
    spool.end()
    writer.start()
    assert writer.end()


def test_segments_are_files_of_their_owner_alone(tmp_path):
    spool = Spool(tmp_path / "spool", lambda frame: None)
    assert spool.open() == []
    (segment,) = (tmp_path / "spool").glob("*.spool")
    assert [segment.stat().st_mode & 0o777, segment.parent.stat().st_mode & 0o777] == [0o600, 0o700]
    again = Spool(tmp_path / "spool", lambda frame: None).open()
    assert again == [Segment(segment, 0.0, 0, closed=True)]


# --- and killed again and again ---


def test_a_day_in_which_the_collector_is_killed_stores_what_it_acknowledged_once(tmp_path):
    day = live(tmp_path, reports=40_000, kills=3)
    assert day.kills == 3
    assert day.acknowledged == day.sent == 40_000
    assert (day.rows, day.different, day.rolled) == (40_000, 40_000, 40_000)
