"""`netcheck run --all-paths`: the plan once over each path out of this device, compared."""

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

from netcheck.cli import exit_codes
from netcheck.cli.door import Door, is_terminal
from netcheck.cli.keeping import keep
from netcheck.cli.options import Given
from netcheck.cli.problems import Problem
from netcheck.cli.telling import as_json, sheet

if TYPE_CHECKING:
    from netcheck.agent.running import Request


def perform(given: Given, request: "Request", door: Door) -> int:
    """One run a path, one after the other, so that none takes another's packets for loss. The exit
    code is that of the path in use."""
    from netcheck.agent.paths import compared, ways
    from netcheck.agent.running import Run
    from netcheck.device import reader
    from netcheck.render.paths import PathTold, as_document, render

    machine = reader()
    found = ways(machine.read(), machine)
    if not found:
        raise Problem("error.no-path")
    results = []
    for way in found:
        if not given.quiet and is_terminal(sys.stderr):
            door.say("paths.looking", name=way.interface)
        # The one in use is left to the system: policy routes and tunnels are part of it.
        run = Run(replace(request, interface=None if way.in_use else way.interface, watching=None))
        run.perform()
        results.append((way, run.result()))
    comparison = compared(results)
    told = [PathTold(w.interface, w.kind.value, w.in_use, result) for w, result in results]
    parts = (told, comparison.said, comparison.works, comparison.fails, door.words)
    code = exit_codes.of_result(results[0][1], fail_on=given.fail_on)
    if given.json or given.format == "json":
        code = door.answer(as_json(as_document(*parts)), code)
    else:
        code = door.answer(render(*parts, sheet=sheet(door.words)), code)
    keep(results[0][1], door)
    return code
