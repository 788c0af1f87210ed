"""A result as one file for a browser: the way as a picture, the verdict, why, what to do.

The page has no script and loads nothing; its policy forbids both (CSP Level 3), so that a text in
a result which somebody else wrote can do nothing either. It shows what the terminal shows, and
the whole sum of `explain --why`; it names no target of a check and no address.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, tzinfo

from netcheck.model.account import Account, Turn
from netcheck.model.history import Stretch
from netcheck.model.observation import Observation
from netcheck.model.result import Result
from netcheck.model.stage import Stage
from netcheck.render.page import course, document, verdict
from netcheck.render.page.account import account
from netcheck.render.page.html import Markup, joined, tag
from netcheck.render.page.reasons import reasons
from netcheck.render.page.strip import strip
from netcheck.text import Words

__all__ = ["Behind", "render"]


@dataclass(frozen=True, slots=True)
class Behind:
    """What the rooms above know of a result: its spoken code, the sum by the rules of this
    netcheck (None: not reckoned) and what would turn it, the place of each check, the chain of
    observations that its length hangs on, and what was before. `zone` is whose time is shown;
    None: this machine's."""

    code: str = ""
    account: Account | None = None
    turn: Turn | None = None
    rules_version: int | None = None  # of the account, where those of the result were others
    stage_of: Mapping[str, Stage] = field(default_factory=dict)
    chain: Sequence[Observation] = ()
    history: Sequence[Stretch] = ()
    zone: tzinfo | None = UTC


def render(result: Result, words: Words, behind: Behind | None = None) -> str:
    """The whole page, ASCII, ending in a newline."""
    behind = behind or Behind()
    main = joined(
        (
            verdict.top(result, words),
            verdict.steps(result, words),
            _section(
                "why", words.say("page.why"), reasons(result, words, local=behind.zone is None)
            ),
            _section(
                "before", words.say("page.history"), strip(behind.history, words, behind.zone)
            ),
            _specialists(result, words, behind),
        )
    )
    return document.whole(result, words, main, code=behind.code, zone=behind.zone)


def _section(id: str, title: str, content: Markup) -> Markup | None:
    if not content:
        return None
    heading = f"{id}-heading"
    return tag("section", tag("h2", title, id=heading), content, class_=id, aria_labelledby=heading)


def _specialists(result: Result, words: Words, behind: Behind) -> Markup | None:
    """Closed until somebody opens them; all open on paper."""
    sum = _sum(result, words, behind)
    lanes = course.timeline(result.observations, behind.stage_of, words)
    bars = course.waterfall(result.observations, behind.chain, words)
    told = [
        _closed(words.say(f"page.{id}"), content)
        for id, content in (("sum", sum), ("timeline", lanes), ("waterfall", bars))
        if content
    ]
    if not told:
        return None
    return _section("closer", words.say("page.closer"), joined(told))


def _sum(result: Result, words: Words, behind: Behind) -> Markup | None:
    if behind.account is None:
        return None
    told = account(result, behind.account, behind.turn, words)
    if behind.rules_version in (None, result.rules_version):
        return told
    others = {"count": behind.rules_version, "total": result.rules_version}
    return joined((tag("p", words.say("page.other-rules", others)), told))


def _closed(title: str, content: Markup) -> Markup:
    return tag("details", tag("summary", tag("h3", title)), content)
