"""`netcheck targets`: everything the agent may contact under these settings, to be read first."""

from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.options import CANNOT_REACH, CARRIER, CONFIG, JSON, Given
from netcheck.cli.reporting import standing_of, way_of
from netcheck.cli.settings import carrier_called, country_of, own_carrier, settings
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from netcheck.model.target import AllowedTarget

OPTIONS = (CARRIER, CANNOT_REACH, JSON, CONFIG)
POSITIONALS = ()
_COLUMN = 20


def perform(given: Given, door: Door) -> int:
    """List them."""
    rows = _rows(given, door)
    if given.json:
        return door.answer(as_json([_as_json(row) for row in rows]), DONE)
    page = sheet(door.words)
    hosts: dict[str, dict[str, list[str]]] = {}
    for row in rows:
        host = row.host or door.words.say(f"learned.{row.learned_from}")
        how = f"{row.protocol.value} {row.port}" if row.port else row.protocol.value
        told = f"{host} ({row.operator})" if row.operator else host
        hosts.setdefault(told, {}).setdefault(row.purpose, []).append(how)
    for told, purposes in hosts.items():
        page.paragraph(told)
        for purpose, ports in purposes.items():
            page.row(", ".join(ports), purpose, _COLUMN)
    return door.answer(page.text, DONE)


def _rows(given: Given, door: Door) -> "Sequence[AllowedTarget]":
    from netcheck.agent.crowd_settings import feed_of
    from netcheck.agent.running import Request, carriers_of
    from netcheck.agent.targets import allowed_targets, of_crowd, of_reports, of_stamps

    chosen = settings(given, door)
    catalog, country = chosen.catalog(), country_of(chosen)
    own, _ = own_carrier(chosen, catalog, country)
    called = given.cannot_reach and carrier_called(given.cannot_reach, catalog, country)
    request = Request(catalog=catalog, own=own, called=called or None, country=country)
    rows = allowed_targets(catalog, carriers_of(request), own)
    stop = way_of(chosen).first_stop if standing_of(chosen).sends else None
    feed = feed_of(chosen, own)
    stamps = chosen.report.get("timestamp")
    return [
        *rows,
        *([of_reports(stop)] if stop else []),
        *([of_stamps(stamps)] if stamps else []),
        *([of_crowd(feed.folder)] if feed and feed.folder else []),
    ]


def _as_json(row: "AllowedTarget") -> dict[str, object]:
    return {
        "host": row.host,
        "port": row.port,
        "protocol": row.protocol.value,
        "purpose": row.purpose,
        "operator": row.operator,
        "learned_from": row.learned_from.value if row.learned_from else None,
        "bound": row.bound,
    }
