"""What is understood of what the system's own programs print; the rest is left out, and counted.

Which programs, and which of their fields, is data: `tools.toml`.
"""

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from netcheck.desk.redacting import MOST_NUMBER, Redactor
from netcheck.desk.stand_ins import is_address, is_hardware

MOST_ROWS = 500
_LONGEST_LINE = 400
_DEEPEST = 12
_MOST_COUNT = 1e15
_COUNTER_WORDS = frozenset(
    """rx tx bytes packets errors error dropped drops drop missed fifo frame crc length over carrier
    collisions multicast broadcast queue xdp aborted heartbeat window timeout restart collision
    ucast mcast bcast err errs total full no buffer peer ifindex kicks needed reset link up down
    dport sport protocol l4proto state saddr daddr iifname oifname active inactive octets good bad
    fails short long single multi deferred late discards discard symbol retries retry failed
    fcs align overrun underrun pause on off cache hit miss csum none unnecessary complete""".split()
)
_PROTOCOLS = frozenset(
    "DNS LLMNR mDNS DNSOverTLS DNSSEC DefaultRoute RAW UDP TCP INET FRAG".split()
)


@dataclass(frozen=True, slots=True)
class Tool:
    """One program. `each`: once for `all` interfaces or the `wireless` ones; empty: once."""

    id: str
    system: str
    command: tuple[str, ...]
    fields: Mapping[str, str]
    lines: tuple[re.Pattern[str], ...] = ()
    each: str = ""
    administrator: bool = False

    def for_interface(self, name: str) -> tuple[str, ...]:
        """The command about one interface."""
        return tuple(word.replace("{interface}", name) for word in self.command)


@dataclass(frozen=True, slots=True)
class Understood:
    """`rows` None: the output is of another form than is known."""

    rows: list[Any] | None
    left_out: int = 0


@dataclass(slots=True)
class _Reading:
    redactor: Redactor
    fields: Mapping[str, str]
    left_out: int = field(default=0)


@cache
def _data() -> dict[str, Any]:
    import tomllib

    path = os.path.join(os.path.dirname(__file__), "tools.toml")
    get_data = getattr(__spec__.loader, "get_data", None) if __spec__ else None
    if get_data is None:
        with open(path, "rb") as file:
            return tomllib.load(file)
    return tomllib.loads(get_data(path).decode("utf-8"))


@cache
def tools() -> tuple[Tool, ...]:
    """All of them, of every system."""
    return tuple(
        Tool(
            row["id"],
            row["system"],
            tuple(row["command"]),
            row["fields"],
            tuple(re.compile(line) for line in row.get("lines", ())),
            row.get("each", ""),
            row.get("administrator", False),
        )
        for row in _data()["tool"]
    )


@cache
def closed_words() -> frozenset[str]:
    """What a field of the kind `word` may say."""
    return frozenset(_data()["words"].split())


def understood(tool: Tool, printed: str, redactor: Redactor) -> Understood:
    """The fields that are known, redacted."""
    reading = _Reading(redactor, tool.fields)
    if tool.lines:
        rows = _lines(tool, printed, reading)
    else:
        try:
            document = json.loads(printed or "[]")
        except (ValueError, RecursionError):
            return Understood(None, len(printed.splitlines()))
        listed = document if isinstance(document, list) else [document]
        reading.left_out += max(0, len(listed) - MOST_ROWS)
        tree = _tree(listed[:MOST_ROWS], reading, 0)
        rows = tree if isinstance(tree, list) else []
    return Understood(rows, reading.left_out)


def addresses_printed(tool: Tool, printed: str) -> set[str]:
    """Every address that is printed, understood or not: no stand-in may be one of them."""
    found = re.findall(r"[0-9A-Fa-f:.]{3,45}", printed)
    return {one for one in (text.strip(".") for text in found) if is_address(one)}


def _lines(tool: Tool, printed: str, reading: _Reading) -> list[Any]:
    rows = []
    lines = printed.splitlines()
    reading.left_out += max(0, len(lines) - MOST_ROWS)
    for line in map(str.strip, lines[:MOST_ROWS]):
        matches = (one.fullmatch(line) for one in tool.lines) if len(line) <= _LONGEST_LINE else ()
        found = next((one for one in matches if one), None)
        if found is None:
            reading.left_out += bool(line)
            continue
        groups = {name: one for name, one in found.groupdict().items() if one is not None}
        row = {name: _many(name, one, reading) for name, one in groups.items()}
        rows.append({name: one for name, one in row.items() if one is not None})
    return [row for row in rows if row]


def _many(name: str, text: str, reading: _Reading) -> Any:
    kind = reading.fields.get(name, "")
    if kind in ("wifi", "name", "interface"):
        return _leaf(kind, text, reading)
    parts: list[Any] = [part for part in re.split(r"[\s,]+", text) if part]
    if kind in ("number", "count"):
        parts = [float(part) if "." in part else int(part) for part in parts if _is_number(part)]
    values = [one for one in (_leaf(kind, part, reading) for part in parts) if one is not None]
    return values[0] if len(values) == 1 else values or None


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,18}(\.\d{1,6})?", text, re.ASCII) is not None


def _tree(value: Any, reading: _Reading, depth: int) -> Any:
    """Lists and tables are walked; a value is read as the field that it stands in says."""
    if depth > _DEEPEST:
        reading.left_out += 1
        return None
    if isinstance(value, list):
        return [one for one in (_tree(one, reading, depth + 1) for one in value) if one]
    if not isinstance(value, dict):
        reading.left_out += 1
        return None
    kept: dict[str, Any] = {}
    for name, one in value.items():
        kind = reading.fields.get(name)
        if kind is None:
            reading.left_out += 1
        elif kind == "deeper":
            inner = _tree(one, reading, depth + 1)
            if inner:
                kept[name] = inner
        elif kind == "flag" and (one is None or isinstance(one, dict)):
            kept[name] = True  # nft writes a verdict as {"drop": null}
        else:
            read = _of_field(kind, one, reading)
            if read is not None and read != []:
                kept[name] = read
    return kept


def _of_field(kind: str, value: Any, reading: _Reading) -> Any:
    if isinstance(value, dict) and kind == "port":
        inner = value.get("set", value.get("range"))
        return _of_field(kind, inner, reading) if inner is not None else None
    if isinstance(value, list):
        read = [_leaf(kind, one, reading) for one in value]
        return [one for one in read if one is not None]
    return _leaf(kind, value, reading)


def _leaf(kind: str, value: Any, reading: _Reading) -> Any:
    """One value as its kind has it; None, counted, where it is something else."""
    read = _READ[kind](value, reading.redactor) if kind in _READ else None
    reading.left_out += read is None
    return read


def _number(value: Any, _: Redactor, most: float = MOST_NUMBER) -> Any:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_number and -most < value < most else None


def _count(value: Any, redactor: Redactor) -> Any:
    """Bytes since the last start: some digits more than other numbers."""
    return _number(value, redactor, most=_MOST_COUNT)


def _address(value: Any, redactor: Redactor) -> str | None:
    if not isinstance(value, str):
        return None
    if value == "default":
        return value
    plain = value.partition("#")[0]  # resolved: behind it the name of its certificate
    net, slash, length = plain.partition("/")
    if not is_address(net) or (slash and not length.isdecimal()):
        return None
    return redactor.address(net) + (f"/{length}" if slash else "")


def _hardware(value: Any, redactor: Redactor) -> str | None:
    if isinstance(value, str) and is_hardware(value):
        return redactor.stand_ins.of_hardware(value)
    return None


def _text(kind: str) -> Callable[[Any, Redactor], str | None]:
    def read(value: Any, redactor: Redactor) -> str | None:
        return redactor.stand_ins.labelled(kind, value) if isinstance(value, str) else None

    return read


def _interface(value: Any, redactor: Redactor) -> str | None:
    return redactor.interface(value) if isinstance(value, str) else None


def _word(value: Any, _: Redactor) -> str | None:
    return value if isinstance(value, str) and value in closed_words() else None


def _flag(value: Any, _: Redactor) -> bool | None:
    return value if isinstance(value, bool) else None


def _port(value: Any, _: Redactor) -> Any:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 1 << 16:
        return value
    return value if isinstance(value, str) and value in closed_words() else None


def _counter(value: Any, _: Redactor) -> str | None:
    """A counter is called by words that drivers use: `rx_queue_0_drops`."""
    if not isinstance(value, str):
        return None
    parts: Sequence[str] = value.split("_")
    known = all(one in _COUNTER_WORDS or (one.isdecimal() and len(one) < 4) for one in parts)
    return value if known else None


def _protocol(value: Any, _: Redactor) -> str | None:
    """`+DefaultRoute`, `DNSSEC=no/unsupported`: the name, its sign, a closed word."""
    if not isinstance(value, str):
        return None
    name, equals, state = value.lstrip("+-").partition("=")
    if name not in _PROTOCOLS or any(one not in _STATES for one in state.split("/") if one):
        return None
    sign = value[0] if value[0] in "+-" else ""
    return f"{sign}{name}{equals}{state}"


_STATES = ("no", "yes", "unsupported", "supported", "opportunistic", "allow-downgrade", "resolve")
_READ: dict[str, Callable[[Any, Redactor], Any]] = {
    "number": _number,
    "count": _count,
    "address": _address,
    "hardware": _hardware,
    "interface": _interface,
    "wifi": _text("wifi"),
    "name": _text("name"),
    "word": _word,
    "flag": _flag,
    "port": _port,
    "counter": _counter,
    "protocol": _protocol,
}
