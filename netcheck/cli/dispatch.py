"""From the words on the command line to one verb, and from its problems to one sentence."""

import sys
from collections.abc import Sequence
from itertools import pairwise

from netcheck.cli.door import Door
from netcheck.cli.exit_codes import DONE, FAILED
from netcheck.cli.problems import Problem
from netcheck.cli.telling import TOOLS
from netcheck.cli.verbs import module_of, split

_CUT_OFF = ("ctypes", "hashlib", "lzma", "sqlite3", "ssl", "zlib")
"""Parts of Python that systems with little room package apart (OpenWrt's python3-light), or that
were not built for want of their library."""


def perform(argv: Sequence[str], door: Door) -> int:
    """Run the verb that `argv` names; `run` where it names none. The exit code."""
    door.tool = _tool_asked_for(argv)
    door.clicked = not argv and _clicked()
    try:
        asked = split(argv)
        if asked.wants_help:
            from netcheck.cli.manual import manual

            return door.answer(manual(asked.verb, door.words, sys.stdout), DONE)
        from netcheck.cli.parser import parse

        module = module_of(asked.verb or "run")
        given = parse(asked.verb, module.OPTIONS, module.POSITIONALS, asked.rest)
        code: int = module.perform(given, door)
        return code
    except Problem as problem:
        return door.refuse(problem)
    except ModuleNotFoundError as missing:
        part = (missing.name or "").lstrip("_")
        if part not in _CUT_OFF:
            raise
        return door.refuse(Problem("error.python-lacks", FAILED, name=part))


def _clicked() -> bool:
    from netcheck.cli.double_click import was_clicked
    from netcheck.device.launch import read_launch

    return was_clicked((), read_launch())


def _tool_asked_for(argv: Sequence[str]) -> str | None:
    """Known before the command line is understood, since that may be what fails."""
    for tool in ("nagios", *TOOLS):
        if f"--format={tool}" in argv or ("--format", tool) in pairwise(argv):
            return tool
    return None
