"""The devices' days: what they notice, when they report it, and when that arrives.

Simulated is not every look but every one that could bring a report: an hour after the last one, at
a change, at waking. A change of the phone is noticed at once by who hears events and at the next
look by others; one of names and gateways when these are asked again, at most a quarter of an hour
later. Then the report waits up to 45 s, and goes out with the next look.
"""

import random
from collections.abc import Iterator, Sequence
from enum import IntEnum

from netcheck.fleet.measured import Received
from netcheck.fleet.population.happening import Happening, Seen
from netcheck.fleet.population.people import (
    DAY_S,
    Device,
    Makeup,
    devices,
    is_drawn,
    token_of,
    wakes_at_s,
)
from netcheck.fleet.population.speaking import findings_of, report_of
from netcheck.model.verdict import Side
from netcheck.report.form import Report
from netcheck.report.timing import EVERY_S, SPREAD_S

LOOK_S = 60.0
JITTER = 0.1
AGAIN_AFTER_S = 8.0
CARRIERS_EVERY_S = 900.0
_HEARD_WITHIN_S = 3.0
_LONGEST_TRY_S = 1800.0  # who could not send for long tries seldom

_GATEWAY_GLITCH = ("own-epdg.silent",)
_PHONE_GLITCH = ("phone-service.searching",)
_GATEWAY_GLITCHES_A_DAY = 0.86  # 0.009 of the looks of a healthy device (diagnosis/likelihoods)
_PHONE_GLITCHES_A_DAY = 1.9  # 0.004 of the time, three minutes each (as above)
_PHONE_GLITCH_S = 180.0
_NAPS_A_DAY = 2.0
_WAKES_WITHIN_S = 5.0

_WELL = (Side.NONE, "all-well")
_UNSURE = (Side.INCONCLUSIVE, "unknown")


class _What(IntEnum):
    LOOK = 0
    HOURLY = 1
    SEND = 2
    BEGINS = 3
    ENDS = 4
    GLITCH = 5
    CLEARS = 6
    NAP = 7
    WAKES = 8


_Event = tuple[float, int, _What, Device | None, object]


def live(
    makeup: Makeup, happenings: Sequence[Happening], begins_s: int, ends_s: int
) -> Iterator[tuple[int, list[Received]]]:
    """Of each minute, in order, the reports that arrive in it. `begins_s` and `ends_s` are whole
    minutes of 1970, in seconds."""
    return _World(makeup, happenings, begins_s, ends_s).minutes()


class _World:
    def __init__(
        self, makeup: Makeup, happenings: Sequence[Happening], begins_s: int, ends_s: int
    ) -> None:
        self._makeup, self._happenings = makeup, happenings
        self._begins, self._ends = begins_s // 60, ends_s // 60
        self._dice = random.Random(makeup.seed + 1)
        self._devices = devices(makeup)
        self._buckets: list[list[_Event]] = [[] for _ in range(self._ends - self._begins)]
        self._count = 0
        self._arrived: list[Received] = []
        for number, one in enumerate(happenings):
            if one.ends_s > begins_s:
                self._at(max(one.begins_s, begins_s), _What.BEGINS, None, number)
                self._at(one.ends_s, _What.ENDS, None, number)
        for device in self._devices:
            self._at(begins_s + self._dice.uniform(0, EVERY_S), _What.HOURLY, device, 0)
            self._next_glitch(device, begins_s)
            if device.sleeps:
                self._at(begins_s + self._wait(_NAPS_A_DAY), _What.NAP, device)

    def minutes(self) -> Iterator[tuple[int, list[Received]]]:
        for at, bucket in enumerate(self._buckets):
            while bucket:  # what happens may bring more of the same minute
                events, self._buckets[at] = sorted(bucket), []
                for event in events:
                    self._happen(event)
                bucket = self._buckets[at]
            yield self._begins + at, self._arrived
            self._arrived = []

    def _at(self, at_s: float, what: _What, device: Device | None, more: object = None) -> None:
        minute = int(at_s) // 60 - self._begins
        if 0 <= minute < len(self._buckets):
            self._count += 1
            self._buckets[minute].append((at_s, self._count, what, device, more))

    def _wait(self, a_day: float) -> float:
        return self._dice.expovariate(a_day / DAY_S)

    def _happen(self, event: _Event) -> None:
        at_s, _, what, device, more = event
        if device is None:
            assert isinstance(more, int)
            self._befall(at_s, more, begins=what is _What.BEGINS)
        elif what is _What.LOOK:
            self._look(device, at_s, asks=bool(more))
        elif what is _What.HOURLY:
            if more == device.reports:
                self._hourly(device, at_s)
        elif what is _What.SEND:
            assert isinstance(more, Report)
            self._send(device, at_s, more)
        elif what is _What.NAP:
            device.naps_until_s = at_s + self._dice.uniform(1200, 7200)
            self._at(device.naps_until_s + _WAKES_WITHIN_S, _What.WAKES, device)
            self._at(at_s + self._wait(_NAPS_A_DAY), _What.NAP, device)
        elif what is _What.WAKES:
            self._send_what_waits(device, at_s)
            self._look(device, at_s, asks=True)
        else:
            self._glitches(device, at_s, clears=what is _What.CLEARS)

    def _befall(self, at_s: float, number: int, *, begins: bool) -> None:
        one = self._happenings[number]
        for device in self._devices:
            if not _concerns(one, device):
                continue
            if begins:
                device.befallen.add(number)
            else:
                device.befallen.discard(number)
            if one.cuts_off:
                device.cut_off += 1 if begins else -1
                if not device.cut_off:
                    self._send_what_waits(device, at_s + self._dice.uniform(0, _LONGEST_TRY_S))
            if one.findings or one.unseen:
                asks = one.seen is Seen.BY_ASKING
                self._at(self._noticed_at(device, at_s, one.seen), _What.LOOK, device, asks)

    def _noticed_at(self, device: Device, at_s: float, seen: Seen) -> float:
        if seen is Seen.BY_ASKING:
            return at_s + (device.asks_at_s - at_s) % CARRIERS_EVERY_S
        if seen is Seen.BY_PHONE and device.hears_events:
            return at_s + self._dice.uniform(0, _HEARD_WITHIN_S)
        return at_s + self._dice.uniform(0, LOOK_S)

    def _next_glitch(self, device: Device, at_s: float) -> None:
        a_day = _PHONE_GLITCHES_A_DAY if device.tells_of_phone else 0.0
        self._at(at_s + self._wait(a_day + _GATEWAY_GLITCHES_A_DAY), _What.GLITCH, device)

    def _glitches(self, device: Device, at_s: float, *, clears: bool) -> None:
        """A passing trouble of one device, as every healthy one has now and then."""
        if clears:
            device.glitch = ()
            self._next_glitch(device, at_s)
        else:
            both = _PHONE_GLITCHES_A_DAY + _GATEWAY_GLITCHES_A_DAY
            of_phone = device.tells_of_phone and self._dice.random() < _PHONE_GLITCHES_A_DAY / both
            device.glitch = _PHONE_GLITCH if of_phone else _GATEWAY_GLITCH
            lasts_s = self._dice.expovariate(1 / _PHONE_GLITCH_S) if of_phone else CARRIERS_EVERY_S
            self._at(at_s + lasts_s, _What.CLEARS, device)
        # Of a glitch of the gateway the moment is the one at which it was asked.
        wait_s = self._dice.uniform(0, LOOK_S) if device.tells_of_phone else 0.0
        self._at(at_s + wait_s, _What.LOOK, device, True)

    def _hourly(self, device: Device, at_s: float) -> None:
        wakes_s = self._wakes_s(device, at_s)
        if wakes_s > at_s:
            self._at(wakes_s + _WAKES_WITHIN_S, _What.HOURLY, device, device.reports)
            return
        self._send_what_waits(device, at_s)
        self._look(device, at_s, asks=True, is_old=True)

    def _wakes_s(self, device: Device, at_s: float) -> float:
        return wakes_at_s(device, self._makeup, at_s)

    def _look(self, device: Device, at_s: float, *, asks: bool, is_old: bool = False) -> None:
        if self._wakes_s(device, at_s) > at_s:
            return
        seen = (n for n in device.befallen if asks or not self._is_asked(n))
        before = () if asks else (n for n in device.noticed if self._is_asked(n))
        device.noticed = frozenset((*seen, *before))
        named = (self._happenings[n] for n in sorted(device.noticed))
        changes = (*((one.findings, one.unseen) for one in named), (device.glitch, ()))
        found = findings_of(device.tells_of_phone, device.called is not None, changes)
        blame = self._blame(device)
        verdict = found, blame
        changed = verdict != device.verdict
        if changed or is_old:
            device.verdict = verdict
            self._report(device, at_s, found, blame, changed=changed)

    def _is_asked(self, number: int) -> bool:
        return self._happenings[number].seen is Seen.BY_ASKING

    def _blame(self, device: Device) -> tuple[Side, str]:
        if not device.noticed:
            return _UNSURE if device.glitch else _WELL
        named = [self._happenings[n] for n in sorted(device.noticed)]
        nearest = min(named, key=lambda one: list(Side).index(one.side))
        return nearest.side, nearest.fault

    def _report(
        self,
        device: Device,
        at_s: float,
        found: tuple[str, ...],
        blame: tuple[Side, str],
        *,
        changed: bool,
    ) -> None:
        dice = self._dice
        token = token_of(device, at_s, self._makeup.seed)
        report = report_of(device, token, at_s, found, blame, dice)
        device.reports += 1
        self._at(at_s + EVERY_S + dice.uniform(0, LOOK_S), _What.HOURLY, device, device.reports)
        due_s = at_s + dice.uniform(0, SPREAD_S)
        next_s = at_s + (AGAIN_AFTER_S if changed else self._between_looks_s())
        while next_s < due_s:
            next_s += self._between_looks_s()
        self._at(next_s, _What.SEND, device, report)
        if changed:  # a change lets the carriers be asked with the next look
            self._at(at_s + AGAIN_AFTER_S, _What.LOOK, device, True)

    def _between_looks_s(self) -> float:
        return LOOK_S * self._dice.uniform(1 - JITTER, 1 + JITTER)

    def _send(self, device: Device, at_s: float, report: Report) -> None:
        if device.cut_off or self._wakes_s(device, at_s) > at_s:
            device.waiting.append(report)
        else:
            self._arrived.append(Received(report, int(at_s)))

    def _send_what_waits(self, device: Device, at_s: float) -> None:
        """One with each look, oldest first."""
        for nth, report in enumerate(device.waiting):
            self._at(at_s + nth * LOOK_S, _What.SEND, device, report)
        device.waiting = []


def _concerns(one: Happening, device: Device) -> bool:
    return (
        (not one.carriers or device.carrier in one.carriers)
        and (not one.regions or device.region in one.regions)
        and (not one.networks or device.network in one.networks)
        and (one.called is None or device.called == one.called)
        and (device.cellular_only or not one.cellular_only)
        and is_drawn(device, one.draw, one.share)
    )
