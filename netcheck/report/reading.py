"""Bytes that say they are a report: are they one? By the committed schema, and to the byte.

What is read here was written by somebody else, or has lain on a disk. Only what netcheck itself
would have written passes: a key that is there twice, a blank too many or a body of another size is
room in which something else could travel.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from netcheck.report.form import FIELDS, SIZES, Report, encode

_KINDS: Mapping[str, type] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


class NotAReport(ValueError):
    """`path` is the field that does not fit; empty where the whole does not. What stands there is
    not repeated: it may be anything."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: {reason}" if path else reason)
        self.path = path
        self.reason = reason


def read(body: bytes) -> Report:
    """The report in these bytes. Raises NotAReport."""
    if len(body) not in SIZES:
        raise NotAReport("", f"is not of {', '.join(map(str, SIZES))} bytes")
    try:
        told = json.loads(body.decode("ascii"))
    except (ValueError, RecursionError):
        raise NotAReport("", "is no JSON in ASCII") from None
    check(told)
    lists = {name: tuple(told[name]) for name in FIELDS if isinstance(told[name], list)}
    report = Report(**{name: told[name] for name in FIELDS} | lists)
    if encode(report) != body:
        raise NotAReport("", "is not written as netcheck writes it")
    return report


def check(told: object) -> None:
    """Whether what JSON told fits the schema. Raises NotAReport with the first that does not."""
    for path, reason in _misfits(told, schema(), ""):
        raise NotAReport(path, reason)


@cache
def schema() -> Mapping[str, Any]:
    """The committed JSON Schema (2020-12) of a report."""
    text = files("netcheck.report").joinpath("schema/report-1.json").read_text("utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _misfits(value: object, rule: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    """What does not fit, outermost first: of JSON Schema the words that ours is written in."""
    if "oneOf" in rule:
        tries = [list(_misfits(value, one, path)) for one in rule["oneOf"]]
        if all(tries):
            yield tries[-1][0]
        return
    kinds = rule.get("type", ())
    if not _is_one_of(value, (kinds,) if isinstance(kinds, str) else kinds):
        yield path, f"is not of the type {kinds if isinstance(kinds, str) else ' or '.join(kinds)}"
        return
    if "const" in rule and value != rule["const"]:
        yield path, f"is not {rule['const']}"
    if "enum" in rule and not (value is None or isinstance(value, str)):
        yield path, "is no word"
    elif "enum" in rule and value not in rule["enum"]:
        yield path, "is no word of its list"
    if isinstance(value, dict):
        yield from _of_object(value, rule, path)
    elif isinstance(value, list):
        yield from _of_array(value, rule, path)
    elif isinstance(value, str):
        yield from _of_text(value, rule, path)
    elif isinstance(value, int) and not isinstance(value, bool):
        yield from _of_number(value, rule, path)


def _is_one_of(value: object, kinds: tuple[str, ...]) -> bool:
    """A boolean is no whole number here, and 1.0 is none either."""
    return not kinds or any(type(value) is _KINDS[kind] for kind in kinds)


def _of_object(
    value: Mapping[str, object], rule: Mapping[str, Any], path: str
) -> Iterator[tuple[str, str]]:
    if any(name not in rule["properties"] for name in value):
        yield path, "holds a field that no report has"
    for name, inner in rule["properties"].items():
        if name in value:
            yield from _misfits(value[name], inner, f"{path}.{name}".lstrip("."))
        elif name in rule["required"]:
            yield f"{path}.{name}".lstrip("."), "is missing"


def _of_array(value: list[object], rule: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if len(value) > rule.get("maxItems", len(value)):
        yield path, "holds too many"
    for at, item in enumerate(value):
        yield from _misfits(item, rule["items"], f"{path}[{at}]")
        if rule.get("uniqueItems") and item in value[:at]:
            yield f"{path}[{at}]", "is there twice"


def _of_number(value: int, rule: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if not rule.get("minimum", value) <= value <= rule.get("maximum", value):
        yield path, "is out of its range"


def _of_text(value: str, rule: Mapping[str, Any], path: str) -> Iterator[tuple[str, str]]:
    if len(value) > rule.get("maxLength", len(value)):
        yield path, "is too long"
    pattern = rule.get("pattern")
    # The schema's `$` is the very end (ECMA-262), Python's may stand before a last newline.
    if pattern and not re.fullmatch(pattern.removeprefix("^").removesuffix("$"), value, re.ASCII):
        yield path, "is not as it must be"
