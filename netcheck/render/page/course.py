"""How a run went: each place as a line of marks, and each check as a bar of its own."""

from collections.abc import Mapping, Sequence

from netcheck.model.observation import Observation
from netcheck.model.outcome import Outcome
from netcheck.model.stage import Stage
from netcheck.render.page.bars import marks, span
from netcheck.render.page.html import Markup, joined, tag
from netcheck.render.waterfall import end_ms
from netcheck.text import Words

_MOST_BARS = 300  # a run makes a third of that; a file that somebody wrote may hold any number


def timeline(
    observations: Sequence[Observation], stage_of: Mapping[str, Stage], words: Words
) -> Markup:
    """A row a place, in the order of the way: when it was looked at, and how that went."""
    ran = [one for one in observations if one.outcome is not Outcome.SKIPPED]
    by_place: dict[Stage, list[Observation]] = {stage: [] for stage in Stage}
    for one in sorted(ran, key=lambda seen: _GRAVITY.index(seen.outcome)):
        if one.check in stage_of:
            by_place[stage_of[one.check]].append(one)
    whole = _whole_ms(ran)
    rows = [
        _place(stage, seen[:_MOST_BARS], whole, words) for stage, seen in by_place.items() if seen
    ]
    return joined((tag("ol", *rows, class_="rows"), _scale(whole, words))) if rows else Markup("")


_GRAVITY = (Outcome.OK, Outcome.SKIPPED, Outcome.ERROR, Outcome.FAILED)


def _place(stage: Stage, seen: Sequence[Observation], whole: float, words: Words) -> Markup:
    counts = [
        words.say(f"page.{outcome.value}", {"count": sum(s.outcome is outcome for s in seen)})
        for outcome in (Outcome.OK, Outcome.FAILED, Outcome.ERROR)
        if any(s.outcome is outcome for s in seen)
    ]
    drawn = [(s.start_ms / whole, end_ms(s) / whole, s.outcome.value) for s in seen]
    until = _length(max(end_ms(s) for s in seen), words)
    return tag(
        "li",
        tag("span", words.say(f"stage.{stage.value}"), class_="name"),
        tag("span", words.joined("comma", (*counts, until)), class_="told"),
        marks(drawn),
    )


def waterfall(
    observations: Sequence[Observation], chain: Sequence[Observation], words: Words
) -> Markup:
    """A row an observation, in the order they began; those of the chain that nothing could have
    shortened are marked. No target is named: a page shows what the terminal shows."""
    ran = sorted(observations, key=lambda one: (one.start_ms, one.check))
    whole = _whole_ms(ran)
    waited = {id(one) for one in chain}
    rows = [_bar(one, whole, id(one) in waited, words) for one in ran[:_MOST_BARS]]
    if not rows:
        return Markup("")
    left = len(ran) - _MOST_BARS
    more = tag("p", words.say("ui.more", {"count": left})) if left > 0 else None
    legend = tag("p", words.say("page.waterfall-legend"))
    return joined((legend, tag("ol", *rows, class_="rows fall"), _scale(whole, words), more))


def _bar(one: Observation, whole: float, waited: bool, words: Words) -> Markup:
    said = _length(one.duration_ms, words)
    if one.outcome is not Outcome.OK:
        outcome = words.say(f"outcome.{one.outcome.value}")
        said = words.joined("comma", (outcome, said))
    name = tag("strong", one.check) if waited else one.check
    return tag(
        "li",
        tag("span", name, class_="name"),
        tag("span", said, class_="told"),
        span(one.start_ms / whole, end_ms(one) / whole, one.outcome.value),
    )


def _scale(whole: float, words: Words) -> Markup:
    return tag("p", tag("span", "0 s"), tag("span", _length(whole, words)), class_="ends scale")


def _whole_ms(observations: Sequence[Observation]) -> float:
    return max((end_ms(one) for one in observations), default=0.0) or 1.0


def _length(ms: float, words: Words) -> str:
    return f"{words.number(ms / 1000)} s" if ms >= 1000 else f"{ms:.0f} ms"
