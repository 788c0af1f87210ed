"""One carrier: how it is, what was measured over a day, where, and what was wrong."""

from collections import defaultdict
from collections.abc import Iterable
from typing import TYPE_CHECKING

from netcheck.fleet.measured import Alarm, Stage
from netcheck.fleet.page.chart import Drawing, charts, sample, spark
from netcheck.fleet.page.data import CarrierView, Outages, Series, Tile
from netcheck.fleet.page.frame import (
    MOODS,
    badge,
    moment,
    mood_of,
    percent,
    section,
    sentence,
    since,
    whole,
)
from netcheck.fleet.page.front import legend, stages_of, troubles, widest
from netcheck.fleet.page.hiding import LEAST
from netcheck.model.finding import Parameter
from netcheck.model.stage import StageState
from netcheck.render.page.html import Markup, joined, tag
from netcheck.render.page.icons import alone

if TYPE_CHECKING:
    from netcheck.text import Words

_HOUR = 60


def carrier(view: CarrierView, outages: Outages, words: "Words") -> str:
    """The whole page of `view`, one of the carriers in `outages`. It links to `../` and to
    `ID.json`."""
    lasting = [alarm for alarm in view.alarms if alarm.over is None]
    main = [
        _top(view, lasting, outages, words),
        section("day", words.say("fleet-page.day-heading"), _day(view, outages, words)),
        section("regions", words.say("fleet-page.regions"), _regions(view, outages, words)),
        section("log", words.say("fleet-page.alarms"), _alarms(view.alarms, outages, words)),
    ]
    return whole(view.name, main, outages, words, f"{view.id}.json", home="../")


def _top(view: CarrierView, lasting: list[Alarm], outages: Outages, words: "Words") -> Markup:
    state = view.state.value if view.state else "unknown"
    headline = words.say(f"fleet-page.carrier.{state}", {"carrier": view.name})
    advice = words.say(f"fleet-page.advice.{state}")
    return tag(
        "section",
        badge(view.state, words),
        tag("h1", headline),
        troubles(widest(lasting), outages, words),
        tag("p", advice, class_="advice"),
        class_=f"verdict {MOODS[view.state]}",
    )


def _day(view: CarrierView, outages: Outages, words: "Words") -> Markup | None:
    stages = stages_of(view)
    series = [one for stage in stages if (one := view.of(stage)) is not None]
    if not series:
        return None
    own = [alarm for alarm in view.alarms if not alarm.cell.region]
    params: dict[str, Parameter] = {"carrier": view.name, "count": len(own)}
    drawing = Drawing(
        series,
        own,
        outages.since,
        outages.now,
        words.say("fleet-page.chart-title", params),
        words.say("fleet-page.chart-told", params),
    )
    lines = {stage: sample(stage) for stage in stages}
    figure = tag(
        "figure",
        legend(view, words, lines),
        charts(drawing),
        tag("figcaption", words.say("fleet-page.chart-legend")),
        class_="day",
    )
    return joined((figure, _hours(series, outages, words)))


def _hours(series: list[Series], outages: Outages, words: "Words") -> Markup:
    """The same as figures, hour by hour, the newest first."""
    by_hour: dict[int, dict[Stage, list[int]]] = defaultdict(dict)
    for one in series:
        for point in one.points:
            hour = point.minute - point.minute % _HOUR
            pair = by_hour[hour].setdefault(one.stage, [0, 0])
            pair[0] += point.told
            pair[1] += point.failing
    heads = [tag("th", words.say("fleet-page.hour"), scope="col")]
    heads += [
        tag("th", words.say(f"fleet-page.stage.{one.stage.value}"), scope="col", class_="figure")
        for one in series
    ]
    rows = (
        tag(
            "tr",
            tag("th", moment(hour), scope="row"),
            *(_figure(by_hour[hour].get(one.stage), words) for one in series),
        )
        for hour in sorted(by_hour, reverse=True)
    )
    return tag(
        "details",
        tag("summary", tag("h3", words.say("fleet-page.figures"))),
        tag(
            "table",
            tag("caption", words.say("fleet-page.figures-caption")),
            tag("thead", tag("tr", *heads)),
            tag("tbody", *rows),
        ),
        class_="small",
    )


def _figure(pair: list[int] | None, words: "Words") -> Markup:
    if pair is None or pair[0] < LEAST:
        return tag("td", words.say("fleet-page.too-few"), class_="figure none")
    return tag("td", percent(pair[1] / pair[0], words), class_="figure")


def _regions(view: CarrierView, outages: Outages, words: "Words") -> Markup | None:
    if not view.tiles:
        return None
    tiles = tag("ul", *(_tile(tile, view, outages, words) for tile in view.tiles), class_="tiles")
    return joined((tiles, tag("p", words.say("fleet-page.regions-note"), class_="aside")))


def _tile(tile: Tile, view: CarrierView, outages: Outages, words: "Words") -> Markup:
    mood = MOODS[tile.state]
    said = words.say(f"fleet-page.state.{tile.state.value if tile.state else 'unknown'}")
    series = [one for one in view.series if one.region == tile.region]
    return tag(
        "li",
        tag("span", tile.region, class_="code"),
        tag("span", alone(StageState(mood)), tag("span", said), class_="how"),
        tag("span", percent(tile.share, words), class_="share-now"),
        spark(series, outages.since, outages.now),
        class_=mood,
    )


def _alarms(alarms: Iterable[Alarm], outages: Outages, words: "Words") -> Markup | None:
    found = [
        tag(
            "li",
            alone(_sign_of(alarm)),
            tag(
                "div",
                tag("strong", sentence(alarm, outages, words)),
                tag("span", since(alarm, outages, words), class_="when"),
            ),
            class_=mood_of(alarm),
        )
        for alarm in alarms
    ]
    if not found:
        return tag("p", words.say("fleet-page.no-alarms"))
    return tag("ol", *found, class_="alarms")


def _sign_of(alarm: Alarm) -> StageState:
    mood = mood_of(alarm)
    return StageState.OK if mood == "over" else StageState(mood)
