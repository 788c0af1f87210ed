"""The emulated machine: boots, runs commands in it, ends."""

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.home import REPOSITORY
from tests.lab.namespaces import LabError
from tests.lab.radio import kernel

TOOLS = ("qemu-system-x86_64", "busybox", "depmod", "hostapd", "wpa_supplicant", "iw")
PORT = "netcheck.lab"
INSIDE = Path(__file__).parent / "inside.py"
BOOT_WITHIN_S = 120
# The machine sees this one's files twice: as virtme-ng shows them, never cached, and so (`loose`)
# that what was read once stays in its memory. An interpreter starts in 5 s on the first, 1 on
# the second.
KEPT_FILES = "kept"
# Its clock counts its instructions: one a nanosecond (2 to the power of 0) while it works, and real
# time while it waits. Emulation is thirty times slower than this machine and uneven: translating
# new code costs most. By its own clock it is a slow computer of even speed, so that no deadline
# and no threshold of the agent has to be changed for it.
NANOSECONDS_AS_SHIFT = 0
APPENDED = ("mitigations=off", "tsc=reliable", "clocksource=tsc")


@dataclass(frozen=True, slots=True)
class Ended:
    """A command that has ended inside; 124 when its time was over."""

    code: int
    out: str
    err: str


class Machine:
    """One emulated machine with one processor. `folder` is shared with it, for reading and
    writing; `tap` is the interface here that its `uplink0` is wired to, if any."""

    def __init__(self, folder: Path, *, prefix: Sequence[str] = (), tap: str | None = None) -> None:
        self.folder = folder
        self.log = folder / "machine.log"
        # A socket's path has 107 characters at most.
        self._socket_path = folder / "machine.sock"
        self._lines = b""
        image = kernel.found()
        if image is None:
            raise LabError("no kernel: python -m tests.lab.radio.kernel")
        qemu = [
            *("-chardev", f"socket,id=lab,path={self._socket_path},server=on,wait=off"),
            *("-device", "virtio-serial-pci"),
            *("-device", f"virtserialport,name={PORT},chardev=lab"),
            *("-fsdev", "local,id=kept,path=/,security_model=none,readonly=on,multidevs=remap"),
            *("-device", f"virtio-9p-pci,fsdev=kept,mount_tag={KEPT_FILES}"),
            *("-accel", "tcg,thread=single", "-cpu", "Nehalem"),
            *("-icount", f"shift={NANOSECONDS_AS_SHIFT},sleep=on,align=off"),
        ]
        if tap is not None:
            qemu += ["-netdev", f"tap,id=up,ifname={tap},script=no,downscript=no"]
            qemu += ["-device", "virtio-net-pci,netdev=up"]
        command = [
            *prefix,
            *(str(Path(sys.executable).parent / "vng"), "-r", str(image)),
            *("--disable-kvm", "--disable-microvm", "--force-9p", "--disable-monitor"),
            f"--rodir=/lib/modules={kernel.modules()}",
            f"--rwdir={folder}",
            *("--cpus", "1", "--memory", "1500M", "--user", "root", "--cwd", str(folder)),
            *(f"--append={word}" for word in APPENDED),
            *(f"--qemu-opts={word}" for word in qemu),
            *("--exec", f"{sys.executable} -I -S {INSIDE} {PORT}"),
        ]
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        with self.log.open("wb") as log:
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env=environment, cwd=folder, start_new_session=True,
            )  # fmt: skip
        try:
            self._connect()
            self._settle()
        except BaseException:
            self.close()
            raise

    def _connect(self) -> None:
        """Return when the program inside says that it serves."""
        began = time.monotonic()
        self._port = socket.socket(socket.AF_UNIX)
        while True:
            if self._process.poll() is not None or time.monotonic() - began > BOOT_WITHIN_S:
                said = self.log.read_text(errors="replace")[-2000:]
                raise LabError(f"the emulated machine does not come up:\n{said}")
            with contextlib.suppress(OSError):
                self._port.connect(str(self._socket_path))
                break
            time.sleep(0.1)
        self._port.settimeout(BOOT_WITHIN_S)
        self._answer()
        self.boot_s = time.monotonic() - began

    def _settle(self) -> None:
        """What a booted system would have: loopback, and files that are read once only."""
        self.shell(
            "mkdir -p /run/kept && mount -t 9p -o trans=virtio,version=9p2000.L,cache=loose,ro,"
            f"msize=512000 {KEPT_FILES} /run/kept\n"
            + "".join(f"mount --bind /run/kept{one} {one}\n" for one in _folders_to_keep())
            + "ip link set lo up\n"
        )

    def run(
        self, *command: str, given: str = "", within_s: float = 30, check: bool = True,
        environment: dict[str, str] | None = None, folder: str = "/",
    ) -> Ended:  # fmt: skip
        """Run a command inside to its end."""
        asked = {"run": command, "given": given, "within_s": within_s, "folder": folder}
        told = self._ask({**asked, "environment": environment or {}}, within_s + 30)
        ended = Ended(told["code"], told["out"], told["err"])
        if check and ended.code != 0:
            raise LabError(f"inside: {' '.join(command)}: {ended.code}\n{ended.out}{ended.err}")
        return ended

    def shell(self, script: str, within_s: float = 60) -> str:
        """Run a shell script inside that stops at its first failure; what it printed."""
        return self.run("sh", "-ec", script, within_s=within_s).out

    def start(self, name: str, *command: str) -> int:
        """Start a program inside that goes on; its words go to `NAME.log` in the folder. Its id."""
        log = str(self.folder / f"{name}.log")
        return int(self._ask({"start": name, "command": command, "log": log})["pid"])

    def stop(self, name: str) -> None:
        """End a program that was started."""
        self._ask({"stop": name})

    def write(self, path: str, text: str) -> None:
        """Write a file inside."""
        self._ask({"write": text, "to": path})

    def _ask(self, asked: dict[str, Any], within_s: float = 30) -> dict[str, Any]:
        self._port.settimeout(within_s)
        self._port.sendall(json.dumps(asked).encode() + b"\n")
        told = self._answer()
        if "trouble" in told:
            raise LabError(f"inside: {told['trouble']}")
        return told

    def _answer(self) -> dict[str, Any]:
        while b"\n" not in self._lines:
            piece = self._port.recv(1 << 16)
            if not piece:
                raise LabError(f"the machine has ended:\n{self.log.read_text()[-1000:]}")
            self._lines += piece
        line, _, self._lines = self._lines.partition(b"\n")
        return json.loads(line)  # type: ignore[no-any-return]

    def close(self) -> None:
        """Switch it off."""
        self._port.close()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(10)

    def __enter__(self) -> "Machine":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _folders_to_keep() -> list[str]:
    """Where the interpreter, its packages, the agent and the daemons live. Not the whole of
    /usr/lib: the other kernel's modules are mounted in it."""
    library, machine = Path(sysconfig.get_path("stdlib")), sysconfig.get_config_var("MULTIARCH")
    wanted = [Path("/usr/bin"), Path("/usr/sbin"), Path("/usr/lib", machine), library]
    wanted += [Path(sys.prefix), REPOSITORY / "netcheck", REPOSITORY / "tests"]
    return [str(one.resolve()) for one in dict.fromkeys(wanted) if one.is_dir()]


def missing() -> list[str]:
    """What this machine lacks to emulate another, in words; empty when it can."""
    lacks = [f"the program {tool}" for tool in TOOLS if shutil.which(tool) is None]
    if not (Path(sys.executable).parent / "vng").exists():
        lacks.append("the Python package virtme-ng")
    if kernel.found() is None:
        lacks.append("a kernel (python -m tests.lab.radio.kernel)")
    return lacks
