"""Blocks of bytes parted into documents: one a line, or printed over many as `--json` does."""

from collections.abc import Iterator
from typing import NamedTuple

MOST_BYTES = 16 * 1024 * 1024  # of a document; a result has some tens of thousands


class Document(NamedTuple):
    """The line it begins on, and its bytes; None: it was too long."""

    line: int
    raw: bytes | None


def documents(blocks: Iterator[bytes]) -> Iterator[Document]:
    """Each line that says something; a line of `{` alone begins a document that the next line of
    `}` ends. One that is broken off ends where another begins."""
    printed: _Printed | None = None
    for number, line in _lines(blocks):
        if printed is None and line is not None and line[:1] == b"{" and len(line) > 2:
            yield Document(number, line)
            continue
        if printed is not None and line is not None and line[:1] != b"{":
            printed.take(line)
            if line[:1] == b"}":
                yield printed.document
                printed = None
            continue
        if printed is not None:
            yield printed.document
            printed = None
        if line is not None and line.strip() == b"{":
            printed = _Printed(number, line)
        elif line is None or line.strip():
            yield Document(number, line)
    if printed is not None:
        yield printed.document


class _Printed:
    """A document over many lines, as far as it is read."""

    def __init__(self, began: int, first: bytes) -> None:
        self._began = began
        self._lines = [first]
        self._bytes = len(first)

    def take(self, line: bytes) -> None:
        self._bytes += len(line)
        if self._bytes > MOST_BYTES:
            self._lines.clear()
        else:
            self._lines.append(line)

    @property
    def document(self) -> Document:
        whole = b"\n".join(self._lines) if self._bytes <= MOST_BYTES else None
        return Document(self._began, whole)


def _lines(blocks: Iterator[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Numbered from 1; None in place of one that is too long. The last may lack its end."""
    number = 0
    rest = b""
    too_long = False
    for block in blocks:
        first, *more = block.split(b"\n")
        rest = b"" if too_long else rest + first
        too_long = too_long or len(rest) > MOST_BYTES
        for line in more:
            number += 1
            yield number, None if too_long else rest
            rest, too_long = line, False
    if too_long or rest:
        yield number + 1, None if too_long else rest
