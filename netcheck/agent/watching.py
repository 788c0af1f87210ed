"""What a watch makes of cycle after cycle: when trouble began, when it is over, what is flapping.

Pure: it is fed verdicts with their times and tells events. Times are seconds of a clock that
nobody can set and that counts sleep too (CLOCK_BOOTTIME), so that a change of the wall clock or a
night in a bag makes no outage longer or shorter. One bad cycle is a suspicion, looked at again at
once; two in a row are trouble, and it began with the first (an incident is no single sample).
"""

import random
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from netcheck.diagnosis.weighing import WELL
from netcheck.model.verdict import Severity, Side, Verdict

EVERY_S = 60.0
JITTER = 0.1  # either way, so that a fleet does not beat as one
AGAIN_AFTER_S = 8.0
CARRIERS_EVERY_S = 900.0
CARRIERS_APART_S = 30.0  # strongSwan forgets a half-open exchange after so long (half_open_timeout)
FLAPS = 3  # of so many cycles bad, and not in one piece: an incident is 3 of 6 (an evidence logger)
FLAPS_OF = 6
TURNS = 4  # good to bad or back, among these: once in and once out is one outage


class EventKind(StrEnum):
    """What may happen in a watch. Closed for a major version."""

    STARTED = "started"  # the first cycle's verdict
    BEGAN = "began"
    CHANGED = "changed"  # another side or fault, while the trouble goes on
    WORSE = "worse"
    BETTER = "better"
    OVER = "over"
    FLAPPING = "flapping"  # it comes and goes
    STEADY = "steady"  # it has stopped coming and going
    NETWORK = "network"  # this device is on another network, or its network changed
    WOKE = "woke"  # this device has slept
    CLOCK = "clock"  # somebody has set the wall clock
    PHONE = "phone"  # the modem or phone told of a change
    CYCLE = "cycle"  # one look, whatever it saw


@dataclass(frozen=True, slots=True)
class Event:
    """`at_s` is when it happened, `since_s` since when what it is about has been so."""

    kind: EventKind
    at_s: float
    since_s: float | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """One cycle's verdict, as far as a story needs it."""

    at_s: float
    side: Side
    fault: str | None
    severity: Severity

    @property
    def bad(self) -> bool:
        """Whether anything is wrong, or may be: an open question is trouble too."""
        return self.side is not Side.NONE


def says_nothing(verdict: Verdict) -> bool:
    """Whether a look is open only for want of what it did not look at: nothing it saw speaks of
    trouble. So is one that spares the carriers where nothing that they said before holds here."""
    return verdict.side is Side.INCONCLUSIVE and verdict.fault == WELL


def look(verdict: Verdict, at_s: float) -> Look:
    """A verdict as one look."""
    return Look(at_s, verdict.side, verdict.fault, verdict.severity)


@dataclass(slots=True)
class Story:
    """Cycles in, events out. `trouble` is the look with which the present trouble was last told,
    None while all is well."""

    trouble: Look | None = None
    began_s: float | None = None
    flapping: bool = False
    _doubt: Look | None = field(default=None)  # the first look that differs, not yet confirmed
    _recent: list[Look] = field(default_factory=list)

    def feed(self, seen: Look) -> list[Event]:
        """The events this look brings; `began` and `over` carry the time of the first sign."""
        first = not self._recent
        self._recent = [*self._recent[-(FLAPS_OF - 1) :], seen]
        if first:
            self._start(seen)
            return [Event(EventKind.STARTED, seen.at_s)]
        told = self._turned(seen) if seen.bad != (self.trouble is not None) else self._goes_on(seen)
        return [*told, *self._flaps(seen)]

    @property
    def in_doubt(self) -> bool:
        """Whether the last look waits to be confirmed: the next one should come soon."""
        return self._doubt is not None

    def _start(self, seen: Look) -> None:
        if seen.bad:
            self.trouble, self.began_s = seen, seen.at_s

    def _turned(self, seen: Look) -> list[Event]:
        """Good after bad, or bad after good: told once it is seen twice."""
        if self._doubt is None:
            self._doubt = seen
            return []
        first_sign_s, self._doubt = self._doubt.at_s, None
        if seen.bad:
            self.trouble, self.began_s = seen, first_sign_s
            return [Event(EventKind.BEGAN, seen.at_s, first_sign_s)]
        began_s, self.trouble, self.began_s = self.began_s, None, None
        return [Event(EventKind.OVER, first_sign_s, began_s)]

    def _goes_on(self, seen: Look) -> list[Event]:
        """As before; in trouble perhaps another one, or a worse or a lesser one."""
        self._doubt = None
        before = self.trouble
        if before is None or not seen.bad:
            return []
        self.trouble = seen
        if before.severity is not seen.severity:
            worse = seen.severity is Severity.DOWN
            kind = EventKind.WORSE if worse else EventKind.BETTER
            return [Event(kind, seen.at_s, self.began_s)]
        if (before.side, before.fault) != (seen.side, seen.fault):
            return [Event(EventKind.CHANGED, seen.at_s, self.began_s)]
        return []

    def _flaps(self, seen: Look) -> list[Event]:
        bad = [one.bad for one in self._recent]
        changes = sum(one != other for one, other in pairwise(bad))
        comes_and_goes = sum(bad) >= FLAPS and changes >= TURNS
        if comes_and_goes and not self.flapping:
            self.flapping = True
            return [Event(EventKind.FLAPPING, seen.at_s, self._recent[0].at_s)]
        if self.flapping and len(self._recent) == FLAPS_OF and changes <= 1:
            self.flapping = False
            return [Event(EventKind.STEADY, seen.at_s)]
        return []


@dataclass(slots=True)
class Rhythm:
    """When to look next, and whether to ask carriers then. A change brings one quick look, and
    lets the carriers be asked once before their quarter of an hour is over: half a minute after
    they were last asked at the earliest, and twice as long each time until a quarter of an hour
    has passed, so that what changes without end asks them seldom."""

    dice: random.Random
    every_s: float = EVERY_S
    _asked_s: float | None = None
    _changed: bool = False
    _soon: bool = False
    _apart_s: float = CARRIERS_APART_S

    def wait_s(self, *, in_doubt: bool) -> float:
        """Seconds until the next look; the one after a change is told once."""
        soon, self._soon = in_doubt or self._soon, False
        if soon:
            return min(AGAIN_AFTER_S, self.every_s)
        return self.every_s * self.dice.uniform(1 - JITTER, 1 + JITTER)

    def something_changed(self) -> None:
        """The network, the verdict or the phone: the next look may ask the carriers."""
        self._changed = self._soon = True

    def may_ask_carriers(self, now_s: float) -> bool:
        """Whether the look that begins now may ask the carriers; it then counts as asked."""
        if self._asked_s is not None:
            since_s = now_s - self._asked_s
            if since_s < (self._apart_s if self._changed else CARRIERS_EVERY_S):
                return False
            rested = since_s >= CARRIERS_EVERY_S
            self._apart_s = CARRIERS_APART_S if rested else min(2 * self._apart_s, CARRIERS_EVERY_S)
        self._asked_s, self._changed = now_s, False
        return True


@dataclass(slots=True)
class Watched:
    """What the looks of a watch come to: events for its story, changes for its rhythm."""

    story: Story
    rhythm: Rhythm
    _last: Look | None = field(default=None)

    def take(self, verdict: Verdict, at_s: float, *, asked: bool) -> list[Event]:
        """The events of this look; `asked`: it was one that may ask carriers. One that was not,
        and says nothing for want of them, is no trouble; but where there was some, it may be over,
        and the carriers may soon be asked."""
        seen, before = look(verdict, at_s), self._last
        silent = not asked and says_nothing(verdict)
        if silent and self.story.trouble is None and not self.story.in_doubt:
            return []
        self._last = seen
        if before is not None and (seen.side, seen.fault) != (before.side, before.fault):
            self.rhythm.something_changed()
        return [] if silent else self.story.feed(seen)


@dataclass(frozen=True, slots=True)
class Clocks:
    """Three clocks read at one moment, in seconds: `boot` counts sleep, `awake` does not, `wall`
    can be set."""

    boot_s: float
    awake_s: float
    wall_s: float


SLEPT_S = 5.0
SET_S = 30.0


def between(before: Clocks, now: Clocks) -> list[Event]:
    """Whether this device slept, or somebody set its clock, since then."""
    events = []
    passed_s = now.boot_s - before.boot_s
    if passed_s - (now.awake_s - before.awake_s) > SLEPT_S:
        events.append(Event(EventKind.WOKE, now.boot_s, before.boot_s))
    if abs((now.wall_s - before.wall_s) - passed_s) > SET_S:
        events.append(Event(EventKind.CLOCK, now.boot_s))
    return events
