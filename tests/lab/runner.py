"""Runs the shipped agent on the lab's device as an ordinary user, and keeps what it did."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.capture import Capture, Packet
from tests.lab.home import REPOSITORY
from tests.lab.world import World

NOBODY = 65534
PATIENCE_S = 30.0
LAUNCHER = Path(__file__).parent / "servers" / "launch.py"
RUN = ("run", "--json", "--no-input")
_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command on the device, seen from outside it: `wall_s` from process start to
    exit, `peak_rss_kib` the most memory it held."""

    command: tuple[str, ...]
    exit_code: int
    wall_s: float
    stdout: str
    stderr: str
    packets: list[Packet] = field(repr=False)
    peak_rss_kib: int
    timed_out: bool

    @property
    def result(self) -> dict[str, Any]:
        """The result JSON on its output."""
        return json.loads(self.stdout)  # type: ignore[no-any-return]

    @property
    def sent(self) -> list[Packet]:
        """What it sent: pure acknowledgements and the kernel's own neighbour keeping aside."""
        return [
            packet
            for packet in self.packets
            if packet.outgoing and not packet.is_pure_ack and not packet.is_kernels_own
        ]

    @property
    def contacts(self) -> set[tuple[str, int | None, str]]:
        """Whom it spoke to: address, port (None for ICMP), protocol. The kernel's own ICMP errors
        to answers that came too late are no conversation."""
        return {packet.contact for packet in self.sent if not packet.is_icmp_error}


def agent() -> tuple[list[str], dict[str, str]]:
    """The installed command and what it needs in its environment. `NETCHECK_LAB_COMMAND` names
    another; without an installed one it is the package in this tree."""
    named = os.environ.get("NETCHECK_LAB_COMMAND")
    if named:
        return named.split(), {}
    installed = Path(sys.executable).parent / "netcheck"
    if installed.exists():
        return [str(installed)], {}
    return [sys.executable, "-m", "netcheck"], {"PYTHONPATH": str(REPOSITORY)}


def run_agent(
    world: World, *arguments: str, verb: tuple[str, ...] = RUN,
    home: Path | None = None, environment: dict[str, str] | None = None,
    within_s: float = PATIENCE_S, as_user: bool = True,
) -> Run:  # fmt: skip
    """Run the agent on the device with its shipped defaults and a fresh home."""
    command, needed = agent()
    return run_on_device(
        world,
        *(*command, *verb, *arguments),
        home=home,
        environment={**needed, **(environment or {})},
        within_s=within_s,
        as_user=as_user,
    )


def run_on_device(
    world: World, *command: str, home: Path | None = None,
    environment: dict[str, str] | None = None, within_s: float = PATIENCE_S, as_user: bool = True,
) -> Run:  # fmt: skip
    """Run any command on the device. `home` is kept; without one it gets a fresh one."""
    own_home = home or fresh_home(world)
    usual = (Path(sys.executable).parent, *("/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin"))
    settings = {
        "PATH": ":".join(map(str, (*world.programs_folders, *usual, "/sbin"))),
        "HOME": str(own_home),
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": str(world.web.authority.root_file),
        **world.environment,
        **(environment or {}),
    }
    report = world.folder / f"report-{next(_numbers)}"
    launcher = (sys.executable, "-I", "-S", str(LAUNCHER), str(report))
    full = world.device.enter(*command, as_user=as_user, under=launcher)
    try:
        with Capture(world.device.place) as capture:
            return _watched(full, command, settings, own_home, within_s, capture, report)
    finally:
        report.unlink(missing_ok=True)
        if home is None:
            shutil.rmtree(own_home, ignore_errors=True)


def fresh_home(world: World) -> Path:
    """A new home folder for the device's user."""
    home = world.folder / f"home-{next(_numbers)}"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    return home


def _watched(
    full: list[str], command: tuple[str, ...], settings: dict[str, str], home: Path,
    within_s: float, capture: Capture, report: Path,
) -> Run:  # fmt: skip
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            full, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=settings, cwd=home,
            start_new_session=True,
        )  # fmt: skip
        try:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(within_s)
        finally:
            _end_all(process)
        measured = {"exit_code": -signal.SIGKILL, "wall_s": within_s, "peak_rss_kib": 0}
        timed_out = not report.exists()
        if not timed_out:
            measured = json.loads(report.read_text())
        out.seek(0)
        err.seek(0)
        return Run(
            command=command,
            stdout=out.read().decode(errors="replace"),
            stderr=err.read().decode(errors="replace"),
            packets=capture.drain(),
            timed_out=timed_out,
            **measured,
        )


def _end_all(process: subprocess.Popen[bytes]) -> None:
    """End a command and whatever it has started and left running."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
