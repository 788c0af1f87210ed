"""Watches one wireless interface of Windows for the length of a run. See WifiWatch.

The WLAN service tells in a thread of its own what becomes of the association (wlanapi.h,
WlanRegisterNotification): its own manager of connections (ACM) and the driver's side (MSM). There
is no survey of the channel on Windows, so its use is never known. A reason is a number of Windows'
own list; it is kept as that, and no sentence is asked for it: those are in its user's language.

Weakness: never run on Windows; and a watch that begins after the last try to join knows only the
state that is left.
"""

import ctypes
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

from netcheck.device import windows_wifi
from netcheck.device.windows_calls import Corrupt, Guid, Load, Missing, Refused, load
from netcheck.device.windows_wifi import NoSuchInterface, Service
from netcheck.device.windows_wlanapi import (
    ConnectionNotification,
    LaterNumber,
    MediaNotification,
    NotificationData,
    Number,
)
from netcheck.model.wifi import (
    ChannelUse,
    JoinTrouble,
    ManagerWord,
    Surroundings,
    WifiEvent,
    WifiEventKind,
)
from netcheck.model.wifi_link import WifiLink

_SOURCES = Number.WLAN_NOTIFICATION_SOURCE_ACM | Number.WLAN_NOTIFICATION_SOURCE_MSM
_CALLBACK = getattr(ctypes, "WINFUNCTYPE", ctypes.CFUNCTYPE)(None, ctypes.c_void_p, ctypes.c_void_p)
_TRYING = (
    Number.wlan_interface_state_associating,
    Number.wlan_interface_state_discovering,
    Number.wlan_interface_state_authenticating,
)
_TROUBLES: dict[int, JoinTrouble] = {
    LaterNumber.WLAN_REASON_CODE_NETWORK_NOT_AVAILABLE: JoinTrouble.NOT_FOUND,
    LaterNumber.WLAN_REASON_CODE_NO_VISIBLE_AP: JoinTrouble.NOT_FOUND,
    LaterNumber.WLAN_REASON_CODE_KEY_MISMATCH: JoinTrouble.WRONG_PASSPHRASE,
    LaterNumber.WLAN_REASON_CODE_MSMSEC_KEY_FORMAT: JoinTrouble.WRONG_PASSPHRASE,
    LaterNumber.WLAN_REASON_CODE_MSMSEC_PSK_MISMATCH_SUSPECTED: JoinTrouble.WRONG_PASSPHRASE,
    LaterNumber.WLAN_REASON_CODE_ASSOCIATION_FAILURE: JoinTrouble.REFUSED,
    LaterNumber.WLAN_REASON_CODE_ASSOCIATION_TIMEOUT: JoinTrouble.SILENT,
}
"""Reasons that name a cause. Others, as a time-out of the keys, have several, and name none."""
_MANAGER = "Windows"


class WindowsWifiWatch:
    """See WifiWatch. Begins when it is made. Raises Missing or Refused without a WLAN service."""

    def __init__(self, guid: str, loading: Load = load) -> None:
        self._guid = guid
        self._wanted = bytes(Guid.of(guid))
        self._began_s = time.monotonic()
        self._changed = threading.Condition()
        self._events: tuple[WifiEvent, ...] = ()
        self._points: dict[bytes, int] = {}
        self._reason: int | None = None
        self._defect: Exception | None = None
        self._stopped = False
        self._closing = ExitStack()
        self._asked: Service = self._closing.enter_context(windows_wifi.service(loading))
        self._heard = _CALLBACK(self._hear)  # kept, for Windows holds its address
        self._listens = self._register(_SOURCES, self._heard)

    def events(self) -> tuple[WifiEvent, ...] | None:
        """See WifiWatch."""
        if self._defect is not None:
            raise RuntimeError("watching the Wi-Fi broke") from self._defect
        return self._events if self._listens else None

    def wait(self, enough: Callable[[tuple[WifiEvent, ...]], bool], deadline_ms: float) -> None:
        """See WifiWatch."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._stopped or enough(self._events), deadline_ms / 1000
            )

    def watched_ms(self) -> float:
        """See WifiWatch."""
        return self._now_ms()

    def first_use(self) -> ChannelUse | None:
        """Never known here."""
        return None

    def use(self) -> ChannelUse | None:
        """Never known here."""
        return None

    def link(self) -> WifiLink | None:
        """See WifiWatch."""
        try:
            return windows_wifi.link(self._asked, self._guid)
        except (Missing, NoSuchInterface, Refused, Corrupt):
            return None

    def surroundings(self) -> Surroundings | None:
        """See WifiWatch."""
        try:
            return windows_wifi.surroundings(self._asked, self._guid)
        except (Missing, NoSuchInterface, Refused, Corrupt):
            return None

    def managers(self) -> tuple[ManagerWord, ...]:
        """See WifiWatch."""
        try:
            state = self._asked.state(self._guid)
        except (Missing, NoSuchInterface, Refused, Corrupt):
            return ()
        raw, trouble = f"state {state}", None
        if self._reason is not None:
            raw, trouble = f"{raw}, reason {self._reason:#x}", _TROUBLES.get(self._reason)
        return (ManagerWord(_MANAGER, raw, state in _TRYING, trouble),)

    def stop(self) -> None:
        """See WifiWatch. Windows waits for a call of ours that is under way, so no lock is held."""
        with self._changed:
            if self._stopped:
                return
            self._stopped = True
            self._changed.notify_all()
        self._register(Number.WLAN_NOTIFICATION_SOURCE_NONE, None)
        self._closing.close()

    def _register(self, sources: int, callback: Any) -> bool:
        """Whether Windows will tell."""
        try:
            self._asked.dll.checked(
                "WlanRegisterNotification",
                self._asked.handle,
                sources,
                0,
                ctypes.cast(callback, ctypes.c_void_p) if callback else None,
                None,
                None,
                None,
            )
        except (Missing, Refused):
            return False
        return True

    def _hear(self, address: int | None, _: int | None) -> None:
        """Called by Windows, in its thread: nothing may be raised into it."""
        try:
            if address:
                self._note(NotificationData.from_address(address))
        except Corrupt:
            return
        except Exception as defect:
            self._defect = defect

    def _note(self, told: NotificationData) -> None:
        if bytes(told.InterfaceGuid) != self._wanted:
            return
        by_manager = told.NotificationSource == Number.WLAN_NOTIFICATION_SOURCE_ACM
        event = self._of_manager(told) if by_manager else self._of_driver(told)
        if event is not None:
            with self._changed:
                self._events = (*self._events, event)
                self._changed.notify_all()

    def _of_manager(self, told: NotificationData) -> WifiEvent | None:
        code = told.NotificationCode
        if code == Number.wlan_notification_acm_connection_start:
            self._reason = None
            return None
        if code == Number.wlan_notification_acm_disconnected:
            self._reason = _reason(told, ConnectionNotification)
            return WifiEvent(WifiEventKind.DISCONNECTED, self._now_ms())
        if code == Number.wlan_notification_acm_connection_attempt_fail:
            return self._failed(_reason(told, ConnectionNotification))
        if code == Number.wlan_notification_acm_connection_complete:
            reason = _reason(told, ConnectionNotification)
            if reason != LaterNumber.WLAN_REASON_CODE_SUCCESS:
                return self._failed(reason)
            self._reason = None
            return WifiEvent(WifiEventKind.SETTLED, self._now_ms())
        return None

    def _failed(self, reason: int) -> WifiEvent:
        self._reason = reason
        silent = _TROUBLES.get(reason) is JoinTrouble.SILENT
        kind = WifiEventKind.UNANSWERED if silent else WifiEventKind.REFUSED
        return WifiEvent(kind, self._now_ms())

    def _of_driver(self, told: NotificationData) -> WifiEvent | None:
        if told.NotificationSource != Number.WLAN_NOTIFICATION_SOURCE_MSM:
            return None
        kinds = {
            LaterNumber.wlan_notification_msm_associated: WifiEventKind.ADMITTED,
            LaterNumber.wlan_notification_msm_connected: WifiEventKind.CONNECTED,
            LaterNumber.wlan_notification_msm_roaming_end: WifiEventKind.ROAMED,
        }
        kind = kinds.get(told.NotificationCode)
        if kind is None:
            return None
        media = _attached(told, MediaNotification)
        point = bytes(media.dot11MacAddr)
        number = self._points.setdefault(point, len(self._points) + 1) if any(point) else None
        return WifiEvent(kind, self._now_ms(), point=number)

    def _now_ms(self) -> float:
        return round((time.monotonic() - self._began_s) * 1000, 1)


def _attached(told: NotificationData, kind: type[ctypes.Structure]) -> Any:
    """What a notification points to. Raises Corrupt where it is too short."""
    if not told.pData or told.dwDataSize < ctypes.sizeof(kind):
        raise Corrupt(f"a notification of {told.dwDataSize} bytes")
    return kind.from_buffer_copy(ctypes.string_at(told.pData, ctypes.sizeof(kind)))


def _reason(told: NotificationData, kind: type[ctypes.Structure]) -> int:
    return int(_attached(told, kind).wlanReasonCode)
