"""The schema of a report as a type for msgspec, and a quick check of the rest.

The type is made from the committed schema, so that there is one truth: closed, each field with its
kind, its range or its list of words. Patterns are checked beside it and what fitted once is
remembered, since asking a pattern for each of fifty words takes longer than all the rest.
"""

import re
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import msgspec

_MOST_REMEMBERED = 10_000  # words of one pattern; beyond that they are only checked
_READ = frozenset(
    ("oneOf", "const", "enum", "type", "pattern", "maxLength", "minimum", "maximum", "items")
) | {"maxItems", "uniqueItems"}
_WORDS = re.compile(r"\^\(([<>=0-9a-z|-]+)\)\$")  # a pattern that is no more than a list of words


class Pattern:
    """Whether words fit a pattern of JSON Schema, where `$` is the very end (ECMA-262)."""

    def __init__(self, pattern: str) -> None:
        self._fits = re.compile(pattern.removeprefix("^").removesuffix("$"), re.ASCII).fullmatch
        self.seen: set[str] = set()

    def fits(self, word: str) -> bool:
        """One word."""
        if word in self.seen:
            return True
        if self._fits(word) is None:
            return False
        if len(self.seen) < _MOST_REMEMBERED:
            self.seen.add(word)
        return True


class Shape:
    """What the schema asks for. Raises KeyError for a rule in words that are not read here: passing
    it over would let through what the schema refuses."""

    def __init__(self, schema: Mapping[str, Any]) -> None:
        rules: Mapping[str, Mapping[str, Any]] = schema["properties"]
        if set(schema["required"]) != set(rules) or schema["additionalProperties"] is not False:
            raise KeyError("a field may be missing, or the schema is open")
        fields: list[Any] = [(name, _type(rule)) for name, rule in rules.items()]
        self.struct = msgspec.defstruct("Told", fields, forbid_unknown_fields=True, gc=False)
        found = {name: _pattern(rule) for name, rule in rules.items()}
        patterns = {name: Pattern(one) for name, one in found.items() if one}
        lists = [name for name, rule in rules.items() if rule.get("type") == "array"]
        self._words = [(name, one) for name, one in patterns.items() if name not in lists]
        self._lists = [(name, patterns.get(name)) for name in lists]

    def fits(self, told: Any) -> bool:
        """Whether the patterns fit, and nothing is twice where it may not be."""
        for name, pattern in self._words:
            word = getattr(told, name)
            if word is not None and word not in pattern.seen and not pattern.fits(word):
                return False
        for name, words in self._lists:
            listed = getattr(told, name)
            if not listed:
                continue
            if len(set(listed)) < len(listed):
                return False
            if words and not words.seen.issuperset(listed) and not all(map(words.fits, listed)):
                return False
        return True


def _pattern(rule: Mapping[str, Any]) -> str | None:
    """Of the field, or of what its list holds; None where the type alone says it all."""
    for inner in (rule, rule.get("items", {}), *rule.get("oneOf", ())):
        if "pattern" in inner and not _WORDS.fullmatch(inner["pattern"]):
            return str(inner["pattern"])
    return None


def _type(rule: Mapping[str, Any]) -> Any:
    unknown = set(rule) - _READ
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    if "oneOf" in rule:
        return _one_of([_type(one) for one in rule["oneOf"]])
    if "const" in rule:
        return Literal[rule["const"]]
    if "enum" in rule:
        return Literal[tuple(rule["enum"])]
    kinds = rule["type"]
    return _one_of([_PLAIN[kind](rule) for kind in ([kinds] if isinstance(kinds, str) else kinds)])


def _one_of(types: list[Any]) -> Any:
    found = types[0]
    for one in types[1:]:
        found = found | one
    return found


def _text(rule: Mapping[str, Any]) -> Any:
    words = _WORDS.fullmatch(rule.get("pattern", ""))
    if words:
        return Literal[tuple(words[1].split("|"))]
    return Annotated[str, msgspec.Meta(max_length=rule.get("maxLength"))]


def _number(rule: Mapping[str, Any]) -> Any:
    return Annotated[int, msgspec.Meta(ge=rule.get("minimum"), le=rule.get("maximum"))]


def _array(rule: Mapping[str, Any]) -> Any:
    listed: Any = tuple.__class_getitem__((_type(rule["items"]), ...))
    return Annotated[listed, msgspec.Meta(max_length=rule.get("maxItems"))]


_PLAIN: dict[str, Callable[[Mapping[str, Any]], Any]] = {
    "string": _text,
    "integer": _number,
    "array": _array,
    "boolean": lambda _: bool,
    "null": lambda _: None,
}
