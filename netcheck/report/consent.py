"""Who decides whether reports go out: the user, unless an administrator's policy does."""

from dataclasses import dataclass
from enum import StrEnum


class Ruling(StrEnum):
    """What a policy may rule: never anything, looking only, or that the organisation which owns the
    device has consented for it."""

    OFF = "off"
    PREVIEW = "preview"
    MANAGED = "managed"


@dataclass(frozen=True, slots=True)
class Standing:
    """`previews`: a report may be made and shown. `sends`: it may go out. `ruled`: by what a policy
    decided so; None: it is the user's choice."""

    previews: bool
    sends: bool
    ruled: Ruling | None = None


def standing(ruling: str | None, choice: bool | None) -> Standing:
    """Where a device stands. Without a ruling and without a choice nothing is sent; a ruling of
    another kind than is known here counts as `off`."""
    if ruling is None:
        return Standing(previews=True, sends=choice is True)
    ruled = next((one for one in Ruling if one == ruling), Ruling.OFF)
    return Standing(ruled is not Ruling.OFF, ruled is Ruling.MANAGED, ruled)
