"""Lines for a person, fitted to a terminal: what the verdict and the explanation are written on."""

from collections.abc import Sequence

from netcheck.render.layout import ascii_only, cells, padded, painted, wrap, wrap_items
from netcheck.text import Words

_INDENT = 2
_WIDEST = 98  # columns of running text; longer lines are hard to read
_NARROWEST = 20  # columns; nobody reads less, and nothing would fit
_ROOMY = 60  # columns from which the confidence stands on the headline's line
# What stands before the reasons and the notes; the longest of them makes their column.
_LABELS = ("for", "against", "leans", "also", "note", "calling", "changed", "settles")
_LEAST_BESIDE_LABEL = 24  # columns; with less, a label stands on its own line


class Sheet:
    """Lines as they are added, wrapped to the width (20 columns at least)."""

    def __init__(self, words: Words, width: int, *, colour: bool, unicode: bool) -> None:
        self.lines: list[str] = [""]
        self.width = width = max(width, _NARROWEST)
        self._words = words
        self._colour = colour
        self._unicode = unicode
        self._body = min(width if width < _ROOMY else width - _INDENT, _WIDEST)

    @property
    def text(self) -> str:
        """All of it, ending in a newline."""
        return "\n".join(self.lines) + "\n"

    def add(self, lines: Sequence[str]) -> None:
        """Lines that were fitted to the width elsewhere."""
        self.lines.extend(lines)

    def blank(self) -> None:
        """An empty line, never two."""
        if self.lines[-1]:
            self.lines.append("")

    def paragraph(self, text: str) -> None:
        """Running text."""
        self._hanging("", text, _INDENT)

    def headline(self, text: str, sureness: str, style: str) -> None:
        """The sentence, with the confidence at the right edge or, in a narrow view, below it."""
        text, sureness = self._plain(text), self._plain(sureness)
        room = self._body - _INDENT
        beside = cells(sureness) + 2 if sureness and self.width >= _ROOMY else 0
        first, *rest = wrap(text, room - beside)
        line = painted(first, style, self._colour)
        if beside:
            line += padded("", room - cells(first) - cells(sureness)) + sureness
        self.lines.append(" " * _INDENT + line)
        self.lines += [" " * _INDENT + painted(more, style, self._colour) for more in rest]
        if sureness and not beside:
            self.lines.append(" " * _INDENT + sureness)

    def labelled(self, label: str, text: str | None) -> None:
        """`for      your phone says SOS`, `label` being an id; nothing if there is no text."""
        if text:
            self.row(self._words.say(label), text, self._label_column())

    def _label_column(self) -> int:
        return max(cells(self._words.say(f"ui.{label}")) for label in _LABELS) + 1

    def row(self, head: str, text: str, column: int) -> None:
        """`head` in a column of its own, and the text beside it, or below in a narrow view."""
        indent = self._inner
        said = self._plain(head)
        if self._body - indent - column < _LEAST_BESIDE_LABEL or cells(said) >= column:
            self.lines.append(" " * indent + painted(said, "dim", self._colour))
            self._hanging("", text, indent + _INDENT)
            return
        self._hanging(said, text, indent, column)

    def numbered(self, number: int, text: str) -> None:
        """One step of a list."""
        self._hanging(str(number), text, self._inner, 3)

    def items(self, items: Sequence[str]) -> None:
        """Short things on one line, parted by points, broken between them."""
        separator = " \u00b7 " if self._unicode else " - "
        plain = [self._plain(item) for item in items]
        for line in wrap_items(plain, separator, self._body - _INDENT):
            self.lines.append(" " * _INDENT + painted(line, "dim", self._colour))

    @property
    def _inner(self) -> int:
        return _INDENT * 2 if self.width >= _ROOMY else _INDENT

    def _hanging(self, head: str, text: str, indent: int, column: int = 0) -> None:
        for line in wrap(self._plain(text), self._body - indent - column):
            start = painted(padded(head, column), "dim", self._colour) if head else " " * column
            self.lines.append(" " * indent + start + line)
            head = ""

    def _plain(self, text: str) -> str:
        return text if self._unicode else ascii_only(text)
