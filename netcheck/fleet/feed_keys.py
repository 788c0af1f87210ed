"""The keys of a status feed. The root is made and used where nothing is online; it signs, for some
days, keys that are."""

from dataclasses import replace

from netcheck.crowd.form import FeedKey, FeedKeys
from netcheck.crowd.signing import keys_line
from netcheck.fleet.publishing import key_id, keys_in
from netcheck.seal import jws

_DAY_S = 86_400


def signed(root_secret: bytes, publics: list[bytes], now_s: int, days: int) -> str:
    """The root's line on these keys: they may sign from now on for so many days, and no others."""
    keys = tuple(_key(public, now_s, days) for public in publics)
    return keys_line(FeedKeys(now_s, keys), root_secret) + "\n"


def rotated(
    root_secret: bytes, before: str, public: bytes, now_s: int, days: int, overlap_hours: int
) -> str:
    """The root's next line: this key from now on, and those of the line `before` it for so many
    hours more, while files that they signed are about. Raises NotVouched: `before` is no line."""
    earlier = keys_in(before)
    until = now_s + overlap_hours * 3600
    kept = tuple(
        replace(key, ends=min(key.ends, until))
        for key in earlier.keys
        if key.ends > now_s and key.kid != key_id(public)
    )
    sequence = max(now_s, earlier.sequence + 1)
    return keys_line(FeedKeys(sequence, (*kept, _key(public, now_s, days))), root_secret) + "\n"


def _key(public: bytes, now_s: int, days: int) -> FeedKey:
    return FeedKey(key_id(public), jws.coded(public), now_s, now_s + days * _DAY_S)
