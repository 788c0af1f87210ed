"""The measured share of failing reports over time, as a picture in the page."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise

from netcheck.fleet.measured import Alarm, Stage
from netcheck.fleet.page.data import BIN_MIN, STATE_OF, Point, Series
from netcheck.model.crowd import CrowdState
from netcheck.render.page.html import Markup, joined, tag

WIDE, TALL = (720, 220), (340, 230)
"""Width and height on a desk and on a phone, where a picture shrunk to fit could not be read."""
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 10, 12, 26
_SCALES = (0.1, 0.25, 0.5, 1.0)
_GAP_BINS = 3  # a hole of more bins is drawn as one
_LABELS = 6
_HOUR_STEPS = (1, 2, 3, 4, 6, 12, 24)


class Frame:
    """Where a minute and a share lie in the picture."""

    def __init__(self, size: tuple[int, int], since: int, until: int, highest: float) -> None:
        self.width, self.height = size
        self._since, self._span = since, max(1, until - since)
        self.top = next((scale for scale in _SCALES if highest <= scale), 1.0)

    def x(self, minute: float) -> float:
        """Of a minute, held inside the frame."""
        inside = min(max(minute - self._since, 0), self._span)
        return _LEFT + inside / self._span * (self.width - _LEFT - _RIGHT)

    def y(self, share: float) -> float:
        """Of a share."""
        return self.height - _BOTTOM - share / self.top * (self.height - _TOP - _BOTTOM)


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows: one line a stage, over the times of alarms as bands, from one minute to
    another. `told` says it in words."""

    series: Sequence[Series]
    alarms: Sequence[Alarm]
    since: int
    until: int
    title: str
    told: str


def charts(drawing: Drawing) -> Markup:
    """Twice: wide and tall, of which a page shows one."""
    return joined((_chart(drawing, WIDE, "wide"), _chart(drawing, TALL, "tall")))


def _chart(drawing: Drawing, size: tuple[int, int], kind: str) -> Markup:
    since, until = drawing.since, drawing.until
    points = [p for one in drawing.series for p in one.points]
    frame = Frame(size, since, until, max((_share(p) for p in points), default=0.0))
    alarms = sorted(drawing.alarms, key=lambda a: STATE_OF[a.kind] is CrowdState.OUTAGE)
    return tag(
        "svg",
        tag("title", drawing.title),
        tag("desc", drawing.told),
        *(_band(alarm, frame, until) for alarm in alarms),
        *_grid(frame, since, until),
        *(_line(one, frame) for one in drawing.series),
        class_=f"series {kind}",
        viewBox=f"0 0 {frame.width} {frame.height}",
        role="img",
    )


def _band(alarm: Alarm, frame: Frame, until: int) -> Markup:
    began, over = frame.x(alarm.began), frame.x(alarm.over or until)
    return tag(
        "rect",
        class_=f"band {STATE_OF[alarm.kind].value}",
        x=began,
        y=_TOP,
        width=max(2.0, over - began),
        height=frame.height - _TOP - _BOTTOM,
    )


def _grid(frame: Frame, since: int, until: int) -> Iterable[Markup]:
    for part in (0.0, 0.5, 1.0):
        share = frame.top * part
        y = frame.y(share)
        yield tag("path", class_="rule", d=f"M{_LEFT} {y:.1f}H{frame.width - _RIGHT}")
        said = f"{share * 100:g} %"
        yield tag("text", said, class_="tick share", x=_LEFT - 7, y=y + 4)
    most = _LABELS if frame.width == WIDE[0] else _LABELS // 2
    hours = (until - since) / 60
    step = 60 * next((one for one in _HOUR_STEPS if hours / one <= most), _HOUR_STEPS[-1])
    for minute in range(since - since % step + step, until + 1, step):
        x = frame.x(minute)
        yield tag("path", class_="rule up", d=f"M{x:.1f} {_TOP}V{frame.height - _BOTTOM}")
        hour = datetime.fromtimestamp(minute * 60, UTC).strftime("%H:%M")
        yield tag("text", hour, class_="tick hour", x=min(x, frame.width - 18), y=frame.height - 7)


def _line(series: Series, frame: Frame) -> Markup:
    return tag("path", class_=f"share {series.stage.value}", d=_path(series.points, frame))


def _path(points: Sequence[Point], frame: Frame) -> str:
    """Broken where bins are missing; a bin alone is a dot."""
    if not points:
        return ""
    middle = BIN_MIN / 2
    drawn = [f"M{frame.x(points[0].minute + middle):.1f} {frame.y(_share(points[0])):.1f}h.01"]
    for before, point in pairwise(points):
        joined = point.minute - before.minute <= _GAP_BINS * BIN_MIN
        x, y = frame.x(point.minute + middle), frame.y(_share(point))
        drawn.append(f"L{x:.1f} {y:.1f}" if joined else f"M{x:.1f} {y:.1f}h.01")
    return "".join(drawn)


def spark(series: Sequence[Series], since: int, until: int) -> Markup:
    """The worst stage's line, small, beside words that say the same."""
    width, height = 240, 36
    worst: dict[int, float] = {}
    for one in series:
        for point in one.points:
            worst[point.minute] = max(worst.get(point.minute, 0.0), _share(point))
    span = max(1, until - since)
    parts: list[str] = []
    before: int | None = None
    for minute in sorted(worst):
        x = (minute - since + BIN_MIN / 2) / span * width
        y = height - 3 - worst[minute] * (height - 6)
        joined = before is not None and minute - before <= _GAP_BINS * BIN_MIN
        parts.append(f"L{x:.1f} {y:.1f}" if joined else f"M{x:.1f} {y:.1f}h.01")
        before = minute
    return tag(
        "svg",
        tag("path", class_="rule", d=f"M0 {height - 2.5}H{width}"),
        tag("path", class_="share", d="".join(parts)),
        class_="spark",
        viewBox=f"0 0 {width} {height}",
        preserveAspectRatio="none",
        aria_hidden="true",
    )


def sample(stage: Stage) -> Markup:
    """The look of a stage's line, for the legend."""
    return tag(
        "svg",
        tag("path", class_=f"share {stage.value}", d="M1 6h28"),
        class_="sample",
        viewBox="0 0 30 12",
        aria_hidden="true",
    )


def _share(point: Point) -> float:
    return point.failing / point.told if point.told else 0.0
