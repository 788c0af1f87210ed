"""Status feeds as a publisher would sign them, for the tests of those who read them."""

from dataclasses import replace

from netcheck.crowd.form import FeedKey, FeedKeys
from netcheck.crowd.signing import OnlineKey, feed_file, keys_line
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdStatus
from netcheck.seal import jws, signing

NOW = 1_800_000_000
ROOT_SECRET, STRANGER = b"r" * 32, b"s" * 32
ROOT = signing.public_key(ROOT_SECRET)
KEY = OnlineKey("autumn", b"a" * 32)
NEXT = OnlineKey("winter", b"w" * 32)
STATUS = CrowdStatus(
    country="US",
    sequence=7,
    issued=NOW - 30,
    expires=NOW + 870,
    entries=(
        CrowdEntry("att_us", CrowdState.OUTAGE, began=NOW - 2400, confidence="90-99",
                   failing="70-79"),
        CrowdEntry("att_us", CrowdState.OK, region="US-AK"),
        CrowdEntry("verizon_us", CrowdState.OK),
        CrowdEntry("verizon_us", CrowdState.DEGRADED, called="att_us", failing="20-29"),
    ),
)  # fmt: skip


def vouched(*keys: OnlineKey, sequence: int = 1, until: int = NOW + 86_400) -> str:
    """The root's line on these keys."""
    told = tuple(
        FeedKey(key.kid, jws.coded(signing.public_key(key.secret)), 0, until) for key in keys
    )
    return keys_line(FeedKeys(sequence, told), ROOT_SECRET)


def file_of(
    status: CrowdStatus = STATUS,
    *,
    key: OnlineKey = KEY,
    keys: str | None = None,
    **changed: object,
) -> bytes:
    """One country's file, with these fields of the status changed."""
    return feed_file(keys or vouched(KEY), replace(status, **changed), key)
