"""Whose network this device's line was in when it last worked: not to be asked once it is dead.

Kept by a digest of what this device knows of the network around it, salted with a number of this
device's own: the file tells nobody where the device has been. Homes with the same router address
look alike, so what is remembered is weaker than what was just seen.
"""

import hashlib
import os
import time
from dataclasses import dataclass

from netcheck.model.device import Device
from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "providers.json"
MOST_NETWORKS = 20
GOOD_FOR_S = 30 * 86400


@dataclass(frozen=True, slots=True)
class KeptProvider:
    """The autonomous system of a line, its registered name and country."""

    asn: int
    name: str | None
    country: str | None


def keep(provider: KeptProvider, device: Device) -> None:
    """Remembers this line's provider, in place of what was known of it.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    import json

    table = _read() or {"salt": os.urandom(16).hex(), "networks": {}}
    rows = table["networks"]
    known = [provider.asn, provider.name, provider.country]
    where = _where(table["salt"], device)
    before = rows.get(where)
    if before and before[1:] == known and 0 <= time.time() - before[0] < GOOD_FOR_S / 30:
        return  # written today already
    rows[where] = [int(time.time()), *known]
    newest = sorted(rows.items(), key=lambda row: -row[1][0])[:MOST_NETWORKS]
    write_whole(state_dir() / FILE, json.dumps({**table, "networks": dict(newest)}) + "\n")


def kept(device: Device) -> KeptProvider | None:
    """What was known of this line in the last thirty days; None: nothing.

    Raises:
        StoreUnavailable: it may not be read.
    """
    table = _read()
    row = table["networks"].get(_where(table["salt"], device)) if table else None
    if row is None or not 0 <= time.time() - row[0] <= GOOD_FOR_S:
        return None
    return KeptProvider(row[1], row[2], row[3])


def _where(salt: str, device: Device) -> str:
    gateways = sorted(route.gateway or "" for route in device.default_routes)
    said = "|".join((salt, *gateways, *sorted(device.nameservers)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _read() -> dict[str, dict[str, list[int | str | None]]] | None:
    """The table; None before the first, or where the file holds something else."""
    import json

    text = read_whole(state_dir() / FILE)
    try:
        table = json.loads(text or "")
    except ValueError:
        return None
    return table if _is_whole(table) else None


def _is_whole(table: object) -> bool:
    if not isinstance(table, dict) or not isinstance(table.get("salt"), str):
        return False
    rows = table.get("networks")
    return isinstance(rows, dict) and all(
        isinstance(row, list)
        and len(row) == 4
        and type(row[0]) is int
        and type(row[1]) is int
        and all(one is None or isinstance(one, str) for one in row[2:])
        for row in rows.values()
    )
