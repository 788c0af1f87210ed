"""The verdict as a person reads it in a terminal: the path, one sentence, why, what to do.

Written without rich, so that the answer costs no import; only the live view needs rich, and
`warm` can fetch it in a thread while packets are under way. Colour is never the only sign.
"""

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, TextIO

from netcheck.model.result import Result, StageView
from netcheck.model.stage import Stage, StageState
from netcheck.model.verdict import Severity, Side
from netcheck.render import wording
from netcheck.render.path import draw, places, places_of
from netcheck.render.sheet import Sheet
from netcheck.text import Words, clean

if TYPE_CHECKING:
    from rich.live import Live

_MOST_CLAUSES = 5

_HEADLINE = {
    Severity.OK: "good-headline",
    Severity.DEGRADED: "warn-headline",
    Severity.DOWN: "bad-headline",
}


def render(
    result: Result,
    words: Words,
    *,
    width: int,
    colour: bool,
    unicode: bool,
    code: str,
    hints: Sequence[str],
) -> str:
    """The whole view, each line at most `width` columns (20 at least), ending in a newline.

    `hints` are ids of `hint.*` without the prefix (`why`, `bundle`) for verbs that exist, in the
    order to show them. `code` may be empty.
    """
    page = Sheet(words, width, colour=colour, unicode=unicode)
    page.add(draw(places_of(words, result), width=page.width, colour=colour, unicode=unicode))
    page.blank()
    if result.interrupted and result.verdict.headline.id != "interrupted":
        page.paragraph(words.say("headline.interrupted"))
    page.headline(wording.headline(words, result), _sureness(words, result), _style(result))
    _reasons(page, words, result)
    _steps(page, words, result)
    page.items(_last_line(words, result, code, hints))
    page.items([words.unreviewed] if words.unreviewed else [])
    return page.text


def _sureness(words: Words, result: Result) -> str:
    if result.verdict.side is Side.INCONCLUSIVE:
        return ""  # a share of "not clear" would read as how sure we are of something
    return words.say("ui.sure", {"count": wording.percent(result.verdict.confidence)})


def _style(result: Result) -> str:
    if result.verdict.side is Side.INCONCLUSIVE:
        return "warn-headline"
    return _HEADLINE[result.verdict.severity]


def _reasons(page: Sheet, words: Words, result: Result) -> None:
    verdict = result.verdict
    against = wording.clauses(words, wording.telling(verdict.against), result)
    alike = wording.lookalikes(words, result)
    because = wording.clauses(words, wording.telling(verdict.because), result)
    page.labelled("ui.for", _told(words, because))
    page.labelled("ui.against", _told(words, [*against, alike] if alike else against))
    page.labelled("ui.leans", wording.leanings(words, result))
    page.labelled("ui.also", words.joined("clause", wording.companions(words, result)))
    page.labelled("ui.note", wording.unexplained(words, result))
    page.labelled("ui.calling", wording.calling(words, result))
    page.labelled("ui.note", wording.runs_on(words, result))
    page.labelled("ui.note", wording.one_party(words, result))
    page.labelled("ui.note", wording.taken_over(words, result))
    page.labelled("ui.changed", wording.changed(words, result, local=True))
    if verdict.would_settle is not None:
        page.labelled("ui.settles", wording.say(words, verdict.would_settle, result))


def _told(words: Words, clauses: Sequence[str]) -> str:
    shown = list(clauses[:_MOST_CLAUSES])
    if len(clauses) > _MOST_CLAUSES:
        shown.append(words.say("ui.more", {"count": len(clauses) - _MOST_CLAUSES}))
    return words.joined("clause", shown)


def _steps(page: Sheet, words: Words, result: Result) -> None:
    steps = wording.steps(words, result)
    if not steps:
        return
    page.paragraph(words.say("ui.steps"))
    for number, step in enumerate(steps, start=1):
        page.numbered(number, f"{step.text} {step.taps}".rstrip())


def _last_line(words: Words, result: Result, code: str, hints: Sequence[str]) -> list[str]:
    said = [f"{words.number(result.duration_ms / 1000)} s"]
    told = [words.say(f"hint.{id}") if f"hint.{id}" in words else clean(id) for id in hints]
    why = [text for id, text in zip(hints, told, strict=True) if id == "why"]
    said += why
    if code:
        said.append(words.say("ui.code", {"name": code}))
    return said + [text for text in told if text not in why]


_DRAWN = tuple(stage for stage in Stage if stage is not Stage.PHONE)


def warm() -> None:
    """Import what the live view needs; safe in a background thread, cheap the second time."""
    import rich.console
    import rich.live
    import rich.text  # noqa: F401  (one import each, so that `update` finds all of them loaded)


class LivePath:
    """The path on stderr while a run is under way, redrawn as stages finish.

    Silent where the stream is no terminal, and from the moment it breaks. It is wiped when it
    stops, so that the answer stands alone.
    """

    def __init__(
        self,
        words: Words,
        stream: TextIO,
        *,
        carrier: str | None = None,
        link: str | None = None,
        colour: bool = True,
        unicode: bool = True,
        width: int | None = None,
    ) -> None:
        """`link` is a LinkKind value; `width` None asks the terminal at each redraw."""
        self._words = words
        self._stream = stream
        self._carrier, self._link = carrier, link
        self._colour, self._unicode, self._width = colour, unicode, width
        self._live: Live | None = None
        self._lock = threading.Lock()
        self._over = not stream.isatty()

    def update(self, stages: Sequence[StageView]) -> None:
        """Show these stages; those not named yet are drawn as still being looked at."""
        with self._lock:
            if self._over:
                return
            try:
                self._show(stages)
            except (OSError, ValueError):
                self._over = True  # the terminal went away; the run goes on

    def stop(self) -> None:
        """Wipe the view; nothing is drawn after this."""
        with self._lock:
            self._over = True
            live, self._live = self._live, None
            if live is not None:
                try:
                    live.stop()
                except (OSError, ValueError):
                    return  # as above

    def _show(self, stages: Sequence[StageView]) -> None:
        from rich.console import Console
        from rich.live import Live
        from rich.text import Text

        if self._live is None:
            console = Console(file=self._stream, no_color=not self._colour, width=self._width)
            self._live = Live(
                console=console,
                auto_refresh=False,
                transient=True,
                redirect_stdout=False,  # the answer is none of the live view's business
                redirect_stderr=False,
            )
            self._live.start()
        width = self._live.console.width
        lines = self._lines(stages, width)
        text = Text("\n").join(Text.from_ansi(line) for line in lines)
        text.no_wrap, text.overflow = True, "crop"
        self._live.update(text, refresh=True)

    def _lines(self, stages: Sequence[StageView], width: int) -> list[str]:
        known = [view for view in stages if view.state is not StageState.UNKNOWN]
        drawn = places(self._words, known, carrier=self._carrier, link=self._link, pending=_DRAWN)
        path = draw(drawn, width=width, colour=self._colour, unicode=self._unicode)
        return ["", *path, "", "  " + self._words.say("ui.looking")]
