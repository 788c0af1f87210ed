"""Is this a feed's file, and may it be believed here and now?

A chain of two: the root, pinned in the configuration, vouches for keys, and one of these for the
status. Both carry numbers that rise; what falls behind a number that was once believed is refused.
A new set of keys begins a new count, so that whoever stole a key cannot, by one enormous number,
shut out what its successor signs.
"""

from dataclasses import dataclass

from netcheck.crowd.form import MOST_BYTES, FeedKeys, Misfit, decode_keys, decode_status
from netcheck.model.crowd import CrowdStatus, Unheard
from netcheck.seal import jws

ROOT_ID = "root"
KEYS_TYPE, STATUS_TYPE = "netcheck-keys+jws", "netcheck-status+jws"
MOST_LIFETIME_S = 3600
"""A status that claims to hold for longer is refused: the news of an outage is over sooner."""
EARLY_S = 300
"""How far a device's clock may be behind the publisher's."""


class Ignored(Exception):
    """It may not be believed. `why` says so."""

    def __init__(self, why: Unheard) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass(frozen=True, slots=True, order=True)
class Mark:
    """How far a feed has come: of its keys, and then of its status."""

    keys: int = -1
    sequence: int = -1


@dataclass(frozen=True, slots=True)
class Believed:
    """A status that was verified, where it stands, and the line that names the keys."""

    status: CrowdStatus
    mark: Mark
    keys_text: str


def verified(raw: bytes, root: bytes, country: str, now_s: float, last: Mark) -> Believed:
    """The status in these bytes. `root` is 32 bytes; `last` how far this device has seen the feed
    come. Raises Ignored."""
    if len(raw) > MOST_BYTES:
        raise Ignored(Unheard.TOO_LARGE)
    try:
        lines = raw.decode("ascii").removesuffix("\n").split("\n")
    except UnicodeDecodeError:
        raise Ignored(Unheard.DAMAGED) from None
    if len(lines) != 2:
        raise Ignored(Unheard.DAMAGED)
    keys = vouched(lines[0], root)
    _must_fit(said := _read(lines[1], STATUS_TYPE), public_of(keys, said.kid, now_s))
    try:
        status = decode_status(said.payload)
    except Misfit:
        raise Ignored(Unheard.DAMAGED) from None
    mark = Mark(keys.sequence, status.sequence)
    must_hold(status, country, now_s)
    if mark < last:
        raise Ignored(Unheard.ROLLED_BACK)
    return Believed(status, mark, lines[0])


def vouched(line: str, root: bytes) -> FeedKeys:
    """The keys that the root vouches for. Raises Ignored."""
    _must_fit(said := _read(line, KEYS_TYPE), root)
    try:
        return decode_keys(said.payload)
    except Misfit:
        raise Ignored(Unheard.DAMAGED) from None


def public_of(keys: FeedKeys, kid: str, now_s: float) -> bytes:
    """The key of that id, if it may sign now. Raises Ignored."""
    for key in keys.keys:
        if key.kid == kid and key.begins - EARLY_S <= now_s < key.ends:
            try:
                return jws.plain(key.public)
            except jws.NotSigned:
                break
    raise Ignored(Unheard.UNKNOWN_KEY)


def must_hold(status: CrowdStatus, country: str, now_s: float) -> None:
    """Raises Ignored unless it is about that country and holds now."""
    if status.country != country:
        raise Ignored(Unheard.WRONG_COUNTRY)
    if now_s >= status.expires or status.expires - status.issued > MOST_LIFETIME_S:
        raise Ignored(Unheard.EXPIRED)
    if status.issued > now_s + EARLY_S:
        raise Ignored(Unheard.FROM_THE_FUTURE)


def _read(line: str, kind: str) -> jws.Signed:
    try:
        said = jws.read(line)
    except jws.NotSigned:
        raise Ignored(Unheard.DAMAGED) from None
    if said.typ != kind:
        raise Ignored(Unheard.DAMAGED)
    return said


def _must_fit(said: jws.Signed, public: bytes) -> None:
    try:
        if not said.fits(public):
            raise Ignored(Unheard.DAMAGED)
    except ImportError:
        raise Ignored(Unheard.NO_SEAL) from None
