"""What the detector is set to, with its origins, from `settings.toml`."""

import tomllib
from dataclasses import dataclass, fields
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Settings:
    """Shares lie between 0 and 1. Each is explained, with its origin, in `settings.toml`."""

    false_alarms_per_30_days: float
    tolerated_excess: float
    outage_share: float
    baseline_quantile: float
    first_baseline: float
    least_days: int
    most_days: int
    most_baseline: float
    least_overdispersion: float
    most_overdispersion: float
    panel_minutes: int
    remembered_minutes: int
    late_minutes: int
    familiar_minutes: int
    least_seats: float
    most_of_batch: float
    due_minutes: int
    recovered_odds: float
    still_minutes: int
    forgotten_minutes: int

    def __post_init__(self) -> None:
        """Raises ValueError for what no detector can work with."""
        for field in fields(self):
            if not getattr(self, field.name) > 0:
                raise ValueError(f"{field.name} is not above zero")
        if self.most_baseline + self.tolerated_excess >= 1:
            raise ValueError("most_baseline and tolerated_excess leave no share to alarm for")


@cache
def shipped() -> Settings:
    """As shipped."""
    text = files("netcheck.fleet.detection").joinpath("settings.toml").read_text("utf-8")
    table = tomllib.loads(text)
    return Settings(**{field.name: table[field.name]["value"] for field in fields(Settings)})
