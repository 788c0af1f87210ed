"""The questions a run may put: which carrier, while the local stages run; and once all has been
looked at one more, where its answer would settle the verdict."""

import os
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from netcheck.cli.door import Door, is_terminal, plain, write
from netcheck.cli.problems import Problem
from netcheck.cli.settings import carrier_called

if TYPE_CHECKING:
    from netcheck.catalog import Catalog
    from netcheck.model.carrier import Carrier
    from netcheck.model.testimony import Question

_MOST_TRIES = 2  # the question, and once more after a typing mistake
_LONGEST_ANSWER = 200  # characters


def somebody_is_there() -> bool:
    """Whether a question would be seen and could be answered: two terminals, and we are in the
    foreground (a background job that reads its terminal is stopped)."""
    if not (is_terminal(sys.stdin) and is_terminal(sys.stderr)):
        return False
    try:
        return os.tcgetpgrp(sys.stdin.fileno()) == os.getpgrp()
    except (AttributeError, OSError, ValueError):
        return True


class Answer(NamedTuple):
    """`words` named the carrier, None if the question was skipped. An answer that nobody gave,
    or that named nobody, is not worth keeping: the question may come again."""

    carrier: "Carrier | None"
    words: str | None
    worth_keeping: bool


def ask_for_carrier(door: Door, catalog: "Catalog", country: str | None) -> Answer:
    """Put the question, and once more after a typing mistake."""
    for _ in range(_MOST_TRIES):
        write(sys.stderr, plain(door.words.say("ui.ask-carrier"), sys.stderr) + " ")
        line = _line()
        if not line:
            return Answer(None, None, False)
        words = line.strip()
        if not words:
            return Answer(None, None, True)
        try:
            return Answer(carrier_called(words, catalog, country), words, True)
        except Problem as unknown:
            door.refuse(unknown)
    return Answer(None, None, False)


def ask_about_phone(door: Door, question: "Question", carrier: str | None) -> str | None:
    """Put it with its choices; the chosen one, or None where it was skipped. A choice is taken by
    its number, its letter or its own word. Asked once more after a typing mistake."""
    from netcheck.model.testimony import ANSWERS

    choices = ANSWERS[question]
    said = [door.words.say(f"{question}.{choice}") for choice in choices]
    keys = letters(said)
    lines = [door.words.say(f"ui.ask-{question}", {"carrier": carrier})]
    rows = enumerate(zip(keys, said, strict=True), start=1)
    lines += [f"  {number} {key}  {text}" for number, (key, text) in rows]
    write(sys.stderr, plain("\n".join(lines), sys.stderr) + "\n")
    for _ in range(_MOST_TRIES):
        write(sys.stderr, plain(door.words.say("ui.choose"), sys.stderr) + " ")
        typed = _line().strip().casefold()
        if not typed:
            return None
        for number, (key, choice) in enumerate(zip(keys, choices, strict=True), start=1):
            if typed in (str(number), key, choice):
                return choice
        door.say("error.no-such-choice", name=typed)
    return None


def letters(texts: Sequence[str]) -> list[str]:
    """A letter for each text: its first that no text before it has taken; empty where none is."""
    taken: list[str] = []
    for text in texts:
        own = (letter for letter in text.casefold() if letter.isalpha() and letter not in taken)
        taken.append(next(own, ""))
    return taken


def _line() -> str:
    """What was typed, with its newline; empty where the terminal is at its end or went away."""
    assert sys.stdin is not None
    try:
        return sys.stdin.readline(_LONGEST_ANSWER)
    except (OSError, ValueError):
        return ""


def keep_answer(words_typed: str | None, door: Door) -> None:
    """Remember it, skipped or not, so that nobody is asked twice."""
    from netcheck.store import StoreUnavailable, choices

    try:
        choices.keep_carrier(choices.CarrierAnswer(words_typed))
    except StoreUnavailable as wrong:
        door.say("error.choice-not-kept", reason=wrong.reason)
