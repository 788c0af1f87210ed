"""Names of interfaces as they may be kept and handed on: without the hardware address in them.

systemd names a card that is plugged in after its hardware address where nothing better is known
(`wlx0011223344aa`; systemd.net-naming-scheme(7), ID_NET_NAME_MAC), and that address identifies a
device for good. Inside a run the real name is needed: sockets are tied to it, files are called
after it. So is it on a terminal where a person chooses a path, for --interface takes no other. What
is kept, or written for programs, has `wlx…1` in its place: the first such card of this device.
Weakness: an IPv6 address made of the hardware address (RFC 4291 2.5.1) is another matter.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar, cast

_BY_ADDRESS = re.compile(r"(?<![A-Za-z0-9])((?:en|wl|ww|sl|ib)x)[0-9a-f]{12}(?![A-Za-z0-9])")
_T = TypeVar("_T")


def told_names(names: Iterable[str]) -> dict[str, str]:
    """For each name with a hardware address in it, what to call that interface: the same whenever
    the device has the same cards, in whatever order they are listed."""
    told: dict[str, str] = {}
    counts: dict[str, int] = {}
    for name in sorted(set(names)):
        found = _BY_ADDRESS.fullmatch(name)
        if found is not None:
            kind = found[1]
            counts[kind] = counts.get(kind, 0) + 1
            told[name] = f"{kind}…{counts[kind]}"
    return told


def without_addresses(value: _T, told: Mapping[str, str]) -> _T:
    """The same value with such names replaced in every text inside it, also behind the `%` of a
    link-local address. A name that nobody listed loses its address all the same."""
    return cast(_T, _replaced(value, told))


def _replaced(value: Any, told: Mapping[str, str]) -> Any:
    if type(value) is str:  # not a StrEnum: those are words of ours
        return _BY_ADDRESS.sub(lambda found: told.get(found[0], f"{found[1]}…"), value)
    if isinstance(value, Mapping):
        return {key: _replaced(inner, told) for key, inner in value.items()}
    if isinstance(value, tuple | list):
        inner = [_replaced(one, told) for one in value]
        return type(value)(*inner) if hasattr(value, "_fields") else type(value)(inner)
    if is_dataclass(value) and not isinstance(value, type):
        before = {field.name: getattr(value, field.name) for field in fields(value) if field.init}
        after = {name: _replaced(one, told) for name, one in before.items()}
        changed = {name: one for name, one in after.items() if one != before[name]}
        return replace(value, **changed) if changed else value
    return value
