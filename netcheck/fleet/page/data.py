"""What the outage page shows, reckoned from counts and alarms; hidden figures are hidden here, so
that neither page nor JSON can tell them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Count, Stage
from netcheck.fleet.page.hiding import LEAST, shown_parts
from netcheck.model.crowd import CrowdState

SPAN_MIN, BIN_MIN, NOW_MIN = 1440, 5, 30
"""The time that is drawn, in steps; and what counts as now."""
_COUNTRY = 2  # letters of a region that is a whole country
_ALIKE = 0.5
"""Of the share of the whole, that a region fails like it. Chosen: it decides a colour alone."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the page is made of: counts of the last SPAN_MIN minutes in bins of BIN_MIN, the alarms
    of that time, and the name of each carrier that may be shown."""

    counts: Iterable[Count]
    alarms: Iterable[Alarm]
    names: Mapping[str, str]
    now: int  # minutes of 1970, UTC


@dataclass(frozen=True, slots=True)
class Point:
    """Of so many reports in the bin from `minute` on, so many said that it fails."""

    minute: int
    told: int
    failing: int


@dataclass(frozen=True, slots=True)
class Series:
    """One stage in one region ("": all). A bin that may not be shown, or had nothing, is left
    out."""

    stage: Stage
    region: str
    points: tuple[Point, ...]

    def share(self, since: int) -> float | None:
        """Of the reports since then the share that fails; None: too few."""
        told = sum(p.told for p in self.points if p.minute >= since)
        failing = sum(p.failing for p in self.points if p.minute >= since)
        return failing / told if told >= LEAST else None


@dataclass(frozen=True, slots=True)
class Tile:
    """One region as it is now. `state` None: not measured, or of too few."""

    region: str
    state: CrowdState | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Call:
    """Calls from one carrier's people to another's, now."""

    carrier: str
    called: str
    state: CrowdState | None
    share: float | None


@dataclass(frozen=True, slots=True)
class CarrierView:
    """One carrier: how it is now (None: not measured), what was measured, and what is or was wrong,
    the worst and newest first."""

    id: str
    name: str
    state: CrowdState | None
    series: tuple[Series, ...]
    tiles: tuple[Tile, ...]
    alarms: tuple[Alarm, ...]

    def of(self, stage: Stage, region: str = "") -> Series | None:
        """That series; None: nothing of it is shown."""
        return next((s for s in self.series if (s.stage, s.region) == (stage, region)), None)


@dataclass(frozen=True, slots=True)
class Outages:
    """All carriers, the worst first, and the grid of calls between them. Minutes of 1970, UTC;
    `pooled` are alarms of a called carrier that all callers together fail to reach."""

    now: int
    carriers: tuple[CarrierView, ...]
    calls: tuple[Call, ...] = ()
    pooled: tuple[Alarm, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def since(self) -> int:
        """The beginning of what is drawn."""
        return self.now - SPAN_MIN


STATE_OF = {
    AlarmKind.OUTAGE: CrowdState.OUTAGE,
    AlarmKind.DEGRADED: CrowdState.DEGRADED,
    AlarmKind.SILENT: CrowdState.DEGRADED,
}
_BADNESS = {None: 0, CrowdState.OK: 1, CrowdState.DEGRADED: 2, CrowdState.OUTAGE: 3}


def gather(sources: Sources) -> Outages:
    """What may be shown of these. Pure."""
    known = [c for c in sources.counts if c.cell.carrier in sources.names]
    since = sources.now - SPAN_MIN
    known = [c for c in known if since <= c.minute <= sources.now]
    own, calls = _binned(known)
    alarms = [a for a in sources.alarms if a.over is None or a.over >= since]
    views = [
        _carrier(id, name, own.get(id, {}), alarms, sources.now)
        for id, name in sources.names.items()
    ]
    seen = [view for view in views if view.series]
    seen.sort(key=lambda view: (-_BADNESS[view.state], view.name.casefold()))
    grid = _calls(calls, alarms, sources)
    reached = {call.called for call in grid}
    pooled = [a for a in alarms if a.cell.called in reached and a.over is None]
    pooled = sorted((a for a in pooled if not a.cell.carrier), key=_weight)
    return Outages(sources.now, tuple(seen), grid, tuple(pooled), dict(sources.names))


_Bins = dict[tuple[Stage, int], dict[str, list[int]]]  # by region: told and failing


def _binned(
    counts: Iterable[Count],
) -> tuple[dict[str, _Bins], dict[tuple[str, str], dict[Stage, list[Point]]]]:
    own: dict[str, _Bins] = defaultdict(lambda: defaultdict(lambda: defaultdict(lambda: [0, 0])))
    calls: dict[tuple[str, str], dict[Stage, list[Point]]] = defaultdict(lambda: defaultdict(list))
    for count in counts:
        cell, minute = count.cell, count.minute - count.minute % BIN_MIN
        if cell.called:
            point = Point(minute, count.told, count.failing)
            calls[cell.carrier, cell.called][cell.stage].append(point)
            continue
        pair = own[cell.carrier][cell.stage, minute][cell.region]
        pair[0] += count.told
        pair[1] += count.failing
    return own, calls


def _carrier(id: str, name: str, bins: _Bins, alarms: Iterable[Alarm], now: int) -> CarrierView:
    points: dict[tuple[Stage, str], list[Point]] = defaultdict(list)
    for (stage, minute), regions in sorted(bins.items(), key=lambda item: item[0][1]):
        told = {region: pair[0] for region, pair in regions.items()}
        if sum(told.values()) < LEAST:
            continue
        failing = sum(pair[1] for pair in regions.values())
        points[stage, ""].append(Point(minute, sum(told.values()), failing))
        for region in shown_parts(told) - {""}:
            points[stage, region].append(Point(minute, *regions[region]))
    series = tuple(
        Series(stage, region, tuple(found))
        for (stage, region), found in sorted(points.items(), key=lambda one: one[0][1])
    )
    shown = {(one.stage, one.region) for one in series}
    own = [
        a
        for a in alarms
        if a.cell.carrier == id and not a.cell.called and (a.cell.stage, a.cell.region) in shown
    ]
    own = sorted((a for a in own if not _says_it_again(a, own)), key=_weight)
    places = sorted({one.region for one in series} - {""})
    if len(places) == 1 and len(places[0]) == _COUNTRY:
        places = []  # its whole country is all there is of it
    state = _state(own, "", _worst_share(series, "", now))
    tiles = tuple(_tile(region, series, own, now) for region in places)
    return CarrierView(id, name, state, series, tiles, tuple(own))


def _says_it_again(alarm: Alarm, others: Iterable[Alarm]) -> bool:
    """Whether an alarm of a whole country stands beside the same of everywhere."""
    alike = [a for a in others if (a.cell.stage, a.cell.region) == (alarm.cell.stage, "")]
    is_country = len(alarm.cell.region) == _COUNTRY
    return is_country and any((a.over is None) == (alarm.over is None) for a in alike)


def _weight(alarm: Alarm) -> tuple[bool, bool, int, int, Cell]:
    """What lasts before what is over, the whole before its regions, the worst and newest first."""
    badness = _BADNESS[STATE_OF[alarm.kind]]
    return (alarm.over is not None, bool(alarm.cell.region), -badness, -alarm.began, alarm.cell)


def _tile(region: str, series: Iterable[Series], alarms: Iterable[Alarm], now: int) -> Tile:
    """A region without an alarm of its own that fails like the whole is told as the whole."""
    series, alarms = tuple(series), tuple(alarms)
    share, of_all = _worst_share(series, region, now), _worst_share(series, "", now)
    state, whole = _state(alarms, region, share), _state(alarms, "", of_all)
    is_alike = share is not None and of_all is not None and share >= _ALIKE * of_all
    of_the_whole = any(a.over is None and not a.cell.region for a in alarms)
    if state is CrowdState.OK and of_the_whole and is_alike:
        state = whole
    return Tile(region, state, share)


def _worst_share(series: Iterable[Series], region: str, now: int) -> float | None:
    shares = [one.share(now - NOW_MIN) for one in series if one.region == region]
    return max((share for share in shares if share is not None), default=None)


def _state(alarms: Iterable[Alarm], region: str, share: float | None) -> CrowdState | None:
    """By the alarms that last; without one it is well, if anything was measured now. Where there is
    trouble in one region alone, all regions together are degraded."""
    lasting = [a for a in alarms if a.over is None]
    here = [STATE_OF[a.kind] for a in lasting if a.cell.region == region]
    if here:
        return max(here, key=lambda state: _BADNESS[state])
    if lasting and not region:
        return CrowdState.DEGRADED
    return None if share is None else CrowdState.OK


def _calls(
    calls: Mapping[tuple[str, str], Mapping[Stage, list[Point]]],
    alarms: Iterable[Alarm],
    sources: Sources,
) -> tuple[Call, ...]:
    """Pairs of which enough could tell; how well, by the worst stage."""
    lasting = [a for a in alarms if a.over is None and a.cell.called]
    found = []
    for (carrier, called), stages in sorted(calls.items()):
        if called not in sources.names:
            continue
        series = [Series(stage, "", tuple(points)) for stage, points in stages.items()]
        share = _worst_share(series, "", sources.now)
        if share is None:
            continue
        its = [a for a in lasting if (a.cell.carrier, a.cell.called) == (carrier, called)]
        states = [STATE_OF[a.kind] for a in its]
        state = max(states, key=lambda one: _BADNESS[one], default=CrowdState.OK)
        found.append(Call(carrier, called, state, share))
    return tuple(found)
