"""What there is to type, read from the command's own tables: for the manual and completions."""

from typing import NamedTuple

from netcheck.cli.verbs import DEFAULT, FLEET, VERBS, module_of, typed
from netcheck.text import words

_ENGLISH = words("C")


class Told(NamedTuple):
    """One option. `value` names what follows, "" for a switch; `choices` are all it may be."""

    flags: tuple[str, ...]
    value: str
    choices: tuple[str, ...]
    help: str

    @property
    def takes_file(self) -> bool:
        """Whether its value is the name of a file."""
        return self.value in ("FILE", "FOLDER")


class Command(NamedTuple):
    """One verb as it is typed, with what it takes. `says` is its line in the list of commands."""

    typed: str
    says: str
    long: str
    takes: str
    options: tuple[Told, ...]


def commands() -> tuple[Command, ...]:
    """All verbs, in the order of the help; those of `fleet` behind it."""
    return tuple(_command(verb) for verb in (*VERBS, *(f"fleet-{name}" for name in FLEET)))


def run_without_name() -> tuple[Told, ...]:
    """The options that need no verb: those of `run`, and the two that are about the command."""
    version = Told(("-V", "--version"), "", (), _ENGLISH.say("option.version"))
    return (*_options(DEFAULT), version)


def say(id: str) -> str:
    """The English words of an id."""
    return _ENGLISH.say(id)


def _command(verb: str) -> Command:
    takes = "".join(
        f" [{one.name.upper()}{' ...' if one.repeats else ''}]"
        for one in module_of(verb).POSITIONALS
    )
    long = _ENGLISH.say(f"verb.{verb}.long")
    return Command(typed(verb), _ENGLISH.say(f"verb.{verb}"), long, takes, _options(verb))


def _options(verb: str) -> tuple[Told, ...]:
    told = [
        Told(one.flags, one.value or "", one.choices, _ENGLISH.say(f"option.{one.name}"))
        for one in module_of(verb).OPTIONS
    ]
    return (*told, Told(("-h", "--help"), "", (), _ENGLISH.say("option.help")))
