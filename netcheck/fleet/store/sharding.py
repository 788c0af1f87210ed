"""The same tables over a cluster: rows spread over shards by their id, each shard replicated.

Made from the same steps as those of one machine, so that no column can be forgotten. A collector
writes to and reads from the Distributed tables, which have the names it knows.
"""

import re
from collections.abc import Iterator

from netcheck.fleet.store.engine import KEEP_DAYS, KEEP_ROLL_UP_DAYS, migrations

CLUSTER = "netcheck"
_TABLE = re.compile(r"CREATE TABLE (\w+)\s*\((.*)\)\s*ENGINE = (\w*MergeTree)(.*)", re.DOTALL)
_VIEW = re.compile(r"CREATE MATERIALIZED VIEW (\w+) TO (\w+) AS(.*)FROM (\w+)(.*)", re.DOTALL)
_COLUMN = re.compile(r"ALTER TABLE (\w+) (ADD COLUMN .*)", re.DOTALL)
_WINDOW = re.compile(r",\s*non_replicated_deduplication_window = \d+")
_SPREAD_BY = {
    "reports": ", reinterpretAsUInt64(report_id)",
    # All versions of an alarm on one shard, where the newest takes the others' place.
    "alarms": ", cityHash64(carrier, region, stage, called, silent, began)",
}
_KEPT = {"reports": ("received", KEEP_DAYS), "roll_up": ("bin", KEEP_ROLL_UP_DAYS)}


def statements(cluster: str = CLUSTER, *, replicated: bool = True) -> list[str]:
    """All steps, in their order, for one node of the cluster to bring to the others. Not
    `replicated`: for each node by hand, without Keeper."""
    on = f" ON CLUSTER {cluster}" if replicated else ""
    kind = "ReplicatedMergeTree('/netcheck/migrations', '{shard}-{replica}')"
    made = [
        f"CREATE TABLE IF NOT EXISTS migrations{on}\n(\n    number UInt16,\n    name String,\n"
        "    applied DateTime('UTC') DEFAULT now()\n)\n"
        f"ENGINE = {kind if replicated else 'MergeTree'}\nORDER BY number"
    ]
    for number, name, steps in migrations():
        for step in steps:
            made += _spread(step, on, cluster, replicated)
        made.append(f"INSERT INTO migrations (number, name) VALUES ({number}, '{name}')")
    return made


def _spread(step: str, on: str, cluster: str, replicated: bool) -> Iterator[str]:
    """Raises ValueError for a step of a kind that nobody has taught it."""
    table, view, column = (one.fullmatch(step) for one in (_TABLE, _VIEW, _COLUMN))
    if table:
        name, columns, engine, rest = table.groups()
        if replicated:
            engine, rest = f"Replicated{engine}", _WINDOW.sub("", rest)
        order, settings, more = rest.partition("\nSETTINGS")
        kept = "\nTTL {} + toIntervalDay({})".format(*_KEPT[name]) if name in _KEPT else ""
        yield (
            f"CREATE TABLE {name}_local{on}\n({columns})\n"
            f"ENGINE = {engine}{order}{kept}{settings}{more}"
        )
        spread = _SPREAD_BY.get(name, ", rand()")
        yield (
            f"CREATE TABLE {name}{on} AS {name}_local\n"
            f"ENGINE = Distributed({cluster}, currentDatabase(), {name}_local{spread})"
        )
    elif view:
        name, into, columns, source, rest = view.groups()
        yield (
            f"CREATE MATERIALIZED VIEW {name}{on} TO {into}_local AS"
            f"{columns}FROM {source}_local{rest}"
        )
    elif column:
        name, change = column.groups()
        for spread in (f"{name}_local", name):
            yield f"ALTER TABLE {spread}{on} {change}"
    else:
        raise ValueError(f"no step for a cluster: {step[:40]}")


def script(cluster: str = CLUSTER) -> str:
    """The file that an administrator runs once."""
    head = (
        "-- Made by netcheck/fleet/store/sharding.py; run it once on one node:\n"
        "--     clickhouse-client --database netcheck --multiquery < schema.sql\n"
    )
    return head + "".join(f"\n{one};\n" for one in statements(cluster))
