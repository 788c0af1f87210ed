"""A phone on the device's cable, a modem inside it. Each says who it is in every way it can: none
of that may come out of the agent again."""

import itertools
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.android_dumps import CANARIES
from tests.fake_phone import FakePhone
from tests.lab.acts_device import hardware_shown
from tests.lab.words import Act, Place
from tests.lab.world import World
from tests.mocked_modem import BEARER, SIM, MockedModem, bus, modem_manager

_numbers = itertools.count(1)
_3GPP = "Modem.Modem3gpp"


def has_a_phone(phone: FakePhone) -> Act:
    """An Android phone on the device's cable: its `adb` is the first on the path."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        folder = _folder(world, "phone")
        phone.plug(folder)
        world.programs_folders.insert(0, str(folder))
        try:
            yield
        finally:
            world.programs_folders.remove(str(folder))

    return act


def has_a_modem(**says: object) -> Act:
    """A modem inside the device with a SIM of AT&T's network, shown by a ModemManager that is
    python-dbusmock's on a real bus. `says` are its properties, else those of good service:
    `registration`, `packet`, `state`, `failed`, `lock`, `sim`, `quality`, `cause`,
    `emergency_only`, `plmn`."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        with _modem_of(world, **says):
            yield

    return act


@contextmanager
def _modem_of(world: World, **says: object) -> Iterator[MockedModem]:
    folder = _folder(world, "bus")
    with (
        bus(folder) as address,
        modem_manager(folder, address) as modem,
        hardware_shown(world, "wwan/wwan0"),
    ):
        _speaks(modem, says)
        world.environment["DBUS_SYSTEM_BUS_ADDRESS"] = address
        try:
            yield modem
        finally:
            del world.environment["DBUS_SYSTEM_BUS_ADDRESS"]


def _speaks(modem: MockedModem, says: Mapping[str, object]) -> None:
    told = {
        "registration": 1,
        "packet": 2,
        "state": 8,
        "failed": 0,
        "lock": 1,
        "sim": SIM,
        "quality": 70,
        "emergency_only": False,
        "plmn": "310410",
        **says,
    }
    cause = told.get("cause")
    rejection = {} if cause is None else {"error": ("u", cause)}
    modem.add(
        _3GPP,
        RegistrationState=("u", told["registration"]),
        PacketServiceState=("u", told["packet"]),
        NetworkRejection=("a{sv}", rejection),
    )
    modem.add(
        "Modem",
        StateFailedReason=("u", told["failed"]),
        Bearers=("ao", [BEARER]),
        EquipmentIdentifier=("s", CANARIES["IMEI"]),
        OwnNumbers=("as", [CANARIES["phone number"]]),
    )
    modem.add(
        "Sim",
        SIM,
        OperatorIdentifier=("s", told["plmn"]),
        OperatorName=("s", "AT&T"),
        EsimStatus=("u", 0),
        SimIdentifier=("s", CANARIES["ICCID"]),
    )
    modem.set(_3GPP, Imei=("s", CANARIES["IMEI"]))
    modem.set("Sim", SIM, Imsi=("s", CANARIES["IMSI"]))
    modem.add_object(BEARER, "Bearer", Connected=("b", False))
    modem.set(
        "Modem",
        State=("i", told["state"]),
        UnlockRequired=("u", told["lock"]),
        Sim=("s", told["sim"]),  # dbusmock cannot change object paths
        SignalQuality=("(ub)", (told["quality"], True)),
    )
    modem.set("Modem.Voice", EmergencyOnly=("b", told["emergency_only"]))


def _folder(world: World, kind: str) -> Path:
    folder = world.folder / f"{kind}-{next(_numbers)}"
    folder.mkdir(mode=0o755)
    return folder


def loses_its_network_again_and_again(*, share_lost: float, period_s: float = 0.3) -> Act:
    """A modem that finds its network and loses it, for this share of the time."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        over = threading.Event()

        def flap(modem: MockedModem) -> None:
            while not over.is_set():
                modem.set(_3GPP, RegistrationState=("u", 2))
                over.wait(share_lost * period_s)
                modem.set(_3GPP, RegistrationState=("u", 1))
                over.wait((1 - share_lost) * period_s)

        with _modem_of(world) as modem:
            flapping = threading.Thread(target=flap, args=(modem,))
            flapping.start()
            try:
                yield
            finally:
                over.set()
                flapping.join()

    return act
