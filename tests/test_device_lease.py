"""What NetworkManager and systemd-networkd say of a lease, and what is made of it.

NetworkManager is python-dbusmock's, on a real message bus.
"""

import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from jeepney.io.blocking import DBusConnection

from netcheck.checks import lease_holds
from netcheck.checks.contract import Seen
from netcheck.checks.lease_holds import LeaseFacts, joined
from netcheck.device import lease
from netcheck.device.lease import Lease, Trouble, seconds
from netcheck.model.device import Address, Device, Interface, LinkKind
from netcheck.model.observation import Family, Observation, Target
from netcheck.model.outcome import Failure, Outcome
from tests import mocked_network_manager
from tests.mocked_network_manager import NM, ROOT, call

CABLE, CONFIG = f"{ROOT}/Devices/cable", f"{ROOT}/DHCP4Config/1"


@pytest.fixture(scope="module")
def network_manager(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DBusConnection]:
    """One cable called eth0, with a lease."""
    with mocked_network_manager.network_manager(tmp_path_factory.mktemp("bus")) as found:
        call(found, ROOT, "AddEthernetDevice", "ssu", ("cable", "eth0", 100))
        objects = (CONFIG, f"{NM}.DHCP4Config", {"Options": ("a{sv}", {"x": ("s", "y")})}, [])
        call(found, ROOT, "AddObject", "ssa{sv}a(ssss)", objects)
        config = {"Dhcp4Config": ("o", CONFIG)}
        call(found, CABLE, "AddProperties", "sa{sv}", (f"{NM}.Device", config))
        yield found


def says(connection: DBusConnection, options: dict[str, str], reason: int = 0) -> None:
    told = {"Options": ("a{sv}", {name: ("s", value) for name, value in options.items()})}
    call(connection, CONFIG, "UpdateProperties", "sa{sv}", (f"{NM}.DHCP4Config", told))
    state = {"StateReason": ("(uu)", (100, reason))}
    call(connection, CABLE, "UpdateProperties", "sa{sv}", (f"{NM}.Device", state))


@mocked_network_manager.needed
def test_network_manager_tells_how_long_a_lease_is_and_when_it_ends(
    network_manager: DBusConnection,
) -> None:
    expiry = int(time.time()) + 900
    says(network_manager, {"dhcp_lease_time": "3600", "expiry": str(expiry)})
    found = lease.of_network_manager("eth0")
    assert found is not None
    assert (found.told_by, found.total_s, found.trouble) == ("NetworkManager", 3600, None)
    assert 895 <= (found.left_s or 0) <= 900


@mocked_network_manager.needed
@pytest.mark.parametrize(
    ("reason", "trouble"),
    [(5, Trouble.NO_ANSWER), (16, Trouble.NO_ANSWER), (17, Trouble.NO_ANSWER), (64, Trouble.TAKEN)],
)
def test_network_manager_tells_why_there_is_no_address(
    network_manager: DBusConnection, reason: int, trouble: Trouble
) -> None:
    says(network_manager, {}, reason)
    assert lease.of_network_manager("eth0") == Lease("NetworkManager", trouble=trouble)


@mocked_network_manager.needed
@pytest.mark.parametrize("options", [{}, {"expiry": "soon"}, {"dhcp_lease_time": "-1"}])
def test_what_network_manager_does_not_tell_in_numbers_is_not_known(
    network_manager: DBusConnection, options: dict[str, str]
) -> None:
    says(network_manager, options)
    assert lease.of_network_manager("eth0") is None


@mocked_network_manager.needed
def test_an_interface_that_network_manager_does_not_know_has_no_lease(
    network_manager: DBusConnection,
) -> None:
    assert lease.of_network_manager("wlan7") is None


def test_without_a_bus_nothing_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nobody/is/here")
    assert lease.of_network_manager("eth0") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("3600", 3600), ("1h", 3600), ("1h 30min", 5400), ('"12h"', 43200), ("2d", 172800),
        ("infinity", None), ("", None), ("4294967295x", None), ("-5", None), ("½h", None),
    ],
)  # fmt: skip
def test_lengths_of_time_as_systemd_writes_them(text: str, expected: float | None) -> None:
    assert seconds(text) == expected


def test_a_lease_file_counts_from_when_it_was_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lease.socket, "if_nametoindex", lambda _: 7)
    folder = tmp_path / "run/systemd/netif/leases"
    folder.mkdir(parents=True)
    file = folder / "7"
    file.write_text("ADDRESS=192.168.1.20\nLIFETIME=1h\nHOSTNAME=anna\n")
    written = time.time() - 600
    os.utime(file, (written, written))
    found = lease.of_networkd("eth0", str(tmp_path))
    assert found is not None
    assert (found.told_by, found.total_s) == ("systemd-networkd", 3600)
    assert 2995 <= (found.left_s or 0) <= 3000
    os.utime(file, (time.time() + 900, time.time() + 900))  # the clock was set back since
    assert lease.of_networkd("eth0", str(tmp_path)) is None
    file.write_bytes(b"\xff\xfe LIFETIME")
    assert lease.of_networkd("eth0", str(tmp_path)) is None


KERNEL = LeaseFacts(left_s=300, told_by="kernel", fixed=False)
FIXED = LeaseFacts(told_by="kernel", fixed=True)


@pytest.mark.parametrize(
    ("known", "told", "state"),
    [
        (None, None, None),
        (FIXED, None, None),
        (KERNEL, None, "held"),  # how long the whole was is not known
        (KERNEL, Lease("systemd-networkd", 9999, 3600), "ending"),  # the kernel's seconds count
        (KERNEL, Lease("systemd-networkd", 9999, 600), "held"),
        (FIXED, Lease("NetworkManager", -5, 3600), "expired"),
        (FIXED, Lease("NetworkManager", 3000, 3600), "held"),
        (None, Lease("NetworkManager", trouble=Trouble.NO_ANSWER), "unanswered"),
        (None, Lease("NetworkManager", trouble=Trouble.TAKEN), None),
    ],
)
def test_how_a_lease_stands(
    known: LeaseFacts | None, told: Lease | None, state: str | None
) -> None:
    assert joined(known, told).state == state


def test_the_kernels_word_is_enough_where_an_address_has_a_term(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lease, "of_networkd", lambda *_: None)
    monkeypatch.setattr(lease, "of_network_manager", lambda _: pytest.fail("nobody need be asked"))

    def address(text: str, valid_s: float) -> Address:
        return Address(text, 24, Family.IPV4, text.startswith("169.254."), valid_s)

    own = (address("192.168.1.20", 1200.0), address("169.254.1.1", math.inf))
    interface = Interface("eth0", LinkKind.ETHERNET, True, True, own)
    situation = SimpleNamespace(
        interface=interface, device=Device("linux", (interface,), ()), seen=Seen()
    )
    observed = lease_holds.observe(Target("eth0"), situation)
    assert observed.facts == LeaseFacts(left_s=1200.0, told_by="kernel", fixed=False)
    seen = Observation("lease-holds", Target("eth0"), Outcome.OK, None, observed.facts, 0.0, 1.0)
    found = list(lease_holds.read(SimpleNamespace(seen=Seen([seen]))))
    assert [(one.id, one.params) for one in found] == [("lease.held", {"minutes": 20})]


@pytest.mark.parametrize(
    ("facts", "failure"),
    [
        (LeaseFacts(left_s=900.0, total_s=1200), None),
        (LeaseFacts(left_s=90.0, total_s=1200), Failure.TIMEOUT),
        (LeaseFacts(trouble="no-answer"), Failure.TIMEOUT),
        (LeaseFacts(trouble="taken"), Failure.WRONG_ANSWER),
        (LeaseFacts(left_s=-1.0), Failure.ABSENT),
    ],
)
def test_how_a_lease_fails(
    monkeypatch: pytest.MonkeyPatch, facts: LeaseFacts, failure: Failure | None
) -> None:
    monkeypatch.setattr(lease_holds, "_of_kernel", lambda _: facts)
    situation = SimpleNamespace(
        interface=SimpleNamespace(name="eth0"), device=SimpleNamespace(system="darwin")
    )
    assert lease_holds.observe(Target("eth0"), situation).failure == failure  # type: ignore[arg-type]
