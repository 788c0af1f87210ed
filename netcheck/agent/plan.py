"""What may start now: the plan as a pure function of what has started and ended.

A check starts the moment each check it needs has one good observation; it is skipped, with the
reason, when one of them ended without any. Controls have the same needs as what they control,
never more, so a failure of one's own never takes its control away.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from netcheck.model.check import CheckSpec
from netcheck.model.stage import Stage


@dataclass(frozen=True, slots=True)
class Progress:
    """Check ids: that have a good observation, and that have ended, whatever came of them."""

    good: frozenset[str]
    ended: frozenset[str]


@dataclass(frozen=True, slots=True)
class Ready:
    """What to do now: checks to start, and checks to skip with the need that was not met."""

    start: tuple[str, ...]
    skip: tuple[tuple[str, str], ...]


def ready(specs: Iterable[CheckSpec], started: Collection[str], progress: Progress) -> Ready:
    """Which of the checks that have not started may start now, and which never will."""
    present = {spec.id: spec for spec in specs}
    start: list[str] = []
    skip: list[tuple[str, str]] = []
    for spec in present.values():
        if spec.id in started:
            continue
        needs = [need for need in spec.needs if need in present]
        unmet = [n for n in needs if n in progress.ended and n not in progress.good]
        if unmet:
            skip.append((spec.id, unmet[0]))
        elif all(need in progress.good for need in needs) and all(
            other in progress.ended for other in _before(spec, present.values())
        ):
            start.append(spec.id)
    return Ready(tuple(start), tuple(skip))


def _before(spec: CheckSpec, present: Collection[CheckSpec]) -> list[str]:
    """What must have ended: a check that disturbs the others waits for all of them, and for those
    of its kind that come before it."""
    ids = [other.id for other in present]
    if not spec.alone:
        return [other for other in spec.after if other in ids]
    place = ids.index(spec.id)
    return [other.id for number, other in enumerate(present) if not other.alone or number < place]


def chosen(
    specs: Iterable[CheckSpec], *, deep: bool = False, stage: Stage | None = None
) -> frozenset[str]:
    """The checks of a run: the usual ones, with `deep` all of them, with `stage` those of one
    stage and whatever these need, follow or wait for."""
    present = {spec.id: spec for spec in specs}
    if stage is None:
        return frozenset(id for id, spec in present.items() if deep or not spec.deep)
    wanted: set[str] = set()
    todo = [id for id, spec in present.items() if spec.stage == stage]
    while todo:
        id = todo.pop()
        if id in wanted or id not in present:
            continue
        wanted.add(id)
        spec = present[id]
        todo += [*spec.needs, *spec.after, *([spec.follows] if spec.follows else [])]
    return frozenset(wanted)


def unknown_links(specs: Iterable[CheckSpec]) -> list[str]:
    """Names in needs, follows and after that are no check: a defect of the catalogue."""
    present = {spec.id: spec for spec in specs}
    return [
        f"{spec.id} names {name}"
        for spec in present.values()
        for name in (*spec.needs, *spec.after, *((spec.follows,) if spec.follows else ()))
        if name not in present
    ]
