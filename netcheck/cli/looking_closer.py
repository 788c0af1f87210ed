"""What stands beneath a verdict for who wants to see more: `--stage`, `--timings`, `--deep`."""

import sys
from typing import TYPE_CHECKING

from netcheck.cli.door import Door, width_of, write
from netcheck.cli.telling import sheet

if TYPE_CHECKING:
    from netcheck.model.result import Result
    from netcheck.model.stage import Stage
    from netcheck.text import Words


def announce_depth(door: Door) -> None:
    """Say on standard error how long the costly checks may take, before any of them starts."""
    from netcheck.checks import ALL

    deep = [check.spec for check in ALL if check.spec.deep]
    seconds = round(sum(spec.deadline_ms for spec in deep) / 1000)
    write(sys.stderr, door.words.say("ui.deep", {"count": len(deep), "seconds": seconds}) + "\n")


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
