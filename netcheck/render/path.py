"""The way from the device to the carrier, drawn: a row of places with a mark under each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from netcheck.model.finding import Parameter
from netcheck.model.result import Result, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.render.layout import ascii_only, cells, elided, padded, painted
from netcheck.text import Words, clean, shown

_INDENT = 2
_NARROWEST_ROW = 60  # columns; below this the places stand one under the other
_LONGEST_NAME = 24  # cells of a carrier's name on the path
_SHORT_NAME = 12
_WIDEST_GAP, _NARROWEST_GAP = 6, 3
_BETWEEN_MARKS = 2

_MARKS = {
    StageState.OK: ("\u2713", "ok", "good"),
    StageState.DEGRADED: ("!", "!", "warn"),
    StageState.DOWN: ("\u2717", "X", "bad"),
    StageState.UNKNOWN: ("?", "?", "dim"),
    None: ("\u00b7", ".", "dim"),
}


@dataclass(frozen=True, slots=True)
class Place:
    """One place as drawn. `state` None: still being looked at."""

    label: str
    short: str
    state: StageState | None
    note: str = ""


def places_of(words: Words, result: Result) -> tuple[Place, ...]:
    """The places of a finished run."""
    return places(
        words,
        result.stages,
        carrier=result.carrier.name if result.carrier else None,
        symptom=result.symptom,
        calling=result.wifi_calling.reason.id,
        link=link_kind(result),
    )


def places(
    words: Words,
    stages: Sequence[StageView],
    *,
    carrier: str | None = None,
    symptom: str | None = None,
    calling: str = "calling.not-measured",
    link: str | None = None,
    pending: Sequence[Stage] = (),
) -> tuple[Place, ...]:
    """The places of these stages, and of `pending` ones, in path order."""
    drawn: dict[Stage, Place] = {}
    for stage in pending:
        drawn[stage] = Place(*_labels(words, stage, carrier, link), None)
    for view in stages:
        kind = view.params.get("kind")
        if view.stage is Stage.LINK:
            link = str(kind) if kind else "wifi" if "signal_dbm" in view.params else link
        note = _note(words, view, symptom, calling)
        drawn[view.stage] = Place(*_labels(words, view.stage, carrier, link), view.state, note)
    return tuple(drawn[stage] for stage in Stage if stage in drawn)


def draw(places: Sequence[Place], *, width: int, colour: bool, unicode: bool) -> list[str]:
    """Lines of at most `width` cells: one row if it fits, else a list."""
    if not unicode:
        places = [_in_ascii(place) for place in places]
    if not places:
        return []
    if width >= _NARROWEST_ROW:
        for variant in _variants(places):
            row = _row(variant, width, colour, unicode)
            if row is not None:
                return row
    return _list(places, width, colour, unicode)


def _variants(places: Sequence[Place]) -> list[list[Place]]:
    """From everything said to the least that still tells: what gives way first comes last."""
    short = [Place(p.short, p.short, p.state, p.note) for p in places]
    wrong = [Place(p.short, p.short, p.state, "" if _well(p) else p.note) for p in places]
    bare = [Place(p.short, p.short, p.state) for p in places]
    return [list(places), short, wrong, bare]


def _well(place: Place) -> bool:
    return place.state in (StageState.OK, None)


def _row(places: Sequence[Place], width: int, colour: bool, unicode: bool) -> list[str] | None:
    marks = [_mark(place, unicode) for place in places]
    for gap in range(_WIDEST_GAP, _NARROWEST_GAP - 1, -1):
        spots = _spots(places, marks, gap)
        ends = [
            max(label + cells(place.label), mark + cells(said))
            for (label, mark), place, said in zip(spots, places, marks, strict=True)
        ]
        if max(ends) <= width:
            return _drawn(places, marks, spots, colour, unicode)
    return None


def _spots(places: Sequence[Place], marks: Sequence[str], gap: int) -> list[tuple[int, int]]:
    """The columns where each label and each mark begins: a mark stands under the middle of its
    label and may be wider; where two marks would touch, the line between grows."""
    spots: list[tuple[int, int]] = []
    label_end, mark_end = _INDENT - gap, -_BETWEEN_MARKS
    for place, mark in zip(places, marks, strict=True):
        label = label_end + gap
        below = label + (cells(place.label) - cells(mark)) // 2
        push = max(0, mark_end + _BETWEEN_MARKS - below)
        spots.append((label + push, below + push))
        label_end, mark_end = label + push + cells(place.label), below + push + cells(mark)
    return spots


def _drawn(
    places: Sequence[Place],
    marks: Sequence[str],
    spots: Sequence[tuple[int, int]],
    colour: bool,
    unicode: bool,
) -> list[str]:
    dash = "\u2500" if unicode else "-"
    top, below, column = "", "", 0
    for (label, mark), place, said in zip(spots, places, marks, strict=True):
        between = label - cells(top)
        top += f" {dash * (between - 2)} " if top else " " * between
        top += place.label
        below += " " * (mark - column) + painted(said, _MARKS[place.state][2], colour)
        column = mark + cells(said)
    return [top, below]


def _list(places: Sequence[Place], width: int, colour: bool, unicode: bool) -> list[str]:
    sign = max(cells(_MARKS[place.state][0 if unicode else 1]) for place in places)
    column = max(cells(place.label) for place in places)
    lines = []
    for place in places:
        glyph, plain, style = _MARKS[place.state]
        shown = padded(glyph if unicode else plain, sign)
        room = width - _INDENT - sign - 1
        label = elided(place.label, room)
        if place.note and column + 2 + cells(place.note) <= room:
            label = f"{padded(label, column)}  {place.note}"
        lines.append(" " * _INDENT + painted(shown, style, colour) + " " + label)
    return lines


def _mark(place: Place, unicode: bool) -> str:
    glyph = _MARKS[place.state][0 if unicode else 1]
    return f"{glyph} {place.note}" if place.note else glyph


def _in_ascii(place: Place) -> Place:
    return Place(
        ascii_only(place.label), ascii_only(place.short), place.state, ascii_only(place.note)
    )


def _labels(words: Words, stage: Stage, carrier: str | None, link: str | None) -> tuple[str, str]:
    if stage is Stage.CARRIER and carrier is not None and carrier.strip():
        name = clean(carrier)
        return elided(name, _LONGEST_NAME), elided(name, _SHORT_NAME)
    id = f"stage.{stage.value}"
    if stage is Stage.LINK and link is not None and f"{id}.{link}" in words:
        id = f"{id}.{link}"
    label = words.say(id)
    return label, words.say(f"{id}.short") if f"{id}.short" in words else label


def link_kind(result: Result) -> str | None:
    """The kind of the device's link, where a finding names it."""
    for finding in result.findings:
        if finding.thing == "link" and finding.params.get("kind"):
            return str(finding.params["kind"])
    return None


def _note(words: Words, view: StageView, symptom: str | None, calling: str) -> str:
    given = view.params.get("note")
    if isinstance(given, str) and given in words:
        return words.say(given)
    if view.stage is Stage.WIFI_CALLING:
        return _calling_note(words, view.state, calling)
    if view.stage is Stage.CARRIER and view.state in (StageState.DOWN, StageState.DEGRADED):
        told = view.params.get("symptom", symptom)
        id = f"symptom.{told}.short"
        return words.say(id) if told not in (None, "fine") and id in words else ""
    if view.state in (StageState.OK, StageState.DEGRADED):
        return _measured(words, view.params)
    return ""


def _calling_note(words: Words, state: StageState, calling: str) -> str:
    """A mark and its note never disagree, whatever the reason's id is."""
    if state is StageState.OK:
        return words.say("calling.open.short")
    if state is StageState.DEGRADED:
        return words.say("calling.poor.short")
    told = calling.removesuffix(".short")
    not_looked_at = told in ("calling.not-measured", "calling.no-carrier")
    if not_looked_at is (state is StageState.DOWN) or told in ("calling.open", "calling.poor"):
        return ""
    return words.say(f"{told}.short") if f"{told}.short" in words else ""


def _measured(words: Words, params: Mapping[str, Parameter]) -> str:
    signal, delay = params.get("signal_dbm"), params.get("delay_ms")
    if isinstance(signal, int | float):
        return f"{shown(float(signal), words.decimal)} dBm"
    if isinstance(delay, int | float):
        return f"{shown(float(delay), words.decimal)} ms" if delay >= 1 else "<1 ms"
    return ""
