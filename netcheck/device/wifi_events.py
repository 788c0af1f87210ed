"""What happens to a Wi-Fi association, from the kernel's own messages (nl80211, group `mlme`).

Any user may listen; nothing is asked of a driver. Source: linux/nl80211.h and the kernel's
net/wireless/nl80211.c, which fills these messages. Where authentication is done by a program (as
with mac80211), the frames come along; a driver that does it all itself only says connected, roamed
and disconnected. Addresses serve to number the access points and go no further.
"""

from dataclasses import replace

from netcheck.device import ieee80211
from netcheck.device.netlink import attributes, number
from netcheck.model.wifi import WifiEvent, WifiEventKind

AUTHENTICATE, ASSOCIATE, DEAUTHENTICATE, DISASSOCIATE = 37, 38, 39, 40
CONNECT, ROAM, DISCONNECT, NOTIFY_CQM, PORT_AUTHORIZED = 46, 47, 48, 64, 125
_IFINDEX, _MAC, _FRAME, _REASON, _TIMED_OUT, _BY_POINT, _STATUS, _CQM = 3, 6, 51, 54, 65, 71, 72, 94
_CQM_BEACON_LOSS = 8
_GENERIC_HEADER_BYTES = 4
_SAME_MS = 200.0
"""One end of a link is told up to three times: the frame, and what the kernel makes of it."""
_TURNS = (WifiEventKind.CONNECTED, WifiEventKind.SETTLED, WifiEventKind.DISCONNECTED)


class Story:
    """The events of one interface, in order, as messages come in. For one thread."""

    def __init__(self, index: int) -> None:
        self._index = index
        self._points: dict[bytes, int] = {}
        self.events: tuple[WifiEvent, ...] = ()

    @property
    def waits_for_keys(self) -> bool:
        """Whether the link came up, and nobody has said yet that data may pass."""
        kinds = [e.kind for e in self.events if e.kind in _TURNS]
        return bool(kinds) and kinds[-1] == WifiEventKind.CONNECTED

    def begin_at(self, address: bytes) -> None:
        """The access point at which the watch begins has number 1."""
        self._point(address)

    def hear(self, payload: bytes, at_ms: float) -> None:
        """One message without its netlink header. What is of no use, or of another interface,
        leaves no trace."""
        if len(payload) < _GENERIC_HEADER_BYTES:
            return
        found = attributes(payload[_GENERIC_HEADER_BYTES:])
        if number(found.get(_IFINDEX)) != self._index:
            return
        event = self._event(payload[0], found)
        if event is not None:
            self.add(replace(event, at_ms=at_ms))

    def add(self, event: WifiEvent) -> None:
        """Append one; the end of a link that was just told in other words is filled up instead."""
        last = self.events[-1] if self.events else None
        ended = WifiEventKind.DISCONNECTED
        if last and last.kind == event.kind == ended and event.at_ms - last.at_ms < _SAME_MS:
            by = last.by_point if event.by_point is None else event.by_point
            whole = replace(last, code=last.code or event.code, by_point=by)
            self.events = (*self.events[:-1], whole)
        else:
            self.events = (*self.events, event)

    def _event(self, command: int, found: dict[int, bytes]) -> WifiEvent | None:
        frame = found.get(_FRAME, b"")
        if command in (AUTHENTICATE, ASSOCIATE) and _TIMED_OUT in found:
            return WifiEvent(WifiEventKind.UNANSWERED, 0.0, point=self._point(found.get(_MAC)))
        if command == AUTHENTICATE:
            return self._authentication(frame)
        if command == ASSOCIATE:
            return self._association(frame)
        if command in (DEAUTHENTICATE, DISASSOCIATE):
            return WifiEvent(WifiEventKind.DISCONNECTED, 0.0, ieee80211.ending_reason(frame))
        if command == CONNECT:
            return self._connection(found)
        if command == ROAM:
            return WifiEvent(WifiEventKind.ROAMED, 0.0, point=self._point(found.get(_MAC)))
        if command == DISCONNECT:
            code = number(found.get(_REASON))
            return WifiEvent(WifiEventKind.DISCONNECTED, 0.0, code, _BY_POINT in found)
        if command == PORT_AUTHORIZED:
            return WifiEvent(WifiEventKind.SETTLED, 0.0)
        if command == NOTIFY_CQM and _CQM_BEACON_LOSS in attributes(found.get(_CQM, b"")):
            return WifiEvent(WifiEventKind.BEACONS_LOST, 0.0)
        return None

    def _authentication(self, frame: bytes) -> WifiEvent | None:
        told = ieee80211.authentication(frame)
        if told is None:
            return None
        good = WifiEventKind.AUTHENTICATED if told.status == 0 else WifiEventKind.REJECTED
        proof = bool(told.status) and (told.algorithm, told.step) == ieee80211.SAE_CONFIRM
        return WifiEvent(good, 0.0, told.status or None, point=self._sender(frame), proof=proof)

    def _association(self, frame: bytes) -> WifiEvent | None:
        status = ieee80211.association_status(frame)
        if status is None:
            return None
        good = WifiEventKind.ADMITTED if status == 0 else WifiEventKind.REFUSED
        return WifiEvent(good, 0.0, status or None, point=self._sender(frame))

    def _connection(self, found: dict[int, bytes]) -> WifiEvent:
        """A status beside it says that no link came of it; drivers without frames say it so."""
        status, point = number(found.get(_STATUS)), self._point(found.get(_MAC))
        if _TIMED_OUT in found:
            return WifiEvent(WifiEventKind.UNANSWERED, 0.0, point=point)
        if status:
            return WifiEvent(WifiEventKind.REFUSED, 0.0, status, point=point)
        return WifiEvent(WifiEventKind.CONNECTED, 0.0, point=point)

    def _sender(self, frame: bytes) -> int | None:
        return self._point(ieee80211.transmitter(frame))

    def _point(self, address: bytes | None) -> int | None:
        if not address:
            return None
        return self._points.setdefault(address, len(self._points) + 1)
