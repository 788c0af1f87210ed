"""The front: what is wrong now, every carrier, and who can't reach whom."""

from typing import TYPE_CHECKING

from netcheck.fleet.measured import Alarm, Stage
from netcheck.fleet.page.chart import spark
from netcheck.fleet.page.data import STATE_OF, Call, CarrierView, Outages
from netcheck.fleet.page.frame import (
    MOODS,
    badge,
    percent,
    section,
    sentence,
    since,
    whole,
)
from netcheck.model.crowd import CrowdState
from netcheck.model.stage import StageState
from netcheck.render.page.html import Markup, joined, tag
from netcheck.render.page.icons import alone

if TYPE_CHECKING:
    from netcheck.text import Words

TWIN = "outages.json"
_MOST_TOLD = 6


def front(outages: Outages, words: "Words") -> str:
    """The whole page, ASCII, ending in a newline. It links to `carrier/ID` and `outages.json`."""
    main = [
        _top(outages, words),
        section("carriers", words.say("fleet-page.carriers"), _carriers(outages, words)),
        section("calls", words.say("fleet-page.calls"), grid(outages, words)),
    ]
    return whole(words.say("fleet-page.title"), main, outages, words, TWIN)


def _top(outages: Outages, words: "Words") -> Markup:
    lasting = _lasting(outages)
    state = _worst(outages)
    down = [view.name for view in outages.carriers if view.state is CrowdState.OUTAGE]
    limps = [view.name for view in outages.carriers if view.state is CrowdState.DEGRADED]
    if down:
        headline = words.say("fleet-page.headline.outage", {"name": _listed(down, words)})
    elif limps:
        headline = words.say("fleet-page.headline.degraded", {"name": _listed(limps, words)})
    elif not outages.carriers:
        headline = words.say("fleet-page.headline.unknown")
    else:
        headline = words.say("fleet-page.headline.ok")
    more = len(lasting) - _MOST_TOLD
    return tag(
        "section",
        badge(state, words),
        tag("h1", headline),
        troubles(lasting[:_MOST_TOLD], outages, words),
        tag("p", words.say("ui.more", {"count": more}), class_="aside") if more > 0 else None,
        class_=f"verdict {MOODS[state]}",
    )


def _lasting(outages: Outages) -> list[Alarm]:
    """The first of each carrier and place, and whom nobody reaches: a front is no log."""
    found: dict[tuple[str, str], Alarm] = {}
    for view in outages.carriers:
        for alarm in widest([a for a in view.alarms if a.over is None]):
            found.setdefault((alarm.cell.carrier, alarm.cell.region), alarm)
    return [*found.values(), *_called_alone(outages)]


def widest(lasting: list[Alarm]) -> list[Alarm]:
    """Of one carrier's alarms those of everywhere; where there are none, those of regions. What
    is wrong everywhere need not be said of each region again."""
    return [alarm for alarm in lasting if not alarm.cell.region] or lasting


def _called_alone(outages: Outages) -> list[Alarm]:
    """Whom nobody reaches, where nothing of their own carrier's says why."""
    told = {view.id for view in outages.carriers if view.state is CrowdState.OUTAGE}
    found: dict[str, Alarm] = {}
    for alarm in outages.pooled:
        if alarm.cell.called not in told:
            found.setdefault(alarm.cell.called, alarm)
    return list(found.values())


def _worst(outages: Outages) -> CrowdState | None:
    states = {view.state for view in outages.carriers}
    for state in (CrowdState.OUTAGE, CrowdState.DEGRADED):
        if state in states:
            return state
    return CrowdState.OK if CrowdState.OK in states else None


def _listed(names: list[str], words: "Words") -> str:
    """Names in a row, with a word before the last."""
    if len(names) == 1:
        return names[0]
    params = {"name": ", ".join(names[:-1]), "works": names[-1]}
    return words.say("fleet-page.and", params)


def troubles(alarms: list[Alarm], outages: Outages, words: "Words") -> Markup | None:
    """Each as a sentence, and since when."""
    if not alarms:
        return None
    return tag(
        "ul",
        *(
            tag(
                "li",
                tag("strong", sentence(alarm, outages, words)),
                tag("span", since(alarm, outages, words), class_="when"),
                class_=MOODS[STATE_OF[alarm.kind]],
            )
            for alarm in alarms
        ),
        class_="troubles",
    )


def _carriers(outages: Outages, words: "Words") -> Markup | None:
    if not outages.carriers:
        return None
    heads = ("which", "how-now", "failing-now", "day")
    return tag(
        "table",
        tag("caption", words.say("fleet-page.carriers-caption"), class_="unseen"),
        tag(
            "thead",
            tag("tr", *(tag("th", words.say(f"fleet-page.{h}"), scope="col") for h in heads)),
        ),
        tag("tbody", *(_row(view, outages, words) for view in outages.carriers)),
        class_="list",
    )


def _row(view: CarrierView, outages: Outages, words: "Words") -> Markup:
    whole_country = [one for one in view.series if not one.region]
    shares = [one.share(outages.now - 30) for one in whole_country]
    share = max((one for one in shares if one is not None), default=None)
    return tag(
        "tr",
        tag("th", tag("a", view.name, href=f"carrier/{view.id}"), scope="row"),
        tag("td", badge(view.state, words), class_="how"),
        tag("td", percent(share, words), class_="figure"),
        tag(
            "td",
            spark(whole_country, outages.since, outages.now),
            class_=f"drawn {MOODS[view.state]}",
        ),
    )


def grid(outages: Outages, words: "Words") -> Markup | None:
    """Rows are callers, columns the called."""
    if not outages.calls:
        return None
    by_pair = {(call.carrier, call.called): call for call in outages.calls}
    rows = sorted({call.carrier for call in outages.calls}, key=outages.names.__getitem__)
    columns = sorted({call.called for call in outages.calls}, key=outages.names.__getitem__)
    head = tag(
        "tr",
        tag("th", words.say("fleet-page.from-to"), scope="col"),
        *(tag("th", outages.names[id], scope="col") for id in columns),
    )
    body = (
        tag(
            "tr",
            tag("th", outages.names[row], scope="row"),
            *(_cell(by_pair.get((row, column)), words) for column in columns),
        )
        for row in rows
    )
    table = tag(
        "table",
        tag("caption", words.say("fleet-page.calls-caption")),
        tag("thead", head),
        tag("tbody", *body),
        class_="grid",
    )
    name = words.say("fleet-page.calls")
    return tag("div", table, class_="wide-table", tabindex="0", role="group", aria_label=name)


def _cell(call: Call | None, words: "Words") -> Markup:
    if call is None:
        unseen = tag("span", words.say("fleet-page.too-few"), class_="unseen")
        return tag("td", tag("span", "-", aria_hidden="true"), unseen, class_="none")
    mood = MOODS[call.state]
    said = words.say(f"fleet-page.state.{call.state.value if call.state else 'unknown'}")
    return tag(
        "td",
        tag(
            "span",
            alone(StageState(mood)),
            tag("span", f"{said}, ", class_="unseen"),
            percent(call.share, words),
            class_=f"pair {mood}",
        ),
    )


def stages_of(view: CarrierView) -> list[Stage]:
    """The stages of which anything is shown, in their order."""
    return [stage for stage in Stage if view.of(stage) is not None]


def legend(view: CarrierView, words: "Words", lines: dict[Stage, Markup]) -> Markup:
    """Which line is which stage."""
    return tag(
        "ul",
        *(
            tag("li", joined((lines[stage], words.say(f"fleet-page.stage.{stage.value}"))))
            for stage in stages_of(view)
        ),
        class_="legend",
    )
