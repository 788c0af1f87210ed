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


@dataclass(frozen=True, slots=True)
class Left:
    """An original is still there: of which kind, in which file."""

    kind: str
    member: str


def left_in(
    members: Mapping[str, bytes], originals: Mapping[str, Iterable[str]], background: str
) -> tuple[list[Left], int]:
    """What is left, and how many originals could not be searched for."""
    lowered = {name: name.lower().encode() + b"\n" + raw.lower() for name, raw in members.items()}
    around = background.lower().encode("utf-8", "replace")
    found, unsearchable = [], 0
    for kind, values in originals.items():
        for value in values:
            ways = [way for way in notations(kind, value) if len(way) >= LEAST_CHARACTERS]
            if kind not in ("address", "hardware"):
                ways = [way for way in ways if not _is_in(way, around)]
            if not ways:
                unsearchable += 1
            hits = [name for name, raw in lowered.items() if any(_is_in(w, raw) for w in ways)]
            found += [Left(kind, name) for name in hits]
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


def _is_in(way: bytes, raw: bytes) -> bool:
    """A short one, or one of digits, only where no letter or digit touches it."""
    if way not in raw:
        return False
    if len(way) >= _SURE_CHARACTERS and not re.fullmatch(rb"[0-9a-f:.]+", way):
        return True
    return re.search(rb"(?<![0-9a-z])" + re.escape(way) + rb"(?![0-9a-z])", raw) is not None
