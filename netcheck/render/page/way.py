"""The way from the device to the carrier as a picture: where it breaks is seen before it is read.

It is drawn twice, from left to right and from top to bottom; the width of the paper or screen
decides which one is there. A list says the same to whoever cannot see either.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from netcheck.model.result import Result
from netcheck.model.stage import Stage, StageState
from netcheck.render.layout import cells, wrap
from netcheck.render.page import icons
from netcheck.render.page.html import Markup, tag
from netcheck.render.path import link_kind, places_of
from netcheck.text import Words

_SLOT, _RADIUS = 110, 27  # of a place in the wide picture
_LEVEL, _NOTES = 84, 160  # where its line runs, and where its notes begin
_ROW, _SMALL, _LEFT = 74, 21, 56  # of a place in the tall one
_GAP = 26  # more room where the way breaks
_TALL_WIDTH = 320
_LONGEST_LABEL = 13  # cells that fit into a slot
_NOTE_LINE = 15
_ABOVE = 14  # of the arc round a break
_DISC = 10


class _Line(StrEnum):
    """How what leads to a place is drawn."""

    WHOLE = "whole"
    THIN = "thin"
    BROKEN = "broken"  # here the way breaks; there is one such place at most
    LOST = "lost"  # nothing is known to pass


@dataclass(frozen=True, slots=True)
class Stop:
    """A place as drawn. `into` is the line that leads to it; `around` is the number of the place
    from which it was reached in spite of a break between."""

    stage: Stage
    label: str
    short: str
    note: str
    state: StageState
    into: _Line
    around: int | None


def stops(result: Result, words: Words) -> tuple[Stop, ...]:
    """The places of a finished run, each with the line that leads to it."""
    known = {view.stage: view.state for view in result.stages}
    stages = [stage for stage in Stage if stage in known]
    drawn: list[Stop] = []
    for stage, place in zip(stages, places_of(words, result), strict=True):
        state = known[stage]
        drawn.append(
            Stop(
                stage,
                place.label,
                place.short,
                place.note,
                state,
                _line(state, drawn),
                _around(state, drawn),
            )
        )
    return tuple(drawn)


def picture(stops: Sequence[Stop], kind: str | None, words: Words) -> Markup:
    """The figure: two drawings, and the list for a screen reader."""
    if not stops:
        return Markup("")
    told = description(stops, words)
    listed = [tag("li", sentence(stop, words)) for stop in stops]
    return tag(
        "figure",
        _svg("wide", words, told, _extent(stops, _SLOT), _height(stops), _wide(stops, kind)),
        _svg("tall", words, told, _TALL_WIDTH, _extent(stops, _ROW), _tall(stops, kind)),
        tag("ol", *listed, class_="unseen"),
        class_="way",
    )


def kind_of_link(result: Result) -> str | None:
    """The kind of the device's link where a finding or the stage names it."""
    for view in result.stages:
        if view.stage is Stage.LINK and view.params.get("kind"):
            return str(view.params["kind"])
    return link_kind(result)


def sentence(stop: Stop, words: Words) -> str:
    """ "Router: works, 2 ms" """
    state = words.say(f"page.state.{stop.state.value}")
    state = words.joined("comma", (state, stop.note)) if stop.note else state
    return words.joined("colon", (stop.label, state))


def description(stops: Sequence[Stop], words: Words) -> str:
    """What the picture shows, in a sentence or two."""
    broken = next((s for s in stops if s.state is StageState.DOWN), None)
    weak = [stop.label for stop in stops if stop.state is StageState.DEGRADED]
    said = [words.say("page.breaks-at", {"name": broken.label})] if broken else []
    said += [words.say("page.weak-at", {"name": words.joined("comma", weak)})] if weak else []
    said += [
        words.say("page.way-around", {"name": stop.label})
        for stop in stops
        if stop.around is not None
    ]
    return " ".join(said) or words.say("page.no-break")


def _line(state: StageState, before: Sequence[Stop]) -> _Line:
    if state is StageState.DOWN:
        first = all(stop.state is not StageState.DOWN for stop in before)
        return _Line.BROKEN if first else _Line.LOST
    if state is StageState.UNKNOWN or (before and before[-1].state is StageState.DOWN):
        return _Line.LOST
    return _Line.WHOLE if state is StageState.OK else _Line.THIN


def _around(state: StageState, before: Sequence[Stop]) -> int | None:
    """The last place that was no break, where the one just before is and this one was reached."""
    if state not in (StageState.OK, StageState.DEGRADED) or not before:
        return None
    if before[-1].state is not StageState.DOWN:
        return None
    sound = [i for i, stop in enumerate(before) if stop.state is not StageState.DOWN]
    return sound[-1] if sound else None


def _svg(
    kind: str, words: Words, told: str, width: int, height: int, drawn: list[Markup]
) -> Markup:
    title, desc = f"way-{kind}-title", f"way-{kind}-desc"
    return tag(
        "svg",
        tag("title", words.say("page.way"), id=title),
        tag("desc", told, id=desc),
        *drawn,
        class_=kind,
        viewBox=f"0 0 {width} {height}",
        role="img",
        aria_labelledby=title,
        aria_describedby=desc,
    )


def _spots(stops: Sequence[Stop], step: int) -> list[float]:
    """Where the middle of each place lies along the way."""
    spots: list[float] = []
    at = -step / 2
    for stop in stops:
        at += step + (_GAP if spots and stop.into is _Line.BROKEN else 0)
        spots.append(at)
    return spots


def _extent(stops: Sequence[Stop], step: int) -> int:
    return round(_spots(stops, step)[-1] + step / 2)


def _height(stops: Sequence[Stop]) -> int:
    """Of the wide picture: as many lines of notes as there are."""
    return _NOTES + 16 * max(len(_note_lines(stop)) for stop in stops)


def _note_lines(stop: Stop) -> list[str]:
    return wrap(stop.note, _NOTE_LINE) if stop.note else []


def _wide(stops: Sequence[Stop], kind: str | None) -> list[Markup]:
    drawn: list[Markup] = []
    spots = _spots(stops, _SLOT)
    for number, (stop, x) in enumerate(zip(stops, spots, strict=True)):
        if number:
            drawn += _across(stop, spots[number - 1] + _RADIUS, x - _RADIUS)
        if stop.around is not None:
            start = spots[stop.around]
            arc = f"M{start:.0f} {_LEVEL - _RADIUS} C{start:.0f} {_ABOVE - 12} "
            arc += f"{x:.0f} {_ABOVE - 12} {x:.0f} {_LEVEL - _RADIUS}"
            drawn.append(tag("path", class_=f"line {_round(stop)}", d=arc))
    for stop, x in zip(stops, spots, strict=True):
        drawn += _node(stop, kind, x, _LEVEL, _RADIUS)
        label = stop.label if cells(stop.label) <= _LONGEST_LABEL else stop.short
        drawn.append(_text(label, "label", x, _LEVEL + 54, 14, _SLOT - 6))
        for line, said in enumerate(_note_lines(stop)):
            place = _NOTES + 16 * line
            drawn.append(_text(said, f"note {stop.state.value}", x, place, 13, _SLOT - 6))
    return drawn


def _tall(stops: Sequence[Stop], kind: str | None) -> list[Markup]:
    drawn: list[Markup] = []
    spots = _spots(stops, _ROW)
    for number, (stop, y) in enumerate(zip(stops, spots, strict=True)):
        if number:
            drawn += _down(stop, spots[number - 1] + _SMALL, y - _SMALL)
        if stop.around is not None:
            start, edge = spots[stop.around], _LEFT - _SMALL
            arc = f"M{edge} {start:.0f} C0 {start:.0f} 0 {y:.0f} {edge} {y:.0f}"
            drawn.append(tag("path", class_=f"line {_round(stop)}", d=arc))
    for stop, y in zip(stops, spots, strict=True):
        drawn += _node(stop, kind, _LEFT, y, _SMALL)
        beside = _LEFT + _SMALL + 20
        up = y if stop.note else y + 6
        drawn.append(_text(stop.label, "label", beside, up, 17, _TALL_WIDTH - beside))
        if stop.note:
            kind_of_note = f"note {stop.state.value}"
            drawn.append(_text(stop.note, kind_of_note, beside, y + 20, 15, _TALL_WIDTH - beside))
    return drawn


def _text(said: str, class_: str, x: float, y: float, size: int, room: float) -> Markup:
    """A line of text, pressed into its room if it would not fit: a picture has no line breaks."""
    ems = sum(_em(character) for character in said)
    pressed = ems * size > room
    return tag(
        "text",
        said,
        class_=class_,
        x=x,
        y=y,
        textLength=room if pressed else None,
        lengthAdjust="spacingAndGlyphs" if pressed else None,
    )


def _em(character: str) -> float:
    """About how wide a character is; the browser's font is not known here."""
    if cells(character) == 2:
        return 1.0
    if character in "MWmw@%":
        return 0.9
    return 0.66 if character.isupper() else 0.5


def _round(stop: Stop) -> str:
    return _Line.WHOLE if stop.state is StageState.OK else _Line.THIN


def _node(stop: Stop, kind: str | None, x: float, y: float, radius: int) -> list[Markup]:
    halo = stop.into is _Line.BROKEN
    return [
        *([tag("circle", class_="halo", cx=x, cy=y, r=radius + 9)] if halo else []),
        tag("circle", class_=f"node {stop.state.value}", cx=x, cy=y, r=radius),
        icons.place(stop.stage, kind, x, y, radius * 1.05),
        icons.sign(stop.state, x + radius * 0.78, y + radius * 0.78, _DISC),
    ]


def _across(stop: Stop, start: float, end: float) -> list[Markup]:
    if stop.into is not _Line.BROKEN:
        return [tag("path", class_=f"line {stop.into}", d=f"M{start} {_LEVEL}H{end}")]
    middle = (start + end) / 2 - 5  # the halo of the place is wider than the place
    left, right = middle - 11, middle + 11
    stubs = f"M{start} {_LEVEL}H{left}M{right} {_LEVEL}H{end}"
    torn = f"M{left - 5} {_LEVEL + 15}l10-30M{right - 5} {_LEVEL + 15}l10-30"
    return [tag("path", class_="line stub", d=stubs), tag("path", class_="tear", d=torn)]


def _down(stop: Stop, start: float, end: float) -> list[Markup]:
    if stop.into is not _Line.BROKEN:
        return [tag("path", class_=f"line {stop.into}", d=f"M{_LEFT} {start}V{end}")]
    middle = (start + end) / 2 - 4
    upper, lower = middle - 9, middle + 9
    stubs = f"M{_LEFT} {start}V{upper}M{_LEFT} {lower}V{end}"
    torn = f"M{_LEFT - 14} {upper + 5}l28-10M{_LEFT - 14} {lower + 5}l28-10"
    return [tag("path", class_="line stub", d=stubs), tag("path", class_="tear", d=torn)]
