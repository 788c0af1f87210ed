"""Bars beside a text that says the same in words: they are for the eye alone."""

from netcheck.render.page.html import Markup, tag

_WIDE, _HIGH = 100.0, 10


def bar(share: float, class_: str) -> Markup:
    """A bar over this share (0 to 1) of the width there is; a sliver where it is not nothing."""
    return _svg(_rect(0, _WIDE * min(max(share, 0.008), 1.0), class_))


def span(start: float, end: float, class_: str) -> Markup:
    """A bar from one share of the width to another."""
    left = min(max(start, 0.0), 0.994)
    return _svg(_rect(_WIDE * left, max(_WIDE * (min(end, 1.0) - left), 0.6), class_))


def balance(share: float) -> Markup:
    """A bar to the right of the middle for what speaks for, to the left for what speaks against;
    -1 to 1."""
    half, length = _WIDE / 2, max(_WIDE / 2 * min(abs(share), 1.0), 0.4 if share else 0.0)
    rect = _rect(half if share >= 0 else half - length, length, "for" if share >= 0 else "against")
    return _svg(rect, tag("path", class_="axis", d=f"M{half} 0V{_HIGH}"))


def marks(spans: list[tuple[float, float, str]]) -> Markup:
    """Many bars on one line, the last one on top."""
    return _svg(
        tag("path", class_="axis", d=f"M0 {_HIGH / 2}H{_WIDE}"),
        *(_rect(_WIDE * min(a, 0.994), max(_WIDE * (b - a), 0.6), kind) for a, b, kind in spans),
    )


def _rect(left: float, length: float, class_: str) -> Markup:
    return tag("rect", class_=class_, x=round(left, 1), y=0, width=round(length, 1), height=_HIGH)


def _svg(*drawn: Markup) -> Markup:
    return tag(
        "svg",
        *drawn,
        class_="bar",
        viewBox=f"0 0 {_WIDE:.0f} {_HIGH}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
