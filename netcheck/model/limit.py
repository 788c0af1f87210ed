"""What limits netcheck on the machine it runs on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from netcheck.model.finding import Parameter


class Weight(StrEnum):
    """How much a limit changes of what netcheck can say."""

    MATTERS = "matters"  # an answer may be missing, or wrong
    SMALL = "small"  # an answer is less sure, or one convenience is missing
    OPTIONAL = "optional"  # few people need it


@dataclass(frozen=True, slots=True)
class Limit:
    """One limit that holds here. `params` fill its words."""

    id: str
    weight: Weight
    params: Mapping[str, Parameter] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Examination:
    """All that was looked at. `fine` does not limit; `not_measured` could not be told, or does not
    exist on this system, which is another matter than either. `untold` are facts of the device that
    this system keeps back or does not know."""

    system: str
    limits: tuple[Limit, ...]
    fine: tuple[str, ...]
    not_measured: tuple[str, ...]
    untold: tuple[str, ...] = ()

    def of(self, weight: Weight) -> tuple[Limit, ...]:
        """Those of one weight, in the order of the table."""
        return tuple(limit for limit in self.limits if limit.weight is weight)
