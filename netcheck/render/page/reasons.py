"""What speaks for the verdict and what against it, as bars, and what else is to be said of it."""

from collections.abc import Sequence

from netcheck.model.result import Result
from netcheck.model.verdict import Reason, Worded
from netcheck.render import wording
from netcheck.render.explanation import WORTH_A_LINE, strength
from netcheck.render.page.bars import bar
from netcheck.render.page.html import Markup, joined, tag
from netcheck.text import Words

_FULL_BAR = 300  # hundredths of ln: what speaks strongly; a bar and its word never disagree


def reasons(result: Result, words: Words, *, local: bool = False) -> Markup:
    """The two lists of bars on one scale, and the notes beneath; `local` tells times as on this
    machine."""
    verdict = result.verdict
    weights = [abs(reason.weight) for reason in (*verdict.because, *verdict.against)]
    most = max(_FULL_BAR, *weights)
    return joined(
        (
            tag(
                "div",
                _list("for", verdict.because, most, result, words),
                _list("against", verdict.against, most, result, words),
                class_="two",
            ),
            _notes(result, words, local),
            _alternatives(result, words),
        )
    )


def _list(kind: str, reasons: Sequence[Reason], most: int, result: Result, words: Words) -> Markup:
    """Those of weight with their bars; what merely answers in one clause together."""
    telling = wording.telling(reasons)
    heavy = [reason for reason in telling if abs(reason.weight) >= WORTH_A_LINE]
    answering = [reason for reason in telling if abs(reason.weight) < WORTH_A_LINE]
    rows = [_row(kind, reason, most, result, words) for reason in heavy]
    rows += [tag("li", said, class_="plain") for said in wording.clauses(words, answering, result)]
    rest = len(reasons) - len(telling)
    if kind == "against":
        alike = wording.lookalikes(words, result)
        rows += [tag("li", alike, class_="plain")] if alike else []
    if rest and rows:
        rows.append(tag("li", words.say("explain.little", {"count": rest}), class_="plain"))
    if not rows:
        rows = [tag("li", words.say("explain.nothing"), class_="plain")]
    title = tag("h3", words.say(f"explain.{kind}"))
    return tag("div", title, tag("ul", *rows, class_="bars"))


def _row(kind: str, reason: Reason, most: int, result: Result, words: Words) -> Markup:
    return tag(
        "li",
        tag("span", wording.say(words, reason.words, result), class_="said"),
        tag("span", words.say(f"explain.{strength(reason.weight)}"), class_="strength"),
        bar(abs(reason.weight) / most, kind),
    )


def _notes(result: Result, words: Words, local: bool) -> Markup | None:
    """The same lines as in a terminal, in the same order."""
    verdict = result.verdict
    settles = verdict.would_settle and wording.say(words, verdict.would_settle, result)
    told = (
        ("leans", wording.leanings(words, result)),
        ("note", wording.unexplained(words, result)),
        ("calling", wording.calling(words, result)),
        ("note", wording.runs_on(words, result)),
        ("note", wording.one_party(words, result)),
        ("note", wording.taken_over(words, result)),
        ("changed", wording.changed(words, result, local=local)),
        ("settles", settles),
    )
    rows = [
        tag("div", tag("dt", words.say(f"page.{id}")), tag("dd", said)) for id, said in told if said
    ]
    return tag("dl", *rows, class_="notes") if rows else None


def _alternatives(result: Result, words: Words) -> Markup | None:
    others = [
        other for other in result.verdict.alternatives if f"fault.{other.fault}.name" in words
    ]
    if not others:
        return None
    rows = [
        tag(
            "li",
            tag("span", wording.say(words, Worded(f"fault.{o.fault}.name"), result), class_="said"),
            tag("span", wording.share(words, o.probability), class_="strength"),
            bar(o.probability, "other"),
        )
        for o in others
    ]
    return tag("div", tag("h3", words.say("explain.else")), tag("ul", *rows, class_="bars"))
