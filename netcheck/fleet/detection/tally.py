"""Reports as counts in which nobody weighs more than one device.

Devices report when something changes, and else once an hour: of the reports of one minute those
that fail are far too many. So each device's last word is kept for a while, and each minute counts
another fifteenth of all devices, chosen by their tokens: every device is counted once in a quarter
of an hour, however often it speaks. A report that waited in an outbox tells of the past and is not
counted. A device that was never seen before takes one of the seats that are usually taken at this
hour; a flood of new ones shares those few. One batch may fill a small part of a count.

Weaknesses: tokens change at midnight UTC, and in the hour after it everybody is new, so that a
flood weighs in full then; who forges with patience, for days, is a device like any other.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from netcheck.fleet.attributing import cells
from netcheck.fleet.detection.settings import Settings, shipped
from netcheck.fleet.measured import Cell, Count, Received, Stage

_MINUTES_A_DAY = 1440
_KNOWN_DAYS = 7  # how slowly the usual number of devices follows
_EARLY_MINUTES = 10  # a report from further in the future is of a device whose clock is wrong


class Key(NamedTuple):
    """A device as far as a report tells one from another."""

    token: str
    carrier: str
    region: str


class Closed(NamedTuple):
    """Of one minute: what devices said of their carriers' stages, and, told as `Count`s of
    registration, how many were due to report and how many of those did not."""

    counts: tuple[Count, ...]
    due: tuple[Count, ...]


@dataclass(slots=True)
class Device:
    """Minutes of 1970. `told`: of each cell, by its number, the minute of its last word, and
    whether it fails."""

    first: int
    last: int
    familiar: bool = False
    batch: int | None = None
    told: dict[int, tuple[int, bool]] = field(default_factory=dict)


@dataclass(slots=True)
class _Usual:
    """How many devices tell something of a cell at each hour, in one minute's panel."""

    hours: list[float | None] = field(default_factory=lambda: [None] * 24)
    days: list[int] = field(default_factory=lambda: [0] * 24)
    hour: int = -1
    total: float = 0.0
    minutes: int = 0
    latest: float | None = None

    def learn(self, minute: int, told: float) -> None:
        if self.hour != minute // 60:
            self._take()
            self.hour, self.total, self.minutes = minute // 60, 0.0, 0
        self.total += told
        self.minutes += 1

    def at(self, minute: int) -> float | None:
        """Of an hour that is not known yet: as in the last one that is."""
        known = self.hours[minute // 60 % 24]
        return self.latest if known is None else known

    def _take(self) -> None:
        if not self.minutes:
            return
        at, found = self.hour % 24, self.total / self.minutes
        known = self.hours[at]
        self.days[at] = min(self.days[at] + 1, _KNOWN_DAYS)
        self.hours[at] = found if known is None else known + (found - known) / self.days[at]
        self.latest = self.hours[at]


class Tally:
    """Takes reports as they come, gives each minute's counts. Minutes are closed in order; one that
    was left out means that the collector was away."""

    def __init__(self, settings: Settings | None = None) -> None:
        self._settings = settings or shipped()
        self._slots: list[dict[Key, Device]] = [{} for _ in range(self._settings.panel_minutes)]
        self._heard: dict[int, dict[Key, Device]] = {}
        self._numbers: dict[Cell, int] = {}
        self._usual: list[_Usual] = []  # by number, as the next
        self._cells: list[Cell] = []
        self._closed: int | None = None
        self._hears_since = 0

    def add(self, received: Received, batch: int | None = None) -> bool:
        """Whether it counts; a late one does not. `batch`: whatever tells this batch from others;
        None for a report that came alone."""
        report, minute = received.report, received.at_s // 60
        if report.carrier is None or is_late(received, self._settings):
            return False
        key = Key(report.device_token, report.carrier, report.region or "")
        slot = self._slots[_place(key.token, len(self._slots))]
        device = slot.get(key)
        if device is None:
            device = slot[key] = Device(minute, minute)
        elif minute - device.first >= self._settings.familiar_minutes:
            device.familiar = True
        device.last, device.batch = minute, batch
        for cell, fails in cells(report).items():
            device.told[self._number(cell)] = (minute, fails)
        self._heard.setdefault(minute, {})[key] = device
        return True

    def _number(self, cell: Cell) -> int:
        found = self._numbers.get(cell)
        if found is None:
            found = self._numbers[cell] = len(self._cells)
            self._cells.append(cell)
            self._usual.append(_Usual())
        return found

    def close(self, minute: int) -> Closed:
        """The counts of the minute that has just ended."""
        if self._closed is None or minute != self._closed + 1:
            self._hears_since = minute
        self._closed = minute
        slot = self._slots[minute % len(self._slots)]
        oldest = minute - self._settings.remembered_minutes
        for key in [key for key, device in slot.items() if device.last < oldest]:
            del slot[key]
        told: dict[int, _Sums] = {}
        for device in slot.values():
            age = _age(device, minute)
            for number, (at, fails) in device.told.items():
                if at >= oldest:
                    sums = told.get(number)
                    if sums is None:
                        sums = told[number] = _Sums()
                    sums.add(age, fails, device.batch)
        counts = (self._count(number, minute, sums) for number, sums in told.items())
        return Closed(tuple(counts), self._due(minute))

    def _count(self, number: int, minute: int, sums: "_Sums") -> Count:
        usual = self._usual[number]
        told, failing = sums.weighed(usual.at(minute), self._settings)
        if minute >= self._hears_since + self._settings.remembered_minutes:
            usual.learn(minute, told)  # before, not all devices have been heard
        whole = round(told)
        return Count(self._cells[number], minute, whole, min(whole, round(failing)))

    def _due(self, minute: int) -> tuple[Count, ...]:
        """Of the devices that reported an hour ago: who has not come again? Only those count that
        came back once before; and none across midnight UTC, when every token changes."""
        then = minute - self._settings.due_minutes
        for old in [one for one in self._heard if one < then]:
            del self._heard[old]
        heard = self._heard.pop(then, {})
        if then // _MINUTES_A_DAY != minute // _MINUTES_A_DAY or then < self._hears_since:
            return ()
        sums: dict[Cell, list[int]] = {}
        for key, device in heard.items():
            if device.familiar and device.first <= then - self._settings.familiar_minutes:
                found = sums.setdefault(Cell(key.carrier, key.region, Stage.REGISTRATION), [0, 0])
                found[0] += 1
                found[1] += device.last == then
        return tuple(Count(cell, minute, due, missing) for cell, (due, missing) in sums.items())

    def to_json(self) -> dict[str, Any]:
        """All that a restart needs, as plain values."""
        keys = {key: at for at, key in enumerate(key for slot in self._slots for key in slot)}
        devices = [slot[key] for slot in self._slots for key in slot]
        return {
            "closed": self._closed,
            "hears_since": self._hears_since,
            "cells": [
                [*_plain(cell), one.hours, one.days, one.hour, one.total, one.minutes,
                 one.latest]
                for cell, one in zip(self._cells, self._usual, strict=True)
            ],
            "devices": [
                [*key, device.first, device.last, device.familiar, device.batch,
                 [[number, *said] for number, said in device.told.items()]]
                for key, device in zip(keys, devices, strict=True)
            ],
            "heard": [
                [minute, [keys[key] for key in heard if key in keys]]
                for minute, heard in self._heard.items()
            ],
        }  # fmt: skip

    @classmethod
    def from_json(cls, told: Mapping[str, Any], settings: Settings | None = None) -> "Tally":
        """From what `to_json` gave."""
        tally = cls(settings)
        tally._closed, tally._hears_since = told["closed"], told["hears_since"]
        for *words, hours, days, hour, total, minutes, latest in told["cells"]:
            number = tally._number(cell_of(*words))
            tally._usual[number] = _Usual(list(hours), list(days), hour, total, minutes, latest)
        devices: list[tuple[Key, Device]] = []
        for token, carrier, region, first, last, familiar, batch, said in told["devices"]:
            device = Device(first, last, familiar, batch)
            device.told = {number: (at, fails) for number, at, fails in said}
            devices.append((Key(token, carrier, region), device))
            tally._slots[_place(token, len(tally._slots))][devices[-1][0]] = device
        tally._heard = {
            minute: dict(devices[at] for at in heard) for minute, heard in told["heard"]
        }
        return tally


def is_late(received: Received, settings: Settings) -> bool:
    """Whether a report tells of the past, or of a moment that its device can't know."""
    age = received.at_s // 60 - _minute(received.report.time)
    return not -_EARLY_MINUTES <= age <= settings.late_minutes


def cell_of(carrier: str, region: str, stage: str, called: str) -> Cell:
    """A cell from plain words."""
    return Cell(carrier, region, Stage(stage), called)


def _plain(cell: Cell) -> tuple[str, str, str, str]:
    return cell.carrier, cell.region, cell.stage.value, cell.called


class _Sums:
    """What the devices of one cell said, by how well they are known and by batch."""

    def __init__(self) -> None:
        self._by: dict[tuple[str, int | None], list[int]] = {}

    def add(self, age: str, fails: bool, batch: int | None) -> None:
        found = self._by.get((age, batch))
        if found is None:
            found = self._by[age, batch] = [0, 0]
        found[0] += 1
        found[1] += fails

    def weighed(self, usual: float | None, settings: Settings) -> tuple[float, float]:
        """How many devices, and how many of them failing, each by its weight."""
        told, failing = self._without_heavy_batches(settings)
        familiar, new = told["familiar"], told["new"]
        # Today's tokens take the place of yesterday's, device by device.
        most = told["before"] if usual is None else usual
        before = min(told["before"], max(0.0, most - familiar - new))
        weights = {
            "familiar": 1.0,
            "before": before / told["before"] if told["before"] else 0.0,
            "new": 1.0,
        }
        if usual is not None and new:
            seats = max(settings.least_seats * usual, usual - familiar - before)
            weights["new"] = min(1.0, seats / new)
        return (
            sum(weight * told[age] for age, weight in weights.items()),
            sum(weight * failing[age] for age, weight in weights.items()),
        )

    def _without_heavy_batches(
        self, settings: Settings
    ) -> tuple[dict[str, float], dict[str, float]]:
        of_batch: dict[int | None, int] = {}
        for (_, batch), (count, _) in self._by.items():
            of_batch[batch] = of_batch.get(batch, 0) + count
        most = max(1.0, settings.most_of_batch * sum(of_batch.values()))
        told = dict.fromkeys(("familiar", "before", "new"), 0.0)
        failing = dict(told)
        for (age, batch), (count, fails) in self._by.items():
            weight = 1.0 if batch is None else min(1.0, most / of_batch[batch])
            told[age] += weight * count
            failing[age] += weight * fails
        return told, failing


def _age(device: Device, minute: int) -> str:
    if device.last // _MINUTES_A_DAY != minute // _MINUTES_A_DAY:
        return "before"
    return "familiar" if device.familiar else "new"


def _place(token: str, slots: int) -> int:
    return int(token, 16) % slots


@lru_cache(maxsize=4096)
def _minute(time: str) -> int:
    """Of a report's time (`2024-02-22T09:15Z`), in minutes of 1970."""
    from datetime import datetime

    return int(datetime.fromisoformat(time).timestamp()) // 60
