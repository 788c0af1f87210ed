"""systemd-resolved on the lab's device: the real program, on a bus of its own.

Its package is unpacked into a folder of the test environment and never installed: installing it
takes over this machine's own /etc/resolv.conf. `python -m tests.lab.resolved` fetches it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.lab.daemons import Daemon, wait_until
from tests.lab.queries import answers, ask
from tests.lab.words import Act, Place
from tests.lab.world import World

CACHE = Path(sys.prefix) / "systemd-resolved"
PACKAGE, LIBRARY = "systemd-resolved", "libsystemd-shared"
STUB = "127.0.0.53"
BUS_SOCKET = "/run/dbus/system_bus_socket"
BUS = f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
 <type>system</type>
 <listen>unix:path={BUS_SOCKET}</listen>
 <policy context="default">
  <allow user="*"/><allow own="*"/>
  <allow send_type="method_call"/><allow receive_type="method_call"/>
  <allow send_type="method_return"/><allow receive_type="method_return"/>
  <allow send_type="error"/><allow receive_type="error"/>
  <allow send_type="signal"/><allow receive_type="signal"/>
 </policy>
</busconfig>
"""
# An ordinary user's rights, and to listen on port 53: as its unit file has it.
_RIGHTS = "+net_bind_service,+net_raw,+setpcap"
_AS_ITS_USER = (
    *("setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"),
    *(f"--inh-caps={_RIGHTS}", f"--ambient-caps={_RIGHTS}", "--pdeathsig=KILL"),
)


def program() -> Path | None:
    """The program, if it was fetched or is installed."""
    for folder in (CACHE, Path("/")):
        for place in ("lib/systemd/systemd-resolved", "usr/lib/systemd/systemd-resolved"):
            if (folder / place).exists():
                return folder / place
    return None


def fetch() -> Path | None:
    """Download and unpack the package that fits this machine's systemd library."""
    if program() is None:
        CACHE.mkdir(exist_ok=True)
        version = _run("dpkg-query", "-W", "-f", "${Version}", LIBRARY)
        _run("apt-get", "download", "-q", f"{PACKAGE}={version}")
        for archive in CACHE.glob("*.deb"):
            _run("dpkg-deb", "-x", str(archive), str(CACHE))
            archive.unlink()
    return program()


def _run(*command: str) -> str:
    return subprocess.run(
        command, cwd=CACHE, capture_output=True, text=True, check=True, timeout=300
    ).stdout


def asks_systemd_resolved(*servers: str, encryption: str = "no", signatures: str = "no") -> Act:
    """Programs on the device ask systemd-resolved, which asks these servers as it is told to
    (resolved.conf(5): DNS, DNSOverTLS, DNSSEC)."""

    @contextmanager
    def act(world: World, place: Place) -> Iterator[None]:
        found = program()
        if found is None:
            pytest.skip("needs systemd-resolved: python -m tests.lab.resolved")
        lease = world.device.resolv.read_text()
        lines = {"DNS": " ".join(servers), "DNSOverTLS": encryption, "DNSSEC": signatures}
        lines |= {"FallbackDNS": "", "LLMNR": "no", "MulticastDNS": "no"}
        settings = "\\n".join(["[Resolve]", *(f"{key}={value}" for key, value in lines.items())])
        bus_file = world.folder / "bus.conf"
        bus_file.write_text(BUS)
        _as_root(
            world,
            "mkdir -p /run/dbus /run/systemd/resolve /run/systemd/resolved.conf.d"
            " /run/systemd/netif/links;"
            f" printf '{settings}\\n' > /run/systemd/resolved.conf.d/lab.conf;"
            " chown -R 65534:65534 /run/systemd",
        )
        told = (f"--config-file={bus_file}", "--nofork", "--nopidfile")
        bus = _daemon(world, "bus", "dbus-daemon", *told)
        resolved = _daemon(world, "resolved", *_AS_ITS_USER, str(found))
        bus.ready = lambda: _is_there(world, BUS_SOCKET)
        resolved.ready = lambda: ask(place.namespace, STUB, "lab.invalid", within_s=0.3) is not None
        try:
            bus.start()
            resolved.start()
            world.device.resolv.write_text(f"nameserver {STUB}\noptions edns0 trust-ad\n")
            if "yes" not in (encryption, signatures):
                # What it may do without, it learns to do without: that takes it seconds, once.
                known = lambda: answers(place.namespace, STUB, "www.example.org")  # noqa: E731
                wait_until(known, "systemd-resolved has come to terms with the network", 30)
            yield
        finally:
            world.device.resolv.write_text(lease)
            resolved.kill()
            bus.kill()
            _as_root(world, "rm -rf /run/systemd /run/dbus")

    return act


def _daemon(world: World, name: str, *command: str) -> Daemon:
    """A daemon in the device's own view of files."""
    return Daemon(
        world.device.place,
        world.device.enter(*command, as_user=False),
        log=world.folder / f"{name}.log",
        ready=lambda: True,
        environment={
            "PATH": "/usr/bin:/bin:/usr/sbin:/sbin",
            "SSL_CERT_FILE": str(world.web.authority.root_file),
            "SYSTEMD_LOG_TARGET": "console",
        },
    )


def _is_there(world: World, path: str) -> bool:
    looked = world.device.enter("test", "-e", path, as_user=False)
    return subprocess.run(looked, check=False).returncode == 0


def _as_root(world: World, script: str) -> None:
    subprocess.run(
        world.device.enter("sh", "-ec", script, as_user=False), check=True, capture_output=True
    )


if __name__ == "__main__":
    print(fetch())
