"""The top of the page: the sentence, how sure it is, the way as a picture, and what to do."""

from netcheck.model.result import Result
from netcheck.model.stage import StageState
from netcheck.model.verdict import Severity, Side
from netcheck.render import wording
from netcheck.render.page import icons, way
from netcheck.render.page.bars import bar
from netcheck.render.page.html import Markup, joined, tag
from netcheck.text import Words

_STATES = {
    Severity.OK: StageState.OK,
    Severity.DEGRADED: StageState.DEGRADED,
    Severity.DOWN: StageState.DOWN,
}


def mood(result: Result) -> StageState:
    """How it stands with the whole of it, as the state of one place."""
    verdict = result.verdict
    return StageState.UNKNOWN if verdict.side is Side.INCONCLUSIVE else _STATES[verdict.severity]


def top(result: Result, words: Words) -> Markup:
    """The verdict over the picture that shows it."""
    return tag(
        "section",
        _told_early(result, words),
        _badge(result, words),
        *_headline(result, words),
        _sureness(result, words),
        _beside(result, words),
        way.picture(way.stops(result, words), way.kind_of_link(result), words),
        class_=f"verdict {mood(result).value}",
        aria_labelledby="verdict",
    )


def _headline(result: Result, words: Words) -> list[Markup]:
    """The one big sentence; that no carrier was checked is a smaller one beneath."""
    said, aside = wording.headline(words, result), words.say("headline.no-carrier-checked")
    if result.carrier is None and said.endswith(f" {aside}"):
        big = tag("h1", said.removesuffix(f" {aside}"), id="verdict")
        return [big, tag("p", aside, class_="aside")]
    return [tag("h1", said, id="verdict")]


def steps(result: Result, words: Words) -> Markup | None:
    """What to do, numbered."""
    told = wording.steps(words, result)
    if not told:
        return None
    rows = [
        tag("li", tag("div", step.text, tag("small", step.taps) if step.taps else None))
        for step in told
    ]
    title = tag("h2", words.say("ui.steps"), id="steps-heading")
    return tag("section", title, tag("ol", *rows), class_="steps", aria_labelledby="steps-heading")


def _told_early(result: Result, words: Words) -> Markup | None:
    if not result.interrupted or result.verdict.headline.id == "interrupted":
        return None
    return tag("p", words.say("headline.interrupted"), class_="early")


def _badge(result: Result, words: Words) -> Markup:
    verdict = result.verdict
    said = words.say(f"side.{verdict.side.value}")
    if verdict.side is Side.NONE:
        said = words.say("severity.ok")
    elif verdict.side is not Side.INCONCLUSIVE:
        bad = words.say(f"severity.{verdict.severity.value}")
        said = words.joined("colon", (said, bad))
    return tag("p", icons.alone(mood(result)), tag("span", said), class_="badge")


def _beside(result: Result, words: Words) -> Markup | None:
    """A second fault that is there at the same time is no footnote."""
    told = [tag("li", said) for said in wording.companions(words, result)]
    if not told:
        return None
    return tag("div", tag("p", words.say("page.also")), tag("ul", *told), class_="beside")


def _sureness(result: Result, words: Words) -> Markup | None:
    """A share of "not clear" would read as how sure we are of something: none is shown."""
    verdict = result.verdict
    if verdict.side is Side.INCONCLUSIVE:
        return None
    sure = words.say("ui.sure", {"count": wording.percent(verdict.confidence)})
    return tag("p", joined((tag("span", sure), bar(verdict.confidence, "sure"))), class_="sureness")
