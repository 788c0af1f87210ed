"""Waiting between two looks of a watch: for the time to pass, or for something to change."""

import queue
import random
import threading
import time
from collections.abc import Callable

from netcheck.agent.watching import Clocks, Event, EventKind, Rhythm, between
from netcheck.device.contract import DeviceReader
from netcheck.model.device import Device

_SLICE_S = 1.0
_NETWORK_EVERY_S = 5.0  # one reading of the kernel's own tables


def clocks() -> Clocks:
    """The three clocks now. Where the system has no clock that counts sleep, none is noticed."""
    awake_s = time.monotonic()
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    boot_s = time.clock_gettime(boot) if boot is not None else awake_s
    return Clocks(boot_s, awake_s, time.time())


def network_of(device: Device) -> object:
    """What makes it this network: routes, nameservers, and which interfaces are up. Compared and
    never kept."""
    return (
        [(route.interface, route.gateway, route.source) for route in device.default_routes],
        device.nameservers,
        [(one.name, one.up, one.carrier) for one in device.interfaces],
    )


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
        """Wait for the next look. What happened meanwhile; anything but a set clock ends the wait
        and lets the carriers be asked once."""
        ends_s = self._last.boot_s + self._rhythm.wait_s(in_doubt=in_doubt)
        looked_s = self._last.boot_s
        events: list[Event] = []
        while self._last.boot_s < ends_s:
            self._sleep(min(_SLICE_S, max(0.01, ends_s - self._last.boot_s)))
            now = self._clocks()
            events += between(self._last, now)
            self._last = now
            events += self._from_the_phone(now.boot_s)
            if now.boot_s - looked_s >= _NETWORK_EVERY_S or now.boot_s >= ends_s:
                looked_s = now.boot_s
                events += self._from_the_network(now.boot_s)
            if any(event.kind is not EventKind.CLOCK for event in events):
                self._rhythm.something_changed()
                break
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

        known = False
        for _ in ModemManagerReader().changes(until):
            if known:
                heard()
            known = True  # the first is what it says now, no change

    threading.Thread(target=listen, daemon=True).start()


def new_rhythm(every_s: float) -> Rhythm:
    """One for this process."""
    return Rhythm(random.Random(), every_s)
