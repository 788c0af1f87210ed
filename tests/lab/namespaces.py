"""Network namespaces with unique names, and the ways to act inside one."""

import contextlib
import ctypes
import os
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

NETNS_FOLDER = Path("/run/netns")
CLONE_NEWNET = 0x40000000
PREFIX = "nc"
FOLDERS, FOLDER_PREFIX = Path("/tmp"), "netcheck-lab-"
Answer = TypeVar("Answer")
_libc = ctypes.CDLL(None, use_errno=True)


class LabError(Exception):
    """The lab itself is broken: what was tried and what the tool said."""


class Namespace:
    """One network namespace. `role` is its place in the topology; `name` is the machine's."""

    def __init__(self, prefix: str, role: str) -> None:
        self.role = role
        self.name = f"{prefix}-{role}"
        self.path = NETNS_FOLDER / self.name
        run("ip", "netns", "add", self.name)
        self.ip("link set lo up")

    def ip(self, *lines: str) -> None:
        """Apply `ip` commands, one a line, stopping at the first that fails."""
        run("ip", "-n", self.name, "-batch", "-", given="\n".join(lines) + "\n")

    def nft(self, rules: str) -> None:
        """Apply nftables rules, all or none."""
        run(*self.prefix(), "nft", "-f", "-", given=rules)

    def prefix(self) -> tuple[str, ...]:
        """What to put before a command so that it runs here."""
        return ("nsenter", f"--net={self.path}")

    def run(self, *command: str, check: bool = True, within_s: float = 20) -> str:
        """Run a command here and return what it printed."""
        return run(*self.prefix(), *command, check=check, within_s=within_s)

    def call(self, function: Callable[[], Answer]) -> Answer:
        """Call a function in a thread that stands here: the sockets it opens stay here."""
        outcome: list[Answer] = []
        trouble: list[BaseException] = []

        def inside() -> None:
            try:
                with self.path.open() as handle:
                    if _libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
                        raise OSError(ctypes.get_errno(), f"setns {self.name}")
                outcome.append(function())
            except BaseException as error:  # handed to the caller below, whatever it is
                trouble.append(error)

        thread = threading.Thread(target=inside, name=f"in {self.name}")
        thread.start()
        thread.join()
        if trouble:
            raise trouble[0]
        return outcome[0]

    def setting(self, values: dict[str, str | int]) -> None:
        """Write kernel settings below /proc/sys/net (the writer's namespace decides whose)."""

        def write() -> None:
            for key, value in values.items():
                Path("/proc/sys/net", key).write_text(str(value))

        self.call(write)

    def remove(self) -> None:
        """Give the name back; the namespace ends with its last process."""
        run("ip", "netns", "del", self.name, check=False)


def run(*command: str, given: str | None = None, check: bool = True, within_s: float = 20) -> str:
    """Run a command with a time limit; its words are in the error when it fails."""
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, timeout=within_s, check=False
    )
    if check and done.returncode != 0:
        raise LabError(
            f"{' '.join(command)} ended with {done.returncode}:\n{done.stderr or done.stdout}"
            + (f"\ngiven:\n{given}" if given else "")
        )
    return done.stdout


def cable(one: Namespace, one_end: str, two: Namespace, two_end: str) -> None:
    """A cable between two namespaces. One segment a packet, so that loss and size rules in the
    middle see what a real wire carries and not the kernel's bundles."""
    end = "gso_max_segs 1 gro_max_size 1500 mtu 1500"
    run(
        *("ip", "link", "add", one_end, *end.split(), "netns", one.name, "type", "veth"),
        *("peer", "name", two_end, *end.split(), "netns", two.name),
    )


def sweep() -> None:
    """Remove what a lab left whose process ended without clearing up (a kill, a power cut)."""
    for path in [*NETNS_FOLDER.glob(f"{PREFIX}*.*"), *FOLDERS.glob(f"{FOLDER_PREFIX}*.*")]:
        owner = path.name.removeprefix(FOLDER_PREFIX).removeprefix(PREFIX).split(".")[0]
        if not owner.isdigit() or Path("/proc", owner).exists():
            continue
        if path.parent == FOLDERS:
            shutil.rmtree(path, ignore_errors=True)
            continue
        for left in run("ip", "netns", "pids", path.name, check=False).split():
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(left), signal.SIGKILL)
        run("ip", "netns", "del", path.name, check=False)


def unique_prefix(number: int) -> str:
    """The prefix of the `number`-th world of this process: `nc<pid>.<number>`."""
    return f"{PREFIX}{os.getpid()}.{number}"


def missing_tools(tools: Sequence[str]) -> list[str]:
    """Which of these programs are not installed."""
    folders = [*os.environ.get("PATH", "").split(":"), "/usr/sbin", "/sbin"]
    return [
        tool
        for tool in tools
        if not Path(tool).is_file() and not any(Path(folder, tool).is_file() for folder in folders)
    ]
