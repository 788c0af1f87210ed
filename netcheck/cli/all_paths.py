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
    from netcheck.agent.paths import Way
    from netcheck.agent.running import Request, Run
    from netcheck.model.result import Result


def perform(given: Given, request: "Request", door: Door) -> int:
    """One run a path, one after the other, so that none takes another's packets for loss. The exit
    code is that of the path in use."""
    from netcheck.agent.paths import nowhere, ways
    from netcheck.agent.portion import portion
    from netcheck.agent.running import Run
    from netcheck.device import reader

    machine = reader()
    device = machine.read()
    leading_out = ways(device, machine)
    found = leading_out or nowhere(device)
    if not found:
        raise Problem("error.no-path")
    so_far = AllPaths(given, door, leads_out=bool(leading_out))
    door.so_far = so_far
    share, left_ms = portion(len(found)), request.budget_ms
    for number, way in enumerate(found):
        if not given.quiet and is_terminal(sys.stderr):
            door.say("paths.looking", name=way.interface)
        # The one in use is left to the system: policy routes and tunnels are part of it.
        run = Run(
            replace(
                request,
                interface=None if way.in_use else way.interface,
                budget_ms=left_ms / (len(found) - number) if left_ms else None,
                deep=request.deep and way.in_use,  # it fills the line: another may be paid by size
                watching=None,
                portion=share,
            )
        )
        so_far.runs.append((way, run))
        run.perform()
        if left_ms:
            left_ms = max(1.0, left_ms - run.lasted_ms)
    results = so_far.results()
    code = door.answer(so_far.told(results), so_far.code(results))
    keep(results[0][1], door)
    return code


class AllPaths:
    """The runs so far, and what an interrupt finds of them."""

    def __init__(self, given: Given, door: Door, *, leads_out: bool) -> None:
        self.runs: list[tuple[Way, Run]] = []
        self._ended: list[tuple[Way, Result]] = []
        self._given, self._door, self._leads_out = given, door, leads_out

    def results(self) -> "list[tuple[Way, Result]]":
        """Each path's result; one that finds trouble has been told of the others."""
        from netcheck.agent.paths import told_of_others
        from netcheck.checks.another_way_works import told_of

        results = [(way, run.result()) for way, run in self.runs]
        told = told_of_others(results)
        for (_, run), (_, own), facts in zip(self.runs, results, told, strict=True):
            if facts is not None:
                run.learn(told_of(facts, own.duration_ms))
        self._ended = [
            (way, run.result() if facts else own)
            for (way, run), (_, own), facts in zip(self.runs, results, told, strict=True)
        ]
        return self._ended

    def code(self, results: "list[tuple[Way, Result]]") -> int:
        """That of the path in use, or of the likeliest one where none is."""
        return exit_codes.of_result(results[0][1], fail_on=self._given.fail_on)

    def told(self, results: "list[tuple[Way, Result]]") -> str:
        """The comparison in the format asked for."""
        from netcheck.agent.paths import compared
        from netcheck.device.interface_names import told_names, without_addresses
        from netcheck.render.paths import PathTold, as_document, render

        comparison = compared(results)
        told = [PathTold(w.interface, w.kind.value, w.in_use, result) for w, result in results]
        words = self._door.words
        said = comparison.said if self._leads_out else "no-way"
        parts = (told, said, comparison.works, comparison.fails, words)
        if self._given.json or self._given.format == "json":
            # A person chooses a path by its real name; what a program keeps has no address in it.
            names = told_names(one.name for one in self.runs[0][1].situation.device.interfaces)
            return as_json(without_addresses(as_document(*parts), names))
        return render(*parts, sheet=sheet(words))

    def tell(self) -> tuple[str, int | None]:
        """The paths looked at so far; the one under way as far as it came."""
        if not self.runs:
            return "", None
        self.runs[-1][1].interrupt()
        return self.told(self.results()), None

    def keep(self) -> None:
        """As after any run, if the path in use was looked at."""
        if self._ended:
            keep(self._ended[0][1], self._door)
