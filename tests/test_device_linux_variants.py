"""Linux as it is elsewhere: without /sys, without a bus, without /etc, without what pip installs.

Each is made in namespaces of its own, with the shipped command inside. Nothing leaves the machine.
"""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from netcheck.device import host
from netcheck.device.host import Host
from tests.command import PATIENCE_S, environment

CABLE = """
ip link set lo up
ip link add eth0 type veth peer name far0
ip address add 192.0.2.7/24 dev eth0
ip link set eth0 up
ip link set far0 up
ip route add default via 192.0.2.1
"""
HIDE = {
    "sys": "mount -t tmpfs none /sys",
    "sysctl": "mount -t tmpfs none /proc/sys",
    "read-only sysctl": "mount --bind /proc/sys /proc/sys && mount -o remount,ro,bind /proc/sys",
    "proc": "mount -t tmpfs none /proc",
    "run": "mount -t tmpfs none /run && mount -t tmpfs none /var/run 2>/dev/null || true",
    "etc": "mount -t tmpfs none /etc",
}
PACKAGES = ("psutil", "pyroute2", "jeepney", "msgspec")
VARIANTS = [
    ("a container without /sys", ("sys",), ()),
    ("no settings of the kernel to be seen", ("sysctl",), ()),
    ("no /proc at all", ("proc",), ()),
    ("those that may not be written", ("read-only sysctl",), ()),
    ("no systemd and no bus", ("run",), ()),
    ("an image with an empty /etc", ("etc",), ()),
    ("a router's Python, with nothing compiled", (), PACKAGES),
    ("all of it at once", ("sys", "proc", "run", "etc"), PACKAGES),
]
READ = """
import json
from dataclasses import asdict
from netcheck.device import reader
from netcheck.device import lease, name_service, portal_uri, settings, wifi_managers
here = reader()
device = here.read()
try:
    service = name_service.read()
except name_service.NotMeasured:
    service = None
told = [lease.lease("eth0"), portal_uri.portal_uri("eth0"), wifi_managers.read("eth0"), service]
settings.radios(), settings.overridden(["a.example"]), settings.proxy()
print(json.dumps({"device": asdict(device), "told": [bool(one) for one in told]}))
"""
RUN = """
from netcheck.cli import main
main()
"""


@pytest.fixture(scope="module")
def namespaces() -> None:
    tried = subprocess.run(["unshare", "-nm", "true"], capture_output=True, check=False)
    if tried.returncode:
        pytest.skip("no mount namespace can be made here")


def inside(
    home: Path, hidden: tuple[str, ...], without: tuple[str, ...], program: str, *words: str
) -> "subprocess.CompletedProcess[str]":
    lines = ["set -e", CABLE, *(HIDE[name] for name in hidden), 'exec "$@"']
    blocked = f"import sys\nfor name in {without!r}: sys.modules[name] = None\n"
    return subprocess.run(
        ["unshare", "-nm", "sh", "-c", "\n".join(lines), "sh", sys.executable, "-c",
         blocked + program, *words],
        capture_output=True, text=True, timeout=PATIENCE_S, env=environment(home), check=False,
    )  # fmt: skip


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize(("what", "hidden", "without"), VARIANTS, ids=[v[0] for v in VARIANTS])
def test_the_kernel_alone_tells_address_link_and_way_out(
    tmp_path: Path, what: str, hidden: tuple[str, ...], without: tuple[str, ...]
) -> None:
    done = inside(tmp_path, hidden, without, READ)
    assert (done.returncode, done.stderr) == (0, "")
    device = json.loads(done.stdout)["device"]
    eth0 = next(one for one in device["interfaces"] if one["name"] == "eth0")
    assert (eth0["kind"], eth0["up"], eth0["carrier"]) == ("ethernet", True, True)
    assert eth0["addresses"][0]["address"] == "192.0.2.7"
    assert [(r["interface"], r["gateway"]) for r in device["default_routes"]] == [
        ("eth0", "192.0.2.1")
    ]
    assert ("nameservers" in device["not_measured"]) == ("etc" in hidden)
    assert set(device["not_measured"]) <= {"nameservers"}


@pytest.mark.usefixtures("namespaces")
@pytest.mark.parametrize("place", [5, 7], ids=[VARIANTS[place][0] for place in (5, 7)])
def test_a_run_comes_to_a_verdict_without_a_traceback(tmp_path: Path, place: int) -> None:
    _, hidden, without = VARIANTS[place]
    done = inside(tmp_path, hidden, without, RUN, "--json", "--budget", "3")
    assert "Traceback" not in done.stderr
    result = json.loads(done.stdout)
    assert (result["schema"], result["interrupted"]) == ("netcheck.result/1", False)
    assert result["verdict"]["side"] in ("local", "inconclusive")
    broke = [
        f"{o['check']}: {o['failure']}"
        for o in result["observations"]
        if o["outcome"] == "error" and o["failure"] == "broken"
    ]
    assert broke == []


@pytest.mark.usefixtures("namespaces")
def test_a_python_without_ssl_is_told_so_and_not_shown_a_defect(tmp_path: Path) -> None:
    """OpenWrt's python3-light."""
    done = inside(tmp_path, (), ("ssl", "_ssl"), RUN, "--json", "--budget", "3")
    assert (done.returncode, done.stderr) == (
        1,
        "This Python lacks a part of its own: ssl. How to lift that: netcheck doctor\n",
    )
    done = inside(tmp_path, (), ("ssl", "_ssl"), RUN, "doctor", "--json")
    limits = [limit["id"] for limit in json.loads(done.stdout)["limits"]]
    assert (done.returncode, "python-cut" in limits) == (3, True)


HOSTS = [
    ({"proc/sys/kernel/osrelease": "6.1.0-13-amd64\n"}, (), None),
    ({"proc/sys/kernel/osrelease": "4.4.0-19041-Microsoft\n"}, (), Host.WSL1),
    ({"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n"}, (), Host.WSL2),
    (
        {"proc/sys/kernel/osrelease": "5.15.90.1-microsoft-standard-WSL2\n"},
        ("eth0", "loopback0"),
        Host.WSL2_MIRRORED,
    ),
    ({".dockerenv": ""}, (), Host.CONTAINER),
    ({"run/.containerenv": ""}, (), Host.CONTAINER),
    ({}, (), None),
]


@pytest.mark.parametrize(("files", "names", "expected"), HOSTS)
def test_what_this_linux_runs_inside_of(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    files: dict[str, str],
    names: tuple[str, ...],
    expected: Host | None,
) -> None:
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr("socket.if_nameindex", lambda: list(enumerate(names)))
    assert host.host(str(tmp_path)) is expected
