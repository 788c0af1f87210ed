"""A discretised reading of observations."""

from collections.abc import Iterable, Mapping
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


def states(findings: Iterable[Finding]) -> dict[str, str]:
    """The state of each thing that was looked at; of one that was told twice, as first told."""
    told: dict[str, str] = {}
    for finding in findings:
        told.setdefault(finding.thing, finding.state)
    return told
