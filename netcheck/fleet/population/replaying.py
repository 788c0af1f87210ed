"""An outage of the past, from the places that a seed tells of, as what befalls a population.

Each view is a region of its own: all devices of its carrier there see what the view sees. What a
person reads off a phone ("SOS") is what a phone that is asked says of itself.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from string import ascii_uppercase
from typing import Protocol

from netcheck.fleet.population.happening import Happening
from netcheck.fleet.population.speaking import BASE
from netcheck.model.finding import Finding
from netcheck.model.result import CarrierChoice
from netcheck.model.verdict import Side

_HOUR_S = 3600
_AS_THE_PHONE_SAYS = {
    "symptom.sos": "phone-service.emergency-only",
    "symptom.no-service": "phone-service.none",
}
_USUAL = frozenset(BASE)
_THINGS = {one.partition(".")[0] for one in BASE}
_NOTICED_FIRST = ("phone-service", "own-", "called-", "control-")
"""By these a device notices: the phone's word first, then what is asked of carriers."""


class Hour(Protocol):
    """One hour of a view, as `netcheck.agent.seeds` reads it."""

    @property
    def at(self) -> datetime: ...  # noqa: D102
    @property
    def findings(self) -> tuple[Finding, ...]: ...  # noqa: D102
    @property
    def side(self) -> Side: ...  # noqa: D102
    @property
    def fault(self) -> str: ...  # noqa: D102


class View(Protocol):
    """One place, as `netcheck.agent.seeds` reads it."""

    @property
    def id(self) -> str: ...  # noqa: D102
    @property
    def carrier(self) -> CarrierChoice | None: ...  # noqa: D102
    @property
    def called(self) -> str | None: ...  # noqa: D102
    @property
    def hours(self) -> Sequence[Hour]: ...  # noqa: D102


def regions_of(views: Iterable[View]) -> dict[str, str]:
    """The region that stands for each view, by its id: a code that ISO 3166 leaves to its users."""
    return {view.id: f"X{ascii_uppercase[at]}" for at, view in enumerate(views)}


def happenings_of(views: Sequence[View]) -> list[Happening]:
    """All that differs from a healthy home, hour by hour. A view without a carrier tells nothing
    of one, and is left out."""
    regions = regions_of(views)
    ids = {view.carrier.name: view.carrier.id for view in views if view.carrier}
    return [
        one
        for view in views
        if view.carrier is not None
        for one in _of(view, view.carrier.id, regions[view.id], ids.get(view.called or ""))
    ]


def _of(view: View, carrier: str, region: str, called: str | None) -> Iterator[Happening]:
    for hour in view.hours:
        said = [_AS_THE_PHONE_SAYS.get(one.id, one.id) for one in hour.findings]
        findings = sorted((one for one in said if one not in _USUAL), key=_rank)
        unseen = tuple(sorted(_THINGS - {one.partition(".")[0] for one in said}))
        if hour.side is Side.NONE:
            continue
        begins_s = int(hour.at.timestamp())
        yield Happening(
            begins_s,
            begins_s + _HOUR_S,
            tuple(findings),
            hour.side,
            hour.fault,
            carriers=(carrier,),
            regions=(region,),
            called=called,
            cuts_off=hour.side is Side.ISP,
            unseen=unseen,
        )


def _rank(finding: str) -> int:
    ranks = [at for at, start in enumerate(_NOTICED_FIRST) if finding.startswith(start)]
    return min(ranks, default=len(_NOTICED_FIRST))
