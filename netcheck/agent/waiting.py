"""Waiting between two looks of a watch: for the time to pass, or for something to change."""

import queue
import random
import threading
import time
from collections.abc import Callable
from dataclasses import replace

from netcheck.agent.watching import (
    AGAIN_AFTER_S,
    Clocks,
    Event,
    EventKind,
    Rhythm,
    between,
)
from netcheck.device.contract import DeviceReader
from netcheck.model.device import Device
from netcheck.model.phone import Phone
from netcheck.phone.contract import Unread

_SLICE_S = 1.0
_NETWORK_EVERY_S = 5.0  # one reading of the kernel's own tables


def clocks() -> Clocks:
    """The three clocks now. Where the system has no clock that counts sleep, none is noticed."""
    awake_s = time.monotonic()
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    boot_s = time.clock_gettime(boot) if boot is not None else awake_s
    return Clocks(boot_s, awake_s, time.time())


def network_of(device: Device) -> object:
    """What makes it this network: routes, nameservers, and whether the interfaces that lead out
    are up; those of containers come and go. Compared and never kept."""
    leads = {route.interface for route in device.default_routes}
    return (
        [(route.interface, route.gateway, route.source) for route in device.default_routes],
        device.nameservers,
        [(one.name, one.up, one.carrier) for one in device.interfaces if one.name in leads],
    )


def service_of(said: Phone | Unread) -> object:
    """What a phone or modem says but for what moves all the time: bars, dBm, 4G or 5G."""
    if isinstance(said, Unread):
        return said
    lines = (
        replace(line, signal_level=None, signal_dbm=None, generation=None) for line in said.lines
    )
    return replace(said, lines=tuple(lines))


class Waiting:
    """The pause between looks. `heard` may be called from any thread when a phone tells of a
    change."""

    def __init__(
        self,
        reader: DeviceReader,
        rhythm: Rhythm,
        *,
        clocks: Callable[[], Clocks] = clocks,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._reader, self._rhythm = reader, rhythm
        self._clocks, self._sleep = clocks, sleep
        self._told: queue.SimpleQueue[EventKind] = queue.SimpleQueue()
        self._network = network_of(reader.read())
        self._last = clocks()

    def heard(self) -> None:
        """A phone or modem told of a change."""
        self._told.put(EventKind.PHONE)

    def until_next(self, *, in_doubt: bool) -> list[Event]:
        """Wait for the next look, from the beginning of the last one. What happened meanwhile;
        anything but a set clock brings the look forward and lets the carriers be asked once, but
        some seconds pass after the last look has ended, however often something changes."""
        looked_s = self._last.boot_s
        ends_s = looked_s + self._rhythm.wait_s(in_doubt=in_doubt)
        soonest_s = self._clocks().boot_s + AGAIN_AFTER_S
        events: list[Event] = []
        while self._last.boot_s < ends_s:
            self._sleep(min(_SLICE_S, max(0.01, ends_s - self._last.boot_s)))
            now = self._clocks()
            new = [*between(self._last, now), *self._from_the_phone(now.boot_s)]
            self._last = now
            if now.boot_s - looked_s >= _NETWORK_EVERY_S or now.boot_s >= ends_s:
                looked_s = now.boot_s
                new += self._from_the_network(now.boot_s)
            events += new
            if any(event.kind is not EventKind.CLOCK for event in new):
                self._rhythm.something_changed()
                ends_s = min(ends_s, soonest_s)
        return events

    def _from_the_phone(self, at_s: float) -> list[Event]:
        heard = False
        while not self._told.empty():
            self._told.get()
            heard = True
        return [Event(EventKind.PHONE, at_s)] if heard else []

    def _from_the_network(self, at_s: float) -> list[Event]:
        now = network_of(self._reader.read())
        if now == self._network:
            return []
        self._network = now
        return [Event(EventKind.NETWORK, at_s)]


def follow_modem(heard: Callable[[], None], until: Callable[[], bool]) -> None:
    """Be told of the changes of a modem inside this device, in a thread of its own; nothing
    happens where there is none."""
    from netcheck.phone.sight import modem_in_sight

    if not modem_in_sight():
        return

    def listen() -> None:
        from netcheck.phone.modem_manager import ModemManagerReader

        before: object = None  # the first is what it says now, no change
        for said in ModemManagerReader().changes(until):
            now = service_of(said)
            if before is not None and now != before:
                heard()
            before = now

    threading.Thread(target=listen, daemon=True).start()


def new_rhythm(every_s: float) -> Rhythm:
    """One for this process."""
    return Rhythm(random.Random(), every_s)
