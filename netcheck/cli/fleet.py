"""`netcheck fleet`: what the receiving side can do. Each of its verbs has a file of its own."""

import sys

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE
from netcheck.cli.manual import manual
from netcheck.cli.options import Given, Option, Positional

OPTIONS: tuple[Option, ...] = ()
POSITIONALS: tuple[Positional, ...] = ()


def perform(given: Given, door: Door) -> int:
    """Without a second word: which there are."""
    return door.answer(manual("fleet", door.words, sys.stdout), DONE)
