"""What befalls many devices at once, and what then stands in their reports."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum

from netcheck.model.verdict import Side


class Seen(IntEnum):
    """Who notices a change: the phone at its next look or at once, the gateways when they are asked
    again, the line at the next look."""

    BY_PHONE = 0
    BY_ASKING = 1
    BY_LINE = 2


@dataclass(frozen=True, slots=True)
class Happening:
    """From `begins_s` to `ends_s` (of 1970) the findings stand in place of those about the same
    things, and of the `unseen` things there are none, on a `share` of the devices that it concerns;
    which, `draw` decides. Empty collections concern all. `called`: only those who look at that
    carrier, for somebody they can't reach. `cuts_off`: these can't send, and their reports wait;
    with `cellular_only` those who have no other way. A finding about what a device never looks at,
    such as a phone's of one that has none, changes nothing there."""

    begins_s: int
    ends_s: int
    findings: tuple[str, ...] = ()
    side: Side = Side.CARRIER
    fault: str = "unknown"
    carriers: Collection[str] = ()
    regions: Collection[str] = ()
    networks: Collection[int] = ()
    called: str | None = None
    share: float = 1.0
    draw: int = 0
    cuts_off: bool = False
    cellular_only: bool = False
    unseen: tuple[str, ...] = ()

    @property
    def seen(self) -> Seen:
        """How it is noticed: by the first of its findings."""
        thing = self.findings[0].partition(".")[0] if self.findings else ""
        if thing in ("phone-service", "refusal"):
            return Seen.BY_PHONE
        is_asked = thing.startswith(("own-", "called-", "control-"))
        return Seen.BY_ASKING if is_asked else Seen.BY_LINE
