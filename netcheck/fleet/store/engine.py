"""The engine by its address: `chdb:///folder` inside this process, or a ClickHouse server."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

KEEP_DAYS = 90
KEEP_ROLL_UP_DAYS = 400
_SCHEMES = ("chdb", "http", "https", "clickhouse", "clickhouses")
_NAME = re.compile(r"(\d{4})_[a-z_]+\.sql")


class StoreTrouble(Exception):
    """The engine can't be reached, or refuses: what it said, in one line without its trace."""


def check_dsn(dsn: str) -> str:
    """The address, if it is one. Raises ValueError with what is needed."""
    needed = "it is chdb:///FOLDER or https://USER:PASSWORD@HOST:PORT/DATABASE"
    try:
        parts = urlsplit(dsn)
        fits = parts.scheme in _SCHEMES and parts.port != 0
    except ValueError:
        raise ValueError(needed) from None
    if not fits or (parts.scheme == "chdb" and not parts.path.strip("/")):
        raise ValueError(needed)
    if parts.scheme != "chdb" and not parts.hostname:
        raise ValueError(needed)
    return dsn


class Engine:
    """A connection of its own; safe to use from several threads, one at a time."""

    def __init__(self, dsn: str) -> None:
        """Raises ImportError (the extra is not installed), StoreTrouble."""
        from clickhouse_connect import common, get_client

        self.dsn = dsn
        common.set_setting("autogenerate_session_id", False)
        with _told():
            self.client: Any = get_client(dsn=dsn)

    def command(self, sql: str, **settings: object) -> Any:
        """Do it. Raises StoreTrouble."""
        with _told():
            return self.client.command(sql, settings=settings or None)

    def rows(self, sql: str, parameters: dict[str, object] | None = None) -> list[tuple[Any, ...]]:
        """What a query finds; times are UTC. Raises StoreTrouble."""
        with _told():
            found: list[tuple[Any, ...]] = self.client.query(sql, parameters).result_rows
            return found

    def column(self, sql: str) -> Any:
        """The one column of a query as an array of numpy. Raises StoreTrouble."""
        with _told():
            return self.client.query_np(sql).reshape(-1)

    def insert(self, table: str, lines: bytes, token: str) -> None:
        """Lines of JSON into a table; all, or none that counts twice when it is tried again with
        this token. Raises StoreTrouble."""
        settings = {
            "input_format_skip_unknown_fields": 1,
            "input_format_null_as_default": 1,
            "input_format_parallel_parsing": 0,
            "max_insert_block_size": 1_000_000,
            "min_insert_block_size_rows": 1_000_000,
            "insert_deduplication_token": token,
            "distributed_foreground_insert": 1,
            "deduplicate_blocks_in_dependent_materialized_views": 1,
        }
        with _told():
            self.client.raw_insert(table, insert_block=lines, settings=settings, fmt="JSONEachRow")

    def close(self) -> None:
        """Raises nothing: what was inserted is safe already."""
        self.client.close()


def migrate(engine: Engine, keep_days: int = KEEP_DAYS) -> int:
    """Bring the tables to the newest form, and set how long reports are kept, by their receipt.
    How many steps that took. Raises StoreTrouble."""
    engine.command(
        "CREATE TABLE IF NOT EXISTS migrations (number UInt16, name String, "
        "applied DateTime('UTC') DEFAULT now()) ENGINE = MergeTree ORDER BY number"
    )
    done = {number for (number,) in engine.rows("SELECT number FROM migrations")}
    steps = [step for step in migrations() if step[0] not in done]
    for number, name, statements in steps:
        for statement in statements:
            engine.command(statement)
        engine.command(f"INSERT INTO migrations (number, name) VALUES ({number}, '{name}')")
    _keep_for(engine, "reports", "received", keep_days)
    _keep_for(engine, "roll_up", "bin", max(keep_days, KEEP_ROLL_UP_DAYS))
    return len(steps)


def migrations() -> list[tuple[int, str, list[str]]]:
    """Number, name and statements of each step, in their order."""
    found = []
    for file in files("netcheck.fleet.store").joinpath("sql").iterdir():
        named = _NAME.fullmatch(file.name)
        if named:
            found.append((int(named[1]), file.name, statements_of(file.read_text("utf-8"))))
    return sorted(found)


def statements_of(sql: str) -> list[str]:
    """The statements of a file, without its comments."""
    bare = "\n".join(line for line in sql.splitlines() if not line.lstrip().startswith("--"))
    return [one.strip(" ;\n") for one in bare.split(";\n") if one.strip(" ;\n")]


def _keep_for(engine: Engine, table: str, column: str, days: int) -> None:
    """Only where the table itself holds rows; a Distributed one has its rule on each shard."""
    found = engine.rows(
        "SELECT engine, create_table_query FROM system.tables "
        f"WHERE database = currentDatabase() AND name = '{table}'"
    )
    kind, made = found[0]
    rule = f"{column} + toIntervalDay({days})"
    if kind != "Distributed" and rule not in made:
        engine.command(f"ALTER TABLE {table} MODIFY TTL {rule}", materialize_ttl_after_modify=0)


@contextmanager
def _told() -> Iterator[None]:
    from clickhouse_connect.driver.exceptions import ClickHouseError
    from urllib3.exceptions import HTTPError

    try:
        yield
    except (ClickHouseError, HTTPError, OSError, RuntimeError) as wrong:
        raise StoreTrouble(_first_sentence(str(wrong))) from None


def _first_sentence(text: str) -> str:
    if "NewConnectionError" in text or "ConnectTimeoutError" in text:
        return "nobody answers there"
    found = re.search(r"DB::Exception: ([^\n]{1,200})", text)
    return (found[1] if found else text.split("\n")[0][:200]).strip() or "no reason given"
