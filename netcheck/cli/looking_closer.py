"""What stands beneath a verdict for who wants to see more: `--stage`, `--timings`, `--deep`."""

import sys
from typing import TYPE_CHECKING

from netcheck.cli.door import Door, width_of, write
from netcheck.cli.telling import sheet

if TYPE_CHECKING:
    from netcheck.agent.running import Request
    from netcheck.model.finding import Parameter
    from netcheck.model.result import Result
    from netcheck.model.stage import Stage
    from netcheck.text import Words


MAPPING = "mapping-outlives-silence"  # measures only against a helper of one's own


def announce(door: Door, request: "Request") -> None:
    """Say on standard error, before any of it starts, what this run does beyond a usual one: the
    costly checks, the bytes it fills the line with, the phone that it reads."""
    if request.deep and request.stage is None:  # of one stage all checks are run, deep or not
        _announce_depth(door, request)
    _announce_load(door, request)
    if request.reads is not None:
        door.say(f"phone.beside.{request.reads}")


def _announce_depth(door: Door, request: "Request") -> None:
    """How long it may take: the slowest of those that run side by side, then those alone."""
    from netcheck.checks import ALL

    deep = [check.spec for check in ALL if check.spec.deep]
    if not request.catalog.mapping_helpers:
        deep = [spec for spec in deep if spec.id != MAPPING]
    together_ms = max(spec.deadline_ms for spec in deep if not spec.alone)
    alone_ms = sum(spec.deadline_ms for spec in deep if spec.alone)
    told: dict[str, Parameter] = {
        "count": len(deep),
        "seconds": round((together_ms + alone_ms) / 1000),
    }
    write(sys.stderr, door.words.say("ui.deep", told) + "\n")


def _announce_load(door: Door, request: "Request") -> None:
    from netcheck.model.stage import Stage

    if (request.deep and request.stage is None) or request.stage is Stage.ROUTER:
        for server in request.catalog.load[:1]:
            told: dict[str, Parameter] = {"count": server.most_mb, "name": server.host}
            write(sys.stderr, door.words.say("ui.load", told) + "\n")


def beneath(result: "Result", words: "Words", *, stage: "Stage | None", timings: bool) -> str:
    """The figures of one stage and the waterfall of the run, as far as they were asked for."""
    text = ""
    if stage is not None:
        from netcheck.checks import ALL
        from netcheck.render.stage import write_stage

        page = sheet(words)
        write_stage(result.observations, [c.id for c in ALL if c.spec.stage == stage], page)
        text += page.text
    if timings:
        text += _timings(result, words)
    return text


def _timings(result: "Result", words: "Words") -> str:
    from netcheck.checks import ALL
    from netcheck.render.waterfall import critical_path, end_ms, waterfall

    chain = critical_path(result.observations, [check.spec for check in ALL])
    told = " > ".join(f"{one.check} {end_ms(one):.0f} ms" for one in chain)
    page = sheet(words)
    page.add(waterfall(result.observations, width_of(sys.stdout)))
    page.blank()
    page.paragraph(words.say("ui.critical-path", {"name": told}))
    return page.text
