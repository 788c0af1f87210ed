"""The verbs there are, and how the first word of a command line becomes one."""

from collections.abc import Sequence
from importlib import import_module
from typing import NamedTuple, Protocol

from netcheck.cli.door import Door
from netcheck.cli.options import Given, Option, Positional
from netcheck.cli.problems import Problem, nearest

VERBS = (
    *("run", "watch", "explain", "show", "replay", "phone", "carriers", "targets", "checks"),
    *("history", "verify", "report", "bundle", "compare", "doctor"),
    "mapping-helper",
    "fleet",
)
FLEET: tuple[str, ...] = ("serve", "relay", "publish", "keys", "summarize", "demo")
"""What `fleet` does, by its second word: `fleet serve` is the verb `fleet-serve`."""

DEFAULT = "run"


class Verb(Protocol):
    """What a verb's file has."""

    OPTIONS: tuple[Option, ...]
    POSITIONALS: tuple[Positional, ...]

    def perform(self, given: Given, door: Door) -> int:
        """Do it, and say it at the door. The exit code."""
        ...


class Asked(NamedTuple):
    """`verb` None: none was named, so it is `run`, and help is about everything."""

    verb: str | None
    rest: tuple[str, ...]
    wants_help: bool


def split(argv: Sequence[str]) -> Asked:
    """Which verb, with which words. Raises Problem for a verb that does not exist."""
    rest = list(argv)
    verb: str | None = None
    if rest and not rest[0].startswith("-"):
        verb = rest.pop(0)
        if verb == "help":
            verb = rest.pop(0) if rest else None
            rest.append("--help")
        if verb is not None and verb not in VERBS:
            raise Problem("error.unknown-verb", name=verb, nearest=nearest(verb, list(VERBS)))
        if verb == "fleet" and rest and not rest[0].startswith("-"):
            second = rest.pop(0)
            if second not in FLEET:
                close = nearest(second, list(FLEET))
                raise Problem("error.unknown-verb", name=f"fleet {second}", nearest=close)
            verb = f"fleet-{second}"
    before_dashes = rest[: rest.index("--")] if "--" in rest else rest
    return Asked(verb, tuple(rest), bool({"-h", "--help"} & set(before_dashes)))


def typed(verb: str) -> str:
    """The verb as a person types it: `fleet serve` for `fleet-serve`."""
    return verb.replace("fleet-", "fleet ", 1)


def module_of(verb: str) -> Verb:
    """The verb's file."""
    module: Verb = import_module(f"netcheck.cli.{verb.replace('-', '_')}")
    return module
