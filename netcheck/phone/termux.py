"""Reads the phone that netcheck runs on, in Termux, by the programs of Termux:API.

`termux-telephony-deviceinfo` asks Android for the phone permission the first time, and
`termux-telephony-cellinfo` for the location, on the phone's screen. The formats are those of
termux-api's TelephonyAPI: it has no service state, so "no network" is read from what is missing,
and nothing of emergency service or IMS. Weakness: never run on a real phone.
"""

import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from netcheck.device.program import NotThere, TooSlow, run
from netcheck.model.phone import Phone, PhoneLine, ServiceState, Source
from netcheck.phone import android, figures
from netcheck.phone.contract import CannotRead, Fact, Unread
from netcheck.phone.lacking import lacking

_DEVICE, _CELLS = "termux-telephony-deviceinfo", "termux-telephony-cellinfo"
_PERMISSION = "permission"  # "Please grant the following permission to use this command: ..."
_CELL_TYPES = {"gsm": "gsm", "cdma": "cdma", "wcdma": "umts", "lte": "lte", "nr": "nr"}


class TermuxReader:
    """See PhoneReader."""

    source = Source.TERMUX
    commands = (_DEVICE, _CELLS)

    def read(self, timeout_s: float) -> Phone:
        """See PhoneReader."""
        ends_s = time.monotonic() + timeout_s
        about = _answer(_DEVICE, ends_s)
        if about is None:
            raise CannotRead(Unread.NOT_UNDERSTOOD)
        if _refused(about):
            raise CannotRead(Unread.NOT_PERMITTED)
        try:
            cells = _answer(_CELLS, ends_s)
        except CannotRead:
            cells = None
        phone = parse(about, cells)
        if phone is None:
            raise CannotRead(Unread.NOT_UNDERSTOOD)
        return phone


def parse(about: object, cells: object) -> Phone | None:
    """The two programs' answers as one phone; None where the first is none. Pure."""
    if not isinstance(about, dict) or "sim_state" not in about:
        return None
    state, known = android.sim_state(_text(about, "sim_state") or "")
    network = figures.plmn(_text(about, "network_operator"))
    roaming = about.get("network_roaming")
    technology = _text(about, "network_type")
    # Android names no network when there is none; a vendor may keep the last one, so what is
    # there proves less than what is missing.
    served = network is not None and technology not in (None, "unknown")
    over_wifi = technology == "iwlan"
    line = PhoneLine(
        sim=state,
        data=_state(served, roaming is True) if not over_wifi else None,
        network_name=figures.operator_name(_text(about, "network_operator_name")),
        network_plmn=network,
        sim_name=figures.operator_name(_text(about, "sim_operator_name")),
        sim_plmn=figures.plmn(_text(about, "sim_operator")),
        generation=figures.generation(technology),
        bearer_connected=_connected(_text(about, "data_state")),
        roaming=roaming if isinstance(roaming, bool) and served else None,
        wifi_calling_tunnel=True if over_wifi else None,
    )
    line = _with_cell(line, cells)
    phone = Phone(
        source=Source.TERMUX,
        lines=(line,),
        mobile_data_on=figures.yes_or_no(_text(about, "data_enabled")),
        unknown=0 if known else 1,
    )
    denied = (Fact.SIGNAL,) if _refused(cells) else ()
    return replace(phone, not_permitted=denied, not_measured=lacking(phone, but=denied))


def _state(served: bool, roaming: bool) -> ServiceState:
    if not served:
        return ServiceState.OUT_OF_SERVICE
    return ServiceState.ROAMING if roaming else ServiceState.HOME


def _with_cell(line: PhoneLine, cells: object) -> PhoneLine:
    """The signal of the cell the phone is registered with. Its identity is not read."""
    for cell in cells if isinstance(cells, list) else []:
        if not isinstance(cell, dict) or cell.get("registered") is not True:
            continue
        power = next(
            (cell[key] for key in ("rsrp", "ss_rsrp", "dbm") if _is_whole(cell, key)), None
        )
        bars = cell["level"] if _is_whole(cell, "level") else None
        known = figures.generation(_CELL_TYPES.get(_text(cell, "type") or ""))
        return replace(
            line,
            signal_level=figures.level(bars),
            signal_dbm=figures.dbm(power),
            generation=line.generation or known,
        )
    return line


def _answer(program: str, ends_s: float) -> object:
    """What the program printed, as JSON; None where it is none."""
    path = shutil.which(program)
    if path is None:
        raise CannotRead(Unread.NO_PROGRAM)
    try:
        text = run([path], ends_s - time.monotonic()).text
    except NotThere:
        raise CannotRead(Unread.NO_PROGRAM) from None
    except TooSlow:
        # Termux:API's other half, the app, is missing or waits for a permission.
        raise CannotRead(Unread.TIMEOUT) from None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def _refused(answer: object) -> bool:
    error = answer.get("error") if isinstance(answer, dict) else None
    return isinstance(error, str) and _PERMISSION in error.lower()


def _connected(state: str | None) -> bool | None:
    """TelephonyManager.DATA_*, in Termux:API's words."""
    words = {"connected": True, "suspended": True, "disconnected": False, "connecting": False}
    return words.get(state or "")


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None


def _is_whole(values: Mapping[str, Any], key: str) -> bool:
    return isinstance(values.get(key), int) and not isinstance(values.get(key), bool)
