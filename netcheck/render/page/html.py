"""Markup that cannot be broken into: every text is escaped unless it was made here.

The page is ASCII, with character references for the rest, so that it reads the same whatever
encoding a pipe, a mail program or a web server gives it (HTML 13.2.2).
"""

import html
from collections.abc import Iterable

# Elements that have no end tag (HTML 13.1.2). Inside SVG every element has one.
_VOID = frozenset(("meta", "br", "col"))


class Markup(str):
    """A text that is markup already, made by `tag` or `joined`."""

    __slots__ = ()


def text(said: str) -> Markup:
    """Any text as content or attribute: escaped, without control and direction characters."""
    shown = "".join(c if c.isprintable() else " " for c in said)
    return Markup(html.escape(shown, quote=True).encode("ascii", "xmlcharrefreplace").decode())


def tag(name: str, /, *content: str | None, **attributes: str | float | None) -> Markup:
    """An element. An attribute's name has `-` for `_`, and `class_` is class; None leaves an
    attribute or a piece of content out."""
    said = "".join(
        f' {_name(key)}="{text(_figure(value))}"'
        for key, value in attributes.items()
        if value is not None
    )
    if name in _VOID:
        return Markup(f"<{name}{said}>")
    return Markup(f"<{name}{said}>{joined(content)}</{name}>")


def joined(parts: Iterable[str | None]) -> Markup:
    """Pieces in a row: what is not markup yet is escaped."""
    return Markup(
        "".join(part if isinstance(part, Markup) else text(part) for part in parts if part)
    )


def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _figure(value: str | float) -> str:
    """Numbers with a tenth at most: no picture here is finer."""
    return f"{value:.1f}".removesuffix(".0") if isinstance(value, float) else str(value)
