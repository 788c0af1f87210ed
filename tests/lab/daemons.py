"""Long-running programs of the lab: started inside a namespace, ended however the lab ends."""

import itertools
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tests.lab.namespaces import LabError, Namespace


def wait_until(ready: Callable[[], bool], what: str, within_s: float = 10.0) -> None:
    """Ask again and again, quickly at first, until it is so; a `LabError` names what never was."""
    end = time.monotonic() + within_s
    pause_s = 0.005
    while not ready():
        if time.monotonic() > end:
            raise LabError(f"waited {within_s} s in vain: {what}")
        time.sleep(pause_s)
        pause_s = min(pause_s * 1.5, 0.1)


class Daemon:
    """One program. `ready` says whether it serves, `mark` is a file it makes when it does; the
    kernel kills it when the lab dies."""

    def __init__(
        self,
        place: Namespace,
        command: Sequence[str],
        *,
        log: Path,
        ready: Callable[[], bool],
        private_run: bool = False,
        environment: dict[str, str] | None = None,
        mark: Path | None = None,
    ) -> None:
        self.place, self.log, self.ready, self.mark = place, log, ready, mark
        self.command = [*place.prefix()]
        if private_run:
            # A mount namespace of its own, with an empty /run: for what fixes paths there.
            self.command += ["unshare", "--mount", "sh", "-c"]
            self.command += ['mount -t tmpfs none /run && exec "$@"', "sh"]
        self.command += ["setpriv", "--pdeathsig", "KILL", *command]
        self.environment = environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int:
        """The process id of the running program."""
        if self.process is None:
            raise LabError(f"not running: {' '.join(self.command)}")
        return self.process.pid

    def launch(self) -> None:
        """Start it without waiting for it to serve."""
        if self.mark is not None:
            self.mark.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self.environment,
                start_new_session=True,
            )

    def wait_ready(self) -> None:
        """Return when it serves; say what it logged when it ended instead."""

        def alive_and_ready() -> bool:
            if self.process is not None and self.process.poll() is not None:
                raise LabError(f"{' '.join(self.command)} ended:\n{self.log.read_text()[-2000:]}")
            return self.ready()

        wait_until(alive_and_ready, f"{self.log.stem} serves")

    def start(self) -> None:
        """Start it and wait until it serves."""
        self.launch()
        self.wait_ready()

    def stop(self) -> None:
        """End it, politely for a second and then at once."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(1)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait(5)
        self.process = None

    def kill(self) -> None:
        """End it at once: for clearing up, where nobody waits for a polite end."""
        if self.process is not None:
            self.process.kill()
            self.process.wait(5)
            self.process = None

    def freeze(self) -> None:
        """Let it hang: its sockets take packets and nobody answers."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def hang_up(self) -> None:
        """Tell it to read its settings again."""
        self._signal(signal.SIGHUP)

    def _signal(self, number: signal.Signals) -> None:
        if self.process is not None:
            self.process.send_signal(number)


class Programs:
    """Makes daemons of the lab's own small servers, those in `servers/`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._serial = itertools.count(1)

    def make(self, program: str, place: Namespace, *words: str, own_mounts: bool = False) -> Daemon:
        """A daemon of `servers/<program>.py`, which is told the file to make when it serves."""
        name = f"{program}-{next(self._serial)}"
        mark = self.folder / f"{name}.ready"
        alone = ["unshare", "--mount"] if own_mounts else []
        path = Path(__file__).parent / "servers" / f"{program}.py"
        return Daemon(
            place,
            [*alone, sys.executable, "-E", "-s", str(path), str(mark), *words],
            log=self.folder / f"{name}.log",
            ready=mark.exists,
            mark=mark,
        )
