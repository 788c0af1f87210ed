"""`--help`: what there is to type, from the same tables that the parser reads."""

from collections.abc import Sequence
from typing import TextIO

from netcheck.cli.door import plain, width_of
from netcheck.cli.options import Option, Positional
from netcheck.cli.verbs import DEFAULT, FLEET, VERBS, module_of, typed
from netcheck.render.layout import cells, padded, wrap
from netcheck.text import Words

_WIDEST = 90  # columns
_COLUMN = 26  # columns of an option's name before its help begins on a line of its own
_LEAST_BESIDE = 30  # columns; with less, help stands below


def manual(verb: str | None, words: Words, stream: TextIO | None) -> str:
    """The help of one verb; of everything, with `run`'s options, where none was named."""
    width = min(width_of(stream), _WIDEST)
    module = module_of(verb or DEFAULT)
    usage = f"netcheck {typed(verb)}" if verb else "netcheck"
    lines = [f"{usage}{_placed(module.POSITIONALS)} [OPTIONS]"]
    if verb is None:
        lines += [" " * 9 + "COMMAND [...]", "", *wrap(words.say("verb.netcheck"), width)]
        lines += ["", words.say("verb.commands")]
        lines += _table([(name, words.say(f"verb.{name}")) for name in VERBS], width)
        lines += ["", words.say("verb.options-of-run")]
    else:
        lines += ["", *wrap(words.say(f"verb.{verb}.long"), width)]
        if verb == "fleet":
            lines += ["", words.say("verb.commands")]
            lines += _table([(name, words.say(f"verb.fleet-{name}")) for name in FLEET], width)
        lines += ["", words.say("verb.options")]
    told = [_told(option, words) for option in module.OPTIONS]
    told.append(("--help", words.say("option.help")))
    if verb is None:
        told.append(("--version", words.say("option.version")))
    lines += _table(told, width)
    if verb in (None, "run", "replay", "show"):
        lines += ["", *wrap(words.say("verb.exit-codes"), width)]
    if words.unreviewed:
        lines += ["", *wrap(words.unreviewed, width)]
    return plain("\n".join(lines) + "\n", stream)


def _placed(positionals: Sequence[Positional]) -> str:
    return "".join(f" [{one.name.upper()}{' ...' if one.repeats else ''}]" for one in positionals)


def _told(option: Option, words: Words) -> tuple[str, str]:
    value = f" {option.value}" if option.value else ""
    help = words.say(f"option.{option.name}")
    if option.choices:
        choices = words.joined("comma", option.choices)
        help = words.joined("colon", (help, choices))
    return f"{option.flag}{value}", help


def _table(rows: Sequence[tuple[str, str]], width: int) -> list[str]:
    column = min(max((cells(name) for name, _ in rows), default=0) + 2, _COLUMN)
    beside = width - 2 - column >= _LEAST_BESIDE
    lines = []
    for name, help in rows:
        if beside and cells(name) + 2 <= column:
            first, *rest = wrap(help, width - 2 - column)
            lines.append("  " + padded(name, column) + first)
        else:
            lines.append("  " + name)
            rest = wrap(help, width - 2 - (column if beside else 4))
        lines += [" " * (2 + (column if beside else 4)) + line for line in rest]
    return lines
