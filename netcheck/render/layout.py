"""Text in cells: measuring, wrapping and painting without the cost of a terminal library."""

import unicodedata
from collections.abc import Sequence

_GLUED = frozenset(("%", "ms", "dBm", "s"))  # units
_NEVER_FIRST = frozenset((":", ";", "?"))  # signs that French sets apart from their word

_ASCII = {
    "\u2713": "ok",
    "\u2717": "X",
    "\u2500": "-",
    "\u00b7": "-",
    "\u2019": "'",
    "\u2013": "-",
    "\u2026": "...",
}

_STYLES = {
    "bold": "1",
    "dim": "2",
    "good": "32",
    "bad": "1;31",
    "warn": "33",
    "good-headline": "1;32",
    "bad-headline": "1;31",
    "warn-headline": "1;33",
}


def cells(text: str) -> int:
    """How many columns a text takes: wide characters take two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(_cell(character) for character in text)


def _cell(character: str) -> int:
    if unicodedata.combining(character) or unicodedata.category(character) in ("Cf", "Mn"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1


def ascii_only(text: str) -> str:
    """The same text for a locale that cannot show more than ASCII: accents are dropped."""
    if text.isascii():
        return text
    swapped = "".join(_ASCII.get(character, character) for character in text)
    plain = unicodedata.normalize("NFKD", swapped)
    return "".join(c if c.isascii() else "?" for c in plain if not unicodedata.combining(c))


def wrap(text: str, width: int) -> list[str]:
    """Lines of at most `width` cells; a word that is longer is broken."""
    width = max(1, width)
    lines: list[str] = []
    line = ""
    for word in _words(text, width):
        joined = f"{line} {word}" if line else word
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = _broken(word, width)
        lines.extend(whole)
    return [*lines, line] if line or not lines else lines


def wrap_items(items: Sequence[str], separator: str, width: int) -> list[str]:
    """Items joined by a separator, broken between items where there is room for that."""
    lines: list[str] = []
    line = ""
    for item in items:
        joined = f"{line}{separator}{item}" if line else item
        if cells(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = wrap(item, width)
        lines.extend(whole)
    return [*lines, line] if line else lines


def padded(text: str, width: int) -> str:
    """The text filled with spaces to `width` cells."""
    return text + " " * max(0, width - cells(text))


def elided(text: str, width: int) -> str:
    """The text, cut to `width` cells at a word if one ends near there."""
    if cells(text) <= width:
        return text
    cut = _broken(text, max(1, width - 2))[0]
    word, space, _ = cut.rpartition(" ")
    return (word if space and len(word) * 2 > len(cut) else cut).rstrip(" (,/") + ".."


def painted(text: str, style: str, colour: bool) -> str:
    """The text in a style, as ECMA-48 sequences; unchanged without colour."""
    return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if colour and text else text


def _words(text: str, width: int) -> list[str]:
    """Words, with what belongs together kept as one where a line has room for it."""
    glued: list[str] = []
    for word in text.split():
        if glued and _belongs(glued[-1], word) and cells(glued[-1]) + 1 + cells(word) <= width:
            glued[-1] += f" {word}"
        else:
            glued.append(word)
    return glued


def _belongs(before: str, word: str) -> bool:
    """A sign to its word, a unit to its number, a verb to `netcheck`, a value to its option."""
    if word in _NEVER_FIRST:
        return True
    if word.strip("().,;") in _GLUED:
        return before[-1:].isdigit()
    return before == "netcheck" or (before.startswith("netcheck --") and before.count(" ") == 1)


def _broken(word: str, width: int) -> list[str]:
    pieces: list[str] = []
    piece = ""
    for character in word:
        if piece and cells(piece) + _cell(character) > width:
            pieces.append(piece)
            piece = ""
        piece += character
    return [*pieces, piece]
