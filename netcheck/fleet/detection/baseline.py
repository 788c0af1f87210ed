"""What is usual in a cell at this hour of the day: its share of failures on a bad quiet day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from netcheck.fleet.detection.settings import Settings

_HOURS = 24
_LEAST = 0.002  # a share of nothing would make a single failure proof
_FORGETS = 0.999  # an hour of the over-dispersion's sums: half of them is a month old


@dataclass(slots=True)
class Hour:
    """Sums over the minutes of one hour that is still going on."""

    of: int = -1  # hours since 1970
    told: int = 0
    failing: int = 0
    told_squared: int = 0
    failing_squared: int = 0
    both: int = 0
    disturbed: bool = False  # an alarm was on: nothing usual is learned of it


@dataclass(slots=True)
class Baseline:
    """`days`: for each hour of the day the shares of the last days, oldest first. `pairs` and
    `alike` are sums that the over-dispersion is read from."""

    days: list[list[float]] = field(default_factory=lambda: [[] for _ in range(_HOURS)])
    hour: Hour = field(default_factory=Hour)
    pairs: float = 0.0
    alike: float = 0.0
    _known: tuple[int, float] | None = field(default=None, compare=False)

    def learn(
        self, minute: int, told: int, failing: int, settings: Settings, *, disturbed: bool
    ) -> None:
        """One minute more; the hour before is taken over when another begins."""
        if self.hour.of != minute // 60:
            self._take(settings)
            self.hour = Hour(minute // 60)
        hour = self.hour
        hour.told += told
        hour.failing += failing
        hour.told_squared += told * told
        hour.failing_squared += failing * failing
        hour.both += told * failing
        hour.disturbed |= disturbed

    def usual(self, minute: int, settings: Settings) -> float:
        """The high quantile of this hour's share, of the hours beside it too."""
        hour = minute // 60
        if self._known is None or self._known[0] != hour:
            self._known = hour, self._quantile(hour % _HOURS, settings)
        return self._known[1]

    def overdispersion(self, settings: Settings) -> float:
        """By the method of moments, within its bounds."""
        found = self.alike / self.pairs if self.pairs else settings.least_overdispersion
        return round(
            min(settings.most_overdispersion, max(settings.least_overdispersion, found)), 3
        )

    def _quantile(self, hour: int, settings: Settings) -> float:
        beside = (hour - 1, hour, (hour + 1) % _HOURS)
        shares = sorted(share for one in beside for share in self.days[one])
        share = shares[ceil(settings.baseline_quantile * len(shares)) - 1] if shares else 0.0
        if len(self.days[hour]) < settings.least_days:
            share = max(share, settings.first_baseline)
        return round(min(settings.most_baseline, max(_LEAST, share)), 4)

    def _take(self, settings: Settings) -> None:
        hour = self.hour
        if hour.told == 0 or hour.disturbed:
            return
        # Half a failure more: an hour in which few devices told and none failed proves little.
        share = (hour.failing + 0.5) / (hour.told + 1)
        kept = self.days[hour.of % _HOURS]
        kept.append(round(share, 4))
        del kept[: -settings.most_days]
        self._spread(hour)

    def _spread(self, hour: Hour) -> None:
        share = hour.failing / hour.told
        binomial = share * (1 - share)
        pairs = hour.told_squared - hour.told
        if binomial == 0 or pairs == 0:
            return
        squares = hour.failing_squared - 2 * share * hour.both + share * share * hour.told_squared
        # E[(k - np)^2] = np(1-p)(1 + (n-1) rho); what one pair has more than chance, times pairs.
        self.pairs = _FORGETS * self.pairs + pairs
        self.alike = _FORGETS * self.alike + squares / binomial - hour.told

    def to_json(self) -> dict[str, Any]:
        """As plain values."""
        hour = self.hour
        return {
            "days": self.days,
            "hour": [getattr(hour, name) for name in Hour.__slots__],
            "pairs": self.pairs,
            "alike": self.alike,
        }

    @classmethod
    def from_json(cls, told: Mapping[str, Any]) -> "Baseline":
        """From what `to_json` gave."""
        days: Sequence[Sequence[float]] = told["days"]
        return cls([list(day) for day in days], Hour(*told["hour"]), told["pairs"], told["alike"])
