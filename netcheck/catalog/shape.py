"""Does a table have the keys and types it must? Complaints name the key's path and the nearest
valid key, because the reader is somebody with a text file open."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from netcheck.catalog.errors import CatalogError

KIND_NAMES = {str: "text", int: "a whole number", bool: "true or false", list: "a list of texts"}


@dataclass(frozen=True, slots=True)
class Shape:
    """The keys a table may have with their types (`list` means a list of texts), and those it
    must have."""

    kinds: Mapping[str, type]
    required: tuple[str, ...] = ()


def checked(path: str, table: object, shape: Shape) -> dict[str, object]:
    """The table itself if it fits.

    Raises:
        CatalogError: a key is unknown, missing, or of another type.
    """
    if not isinstance(table, dict):
        raise CatalogError(path, "is a table of keys and values")
    for key, value in table.items():
        kind = shape.kinds.get(key)
        if kind is None:
            raise CatalogError(f"{path}.{key}", unknown_key(key, shape.kinds))
        check_kind(f"{path}.{key}", value, kind)
    for key in shape.required:
        if key not in table:
            raise CatalogError(path, f"needs `{key}`")
    return table


def check_kind(path: str, value: object, kind: type) -> None:
    """Refuses a value of another type; a boolean is no whole number, an empty text no text."""
    if kind is list:
        texts(path, value)
        return
    if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        raise CatalogError(path, f"is {KIND_NAMES[kind]}, not {value!r}")
    if kind is str and not value:
        raise CatalogError(path, "is empty")


def texts(path: str, value: object) -> tuple[str, ...]:
    """A list of texts, none of them empty."""
    if not isinstance(value, list):
        raise CatalogError(path, f"is {KIND_NAMES[list]}, not {value!r}")
    for index, item in enumerate(value):
        check_kind(f"{path}[{index}]", item, str)
    return tuple(value)


def texts_of(path: str, table: object, keys: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """A table of these keys, whose values are texts: each one's path, key and text. What does not
    fit is refused when it is come to. `path` may be empty."""
    if not isinstance(table, dict):
        raise CatalogError(path, "is a table of " + ", ".join(keys))
    for key, text in table.items():
        where = f"{path}.{key}".lstrip(".")
        if key not in keys:
            raise CatalogError(where, unknown_key(key, keys))
        check_kind(where, text, str)
        yield where, key, text


def unknown_key(key: str, valid: Iterable[str]) -> str:
    """What to say of a key nobody knows."""
    near = nearest(key, valid)
    return f"no such key, did you mean `{near}`?" if near else "no such key"


def nearest(key: str, valid: Iterable[str]) -> str | None:
    """The valid key that was perhaps meant."""
    from difflib import get_close_matches

    return next(iter(get_close_matches(key, list(valid), n=1, cutoff=0.5)), None)


def located(message: str) -> tuple[str, str]:
    """(path, what is wrong) of what msgspec says of a document: it names the object, and a missing
    field of it is put behind its path."""
    reason, _, path = message.partition(" - at `")
    path = path.rstrip("`") or "$"
    missing = reason.removeprefix("Object missing required field `")
    if missing != reason:
        return f"{path}.{missing.rstrip('`')}", "is missing"
    return path, reason[:1].lower() + reason[1:]
