"""The publisher's half: the root's word on keys, and a file signed with one of them."""

from dataclasses import dataclass

from netcheck.crowd.form import MOST_BYTES, FeedKeys, encode_keys, encode_status
from netcheck.crowd.verifying import KEYS_TYPE, ROOT_ID, STATUS_TYPE
from netcheck.model.crowd import CrowdStatus
from netcheck.seal import jws


class TooMuch(ValueError):
    """The file would be larger than any reader takes."""


@dataclass(frozen=True, slots=True)
class OnlineKey:
    """A key that signs, by its id; `secret` is 32 bytes."""

    kid: str
    secret: bytes


def keys_line(keys: FeedKeys, root_secret: bytes) -> str:
    """What the root says: made where the root is kept, carried to where files are published."""
    return jws.signed(encode_keys(keys), secret=root_secret, kid=ROOT_ID, typ=KEYS_TYPE)


def feed_file(keys: str, status: CrowdStatus, key: OnlineKey) -> bytes:
    """One country's file: the root's line and the status. Raises TooMuch."""
    line = jws.signed(encode_status(status), secret=key.secret, kid=key.kid, typ=STATUS_TYPE)
    raw = f"{keys}\n{line}\n".encode("ascii")
    if len(raw) > MOST_BYTES:
        raise TooMuch(f"{len(raw)} bytes")
    return raw
