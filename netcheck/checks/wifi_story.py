"""What a run of Wi-Fi events comes to: why a join failed, and whether a link held. Pure.

Codes are the sender's word (IEEE 802.11-2020, 9.4.1.7 and 9.4.1.9; the catalogue's `wifi_codes`).
A passphrase is not checked by the access point as such: the exchange of keys (12.7.6) just never
ends. So a link that came up and ended without its keys counts too, whatever code was given for it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netcheck.catalog.wifi_codes import Says, WifiCode, WifiCodes
from netcheck.model.wifi import JoinTrouble, ManagerWord, WifiEvent, WifiEventKind

_MOVE_MS = 1500.0
"""Chosen: within this, the end of one link and another with another access point are one move."""

_TROUBLES = {
    Says.PASSPHRASE: JoinTrouble.WRONG_PASSPHRASE,
    Says.CREDENTIALS: JoinTrouble.WRONG_PASSPHRASE,
    Says.REFUSED: JoinTrouble.REFUSED,
    Says.FULL: JoinTrouble.REFUSED,
    Says.RADIO: JoinTrouble.SILENT,
}


@dataclass(frozen=True, slots=True)
class Joining:
    """What the tries to join came to. `code` is what the last failing one ended with."""

    tries: int = 0
    trouble: JoinTrouble | None = None
    code: WifiCode | None = None
    joined: bool = False


def joining(events: Iterable[WifiEvent], codes: WifiCodes, *, began_linked: bool) -> Joining:
    """The last try that failed, unless one after it succeeded. `began_linked`: the watch began in
    the middle of a try, linked and without keys."""
    seen, under_way, linked = Joining(int(began_linked)), began_linked, began_linked
    for event in events:
        if event.kind in _PARTS_OF_A_TRY and not under_way:
            seen, under_way = replace(seen, tries=seen.tries + 1), True
        if event.kind == WifiEventKind.CONNECTED:
            linked = True
        elif event.kind == WifiEventKind.SETTLED:
            seen, under_way, linked = Joining(seen.tries, joined=True), False, False
        elif event.kind in _ENDS_OF_A_TRY:
            code, trouble = _failure(event, codes, linked=linked)
            gone = event.kind == WifiEventKind.DISCONNECTED
            if trouble is not None:
                seen = Joining(seen.tries, trouble, code)
            elif gone:
                seen = replace(seen, joined=False)
            under_way = linked = False
    return seen


_ENDS_OF_A_TRY = (
    WifiEventKind.REJECTED,
    WifiEventKind.REFUSED,
    WifiEventKind.UNANSWERED,
    WifiEventKind.DISCONNECTED,
)
_PARTS_OF_A_TRY = (
    WifiEventKind.AUTHENTICATED,
    WifiEventKind.ADMITTED,
    WifiEventKind.CONNECTED,
    *_ENDS_OF_A_TRY[:3],
)


def _failure(
    event: WifiEvent, codes: WifiCodes, *, linked: bool
) -> tuple[WifiCode | None, JoinTrouble | None]:
    if event.kind == WifiEventKind.UNANSWERED:
        return None, JoinTrouble.SILENT
    if event.kind in (WifiEventKind.REJECTED, WifiEventKind.REFUSED):
        said = codes.status(event.code)
        if event.proof:
            return said, JoinTrouble.WRONG_PASSPHRASE
        return said, _TROUBLES.get(said.says) if said else JoinTrouble.REFUSED
    said = codes.reason(event.code)
    found = _TROUBLES.get(said.says) if said else None
    if found is None and linked and said and said.says == Says.KEYS:
        found = JoinTrouble.WRONG_PASSPHRASE
    if found is None and linked and event.by_point and said and said.says == Says.KICKED:
        found = JoinTrouble.REFUSED
    return said, found


def told_by(word: ManagerWord, codes: WifiCodes) -> tuple[JoinTrouble | None, WifiCode | None]:
    """What a managing program's word comes to, by its own kind or by the code it passes on."""
    if word.trouble is not None:
        return word.trouble, None
    for code in (codes.status(word.status), codes.reason(word.reason)):
        if code is not None and code.says in _TROUBLES:
            return _TROUBLES[code.says], code
    return None, None


@dataclass(frozen=True, slots=True)
class Holding:
    """How a link held, if there was one (`joined`) at any time. `drops` are ends that nobody here
    asked for; `returns` are moves back to an access point that had been left."""

    joined: bool = False
    drops: int = 0
    moves: int = 0
    returns: int = 0
    beacons_lost: int = 0
    code: WifiCode | None = None
    by_point: bool | None = None


def holding(events: Sequence[WifiEvent], codes: WifiCodes, *, began_settled: bool) -> Holding:
    """What ended, and what moved. A try to join that fails is no drop: nothing held yet. Where a
    watch begins with a link, that is with access point 1."""
    held, settled, left = Holding(joined=began_settled), began_settled, set[int]()
    here = 1 if began_settled else None
    for number, event in enumerate(events):
        if event.kind == WifiEventKind.SETTLED:
            held, settled = replace(held, joined=True), True
        elif event.kind == WifiEventKind.BEACONS_LOST:
            held = replace(held, beacons_lost=held.beacons_lost + 1)
        elif event.kind == WifiEventKind.DISCONNECTED and settled:
            settled = False
            code = codes.reason(event.code)
            if not _was_meant(event, code) and not _moves_on(event, events[number + 1 :], here):
                held = replace(held, drops=held.drops + 1, code=code, by_point=event.by_point)
        elif event.kind in (WifiEventKind.CONNECTED, WifiEventKind.ROAMED) and event.point:
            if here is not None and event.point != here:
                back = event.point in left
                held = replace(held, moves=held.moves + 1, returns=held.returns + back)
                left.add(here)
            here = event.point
            settled = settled or event.kind == WifiEventKind.ROAMED
    return held


def _was_meant(event: WifiEvent, code: WifiCode | None) -> bool:
    """Whether this device left by itself, or was sent on: that is nobody's fault."""
    if code is None:
        return False
    if code.says == Says.MOVED:
        return True
    return event.by_point is False and code.says == Says.LEAVING


def _moves_on(event: WifiEvent, later: Iterable[WifiEvent], here: int | None) -> bool:
    """Whether this device left for another access point, as where a program does the moving."""
    if event.by_point is not False:
        return False
    for other in later:
        if other.at_ms - event.at_ms > _MOVE_MS:
            return False
        if other.kind == WifiEventKind.CONNECTED:
            return here is None or other.point != here
    return False
