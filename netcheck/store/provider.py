"""Whose network this device's line was in when it last worked: not to be asked once it is dead.

Kept by a digest of what this device knows of the network around it, so that the file holds no
address; it does hold, for thirty days, which providers this device was a customer or guest of.
Homes with the same router address look alike, so what is remembered is weaker than what was just
seen. Without msgspec (Android) nothing is remembered.
"""

import hashlib
import os
import time
from dataclasses import dataclass, field

from netcheck.model.device import Device
from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FILE = "providers.json"
MOST_NETWORKS = 20
GOOD_FOR_S = 30 * 86400
WRITTEN_AGAIN_AFTER_S = 86400


@dataclass(frozen=True, slots=True)
class KeptProvider:
    """The autonomous system of a line, its registered name and country."""

    asn: int
    name: str | None
    country: str | None


@dataclass(slots=True)
class _Line:
    """One line as the file has it: when it was last seen, and the provider."""

    at: int
    provider: KeptProvider


@dataclass(slots=True)
class _Table:
    salt: str
    networks: dict[str, _Line] = field(default_factory=dict)


def keep(provider: KeptProvider, device: Device) -> None:
    """Remembers this line's provider, in place of what was known of it.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    try:
        import msgspec
    except ImportError:
        return
    table = _read() or _Table(os.urandom(16).hex())
    where = _where(table.salt, device)
    before, now = table.networks.get(where), int(time.time())
    if before and before.provider == provider and 0 <= now - before.at < WRITTEN_AGAIN_AFTER_S:
        return
    lines = {**table.networks, where: _Line(now, provider)}
    newest = sorted(lines.items(), key=lambda line: -line[1].at)[:MOST_NETWORKS]
    text = msgspec.json.encode(_Table(table.salt, dict(newest))).decode()
    write_whole(state_dir() / FILE, text + "\n")


def kept(device: Device) -> KeptProvider | None:
    """What was known of this line in the last thirty days; None: nothing.

    Raises:
        StoreUnavailable: it may not be read.
    """
    table = _read()
    line = table.networks.get(_where(table.salt, device)) if table else None
    if line is None or not 0 <= time.time() - line.at <= GOOD_FOR_S:
        return None
    return line.provider


def _where(salt: str, device: Device) -> str:
    gateways = sorted(route.gateway or "" for route in device.default_routes)
    said = "|".join((salt, *gateways, *sorted(device.nameservers)))
    return hashlib.sha256(said.encode()).hexdigest()[:32]


def _read() -> _Table | None:
    """The table; None before the first, or where the file holds something else."""
    try:
        import msgspec
    except ImportError:
        return None
    text = read_whole(state_dir() / FILE)
    try:
        return msgspec.json.decode(text, type=_Table) if text else None
    except msgspec.DecodeError:
        return None
