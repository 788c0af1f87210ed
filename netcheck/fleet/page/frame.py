"""The frame of the outage page, and the small parts that front and carrier share. It looks as the
page of a result does: one style sheet, and a few rules more."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from netcheck.fleet.measured import Alarm
from netcheck.fleet.page.data import STATE_OF, Outages
from netcheck.model.crowd import CrowdState
from netcheck.model.finding import Parameter
from netcheck.model.stage import StageState
from netcheck.render.page.document import framed, style
from netcheck.render.page.html import Markup, joined, tag
from netcheck.render.page.icons import alone
from netcheck.report.build import confidence_band

if TYPE_CHECKING:
    from netcheck.text import Words

MOODS = {
    CrowdState.OUTAGE: "down",
    CrowdState.DEGRADED: "degraded",
    CrowdState.OK: "ok",
    None: "unknown",
}


def whole(
    title: str,
    main: Sequence[Markup | None],
    outages: Outages,
    words: "Words",
    json: str,
    home: str | None = None,
) -> str:
    """The file. `json` is where its twin lies, `home` the way back to the front."""
    brand = tag("a", "netcheck", href=home) if home else "netcheck"
    as_of = words.say("fleet-page.as-of", {"time": moment(outages.now)})
    header = tag("header", tag("p", brand, class_="brand"), tag("p", as_of))
    footer = tag(
        "footer",
        tag("p", words.say("fleet-page.how")),
        tag("p", words.say("fleet-page.not-why")),
        tag("p", tag("a", words.say("fleet-page.json"), href=json)),
    )
    body = tag("body", header, tag("main", joined(main)), footer)
    return framed(body, f"{title} - netcheck", _sheet(), words.locale, found=True)


@cache
def _sheet() -> str:
    return style() + files("netcheck.fleet.page").joinpath("outage.css").read_text("ascii")


def section(id: str, title: str, *content: Markup | None) -> Markup | None:
    """A part of the page with its heading; None where there is nothing in it."""
    if not any(content):
        return None
    heading = f"{id}-heading"
    return tag(
        "section", tag("h2", title, id=heading), *content, class_=id, aria_labelledby=heading
    )


def badge(state: CrowdState | None, words: "Words") -> Markup:
    """A state as sign and word, in its colour."""
    mood = MOODS[state]
    said = words.say(f"fleet-page.state.{state.value if state else 'unknown'}")
    return tag("span", alone(StageState(mood)), tag("span", said), class_=f"badge {mood}")


def sentence(alarm: Alarm, outages: Outages, words: "Words") -> str:
    """What an alarm means, as the public needs it."""
    cell = alarm.cell
    params: dict[str, Parameter] = {
        "carrier": outages.names.get(cell.carrier),
        "name": outages.names.get(cell.called),
        "region": cell.region or None,
    }
    if cell.called:
        which = "called" if cell.carrier else "called-by-all"
        return words.say(f"fleet-page.trouble.{which}", params)
    return words.say(f"fleet-page.trouble.{alarm.kind.value}.{cell.stage.value}", params)


def since(alarm: Alarm, outages: Outages, words: "Words") -> str:
    """When it began, whether it is over, and how sure that is: by the least of its band."""
    params: dict[str, Parameter] = {
        "time": moment(alarm.began),
        "count": int(band(alarm.confidence).partition("-")[0]),
    }
    if alarm.over is not None:
        return words.say("fleet-page.was", params | {"until": moment(alarm.over)})
    hours, minutes = divmod(max(0, outages.now - alarm.began), 60)
    lasted = "long" if hours else "short"
    return words.say(f"fleet-page.since.{lasted}", params | {"total": hours, "minutes": minutes})


def mood_of(alarm: Alarm) -> str:
    """The class that colours it."""
    return "over" if alarm.over is not None else MOODS[STATE_OF[alarm.kind]]


def band(share: float) -> str:
    """A share as the ten per cent it lies in."""
    return confidence_band(share)


def percent(share: float | None, words: "Words") -> str:
    """A share in whole per cent; a word where it is not known."""
    if share is None:
        return words.say("fleet-page.too-few")
    return "< 1 %" if 0 < share < 0.01 else f"{share * 100:.0f} %"


def moment(minute: int) -> str:
    """A minute of 1970 as people write it."""
    return datetime.fromtimestamp(minute * 60, UTC).strftime("%Y-%m-%d %H:%M UTC")
