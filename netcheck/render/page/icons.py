"""Small drawings: a sign for each place on the way, and one for each state of a place.

All are lines in a box of 24, so that they take the colour of what they stand on.
"""

from netcheck.model.stage import Stage, StageState
from netcheck.render.page.html import Markup, tag

_BOX = 24

_PLACES = {
    Stage.DEVICE: "M5 5h14v10H5z M2.5 19h19",
    Stage.LINK: "M3.5 10a12.5 12.5 0 0 1 17 0 M7 13.8a7.5 7.5 0 0 1 10 0 M12 18v.01",
    Stage.ROUTER: (
        "M3 13h18v6.5H3z M6.8 16.2v.01 M10.5 16.2v.01 M17 13V5 M13.8 8a4.6 4.6 0 0 1 6.4 0"
    ),
    Stage.ISP: "M5 4h14v6.5H5z M5 13.5h14V20H5z M8.5 7.2v.01 M8.5 16.8v.01 M12 7.2h4 M12 16.8h4",
    Stage.DNS: "M12 3v18 M8.5 21h7 M5 5.5h11l3.2 3-3.2 3H5z",
    Stage.INTERNET: (
        "M12 3a9 9 0 1 0 0 18a9 9 0 1 0 0-18z M3 12h18"
        " M12 3c5.2 5.2 5.2 12.8 0 18 M12 3c-5.2 5.2-5.2 12.8 0 18"
    ),
    Stage.CARRIER: (
        "M12 9.5V21 M8.5 21h7 M12 8.2v.01 M8.6 11.5a4.8 4.8 0 0 1 0-6.8"
        " M15.4 11.5a4.8 4.8 0 0 0 0-6.8 M5.8 14a8.6 8.6 0 0 1 0-11.8"
        " M18.2 14a8.6 8.6 0 0 0 0-11.8"
    ),
    Stage.WIFI_CALLING: (
        "M6 4h3.2l1.6 4.6-2 1.6a11.5 11.5 0 0 0 5 5l1.6-2 4.6 1.6V18a2 2 0 0 1-2"
        " 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z M14.5 4.5a5 5 0 0 1 5 5"
    ),
    Stage.PHONE: "M8 3h8v18H8z M11 18h2",
}

_LINKS = {
    "ethernet": "M8.5 3v6 M15.5 3v6 M6 9h12v3.5a6 6 0 0 1-12 0z M12 18.5V21",
    "cellular": "M4.5 20v-3.5 M9.5 20v-7 M14.5 20V9.5 M19.5 20V5",
    "tunnel": "M6 11h12v9H6z M8.5 11V8a3.5 3.5 0 0 1 7 0v3 M12 14.5v2",
    "other": "M4 12h16 M16 8l4 4-4 4 M8 8l-4 4 4 4",
}

_STATES = {
    StageState.OK: "M6.5 12.5l3.7 3.7 7.3-8",
    StageState.DEGRADED: "M12 6v7.5 M12 17.6v.01",
    StageState.DOWN: "M7.5 7.5l9 9 M16.5 7.5l-9 9",
    StageState.UNKNOWN: "M9 9.3a3 3 0 1 1 4.6 2.6c-1 .7-1.6 1.3-1.6 2.4 M12 17.8v.01",
}


def place(stage: Stage, link: str | None, x: float, y: float, size: float) -> Markup:
    """The sign of a place with its middle at x, y. `link` is the kind of link, if known."""
    lines = _LINKS.get(link or "", _PLACES[stage]) if stage is Stage.LINK else _PLACES[stage]
    return _at(lines, "icon", x, y, size)


def sign(state: StageState, x: float, y: float, radius: float) -> Markup:
    """The sign of a state on its disc: a tick, an exclamation mark, a cross, a question mark."""
    disc = tag("circle", class_=f"disc {state.value}", cx=x, cy=y, r=radius)
    return tag("g", disc, _at(_STATES[state], "mark", x, y, radius * 1.9))


def alone(state: StageState) -> Markup:
    """The sign of a state in a line of text, which says the same."""
    half = _BOX / 2
    return tag(
        "svg",
        sign(state, half, half, half - 1),
        class_="sign",
        viewBox=f"0 0 {_BOX} {_BOX}",
        aria_hidden="true",
    )


def _at(lines: str, class_: str, x: float, y: float, size: float) -> Markup:
    scale = size / _BOX
    move = f"translate({x - size / 2:.1f} {y - size / 2:.1f}) scale({scale:.3f})"
    return tag("path", class_=class_, d=lines, transform=move)
