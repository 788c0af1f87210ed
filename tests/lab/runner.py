"""Runs the shipped agent on the lab's device as an ordinary user, and keeps what it did."""

import itertools
import json
import os
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.lab.capture import Capture, Packet
from tests.lab.home import REPOSITORY
from tests.lab.world import World

NOBODY = 65534
PATIENCE_S = 30.0
RUN = ("run", "--json", "--no-input")
_homes = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Run:
    """One run of a command on the device, seen from outside it."""

    command: tuple[str, ...]
    exit_code: int
    wall_s: float
    stdout: str
    stderr: str
    packets: list[Packet] = field(repr=False)
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
        """Whom it spoke to: address, port (None for ICMP), protocol."""
        return {packet.contact for packet in self.sent}


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
    within_s: float = PATIENCE_S,
) -> Run:  # fmt: skip
    """Run the agent on the device with its shipped defaults and a fresh home."""
    command, needed = agent()
    return run_on_device(
        world,
        *(*command, *verb, *arguments),
        home=home,
        environment={**needed, **(environment or {})},
        within_s=within_s,
    )


def run_on_device(
    world: World, *command: str, home: Path | None = None,
    environment: dict[str, str] | None = None, within_s: float = PATIENCE_S, as_user: bool = True,
) -> Run:  # fmt: skip
    """Run any command on the device. `home` is kept; without one it gets a fresh one."""
    own_home = home or fresh_home(world)
    settings = {
        "PATH": f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
        "HOME": str(own_home),
        "LANG": "C.UTF-8",
        "SSL_CERT_FILE": str(world.web.authority.root_file),
        **(environment or {}),
    }
    full = world.device.enter(*command, as_user=as_user)
    try:
        with Capture(world.device.place) as capture:
            return _watched(full, command, settings, own_home, within_s, capture)
    finally:
        if home is None:
            shutil.rmtree(own_home, ignore_errors=True)


# A process keeps the peak of what it was before it became a program, so the agent must be the
# child of something small to be weighed: of an interpreter that has imported next to nothing.
WEIGH = """
import os, sys
child = os.fork()
if child == 0:
    os.execvp(sys.argv[2], sys.argv[2:])
_, status, usage = os.wait4(child, 0)
open(sys.argv[1], "w").write(str(usage.ru_maxrss))
sys.exit(os.waitstatus_to_exitcode(status) & 255)
"""


def peak_memory_kib(world: World, *arguments: str, verb: tuple[str, ...] = RUN) -> int:
    """The most memory the agent held during one run, in KiB resident."""
    command, needed = agent()
    weight = world.folder / f"weight-{next(_homes)}"
    inside = world.device.enter(*command, *verb, *arguments)
    scales = (sys.executable, "-I", "-S", "-c", WEIGH, str(weight))
    run_on_device(world, *scales, *inside, environment=needed, as_user=False)
    return int(weight.read_text())


def fresh_home(world: World) -> Path:
    """A new home folder for the device's user."""
    home = world.folder / f"home-{next(_homes)}"
    home.mkdir(mode=0o700)
    os.chown(home, NOBODY, NOBODY)
    return home


def _watched(
    full: list[str], command: tuple[str, ...], settings: dict[str, str], home: Path,
    within_s: float, capture: Capture,
) -> Run:  # fmt: skip
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        start = time.monotonic()
        process = subprocess.Popen(
            full, stdin=subprocess.DEVNULL, stdout=out, stderr=err, env=settings, cwd=home,
            start_new_session=True,
        )  # fmt: skip
        watch = os.pidfd_open(process.pid)
        try:
            timed_out = not select.select([watch], [], [], within_s)[0]
            if timed_out:
                os.killpg(process.pid, signal.SIGKILL)
            _, status = os.waitpid(process.pid, 0)
        except BaseException:
            process.kill()
            raise
        finally:
            os.close(watch)
        wall_s = time.monotonic() - start
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        return Run(
            command=command,
            exit_code=process.returncode,
            wall_s=wall_s,
            stdout=out.read().decode(errors="replace"),
            stderr=err.read().decode(errors="replace"),
            packets=capture.drain(),
            timed_out=timed_out,
        )
