"""Reads the modem inside this device from ModemManager, over the system's D-Bus.

Any user may ask. Enumerations are those of ModemManager 1.24's ModemManager-enums.h. Properties
that identify (EquipmentIdentifier, Imei, OwnNumbers) come with the list of modems and are dropped;
those of the SIM are asked for one by one, so that its identifiers are never sent.
Weakness: never run with a real modem, only with python-dbusmock's on a real bus.
"""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from netcheck.device import bus
from netcheck.model.phone import Generation, Phone, PhoneLine, ServiceState, SimState, Source
from netcheck.phone import figures
from netcheck.phone.contract import CannotRead, Unread
from netcheck.phone.lacking import lacking

NAME = "org.freedesktop.ModemManager1"
_ROOT = "/org/freedesktop/ModemManager1"
_MODEM = f"{NAME}.Modem"
_3GPP = f"{_MODEM}.Modem3gpp"
_VOICE = f"{_MODEM}.Voice"
_SIM = f"{NAME}.Sim"
_BEARER = f"{NAME}.Bearer"
_READING_S = 2.0
_QUIET_S, _SETTLED_S = 0.2, 1.0  # a change of state comes as several signals

_REGISTRATIONS: dict[int, ServiceState | None] = {  # MMModem3gppRegistrationState
    0: ServiceState.OUT_OF_SERVICE,
    1: ServiceState.HOME,
    2: ServiceState.SEARCHING,
    3: ServiceState.DENIED,
    4: None,
    5: ServiceState.ROAMING,
    6: ServiceState.HOME,  # for text messages alone: `voice` is left out
    7: ServiceState.ROAMING,
    8: ServiceState.EMERGENCY_ONLY,
    9: ServiceState.HOME,
    10: ServiceState.ROAMING,
    11: ServiceState.OUT_OF_SERVICE,  # restricted local operator services: no service as usual
}
_TEXTS_ALONE = (6, 7)
_FAILED, _LOCKED, _CONNECTED = -1, 2, 11  # MMModemState
_OFF = (3, 4)  # disabled, disabling
_REASONS = {  # MMModemStateFailedReason
    2: SimState.ABSENT,
    3: SimState.FAULTY,
    5: SimState.NO_PROFILE,
}
_LOCKS_NOTHING = (0, 1, 3, 5)  # MMModemLock: unknown, none, and the second PIN and PUK
_POWERED_DOWN = (1, 2)  # MMModemPowerState: off, low
_DETACHED, _ATTACHED = 1, 2  # MMModem3gppPacketServiceState
_NO_PROFILES = 1  # MMSimEsimStatus
_TECHNOLOGIES = (  # MMModemAccessTechnology, the newest first
    (1 << 14 | 1 << 16 | 1 << 17, Generation.FOUR),  # first: 5G on a 4G anchor has both bits
    (1 << 15, Generation.FIVE),
    (sum(1 << bit for bit in (5, 6, 7, 8, 9, 11, 12, 13)), Generation.THREE),
    (sum(1 << bit for bit in (1, 2, 3, 4, 10)), Generation.TWO),
)
_BARS_FROM_PERCENT = (5, 30, 55, 80)  # where network applets draw another bar
_NOTHING = "/"  # an object path that leads nowhere
_MOST = 8  # modems, and bearers of each


class ModemManagerReader:
    """See PhoneReader."""

    source = Source.MODEM
    commands = (f"D-Bus: {NAME} on the system bus, its modems and their state",)

    def read(self, timeout_s: float) -> Phone:
        """See PhoneReader."""
        with _worded(), bus.system_bus(timeout_s) as asked:
            return _read(asked)

    def changes(
        self, until: Callable[[], bool], *, every_s: float = 1.0
    ) -> Iterator[Phone | Unread]:
        """What the modem says now, and again after each change, until `until` says yes, which is
        asked at least `every_s`. What was said before is not repeated."""
        said: Phone | Unread | None = None
        while not until():
            try:
                with bus.system_bus(_READING_S) as asked:
                    asked.listen(NAME, _ROOT)
                    while not until():
                        now = _now(asked)
                        if now != said:
                            said = now
                            yield now
                        while not until() and not asked.heard(every_s):
                            pass
                        asked.settle(_QUIET_S, _SETTLED_S)
            except (bus.NoBus, bus.TooLate):
                if said is not Unread.NO_PROGRAM:
                    said = Unread.NO_PROGRAM
                    yield said
                if not until():
                    time.sleep(every_s)


def line_of(modem: Mapping[str, Mapping[str, Any]]) -> tuple[PhoneLine, int]:
    """One modem's line, by its interfaces' properties, and how many values nobody here knows."""
    about, network = modem.get(_MODEM, {}), modem.get(_3GPP, {})
    state, told = _number(about, "State"), _number(network, "RegistrationState")
    known = told is None or told in _REGISTRATIONS
    registered = None if told is None else _REGISTRATIONS.get(told)
    if state in _OFF or _number(about, "PowerState") in _POWERED_DOWN:
        registered = ServiceState.RADIO_OFF
    in_service = registered is not None and registered.in_service
    packet = _number(network, "PacketServiceState")
    data = ServiceState.OUT_OF_SERVICE if in_service and packet == _DETACHED else registered
    emergency = modem.get(_VOICE, {}).get("EmergencyOnly")
    only_emergency = emergency if isinstance(emergency, bool) else None
    percent = _percent(about)
    line = PhoneLine(
        slot=_number(about, "PrimarySimSlot") or None,
        sim=_sim(about, state, in_service=in_service),
        voice=registered if _VOICE in modem and told not in _TEXTS_ALONE else None,
        data=data,
        network_name=figures.operator_name(_text(network, "OperatorName")) if in_service else None,
        network_plmn=figures.plmn(_text(network, "OperatorCode")) if in_service else None,
        generation=_generation(_number(about, "AccessTechnologies")),
        signal_level=None if percent is None or not in_service else _level(percent),
        packet_attached={_DETACHED: False, _ATTACHED: True}.get(packet or 0),
        bearer_connected=True if state == _CONNECTED else None,
        roaming=registered is ServiceState.ROAMING if in_service else None,
        reject_cause=None if in_service else _cause(network),
        emergency_only=False if in_service else only_emergency,
        modem_failed=_failed(about, state),
    )
    return line, 0 if known else 1


def _read(asked: bus.Bus) -> Phone:
    managed = asked.objects(NAME, _ROOT)
    paths = sorted(path for path, interfaces in managed.items() if _MODEM in interfaces)
    if not paths:
        raise CannotRead(Unread.NO_PHONE)
    lines, unknown = [], 0
    for path in paths[:_MOST]:
        line, strange = line_of(managed[path])
        unknown += strange
        lines.append(_with_sim(asked, managed[path][_MODEM], line))
    phone = Phone(source=Source.MODEM, lines=tuple(lines), unknown=unknown)
    return replace(phone, not_measured=lacking(phone))


def _with_sim(asked: bus.Bus, about: Mapping[str, Any], line: PhoneLine) -> PhoneLine:
    """What only the SIM and the bearers know, property by property."""
    path = _text(about, "Sim")
    if path and path != _NOTHING:
        code = asked.get(NAME, path, _SIM, "OperatorIdentifier")
        name = asked.get(NAME, path, _SIM, "OperatorName")
        sim = line.sim
        if asked.get(NAME, path, _SIM, "EsimStatus") == _NO_PROFILES:
            sim = SimState.NO_PROFILE
        line = replace(
            line,
            sim=sim,
            sim_plmn=figures.plmn(code if isinstance(code, str) else None),
            sim_name=figures.operator_name(name if isinstance(name, str) else None),
        )
    bearers = about.get("Bearers")
    if line.bearer_connected is None and isinstance(bearers, list):
        answers = [asked.get(NAME, one, _BEARER, "Connected") for one in bearers[:_MOST]]
        line = replace(line, bearer_connected=None if None in answers else True in answers)
    return line


def _now(asked: bus.Bus) -> Phone | Unread:
    asked.within(_READING_S)
    try:
        with _worded():
            return _read(asked)
    except CannotRead as problem:
        return problem.why


@contextmanager
def _worded() -> Iterator[None]:
    """The bus's errors as reasons."""
    try:
        yield
    except (bus.NoBus, bus.NoService):
        raise CannotRead(Unread.NO_PROGRAM) from None
    except bus.Refused:
        raise CannotRead(Unread.NOT_PERMITTED) from None
    except bus.TooLate:
        raise CannotRead(Unread.TIMEOUT) from None
    except bus.OtherError:
        raise CannotRead(Unread.NOT_UNDERSTOOD) from None


def _sim(about: Mapping[str, Any], state: int | None, *, in_service: bool) -> SimState | None:
    if in_service:
        return SimState.READY
    if state == _FAILED:
        return _REASONS.get(_number(about, "StateFailedReason") or 0)
    lock = _number(about, "UnlockRequired")
    if state == _LOCKED or (lock is not None and lock not in _LOCKS_NOTHING):
        return SimState.LOCKED
    path = _text(about, "Sim")
    if path is None:
        return None
    return SimState.ABSENT if path == _NOTHING else SimState.READY


def _failed(about: Mapping[str, Any], state: int | None) -> bool | None:
    """A modem that fails for want of a good SIM works."""
    if state is None:
        return None
    return state == _FAILED and _number(about, "StateFailedReason") not in _REASONS


def _cause(network: Mapping[str, Any]) -> int | None:
    """MMNetworkError has the numbers of 3GPP's causes; 0 and 1 are its own none and unknown."""
    rejection = network.get("NetworkRejection")
    if not isinstance(rejection, dict):
        return None
    cause = _number(bus.plain(rejection), "error")
    return cause if cause is not None and 1 < cause < 256 else None


def _generation(bits: int | None) -> Generation | None:
    return next((one for mask, one in _TECHNOLOGIES if bits and bits & mask), None)


def _percent(about: Mapping[str, Any]) -> int | None:
    quality = about.get("SignalQuality")
    percent = quality[0] if isinstance(quality, tuple) and quality else None
    return percent if isinstance(percent, int) and 0 <= percent <= 100 else None


def _level(percent: int) -> Any:
    return figures.level(sum(percent > bar for bar in _BARS_FROM_PERCENT))


def _number(values: Mapping[str, Any], key: str) -> int | None:
    value = values.get(key)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _text(values: Mapping[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None
