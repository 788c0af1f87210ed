"""A modem inside this device, read from python-dbusmock's ModemManager on a real message bus."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.agent import beside
from netcheck.agent.running import Request, Run
from netcheck.catalog import load
from netcheck.model.phone import (
    Generation,
    Phone,
    PhoneLine,
    ServiceState,
    SignalLevel,
    SimState,
    Source,
)
from netcheck.phone import choosing, modem_manager
from netcheck.phone.contract import CannotRead, Fact, Unread
from netcheck.phone.modem_manager import ModemManagerReader
from netcheck.phone.sight import modem_in_sight
from tests import mocked_modem
from tests.android_dumps import CANARIES

pytestmark = pytest.mark.skipif(
    mocked_modem.missing() is not None, reason=str(mocked_modem.missing())
)
_MODEM, _3GPP, _VOICE, _SIM = "Modem", "Modem.Modem3gpp", "Modem.Voice", "Sim"


class Modem:
    """The mocked modem, brought back to good service before each test."""

    def __init__(self, mocked: mocked_modem.MockedModem) -> None:
        self._mocked = mocked
        mocked.add(
            _3GPP,
            RegistrationState=("u", 1),
            PacketServiceState=("u", 2),
            NetworkRejection=("a{sv}", {}),
        )
        mocked.add(
            _MODEM,
            StateFailedReason=("u", 0),
            Bearers=("ao", [mocked_modem.BEARER]),
            EquipmentIdentifier=("s", CANARIES["IMEI"]),
            OwnNumbers=("as", [CANARIES["phone number"]]),
        )
        mocked.add(
            _SIM,
            mocked_modem.SIM,
            OperatorIdentifier=("s", "310410"),
            OperatorName=("s", "Cricket"),
            EsimStatus=("u", 0),
            SimIdentifier=("s", CANARIES["ICCID"]),
        )
        mocked.set(_3GPP, Imei=("s", CANARIES["IMEI"]))
        mocked.set(_SIM, mocked_modem.SIM, Imsi=("s", CANARIES["IMSI"]))
        mocked.add_object(mocked_modem.BEARER, "Bearer", Connected=("b", True))

    def is_healthy(self) -> None:
        self.has(
            State=8,
            StateFailedReason=0,
            PowerState=3,
            AccessTechnologies=1 << 14,
            UnlockRequired=0,
            Sim=mocked_modem.SIM,
            RegistrationState=1,
            PacketServiceState=2,
            EmergencyOnly=False,
            NetworkRejection={},
        )
        self._mocked.set(_3GPP, OperatorCode=("s", "310410"), OperatorName=("s", "AT&T"))
        self._mocked.set("Bearer", mocked_modem.BEARER, Connected=("b", True))
        self._mocked.set(_SIM, mocked_modem.SIM, EsimStatus=("u", 0))

    def has(self, **values: Any) -> None:
        for key, value in values.items():
            where, kind = {
                "State": (_MODEM, "i"),
                "Sim": (_MODEM, "s"),  # dbusmock cannot change object paths
                "RegistrationState": (_3GPP, "u"),
                "PacketServiceState": (_3GPP, "u"),
                "NetworkRejection": (_3GPP, "a{sv}"),
                "EmergencyOnly": (_VOICE, "b"),
            }.get(key, (_MODEM, "u"))
            self._mocked.set(where, **{key: (kind, value)})

    def bearer(self, *, connected: bool) -> None:
        self._mocked.set("Bearer", mocked_modem.BEARER, Connected=("b", connected))

    def esim(self, status: int) -> None:
        self._mocked.set(_SIM, mocked_modem.SIM, EsimStatus=("u", status))


@pytest.fixture(scope="module")
def _mocked(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Modem]:
    folder = tmp_path_factory.mktemp("bus")
    with mocked_modem.bus(folder) as address, mocked_modem.modem_manager(folder, address) as one:
        yield Modem(one)


@pytest.fixture
def modem(_mocked: Modem) -> Modem:
    _mocked.is_healthy()
    return _mocked


def _read() -> Phone:
    return ModemManagerReader().read(5)


def _line() -> PhoneLine:
    (line,) = _read().lines
    return line


def test_a_healthy_modem_whole(modem: Modem) -> None:
    assert _read() == Phone(
        source=Source.MODEM,
        lines=(
            PhoneLine(
                sim=SimState.READY,
                voice=ServiceState.HOME,
                data=ServiceState.HOME,
                network_name="AT&T",
                network_plmn="310410",
                sim_name="Cricket",
                sim_plmn="310410",
                generation=Generation.FOUR,
                signal_level=SignalLevel.GOOD,
                packet_attached=True,
                bearer_connected=True,
                roaming=False,
                emergency_only=False,
                modem_failed=False,
            ),
        ),
        not_measured=(
            Fact.WIFI_CALLING_TUNNEL,
            Fact.WIFI_CALLING_SWITCH,
            Fact.AIRPLANE_MODE,
            Fact.MOBILE_DATA,
            Fact.PRIVATE_DNS,
        ),
    )


@pytest.mark.parametrize(
    ("number", "state"),
    [
        (0, ServiceState.OUT_OF_SERVICE),
        (1, ServiceState.HOME),
        (2, ServiceState.SEARCHING),
        (3, ServiceState.DENIED),
        (4, None),
        (5, ServiceState.ROAMING),
        (8, ServiceState.EMERGENCY_ONLY),
        (9, ServiceState.HOME),
        (10, ServiceState.ROAMING),
        (11, ServiceState.OUT_OF_SERVICE),
    ],
)
def test_the_registration_is_told(modem: Modem, number: int, state: ServiceState | None) -> None:
    modem.has(RegistrationState=number)
    assert (_line().voice, _line().data) == (state, state)


def test_a_registration_for_texts_alone_says_nothing_of_calls(modem: Modem) -> None:
    modem.has(RegistrationState=6)
    assert (_line().voice, _line().data) == (None, ServiceState.HOME)


def test_a_registration_that_nobody_knows_is_counted(modem: Modem) -> None:
    modem.has(RegistrationState=99)
    phone = _read()
    assert (phone.lines[0].voice, phone.unknown) == (None, 1)


def test_sos_is_told_with_why_the_network_refused(modem: Modem) -> None:
    rejection = {"error": ("u", 15), "operator-id": ("s", "310410")}
    modem.has(State=7, RegistrationState=3, EmergencyOnly=True, NetworkRejection=rejection)
    line = _line()
    assert (line.voice, bool(line.emergency_only), line.reject_cause) == (
        ServiceState.DENIED,
        True,
        15,
    )
    assert (line.network_name, line.signal_level, line.roaming) == (None, None, None)


def test_a_modem_without_packet_service_has_no_data(modem: Modem) -> None:
    modem.has(PacketServiceState=1)
    modem.bearer(connected=False)
    line = _line()
    assert (line.voice, line.data) == (ServiceState.HOME, ServiceState.OUT_OF_SERVICE)
    assert (line.packet_attached, line.bearer_connected) == (False, False)


@pytest.mark.parametrize(
    ("values", "sim", "failed"),
    [
        ({"State": -1, "StateFailedReason": 2}, SimState.ABSENT, False),
        ({"State": -1, "StateFailedReason": 3}, SimState.FAULTY, False),
        ({"State": -1, "StateFailedReason": 5}, SimState.NO_PROFILE, False),
        ({"State": -1, "StateFailedReason": 4}, None, True),
        ({"State": 2, "UnlockRequired": 2}, SimState.LOCKED, False),
        ({"State": 8, "UnlockRequired": 3}, SimState.READY, False),
        ({"State": 6, "Sim": "/"}, SimState.ABSENT, False),
    ],
    ids=["absent", "faulty", "no profile", "broken modem", "PIN", "second PIN only", "no SIM"],
)
def test_the_sim_is_told(
    modem: Modem, values: dict[str, Any], sim: SimState | None, failed: bool
) -> None:
    modem.has(RegistrationState=0, **values)
    assert (_line().sim, _line().modem_failed) == (sim, failed)


def test_an_esim_without_a_profile_is_told(modem: Modem) -> None:
    modem.has(RegistrationState=0)
    modem.esim(1)
    assert _line().sim is SimState.NO_PROFILE


@pytest.mark.parametrize("values", [{"State": 3}, {"PowerState": 2}, {"PowerState": 1}])
def test_a_modem_that_is_switched_off_is_told(modem: Modem, values: dict[str, int]) -> None:
    modem.has(**values)
    assert (_line().voice, _line().data) == (ServiceState.RADIO_OFF, ServiceState.RADIO_OFF)


@pytest.mark.parametrize(
    ("bits", "generation"),
    [
        (1 << 1, Generation.TWO),
        (1 << 5 | 1 << 9, Generation.THREE),
        (1 << 14 | 1 << 15, Generation.FOUR),
        (1 << 15, Generation.FIVE),
        (0, None),
        (0xFFFF0000 & ~(0b11 << 16), None),
    ],
)
def test_the_generation_is_told(modem: Modem, bits: int, generation: Generation | None) -> None:
    modem.has(AccessTechnologies=bits)
    assert _line().generation is generation


def test_no_identifier_is_kept(modem: Modem) -> None:
    assert [name for name, value in CANARIES.items() if value in repr(_read())] == []


def _follower(told: list[Phone | Unread], over: threading.Event) -> threading.Thread:
    """A reader that adds each change to `told` until it is over; not yet started."""

    def follow() -> None:
        for phone in ModemManagerReader().changes(over.is_set, every_s=0.1):
            told.append(phone)

    return threading.Thread(target=follow, daemon=True)


def test_changes_are_followed_and_not_repeated(modem: Modem) -> None:
    told: list[Phone | Unread] = []
    over = threading.Event()
    following = _follower(told, over)
    following.start()
    _until(lambda: len(told) == 1)
    modem.has(RegistrationState=3, EmergencyOnly=True)
    _until(lambda: len(told) == 2)
    modem.has(RegistrationState=3)  # a signal, and nothing new
    modem.has(RegistrationState=1, EmergencyOnly=False)
    _until(lambda: len(told) == 3)
    over.set()
    following.join(3)
    assert not following.is_alive()
    states = [one.lines[0].voice for one in told if isinstance(one, Phone)]
    assert states == [ServiceState.HOME, ServiceState.DENIED, ServiceState.HOME]


def test_a_modem_manager_that_leaves_and_returns_is_followed(tmp_path: Path) -> None:
    told: list[Phone | Unread] = []
    over = threading.Event()
    following = _follower(told, over)
    with mocked_modem.bus(tmp_path) as address:
        with mocked_modem.modem_manager(tmp_path, address, with_modem=False) as service:
            following.start()
            _until(lambda: told == [Unread.NO_PHONE])
            service.leave()
            _until(lambda: told == [Unread.NO_PHONE, Unread.NO_PROGRAM])
        with mocked_modem.modem_manager(tmp_path, address):
            _until(lambda: isinstance(told[-1], Phone))
        over.set()
        following.join(3)
    assert not following.is_alive()


def test_without_a_modem_it_says_so(tmp_path: Path) -> None:
    with (
        mocked_modem.bus(tmp_path) as address,
        mocked_modem.modem_manager(tmp_path, address, with_modem=False),
    ):
        assert _refusal() is Unread.NO_PHONE


def test_without_modem_manager_it_says_so_and_starts_none(tmp_path: Path) -> None:
    with mocked_modem.bus(tmp_path):
        assert _refusal() is Unread.NO_PROGRAM


def test_without_a_bus_it_says_so(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for address in (f"unix:path={tmp_path}/none", "nonsense", ""):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        assert _refusal() is Unread.NO_PROGRAM


def test_a_bus_that_does_not_let_this_user_ask_is_not_permitted(tmp_path: Path) -> None:
    with (
        mocked_modem.bus(tmp_path, rules=mocked_modem.DENY_THE_LIST) as address,
        mocked_modem.modem_manager(tmp_path, address),
    ):
        assert _refusal() is Unread.NOT_PERMITTED


def test_a_service_that_hangs_is_given_up_in_time(tmp_path: Path) -> None:
    import signal

    with (
        mocked_modem.bus(tmp_path) as address,
        mocked_modem.modem_manager(tmp_path, address) as mocked,
    ):
        mocked.service.send_signal(signal.SIGSTOP)
        began_s = time.monotonic()
        try:
            assert _refusal(timeout_s=0.4) is Unread.TIMEOUT
        finally:
            mocked.service.send_signal(signal.SIGCONT)
        assert time.monotonic() - began_s < 6


def test_a_run_reads_a_modem_unasked(modem: Modem, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is performed but the start: no packet is sent."""
    for room in (beside, choosing):
        monkeypatch.setattr(room, "modem_in_sight", lambda: True)
    modem.has(RegistrationState=2)
    run = Run(Request(catalog=load()))
    run._the_rest()
    assert run.situation.phone is not None
    said = run.situation.phone.wait(5)
    assert isinstance(said, Phone)
    assert (said.source, said.lines[0].data) == (Source.MODEM, ServiceState.SEARCHING)


def test_a_modem_in_sight(tmp_path: Path) -> None:
    assert modem_in_sight(str(tmp_path)) is False
    (tmp_path / "dev").mkdir()
    (tmp_path / "dev" / "cdc-wdm0").touch()
    assert modem_in_sight(str(tmp_path)) is True


_VALUES = st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.tuples(st.integers())
_INTERFACES = st.sampled_from(
    [f"{mocked_modem.NAME}.{name}" for name in ("Modem", "Modem.Modem3gpp", "Modem.Voice")]
)
_KEYS = st.sampled_from(
    "State StateFailedReason PowerState AccessTechnologies SignalQuality UnlockRequired Sim "
    "PrimarySimSlot RegistrationState PacketServiceState OperatorName OperatorCode EmergencyOnly "
    "NetworkRejection".split()
)


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine
@given(st.dictionaries(_INTERFACES, st.dictionaries(_KEYS, _VALUES)))
def test_whatever_a_modem_says_is_read_without_an_error(
    modem: dict[str, dict[str, Any]],
) -> None:
    line, unknown = modem_manager.line_of(modem)
    assert isinstance(line, PhoneLine)
    assert unknown in (0, 1)


def _refusal(timeout_s: float = 5) -> Unread:
    with pytest.raises(CannotRead) as told:
        ModemManagerReader().read(timeout_s)
    return told.value.why


def _until(ready: Any) -> None:
    ends_s = time.monotonic() + 10
    while not ready():
        assert time.monotonic() < ends_s, "nothing happened"
        time.sleep(0.02)
