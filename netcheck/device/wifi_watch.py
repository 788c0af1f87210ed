"""Watches one wireless interface on Linux for the length of a run. See WifiWatch.

The library costs over 100 ms to import, and a driver's survey may hang for seconds: both happen in
threads of their own, so that no other measurement waits for them.
"""

import socket
import threading
import time
from collections.abc import Callable
from typing import TypeVar

from netcheck.device import nl80211, rtnetlink, wifi_air, wifi_linux, wifi_managers
from netcheck.device.netlink import Conversation, messages
from netcheck.device.wifi_events import Story
from netcheck.model.wifi import ChannelUse, ManagerWord, Surroundings, WifiEvent, WifiEventKind
from netcheck.model.wifi_link import WifiLink

_GROUP = "mlme"
_LOOK_UP_S = 0.1  # how long a stop may go unseen, and how exactly "settled" is known
_SURVEY_WITHIN_S = 0.4
_BUFFER_BYTES = 65536
_OPERSTATE_UP = 6
_T = TypeVar("_T")


class LinuxWifiWatch:
    """See WifiWatch. Begins when it is made."""

    def __init__(self, name: str, index: int) -> None:
        self._name = name
        self._index = index
        self._began_s = time.monotonic()
        self._stopped = threading.Event()
        self._changed = threading.Condition()
        self._events: tuple[WifiEvent, ...] | None = None
        self._first: list[ChannelUse | None] = []
        self._defect: Exception | None = None
        self._aside(self._listen)
        self._aside(self._measure_first)

    def events(self) -> tuple[WifiEvent, ...] | None:
        """See WifiWatch."""
        self._no_defect()
        return self._events

    def wait(self, enough: Callable[[tuple[WifiEvent, ...]], bool], deadline_ms: float) -> None:
        """See WifiWatch."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped.is_set() or enough(self._events or ()), deadline_ms / 1000
            )

    def watched_ms(self) -> float:
        """See WifiWatch."""
        return self._now_ms()

    def first_use(self) -> ChannelUse | None:
        """See WifiWatch."""
        self._no_defect()
        return self._first[0] if self._first else None

    def use(self) -> ChannelUse | None:
        """See WifiWatch. A driver that has not answered the first time is not asked again."""
        self._no_defect()
        if not self._first:
            return None
        found: list[ChannelUse | None] = []
        asking = self._aside(lambda: found.append(_or_none(self._survey)))
        asking.join(_SURVEY_WITHIN_S)
        self._no_defect()
        return found[0] if found else None

    def link(self) -> WifiLink | None:
        """See WifiWatch."""
        return _or_none(lambda: wifi_linux.read(self._index))

    def surroundings(self) -> Surroundings | None:
        """See WifiWatch."""
        link = self.link()
        width_mhz = link.width_mhz if link else None
        return _or_none(lambda: wifi_air.scan(self._index, width_mhz))

    def managers(self) -> tuple[ManagerWord, ...]:
        """See WifiWatch."""
        return wifi_managers.read(self._name)

    def stop(self) -> None:
        """See WifiWatch."""
        self._stopped.set()
        with self._changed:
            self._changed.notify_all()

    def _aside(self, work: Callable[[], None]) -> threading.Thread:
        """In a thread of its own; what breaks there is kept for whoever asks next."""

        def run() -> None:
            try:
                work()
            except Exception as defect:
                self._defect = defect

        begun = threading.Thread(target=run, daemon=True)
        begun.start()
        return begun

    def _no_defect(self) -> None:
        if self._defect is not None:
            raise RuntimeError("watching the Wi-Fi broke") from self._defect

    def _survey(self) -> ChannelUse | None:
        link = self.link()
        return wifi_air.survey(self._index, link.frequency_mhz if link else None)

    def _measure_first(self) -> None:
        self._first.append(_or_none(self._survey))

    def _listen(self) -> None:
        heard = _or_none(lambda: nl80211.listener(_GROUP, _LOOK_UP_S))
        if heard is None:
            return
        with heard:
            story = Story(self._index)
            for address in _or_none(lambda: wifi_air.points(self._index)) or ():
                story.begin_at(address)
            self._tell(story)
            while not self._stopped.is_set():
                self._hear(heard, story)

    def _hear(self, heard: socket.socket, story: Story) -> None:
        try:
            datagram, sender = heard.recvfrom(_BUFFER_BYTES)
        except TimeoutError:
            datagram, sender = b"", (0, 0)
        except OSError:  # the buffer ran over: what was missed is not known
            self._stopped.wait(_LOOK_UP_S)
            return
        if sender[0] != 0:  # any process may write to our socket; the kernel has port id 0
            return
        before = story.events
        for message in messages(datagram):
            story.hear(message.payload, self._now_ms())
        if story.waits_for_keys and _is_up(self._index):
            story.add(WifiEvent(WifiEventKind.SETTLED, self._now_ms()))
        if story.events != before:
            self._tell(story)

    def _tell(self, story: Story) -> None:
        with self._changed:
            self._events = story.events
            self._changed.notify_all()

    def _now_ms(self) -> float:
        return round((time.monotonic() - self._began_s) * 1000, 1)


def _is_up(index: int) -> bool:
    """Whether data may pass: without keys the interface is dormant (RFC 2863, ifOperStatus)."""
    try:
        with Conversation() as kernel:
            answers = kernel.dump(rtnetlink.RTM_GETLINK, rtnetlink.link_request())
    except OSError:
        return False
    rows = [rtnetlink.link(answer.payload) for answer in answers]
    return any(r is not None and r.ifindex == index and r.operstate == _OPERSTATE_UP for r in rows)


def _or_none(ask: Callable[[], _T]) -> _T | None:
    """What a library, a driver or the system withholds is "not measured"; a defect of ours is
    not."""
    try:
        return ask()
    except (nl80211.Unanswered, wifi_linux.NotMeasured, wifi_linux.NotPermitted):
        return None
