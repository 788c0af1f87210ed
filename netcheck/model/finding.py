"""A discretised reading of observations."""

from collections.abc import Mapping
from dataclasses import dataclass, field

Parameter = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Finding:
    """`id` is `thing.state` (`own-epdg.silent`). `params` fill its words; `checks` saw it."""

    id: str
    checks: tuple[str, ...] = ()
    params: Mapping[str, Parameter] = field(default_factory=dict)

    @property
    def thing(self) -> str:
        """What was looked at: the part before the point."""
        return self.id.partition(".")[0]

    @property
    def state(self) -> str:
        """How it was: the part after the point."""
        return self.id.partition(".")[2]
