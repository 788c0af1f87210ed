"""Reading a command line with argparse, and saying what is wrong with it in one sentence."""

import argparse
from collections.abc import Sequence
from typing import NoReturn

from netcheck.cli.options import Given, Option, Positional, Unfit
from netcheck.cli.problems import Problem, nearest


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise Problem("error.command-line", reason=message)


def parse(
    verb: str | None,
    options: Sequence[Option],
    positionals: Sequence[Positional],
    words: Sequence[str],
) -> Given:
    """What was given. Raises Problem for what no option of the verb is."""
    parser = _Parser(add_help=False, allow_abbrev=False, exit_on_error=False)
    for option in options:
        _add(parser, option)
    for positional in positionals:
        parser.add_argument(positional.name, nargs="*" if positional.repeats else "?")
    try:
        given, left = parser.parse_known_args(list(words))
    except argparse.ArgumentError as wrong:
        raise _worded(wrong, options) from None
    if left:
        raise _not_understood(left[0], verb, options)
    for option in options:
        _check(option, given)
    return given


def _add(parser: argparse.ArgumentParser, option: Option) -> None:
    if option.value is None:
        parser.add_argument(*option.flags, dest=option.dest, action="store_true")
    else:
        action = "append" if option.repeats else "store"
        parser.add_argument(*option.flags, dest=option.dest, action=action)


def _worded(wrong: argparse.ArgumentError, options: Sequence[Option]) -> Problem:
    name = str(wrong.argument_name)
    for option in options:
        if "/".join(option.flags) == name:
            name = option.flag
            what = "error.takes-no-value" if option.value is None else "error.needs-value"
            return Problem(what, name=name, reason=option.value)
    return Problem("error.command-line", reason=str(wrong))


def _not_understood(word: str, verb: str | None, options: Sequence[Option]) -> Problem:
    if not word.startswith("-"):
        from netcheck.cli.verbs import VERBS

        if verb is None and word in VERBS:
            return Problem("error.verb-first", name=word)
        return Problem("error.unexpected-word", name=word)
    flag = word.partition("=")[0]
    near = nearest(flag, [option.flag for option in options], cutoff=0.6)
    return Problem("error.unknown-option", name=flag, nearest=near)


def _check(option: Option, given: Given) -> None:
    value = getattr(given, option.dest)
    if value is None or option.value is None:
        return
    values = value if option.repeats else [value]
    for text in values:
        if option.choices and text not in option.choices:
            raise Problem(
                "error.not-a-choice",
                name=option.flag,
                reason=text,
                nearest=nearest(text, list(option.choices)),
                choices=", ".join(option.choices),
            )
    if option.read is not None:
        read = [_read(option, text) for text in values]
        setattr(given, option.dest, read if option.repeats else read[0])


def _read(option: Option, text: str) -> object:
    assert option.read is not None
    try:
        return option.read(text)
    except ValueError as wrong:
        needed = wrong.needed if isinstance(wrong, Unfit) else str(wrong)
        raise Problem("error.bad-value", name=option.flag, reason=text, needed=needed) from None
