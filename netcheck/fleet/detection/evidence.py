"""How many times likelier is an outage than the usual noise? One cell, minute by minute.

Shiryaev-Roberts: M <- (M + 1) x LR. While the share of failures is at most what is tolerated, each
LR is an e-value (its mean is at most 1), so that M rises by one a minute in the mean at most, and
the chance to pass A within T minutes is at most T / A. Likelihoods are beta-binomial: devices fail
in groups, and the plain binomial takes every group for an outage.
"""

from dataclasses import dataclass, field
from functools import lru_cache
from math import exp, inf, lgamma, log, log1p

ALTERNATIVES = (0.1, 0.3, 0.55, 0.85)
"""Shares looked for, as parts of what lies between the one that is tolerated and all."""

_MOST_LOG_ODDS = 1e3


def log_chance(failing: int, told: int, share: float, overdispersion: float) -> float:
    """The log of the beta-binomial chance, without its binomial coefficient. `share`: the mean;
    `overdispersion`: the correlation of two devices in one minute, above 0 and below 1."""
    strength = (1 - overdispersion) / overdispersion
    a, b = share * strength, (1 - share) * strength
    return (
        lgamma(failing + a) + lgamma(told - failing + b) - lgamma(told + a + b)
        + lgamma(a + b) - lgamma(a) - lgamma(b)
    )  # fmt: skip


@lru_cache(maxsize=1 << 16)
def log_ratio(failing: int, told: int, share: float, usual: float, overdispersion: float) -> float:
    """The log of the likelihood ratio of this share to the usual one, for one minute."""
    if told == 0:
        return 0.0
    most = log_chance(failing, told, share, overdispersion)
    return most - log_chance(failing, told, usual, overdispersion)


@dataclass(slots=True)
class Climb:
    """A sum of log ratios that never falls below nothing (Page's CUSUM), and the minute at which it
    last began to rise: when what it speaks for most likely began."""

    height: float = 0.0
    since: int | None = None

    def step(self, minute: int, log_ratio: float) -> None:
        """One minute more."""
        self.height = min(self.height + log_ratio, _MOST_LOG_ODDS)
        if self.height <= 0:
            self.height, self.since = 0.0, None
        elif self.since is None:
            self.since = minute


@dataclass(slots=True)
class Evidence:
    """`against`: the log of M, one for each alternative; `climbs` date them; `recovery` speaks for
    the end of what was alarmed."""

    against: list[float] = field(default_factory=lambda: [-inf] * len(ALTERNATIVES))
    climbs: list[Climb] = field(default_factory=lambda: [Climb() for _ in ALTERNATIVES])
    recovery: Climb = field(default_factory=Climb)

    def weigh(
        self, minute: int, failing: int, told: int, usual: float, excess: float, spread: float
    ) -> None:
        """One minute more. `usual`: the baseline's share; `excess`: what is tolerated above it;
        `spread`: the over-dispersion."""
        tolerated = usual + excess
        for at, part in enumerate(ALTERNATIVES):
            looked_for = tolerated + part * (1 - tolerated)
            ratio = log_ratio(failing, told, looked_for, tolerated, spread)
            self.against[at] = min(_MOST_LOG_ODDS, _and_one(self.against[at]) + ratio)
            self.climbs[at].step(minute, ratio)
        self.recovery.step(minute, log_ratio(failing, told, usual, tolerated, spread))

    @property
    def log_odds(self) -> float:
        """Of an outage: the mean of M over the alternatives."""
        most = max(self.against)
        if most == -inf:
            return -inf
        return most + log(sum(exp(one - most) for one in self.against) / len(self.against))

    @property
    def began(self) -> int | None:
        """Since when the likeliest alternative has had more for it than against it."""
        return self.climbs[max(range(len(ALTERNATIVES)), key=self.against.__getitem__)].since


def _and_one(log_m: float) -> float:
    """log(M + 1)."""
    if log_m == -inf:
        return 0.0
    return log_m + log1p(exp(-log_m)) if log_m > 0 else log1p(exp(log_m))
