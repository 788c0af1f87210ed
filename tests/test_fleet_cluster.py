"""A collector before a real cluster of two shards, of which one is killed and comes back."""

from dataclasses import replace
from pathlib import Path

import pytest

from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Stage
from netcheck.fleet.store import alarms, sharding
from netcheck.fleet.store.engine import Engine
from tests.fleet_service import Many, service
from tests.fleet_shards import cluster
from tests.test_fleet_queue import free_ports

pytestmark = pytest.mark.fleet
COMMITTED = Path(__file__).parent.parent / "packaging" / "collector" / "cluster" / "schema.sql"
BATCH = 500
ALARM = Alarm(Cell("att_us", "", Stage.NAMES), AlarmKind.OUTAGE, 1, None, 0.9, 0.8)


def test_the_committed_schema_is_made_from_the_steps_of_one_machine():
    assert COMMITTED.read_text() == sharding.script()


def test_a_step_that_no_cluster_was_taught_is_refused():
    with pytest.raises(ValueError):
        list(sharding._spread("ALTER TABLE reports DROP COLUMN token", "", "netcheck", True))


def test_a_shard_is_killed_and_comes_back_and_nothing_is_lost(tmp_path):
    with cluster(tmp_path, free_ports(4), sharding.CLUSTER) as (first, second):
        for shard in (first, second):
            shard.ask("CREATE DATABASE netcheck")
            for statement in sharding.statements(replicated=False):
                shard.ask(statement, "netcheck")
        dsn = f"http://127.0.0.1:{first.http}/netcheck"
        with service(tmp_path / "collector", "--store", dsn, "--most-per-source", "0") as collector:

            def send(batches: int) -> None:
                for _ in range(batches):
                    assert collector.ask("POST", "/reports", Many().lines(BATCH)[1])[0] == 202

            send(4)
            collector.wait_for("reports_stored_total", 4 * BATCH)
            second.kill()
            send(4)  # taken all the same: they wait in the spool
            collector.wait_for("store_failures_total", 1)
            assert collector.ask("GET", "/health")[0] == 503
            second.start()
            send(2)
            collector.wait_for("reports_stored_total", 10 * BATCH)
            assert collector.ask("GET", "/health")[0] == 200
        engine = Engine(dsn)
        for version in (1, 2):
            alarms.keep(engine, [replace(ALARM, over=version)], version)
        assert alarms.kept(engine, 0) == [replace(ALARM, over=2)]  # of whichever shard
        total = f"{10 * BATCH}\t{10 * BATCH}\n"
        assert first.ask("SELECT count(), uniqExact(report_id) FROM reports", "netcheck") == total
        assert first.ask("SELECT sum(reports) FROM roll_up", "netcheck") == f"{10 * BATCH}\n"
        parts = [
            int(shard.ask("SELECT count() FROM reports_local", "netcheck"))
            for shard in (first, second)
        ]
        assert sum(parts) == 10 * BATCH
        assert min(parts) > 3 * BATCH  # spread by their ids
