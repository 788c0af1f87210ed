"""One cell through time: what is usual in it, the evidence against it, its alarm while it lasts."""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import exp, inf, log
from typing import Any

from netcheck.fleet.detection.baseline import Baseline
from netcheck.fleet.detection.evidence import Climb, Evidence
from netcheck.fleet.detection.settings import Settings
from netcheck.fleet.measured import Alarm, AlarmKind, Cell


@dataclass(slots=True)
class Track:
    """`silent`: whether it watches for devices that do not report. `recent`: minute, told and
    failing of the last minutes."""

    cell: Cell
    silent: bool = False
    baseline: Baseline = field(default_factory=Baseline)
    evidence: Evidence = field(default_factory=Evidence)
    recent: deque[tuple[int, int, int]] = field(default_factory=deque)
    alarm: Alarm | None = None

    def step(
        self, minute: int, told: int, failing: int, log_limit: float, settings: Settings
    ) -> Alarm | None:
        """One minute more. The alarm where it begins, turns into another kind or ends."""
        usual = self.baseline.usual(minute, settings)
        spread = self.baseline.overdispersion(settings)
        self.evidence.weigh(minute, failing, told, usual, settings.tolerated_excess, spread)
        self.recent.append((minute, told, failing))
        while self.recent[0][0] <= minute - settings.still_minutes:
            self.recent.popleft()
        before = self.alarm
        if before is None and self.evidence.log_odds >= log_limit:
            self._begin(minute)
        disturbed = self.alarm is not None
        self.baseline.learn(minute, told, failing, settings, disturbed=disturbed)
        if self.alarm is None:
            return None
        self.alarm = self._judged(self.alarm, log_limit, settings)
        if self.evidence.recovery.height >= log(settings.recovered_odds):
            return self._ended(self.alarm, minute)
        is_news = before is None or before.kind is not self.alarm.kind
        return self.alarm if is_news else None

    def _begin(self, minute: int) -> None:
        began = self.evidence.began
        # What speaks for its end begins to count now.
        self.evidence.recovery = Climb()
        kind = AlarmKind.SILENT if self.silent else AlarmKind.DEGRADED
        self.alarm = Alarm(self.cell, kind, minute if began is None else began, None, 0.0, 0.0)

    def _ended(self, alarm: Alarm, minute: int) -> Alarm:
        since = self.evidence.recovery.since
        self.alarm, self.evidence = None, Evidence()
        return replace(alarm, over=minute if since is None else since)

    def forgotten(self, minute: int, settings: Settings) -> Alarm | None:
        """The alarm, over, where nobody has told anything of its cell for long."""
        if self.alarm is None or self.recent[-1][0] > minute - settings.forgotten_minutes:
            return None
        return self._ended(self.alarm, self.recent[-1][0])

    def _judged(self, alarm: Alarm, log_limit: float, settings: Settings) -> Alarm:
        """The alarm as the last quarter of an hour shows it, but for what was before it."""
        since = [one for one in self.recent if one[0] >= alarm.began]
        told, failing = (sum(one[at] for one in since) for at in (1, 2))
        share = failing / told if told else alarm.share_failing
        kind = alarm.kind
        if not self.silent:
            kind = AlarmKind.OUTAGE if share >= settings.outage_share else AlarmKind.DEGRADED
        sure = 1 / (1 + exp(min(700.0, log_limit - self.evidence.log_odds)))
        return replace(
            alarm,
            kind=kind,
            share_failing=round(share, 4),
            confidence=round(max(sure, alarm.confidence), 4),
        )

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        alarm, evidence = self.alarm, self.evidence
        climbs = [*evidence.climbs, evidence.recovery]
        return {
            "silent": self.silent,
            "baseline": self.baseline.to_json(),
            "against": [None if one == -inf else one for one in evidence.against],
            "climbs": [[one.height, one.since] for one in climbs],
            "recent": [list(one) for one in self.recent],
            "alarm": alarm
            and [alarm.kind.value, alarm.began, alarm.confidence, alarm.share_failing],
        }

    @classmethod
    def from_json(cls, cell: Cell, told: Mapping[str, Any]) -> "Track":
        """From what `to_json` gave."""
        *climbs, recovery = (Climb(*one) for one in told["climbs"])
        against = [-inf if one is None else one for one in told["against"]]
        track = cls(cell, told["silent"], Baseline.from_json(told["baseline"]))
        track.evidence = Evidence(against, climbs, recovery)
        track.recent = deque((one[0], one[1], one[2]) for one in told["recent"])
        if told["alarm"]:
            kind, began, confidence, share = told["alarm"]
            track.alarm = Alarm(cell, AlarmKind(kind), began, None, confidence, share)
        return track
