"""Servers that lend themselves to costly measurements: to fill a line, to answer late."""

from dataclasses import dataclass

from netcheck.catalog.errors import CatalogError
from netcheck.catalog.rows import checked_rows
from netcheck.catalog.shape import Shape

MOST_MB = range(1, 1001)


@dataclass(frozen=True, slots=True)
class LoadServer:
    """An HTTPS server that hands out and takes bytes. `down` has `{bytes}` where the count goes;
    `most_mb` (10^6 bytes) is what one run may move in both directions together."""

    id: str
    operator: str
    host: str
    down: str
    up: str
    most_mb: int = 20


@dataclass(frozen=True, slots=True)
class MappingHelper:
    """A server that answers late: one's own, as `netcheck mapping-helper` is (nobody else's)."""

    id: str
    operator: str
    host: str
    port: int = 4500


LOAD = Shape(
    {"id": str, "operator": str, "host": str, "down": str, "up": str, "most_mb": int},
    required=("id", "operator", "host", "down", "up"),
)
MAPPING_HELPER = Shape(
    {"id": str, "operator": str, "host": str, "port": int}, required=("id", "operator", "host")
)


def read_load(rows: object) -> tuple[LoadServer, ...]:
    """Servers to fill a line against; none at all means that no line is ever filled."""
    servers = tuple(LoadServer(**row) for row in checked_rows("load", rows, LOAD))
    for index, server in enumerate(servers):
        if "{bytes}" not in server.down:
            raise CatalogError(f"load[{index}].down", "has {bytes} where the count goes")
        for key in ("down", "up"):
            if not getattr(server, key).startswith("/"):
                raise CatalogError(f"load[{index}].{key}", "begins with a slash")
        if server.most_mb not in MOST_MB:
            reason = f"is between {MOST_MB[0]} and {MOST_MB[-1]}, not {server.most_mb}"
            raise CatalogError(f"load[{index}].most_mb", reason)
    return servers


def read_mapping_helpers(rows: object) -> tuple[MappingHelper, ...]:
    """Helpers that answer late; without one, how long a mapping lives is not measured."""
    read = checked_rows("mapping_helpers", rows, MAPPING_HELPER)
    helpers = tuple(MappingHelper(**row) for row in read)
    for index, helper in enumerate(helpers):
        if not 0 < helper.port < 65536:
            raise CatalogError(f"mapping_helpers[{index}].port", "is a number from 1 to 65535")
    return helpers
