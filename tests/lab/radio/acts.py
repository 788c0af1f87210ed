"""What can happen in the air, at the access point and at the device that joins it."""

from collections.abc import Iterator
from contextlib import contextmanager

from tests.lab.daemons import wait_until
from tests.lab.radio.world import (
    ACCESS_POINT,
    DEVICE,
    GOOD_DBM,
    STATION,
    STRANGER,
    RadioWorld,
)
from tests.lab.words import Act, Deviation, Place
from tests.lab.world import World


def air(*acts: Act) -> Deviation:
    """Something between the device and the access point, or at one of the two."""
    return Deviation(tuple((_air, act) for act in acts))


def _air(world: World) -> Place:
    return Place("air", world.places["device"])


def _radio(world: World) -> RadioWorld:
    if not isinstance(world, RadioWorld):
        raise TypeError("this can only happen in a world with radios")
    return world


def is_heard_at(dbm: int) -> Act:
    """Both hear each other this strong, and no frame is lost."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        radio.signal(dbm)
        _wait_for_signal(radio, dbm)
        try:
            yield
        finally:
            radio.signal(GOOD_DBM)
            _wait_for_signal(radio, GOOD_DBM)

    return act


def loses_tries(share: float, *, at_dbm: int = GOOD_DBM) -> Act:
    """Each try of a frame is lost with this chance, whatever it carries; its sender tries again
    as often as it always does. All frames are heard at `at_dbm`."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        # The average follows frame by frame: where most are lost it would take minutes.
        with is_heard_at(at_dbm)(world, place):
            try:
                with radio.running("medium", str(at_dbm), str(share)):
                    yield
            finally:
                radio.heal()

    return act


def loses_packets(share: float) -> Act:
    """The access point's and the device's radio drop this share of packets before they are sent:
    no counter of the radio shows it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        each_way = f"netem loss {100 * (1 - (1 - share) ** 0.5):.2f}%"
        radio.machine.shell(
            "modprobe sch_netem\n"
            f"tc qdisc replace dev {ACCESS_POINT} root {each_way}\n"
            f"tc -n {DEVICE} qdisc replace dev {STATION} root {each_way}\n"
        )
        try:
            yield
        finally:
            radio.machine.shell(
                f"tc qdisc del dev {ACCESS_POINT} root\n"
                f"tc -n {DEVICE} qdisc del dev {STATION} root\n"
            )

    return act


def has_the_wrong_passphrase() -> Act:
    """The device was told a passphrase that is not the network's."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        radio.device.lose_lease()
        with radio.hearing("supplicant", "4-Way Handshake failed"):
            radio.rejoin(passphrase="not the right phrase")
        try:
            # Two more seconds than the access point takes to find the phrase wrong.
            with radio.device.asked_again(every_s=6):
                yield
        finally:
            radio.rejoin()
            radio.heal()

    return act


def is_switched_off() -> Act:
    """The access point is gone; the device looks for it in vain."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        radio.stop_serving()
        wait_until(lambda: radio.device.state() != "COMPLETED", "the device loses its network", 20)
        radio.device.lose_lease()
        try:
            yield
        finally:
            radio.serve()
            radio.heal()

    return act


def turns_the_device_away() -> Act:
    """The access point refuses this device: a list of whom it takes, and it is not on it."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        mac = radio.device.run("cat", f"/sys/class/net/{STATION}/address").strip()
        radio.device.lose_lease()
        with radio.hearing("supplicant", "CTRL-EVENT-AUTH-REJECT"):
            radio.tell_access_point("deny_acl", "ADD_MAC", mac)
        try:
            with radio.device.asked_again(every_s=3):
                yield
        finally:
            radio.tell_access_point("deny_acl", "CLEAR")
            radio.heal()

    return act


def gives_no_lease() -> Act:
    """The device joins, and nobody answers when it asks for an address."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        radio.router_names.daemon.stop()
        radio.device.lose_lease()
        try:
            yield
        finally:
            radio.router_names.daemon.start()
            radio.router_names.warm()
            radio.heal()

    return act


def is_flooded_with_farewells(*, every_s: float) -> Act:
    """A stranger sends everyone away in the access point's name, again and again."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        radio = _radio(world)
        radio.machine.shell(
            f"iw dev {STRANGER} set type monitor\nip link set {STRANGER} up\n"
            f"iw dev {STRANGER} set channel 1\n"
        )
        mac = radio.machine.shell(f"cat /sys/class/net/{ACCESS_POINT}/address").strip()
        words = (STRANGER, mac, str(every_s))
        farewell = "CTRL-EVENT-DISCONNECTED"
        try:
            with radio.running("deauthenticate", *words):
                with radio.hearing("supplicant", farewell, times=3):
                    pass
                yield
        finally:
            radio.machine.shell(f"ip link set {STRANGER} down")
            radio.heal()

    return act


def _wait_for_signal(radio: RadioWorld, dbm: int) -> None:
    """Return when the device's own average has come near: it follows beacon by beacon."""

    def near() -> bool:
        told = radio.device.run("iw", "dev", STATION, "station", "dump")
        average = [line.split()[2] for line in told.splitlines() if "\tsignal avg:" in line]
        return bool(average) and abs(int(average[0]) - dbm) <= 1

    wait_until(near, f"the device hears {dbm} dBm", 40)
