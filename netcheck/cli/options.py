"""What a verb's options are made of. Their help is in the `text` room: `option.NAME`."""

from argparse import Namespace
from collections.abc import Callable
from typing import NamedTuple

from netcheck.model.finding import Parameter
from netcheck.model.verdict import Worded

Given = Namespace


class Unfit(ValueError):
    """A value that does not fit; `needed` are the words for what would."""

    def __init__(self, id: str, **params: Parameter) -> None:
        super().__init__(id)
        self.needed = Worded(id, params)


class Option(NamedTuple):
    """`value` names what follows, None for a switch. `choices` are all it may be; `read` turns
    the text into what the verb wants and raises Unfit. `short` is another way to type it."""

    name: str
    value: str | None = None
    choices: tuple[str, ...] = ()
    repeats: bool = False
    read: Callable[[str], object] | None = None
    short: str = ""

    @property
    def flag(self) -> str:
        """As it is typed."""
        return f"--{self.name}"

    @property
    def flags(self) -> tuple[str, ...]:
        """All ways to type it."""
        return (self.short, self.flag) if self.short else (self.flag,)

    @property
    def dest(self) -> str:
        """The attribute it ends up as."""
        return self.name.replace("-", "_")


class Positional(NamedTuple):
    """A word that is no option; it may be left out."""

    name: str
    repeats: bool = False


JSON = Option("json")
CONFIG = Option("config", "FILE")
CARRIER = Option("carrier", "NAME")
CANNOT_REACH = Option("cannot-reach", "NAME")
ADB = Option("adb")
TERMUX = Option("termux")


def whole_between(least: int, most: int) -> Callable[[str], int]:
    """A reader of whole numbers in these bounds. What it reads raises Unfit."""

    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit() and least <= int(text) <= most):
            raise Unfit("needed.number", count=least, total=most)
        return int(text)

    return read


def seconds_between(least: float, most: float, text: str) -> float:
    """A number of seconds in these bounds. Raises Unfit."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not least <= seconds <= most:
        raise Unfit("needed.seconds", count=least, total=most)
    return seconds
