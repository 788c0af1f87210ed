"""What Android's `dumpsys telephony.registry` says of each SIM slot.

The formats are those of AOSP's TelephonyRegistry.dump, ServiceState.toString,
NetworkRegistrationState.toString (Android 9), NetworkRegistrationInfo.toString (10 and newer) and
SignalStrength.toString, with what vendors put between. Values are taken by key, whatever stands
around them; a word that no version of these has is counted, never guessed. Cell identities stand
in the same lines: nothing is read from inside them.
"""

import re
from dataclasses import dataclass, replace

from netcheck.model.phone import Generation, PhoneLine, ServiceState
from netcheck.phone import figures

KEYS = (
    "Phone Id",
    "mServiceState",
    "mSignalStrength",
    "mDataConnectionState",
    "mUserMobileDataState",
    "mDefaultPhoneId",
)
"""The lines that are read. Asking the phone for these alone leaves numbers and logs on it."""

_LOGS_BEGIN = re.compile(r"\s*(local logs|registrations):")
_LINE = re.compile(rf"\s*({'|'.join(KEYS)})=\s*(.*)")
_BLOCK = re.compile(r"NetworkRegistration(?:Info|State)\{")
_NESTED = re.compile(r"cellIdentity=.*")
_RADIO, _WIFI = ("WWAN", "1"), ("WLAN", "2")
_REG_STATES = {
    "HOME": ServiceState.HOME,
    "ROAMING": ServiceState.ROAMING,
    "DENIED": ServiceState.DENIED,
    "NOT_REG_SEARCHING": ServiceState.SEARCHING,
    "NOT_REG_OR_SEARCHING": ServiceState.OUT_OF_SERVICE,  # AOSP's name for "and not searching"
    "NOT_REG_NOT_SEARCHING": ServiceState.OUT_OF_SERVICE,
    "EMERGENCY": ServiceState.EMERGENCY_ONLY,
    "UNKNOWN": None,
}
_OUT, _EMERGENCY, _OFF = 1, 2, 3  # ServiceState.STATE_*; 0 is in service
_IWLAN = "18"  # ServiceState.RIL_RADIO_TECHNOLOGY_IWLAN
_CONNECTED, _NOT_CONNECTED = (2, 3), (0, 1, 4, 5)  # TelephonyManager.DATA_*; 3 is suspended
_POWERS = {
    "Lte": "rsrp",
    "Nr": "ssRsrp",
    "Wcdma": "rscp",
    "Tdscdma": "rscp",
    "Gsm": "rssi",
    "Cdma": "cdmaDbm",
}
_CAUSES = range(1, 256)


@dataclass(frozen=True, slots=True)
class Slot:
    """One slot's line, and its switch for mobile data as the registry was last told of it."""

    line: PhoneLine
    data_switch: bool | None = None


@dataclass(frozen=True, slots=True)
class Registry:
    """`denied`: the phone would not say. `unknown` counts words that nobody here knows."""

    slots: tuple[Slot, ...]
    denied: bool
    unknown: int


@dataclass(frozen=True, slots=True)
class _Registration:
    """One domain over one transport, as the modem registered it."""

    packet: bool
    wifi: bool
    state: ServiceState | None
    technology: str | None
    cause: int | None
    emergency: bool | None
    plmn: str | None


class _Count:
    def __init__(self) -> None:
        self.unknown = 0

    def state(self, word: str | None) -> ServiceState | None:
        if word is not None and word not in _REG_STATES:
            self.unknown += 1
        return _REG_STATES.get(word or "")


def parse(text: str) -> Registry:
    """The slots of a dump, or of the lines of it that hold KEYS. Raises nothing."""
    count = _Count()
    slots: dict[int, dict[str, str]] = {}
    current: int | None = None
    preferred: int | None = None
    for row in text.splitlines():
        if _LOGS_BEGIN.match(row):
            break
        found = _LINE.match(row)
        if found is None:
            continue
        key, value = found.groups()
        if key == "mDefaultPhoneId":
            preferred = figures.whole(value)
        elif key == "Phone Id":
            current = figures.whole(value)
        elif current is not None and 0 <= current < 8:
            slots.setdefault(current, {}).setdefault(key, value)
    read = []
    for number, values in sorted(slots.items()):
        slot = _slot(values, count)
        known = preferred is not None and preferred >= 0
        line = replace(slot.line, slot=number + 1, preferred=number == preferred if known else None)
        read.append(replace(slot, line=line))
    return Registry(tuple(read), "Permission Denial" in text and not read, count.unknown)


def _slot(values: dict[str, str], count: _Count) -> Slot:
    line = _service(values.get("mServiceState", ""), count)
    level, dbm = _signal(values.get("mSignalStrength", ""))
    connection = figures.whole(values.get("mDataConnectionState"))
    connected = True if connection in _CONNECTED else None
    connected = False if connection in _NOT_CONNECTED else connected
    line = replace(
        line,
        signal_level=figures.level(level),
        signal_dbm=figures.dbm(dbm),
        bearer_connected=connected,
    )
    return Slot(line, figures.yes_or_no(values.get("mUserMobileDataState")))


def _service(text: str, count: _Count) -> PhoneLine:
    if not text.startswith("{"):
        return PhoneLine()  # `null`: the phone has not been told yet
    before = _BLOCK.split(text, maxsplit=1)[0]
    told = [_registration(block, count) for block in _BLOCK.split(text)[1:]]
    over_radio = [one for one in told if one is not None and not one.wifi]
    over_wifi = [one for one in told if one is not None and one.wifi]
    circuit = next((one for one in over_radio if not one.packet), None)
    packet = next((one for one in over_radio if one.packet), None)
    only_emergency = _only_emergency(before, over_radio)
    by_wifi = _value(before, "getRilDataRadioTechnology") == _IWLAN
    voice = _state(_number(before, "mVoiceRegState"), circuit, only_emergency)
    data = _data(before, packet, only_emergency, voice=voice, by_wifi=by_wifi)
    served = [one for one in over_radio if one.state is not None and one.state.in_service]
    in_service = any(state is not None and state.in_service for state in (voice, data))
    return PhoneLine(
        voice=voice,
        data=data,
        network_name=_name(before) if in_service else None,
        network_plmn=next((one.plmn for one in served if one.plmn), None),
        generation=_generation(before, packet, circuit) if in_service else None,
        packet_attached=None if data is None else data.in_service,
        roaming=_roaming(voice, data) if over_radio else None,
        reject_cause=_cause(packet, circuit),
        emergency_only=False if in_service else only_emergency,
        wifi_calling_tunnel=_tunnel(over_wifi, by_wifi),
    )


def _registration(block: str, count: _Count) -> _Registration | None:
    """Keys before the cell's identity, and the registered network that follows it."""
    head, tail = _NESTED.sub("", block), block
    transport = _value(head, "transportType")
    if transport not in (*_RADIO, *_WIFI):
        count.unknown += 1
        return None
    plmns = re.findall(r" rRplmn=([0-9]{5,6})\b", tail)
    cause = _number(head, "rejectCause")
    cause = cause if cause is not None else _number(head, "reasonForDenial")
    return _Registration(
        packet="PS" in (_value(head, "domain") or ""),
        wifi=transport in _WIFI,
        state=count.state(_value(head, "registrationState") or _value(head, "regState")),
        technology=_value(head, "accessNetworkTechnology"),
        cause=cause if cause in _CAUSES else None,
        emergency=figures.yes_or_no(_value(head, "emergencyEnabled")),
        plmn=figures.plmn(plmns[-1]) if plmns else None,
    )


def _state(
    number: int | None, one: _Registration | None, only_emergency: bool | None
) -> ServiceState | None:
    """The framework's word, made finer by the modem's."""
    if number == _OFF:
        return ServiceState.RADIO_OFF
    modem = None if one is None else one.state
    if number == 0:
        return ServiceState.ROAMING if modem is ServiceState.ROAMING else ServiceState.HOME
    if number is None:
        return modem
    if modem in (ServiceState.DENIED, ServiceState.SEARCHING) and not (
        modem is ServiceState.SEARCHING and only_emergency
    ):
        return modem
    if only_emergency or number == _EMERGENCY:
        return ServiceState.EMERGENCY_ONLY
    return ServiceState.OUT_OF_SERVICE if number == _OUT else None


def _data(
    before: str,
    packet: _Registration | None,
    only_emergency: bool | None,
    *,
    voice: ServiceState | None,
    by_wifi: bool,
) -> ServiceState | None:
    """The framework counts the tunnel over Wi-Fi as data in service; the modem's word does not."""
    number = _number(before, "mDataRegState")
    if packet is not None and packet.state is not None and packet.state.in_service:
        return packet.state
    if number == _OFF or voice is ServiceState.RADIO_OFF:
        return ServiceState.RADIO_OFF
    if packet is None and by_wifi:
        return None
    return _state(_OUT if packet is not None and number == 0 else number, packet, only_emergency)


def _cause(packet: _Registration | None, circuit: _Registration | None) -> int | None:
    """Why the network refused: packet service first, as phones live by it. A phone with packet
    service is often refused the other (18, no calls but by IMS), which means nothing."""
    for one in (packet, circuit):
        if one is not None and one.state is not None and one.state.in_service:
            return None
        if one is not None and one.cause:
            return one.cause
    return None


def _only_emergency(text: str, over_radio: list[_Registration]) -> bool | None:
    """Whether the framework or a registration says that emergency calls would be taken."""
    said = figures.yes_or_no(_value(text, "mIsEmergencyOnly"))
    unserved = [one for one in over_radio if one.state is None or not one.state.in_service]
    if any(one.emergency for one in unserved) and len(unserved) == len(over_radio):
        return True
    return said


def _tunnel(over_wifi: list[_Registration], by_wifi: bool) -> bool | None:
    if over_wifi:
        return any(one.state is not None and one.state.in_service for one in over_wifi)
    return True if by_wifi else None


def _roaming(voice: ServiceState | None, data: ServiceState | None) -> bool | None:
    served = [state for state in (voice, data) if state is not None and state.in_service]
    return ServiceState.ROAMING in served if served else None


def _generation(
    before: str, packet: _Registration | None, circuit: _Registration | None
) -> Generation | None:
    for one in (packet, circuit):
        if one is not None and one.state is not None and one.state.in_service:
            known = figures.generation(one.technology)
            if known is not None:
                return known
    for key in ("getRilDataRadioTechnology", "getRilVoiceRadioTechnology"):
        found = re.search(rf"\b{key}=\d+\(([^)]*)\)", before)
        known = figures.generation(found.group(1)) if found else None
        if known is not None:
            return known
    return None


def _name(before: str) -> str | None:
    """Android 9 has one for voice and one for data."""
    for key in ("", "Voice", "Data"):
        found = re.search(rf"\bm{key}OperatorAlphaLong=(.*?), m\w*OperatorAlphaShort=", before)
        name = figures.operator_name(found.group(1)) if found else None
        if name is not None:
            return name
    return None


def _signal(text: str) -> tuple[int | None, int | None]:
    """Bars and power of the cell that counts; Android 9's bare numbers are not read."""
    primary = re.search(r"primary=CellSignalStrength(\w+)", text)
    wanted = [primary.group(1)] if primary else list(_POWERS)
    best: tuple[int | None, int | None] = (None, None)
    for kind in wanted:
        if kind not in _POWERS:
            continue
        found = re.search(rf"\bm{kind}=CellSignalStrength{kind}:(.*?)(?:,m[A-Z]|,primary|$)", text)
        if found is None:
            continue
        body = found.group(1)
        level = re.search(r"\b(?:mLevel|level) ?= ?([0-4])\b", body)
        power = re.search(rf"\b{_POWERS[kind]} ?= ?(-?\d+)", body)
        bars = int(level.group(1)) if level else None
        dbm = figures.dbm(figures.whole(power.group(1))) if power else None
        if best == (None, None) or (bars or 0) > (best[0] or 0):
            best = (bars, dbm)
    return best


def _value(text: str, key: str) -> str | None:
    found = re.search(rf"(?<![A-Za-z]){key}=([A-Za-z0-9_+-]+)", text)
    return found.group(1) if found else None


def _number(text: str, key: str) -> int | None:
    return figures.whole(_value(text, key))
