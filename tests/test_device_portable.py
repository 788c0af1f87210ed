"""A machine without netlink, without fcntl, without psutil: facts or None, never an exception."""

import errno
import json
import socket
import subprocess
import sys
import textwrap
from typing import Any

import pytest

from netcheck.device import reader
from netcheck.device.linux import LinuxReader
from netcheck.device.portable import PortableReader
from netcheck.model.device import Address, Device, LinkKind
from netcheck.model.observation import Family

UNKNOWN_WITHOUT_NETLINK = {"link-kinds", "gateways", "neighbours", "wifi"}

REPORT = """
import json
from netcheck.device import reader
for system in (None, "linux", "macos", "windows", "android", "plan9"):
    here = reader(system)
    device = here.read()
    assert all(i.kind != "loopback" for i in device.interfaces)
    assert here.neighbour("192.0.2.1", "eth0") is None
    assert here.neighbour("192.0.2.1", None) is None
    for target in ("127.0.0.1", "::1", "203.0.113.1", "2001:db8::1", "fe80::1%none", "junk"):
        route = here.route_to(target)
        assert route is None or route.gateway is None
loopback = reader().route_to("127.0.0.1")
device = reader().read()
print(json.dumps({
    "not_permitted": device.not_permitted,
    "not_measured": device.not_measured,
    "interfaces": len(device.interfaces),
    "loopback": loopback and loopback.interface,
}))
"""


def _without(*taken: str) -> dict[str, Any]:
    """Runs the report in an interpreter from which these were taken away."""
    take = {
        "netlink": "import socket; del socket.AF_NETLINK",
        "fcntl": "import sys; sys.modules['fcntl'] = None",
        "psutil": "import sys; sys.modules['psutil'] = None",
        "pyroute2": "import sys; sys.modules['pyroute2'] = None",
        "names": "import socket; del socket.if_nameindex",
        "denied": textwrap.dedent("""
            import errno, socket
            whole = socket.socket
            class Guarded(whole):
                def __init__(self, family=-1, *rest, **more):
                    if family == 16:
                        raise PermissionError(errno.EPERM, "Operation not permitted")
                    super().__init__(family, *rest, **more)
            socket.socket = Guarded
        """),
    }
    program = "\n".join([*(take[name] for name in taken), REPORT])
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False
    )
    assert (run.returncode, run.stderr) == (0, "")
    answer = json.loads(run.stdout)
    assert isinstance(answer, dict)
    return answer


def test_without_netlink_psutil_tells_the_interfaces() -> None:
    told = _without("netlink", "fcntl", "pyroute2")
    assert set(told["not_measured"]) >= UNKNOWN_WITHOUT_NETLINK
    assert told["loopback"] == "lo"


def test_without_netlink_and_psutil_only_names_are_left() -> None:
    told = _without("netlink", "fcntl", "psutil")
    unknown = UNKNOWN_WITHOUT_NETLINK | {"interfaces", "addresses", "carrier", "speed"}
    assert set(told["not_measured"]) >= unknown
    assert told["loopback"] is None


def test_without_anything_there_are_no_interfaces() -> None:
    told = _without("netlink", "fcntl", "psutil", "names")
    assert (told["interfaces"], told["loopback"]) == (0, None)


def test_a_sandbox_that_forbids_netlink_is_survived() -> None:
    told = _without("denied")
    assert set(told["not_permitted"]) >= UNKNOWN_WITHOUT_NETLINK
    assert told["loopback"] == "lo"


def _ipv4(device: Device) -> set[Address]:
    every = (address for interface in device.interfaces for address in interface.addresses)
    return {address for address in every if address.family is Family.IPV4}


def test_both_readers_agree_on_this_machines_addresses() -> None:
    found, expected = PortableReader("linux").read(), LinuxReader().read()
    assert _ipv4(expected) == _ipv4(found)
    for interface in expected.interfaces:
        other = found.interface(interface.name)
        assert other is not None
        assert (interface.up, interface.mtu) == (other.up, other.mtu)


def test_other_systems_get_the_portable_reader_under_their_own_name() -> None:
    assert (
        reader("macos").read().system,
        reader("windows").read().system,
        reader("android").read().system,
    ) == ("macos", "windows", "android")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("en0", LinkKind.OTHER),
        ("utun3", LinkKind.TUNNEL),
        ("pdp_ip0", LinkKind.CELLULAR),
        ("Wi-Fi", LinkKind.WIFI),
        ("Ethernet 2", LinkKind.ETHERNET),
        ("Loopback Pseudo-Interface 1", LinkKind.LOOPBACK),
        ("wlx00c0ca000000", LinkKind.WIFI),
        ("wwan0", LinkKind.CELLULAR),
        ("awdl0", LinkKind.OTHER),
    ],
)
def test_kinds_are_guessed_from_names_where_nothing_else_tells(
    name: str, expected: LinkKind
) -> None:
    from netcheck.device import kinds

    assert expected is kinds.of_name(name)


def _forbid_netlink(monkeypatch: pytest.MonkeyPatch) -> None:
    def refused() -> None:
        raise PermissionError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr("netcheck.device.linux.Conversation", refused)


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are tied by name on Linux only")
@pytest.mark.parametrize("can_tie", [True, False])
@pytest.mark.parametrize(("wanted", "left_by"), [(None, "lo"), ("lo", "lo"), ("gone0", None)])
def test_without_netlink_a_route_leaves_by_the_interface_that_was_asked_for_or_is_not_measured(
    monkeypatch: pytest.MonkeyPatch, wanted: str | None, left_by: str | None, can_tie: bool
) -> None:
    _forbid_netlink(monkeypatch)
    if not can_tie:
        monkeypatch.setattr("netcheck.device.portable._SO_BINDTODEVICE", None)
    route = LinuxReader().route_to("127.0.0.1", wanted)
    assert (route and route.interface) == left_by


@pytest.mark.skipif(sys.platform != "linux", reason="sockets are tied by name on Linux only")
def test_a_route_by_another_interface_than_the_one_asked_for_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    _forbid_netlink(monkeypatch)
    monkeypatch.setattr("netcheck.device.portable._SO_BINDTODEVICE", None)
    others = [name for _, name in socket.if_nameindex() if name != "lo"]
    if not others:
        pytest.skip("this machine has one interface")
    assert LinuxReader().route_to("127.0.0.1", others[0]) is None
