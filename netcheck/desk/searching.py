"""The last look before a bundle is written: is any original still in it, in any notation?

It cannot prove that nothing slipped through, only that nothing that was known did. An original
that netcheck's own sentences hold as a word (somebody's network is called `home`) cannot be told
from them: it is counted, not searched for. Neither is one of fewer than four characters.
"""

import html
import ipaddress
import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import quote

LEAST_CHARACTERS = 4
_SURE_CHARACTERS = 8  # a longer one is found inside other words too
_OF_DIGITS = ("address", "hardware")


@dataclass(frozen=True, slots=True)
class Left:
    """An original is still there: of which kind, in which file."""

    kind: str
    member: str


def left_in(
    members: Mapping[str, bytes], originals: Mapping[str, Iterable[str]], background: str
) -> tuple[list[Left], int]:
    """What is left, and how many originals could not be searched for."""
    texts = [_Text(name, name.encode() + b"\n" + raw) for name, raw in members.items()]
    around = _Text("", background.encode("utf-8", "replace"))
    found, unsearchable = [], 0
    for kind, values in originals.items():
        for value in values:
            ways = [way for way in notations(kind, value) if len(way) >= LEAST_CHARACTERS]
            if kind not in _OF_DIGITS:
                ways = [way for way in ways if not around.holds(kind, way)]
            if not ways:
                unsearchable += 1
            found += [
                Left(kind, text.name) for text in texts if any(text.holds(kind, w) for w in ways)
            ]
    return found, unsearchable


def notations(kind: str, value: str) -> set[bytes]:
    """Every way in which files write it, in lower case."""
    if kind == "address":
        texts = _of_address(value)
    elif kind == "hardware":
        texts = _of_hardware(value)
    else:
        texts = {value}
    ways: set[bytes] = set()
    for text in texts:
        ways |= {
            text.encode("utf-8", "replace"),
            json.dumps(text)[1:-1].encode(),
            html.escape(text).encode("utf-8", "replace"),
            quote(text, safe="", errors="replace").encode(),
            text.encode("unicode_escape"),
        }
    return {way.lower() for way in ways}


def _of_address(value: str) -> set[str]:
    try:
        address = ipaddress.ip_address(value.partition("%")[0])
    except ValueError:
        return {value}
    texts = {address.compressed, address.exploded, address.reverse_pointer}
    if isinstance(address, ipaddress.IPv4Address):
        octets = str(address).split(".")
        texts |= {"-".join(octets), "_".join(octets), str(int(address)), f"{int(address):08x}"}
        texts |= {".".join(f"{int(octet):03}" for octet in octets)}
    else:
        texts |= {address.exploded.replace(":", "")}
    return texts


def _of_hardware(value: str) -> set[str]:
    """With the interface identifier that is made of it (RFC 4291, appendix A)."""
    digits = value.replace(":", "").lower()
    pairs = [digits[at : at + 2] for at in range(0, 12, 2)]
    turned = f"{int(pairs[0], 16) ^ 2:02x}"
    made = f"{turned}{pairs[1]}{pairs[2]}fffe{pairs[3]}{pairs[4]}{pairs[5]}"
    groups = [made[at : at + 4] for at in range(0, 16, 4)]
    short = ":".join(group.lstrip("0") or "0" for group in groups)
    fours = ".".join(digits[at : at + 4] for at in range(0, 12, 4))
    return {":".join(pairs), "-".join(pairs), fours, digits, ":".join(groups), short}


_PARTS = {signs: re.compile(rb"[%b]+" % signs) for signs in (b"0-9", b"0-9a-f", b"0-9a-z")}
_DECIMAL = re.compile(rb"[0-9._-]+")


class _Text:
    """A file in lower case, and the sets of its numbers and words: most of what is looked for has a
    part that is not among them, and needs no search."""

    def __init__(self, name: str, raw: bytes) -> None:
        self.name = name
        self._raw = raw.lower()
        self._parts = {signs: frozenset(p.findall(self._raw)) for signs, p in _PARTS.items()}

    def holds(self, kind: str, way: bytes) -> bool:
        """A number only where no digit touches it (`172.16.1.1` is not in `172.16.1.197`), a short
        word only where no letter does; a long one also inside another."""
        if kind in _OF_DIGITS:
            return self._bounded(way, b"0-9" if _DECIMAL.fullmatch(way) else b"0-9a-f")
        if len(way) < _SURE_CHARACTERS:
            return self._bounded(way, b"0-9a-z")
        inner = _PARTS[b"0-9a-z"].findall(way)[1:-1]
        return self._parts[b"0-9a-z"].issuperset(inner) and way in self._raw

    def _bounded(self, way: bytes, signs: bytes) -> bool:
        parts = _PARTS[signs].findall(way)
        if not self._parts[signs].issuperset(parts) or way not in self._raw:
            return False
        whole = rb"(?<![%b])%b(?![%b])" % (signs, re.escape(way), signs)
        return re.search(whole, self._raw) is not None
