"""Identifiers to plant wherever netcheck reads, and every way in which one could come out again.

`planted_in(bytes)` names those that are there: for a report, a bundle, a log, an error message.
"""

import base64
import ipaddress
import json
import re
from functools import cache
from urllib.parse import quote

from tests.android_dumps import CANARIES as OF_PHONES

SSID = 'Ålice\'s "home" 🐙 net'
MAC, BSSID = "7a:de:ad:be:ef:41", "a6:c0:ff:ee:15:9b"
EUI64 = "2001:db8:6f6f:7:78de:adff:febe:ef41"  # of MAC: RFC 4291, appendix A
PRIVATE_IPV4, PUBLIC_IPV4 = "10.83.217.61", "198.51.100.173"
GATEWAY_IPV4, GLOBAL_IPV6 = "10.83.217.254", "2001:db8:4c4c:19:a1b2:c3d4:e5f6:789a"
HOST, USER = "alices-thinkpad-x9", "alice.canary"
HOME = f"/home/{USER}"
SEARCH_DOMAIN = "corp.canary-industries.example"
LABEL, ACCOUNT = "desk of Alice Canary", "a1b2c3d4.dns.canary-account.example"
PASSWORD = "hunter2-of-the-canary"  # of a proxy, in an environment variable

WORDS = {
    "SSID": SSID,
    "host name": HOST,
    "user name": USER,
    "home path": HOME,
    "search domain": SEARCH_DOMAIN,
    "label": LABEL,
    "proxy password": PASSWORD,
    "name-server account": ACCOUNT,
    **OF_PHONES,
}
HARDWARE = {"MAC": MAC, "BSSID": BSSID}
ADDRESSES = {
    "EUI-64 address": EUI64,
    "private address": PRIVATE_IPV4,
    "public address": PUBLIC_IPV4,
    "gateway": GATEWAY_IPV4,
    "global address": GLOBAL_IPV6,
}
ALL = {**WORDS, **HARDWARE, **ADDRESSES}
SHORT = ("tracking area", "location area")
"""Five digits: they are looked for as words of their own, or many a hash would hold them."""


def planted_in(raw: bytes) -> list[str]:
    """The names of the canaries in these bytes, in whatever notation."""
    lowered = raw.lower()
    found = [name for name in ALL if any(way in lowered for way in _ways(name))]
    whole = [
        name
        for name in SHORT
        if re.search(rb"(?<![0-9a-f])" + ALL[name].encode() + rb"(?![0-9a-f])", lowered)
    ]
    return found + whole


@cache
def _ways(name: str) -> frozenset[bytes]:
    if name in SHORT:
        return frozenset()
    value = ALL[name]
    texts = {value, *_of_hardware(name), *_of_address(name)}
    ways: set[bytes] = set()
    for text in texts:
        ways |= _written(text)
    if name in HARDWARE:
        ways |= _packed(bytes.fromhex(HARDWARE[name].replace(":", "")))
    if name in ADDRESSES:
        ways |= _packed(ipaddress.ip_address(ADDRESSES[name]).packed)
    return frozenset(way.lower() for way in ways if len(way) >= 5)


def _written(text: str) -> set[bytes]:
    """A text as files, URLs, logs and programs write it."""
    raw = text.encode()
    found = {
        raw,
        json.dumps(text)[1:-1].encode(),
        json.dumps(text, ensure_ascii=False)[1:-1].encode(),
        text.encode("unicode_escape"),
        quote(text, safe="").encode(),
        quote(text).encode(),
        raw.hex().encode(),
        text.encode("utf-16-le"),
    }
    for skipped in range(3):  # wherever in a longer text it begins
        coded = base64.b64encode(b"\0" * skipped + raw)
        found.add(coded[4 if skipped else 0 : -4])
        found.add(base64.urlsafe_b64encode(b"\0" * skipped + raw)[4 if skipped else 0 : -4])
    return {way for way in found if len(way) >= 8 or way == raw}


def _packed(raw: bytes) -> set[bytes]:
    """As packets and programs hold it, where that is long enough to mean something."""
    return {raw, base64.b64encode(raw).rstrip(b"="), repr(raw)[2:-1].encode()}


def _of_hardware(name: str) -> set[str]:
    if name not in HARDWARE:
        return set()
    digits = HARDWARE[name].replace(":", "")
    pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
    fours = [digits[at : at + 4] for at in range(0, 12, 4)]
    return {"-".join(pairs), "_".join(pairs), ".".join(fours), digits, str(int(digits, 16))}


def _of_address(name: str) -> set[str]:
    if name not in ADDRESSES:
        return set()
    address = ipaddress.ip_address(ADDRESSES[name])
    ways = {address.compressed, address.exploded, address.reverse_pointer, str(int(address))}
    ways.add(f"{int(address):x}".zfill(8))
    if isinstance(address, ipaddress.IPv4Address):
        octets = str(address).split(".")
        ways |= {"-".join(octets), f"::ffff:{address}", "_".join(octets)}
        ways |= {".".join(f"{int(octet):03}" for octet in octets)}
        ways |= {".".join(f"{int(octet):#x}" for octet in octets)}
        ways |= {".".join(f"0{int(octet):o}" for octet in octets)}
        high, low = int(address) >> 16, int(address) & 0xFFFF
        ways |= {f":{high:x}:{low:x}"}  # at the end of ::ffff: and of 64:ff9b::
        ways |= {f"2002:{high:x}:{low:x}"}  # RFC 3056
    return ways
