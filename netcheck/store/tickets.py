"""Which stand-in each original has in the bundles of one ticket: it never leaves this device."""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from netcheck.store.paths import state_dir
from netcheck.store.write import read_whole, write_whole

FOLDER = "bundle-names"
_BYTES = 32


@dataclass(frozen=True, slots=True)
class Names:
    """`secret` makes the stand-ins, `table` holds those made: kind, original, stand-in."""

    secret: bytes
    table: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


def load(ticket: str) -> Names:
    """A ticket's names; new ones for a new ticket, or where the file is damaged.

    Raises:
        StoreUnavailable: it may not be read.
    """
    text = read_whole(state_dir() / FOLDER / _file(ticket))
    try:
        told = json.loads(text or "")
        secret = bytes.fromhex(told["secret"])
        table = {
            str(kind): {str(one): str(other) for one, other in pairs.items()}
            for kind, pairs in told["table"].items()
        }
    except (ValueError, KeyError, TypeError, AttributeError):
        return Names(os.urandom(_BYTES))
    return Names(secret, table)


def save(ticket: str, names: Names) -> None:
    """Keeps them, for this user's eyes alone (mode 0600).

    Raises:
        StoreUnavailable: they cannot be written.
    """
    told = {"ticket": ticket, "secret": names.secret.hex(), "table": names.table}
    write_whole(state_dir() / FOLDER / _file(ticket), json.dumps(told) + "\n")


def _file(ticket: str) -> str:
    return hashlib.sha256(ticket.encode("utf-8", "surrogatepass")).hexdigest()[:24] + ".json"
