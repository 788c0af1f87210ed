"""The feed in one DNS TXT string, for where HTTPS does not pass and names still do.

`nf1 COUNTRY SEQUENCE ISSUED LIFETIME KID ENTRIES SIGNATURE`, of 255 bytes at most (RFC 1035,
3.3.14). ENTRIES is `carrier:state` with commas, a state by its first letter, whole countries only,
the bad ones first: who finds no room is not told of. The signature is Ed25519 over PREFIX and all
that stands before it. The keys are not in it: it can be read only by a device that has had the
file before.
"""

from netcheck.crowd.form import END_OF_TIME_S, FeedKeys
from netcheck.crowd.signing import OnlineKey
from netcheck.crowd.verifying import Believed, Ignored, Mark, must_hold, public_of, vouched
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdStatus, Unheard
from netcheck.seal import jws, signing

MOST_BYTES = 255
PREFIX = b"netcheck.status-txt/1\n"
_VERSION = "nf1"
_SIGNATURE_CHARACTERS = 86
_LETTERS = {CrowdState.OUTAGE: "o", CrowdState.DEGRADED: "d", CrowdState.OK: "k"}
_STATES = {letter: state for state, letter in _LETTERS.items()}


def name_of(domain: str, country: str) -> str:
    """Under which name a country's string lies."""
    return f"{country.lower()}.{domain}"


def text(status: CrowdStatus, key: OnlineKey) -> str:
    """The string that says it, with as many carriers as it holds."""
    whole = [e for e in status.entries if not e.region and not e.called]
    worst_first = sorted(whole, key=lambda e: (list(_LETTERS).index(e.state), e.carrier))
    lifetime_s = status.expires - status.issued
    numbers = f"{status.sequence} {status.issued} {lifetime_s}"
    said = f"{_VERSION} {status.country} {numbers} {key.kid} "
    room = MOST_BYTES - len(said) - 1 - _SIGNATURE_CHARACTERS
    entries = ""
    for entry in worst_first:
        longer = f"{entries},{entry.carrier}:{_LETTERS[entry.state]}".lstrip(",")
        if len(longer) <= room:
            entries = longer
    message = f"{said}{entries}"
    signature = signing.sign(key.secret, PREFIX + message.encode("ascii"))
    return f"{message} {jws.coded(signature)}"


def believed(
    string: str, keys_text: str, root: bytes, country: str, now_s: float, last: Mark
) -> Believed:
    """The status in a TXT string, by the keys that the root has vouched for. Raises Ignored."""
    keys = vouched(keys_text, root)
    status = _verified(string, keys, now_s)
    mark = Mark(keys.sequence, status.sequence)
    must_hold(status, country, now_s)
    if mark < last:
        raise Ignored(Unheard.ROLLED_BACK)
    return Believed(status, mark, keys_text)


def _verified(string: str, keys: FeedKeys, now_s: float) -> CrowdStatus:
    parts = string.split(" ")
    if len(string) > MOST_BYTES or len(parts) != 8 or parts[0] != _VERSION or not string.isascii():
        raise Ignored(Unheard.DAMAGED)
    message, _, signature = string.rpartition(" ")
    try:
        fits = signing.fits(
            public_of(keys, parts[5], now_s),
            jws.plain(signature),
            PREFIX + message.encode("ascii"),
        )
    except jws.NotSigned:
        fits = False
    if not fits:
        raise Ignored(Unheard.DAMAGED)
    sequence, issued, lifetime_s = map(_number, parts[2:5])
    entries = tuple(_entry(said) for said in parts[6].split(",") if said)
    return CrowdStatus(parts[1], sequence, issued, issued + lifetime_s, entries)


def _number(said: str) -> int:
    if not (said.isdigit() and len(said) < 14) or int(said) >= END_OF_TIME_S:
        raise Ignored(Unheard.DAMAGED)
    return int(said)


def _entry(said: str) -> CrowdEntry:
    carrier, _, letter = said.partition(":")
    if not carrier or letter not in _STATES:
        raise Ignored(Unheard.DAMAGED)
    return CrowdEntry(carrier, _STATES[letter])
