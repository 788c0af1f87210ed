"""The shipped command in a process of its own, in a network namespace without any network.

No test may send a packet through this machine's own interface, so `run` is only ever started in a
new namespace: as root, or as an ordinary user where the system lets one make a namespace.
"""

import fcntl
import functools
import os
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
COMMAND = [sys.executable, "-c", "from netcheck.cli import main; main()"]
PATIENCE_S = 60  # a slow machine, never the expected time


@dataclass(frozen=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


@functools.cache
def isolation() -> tuple[str, ...]:
    """How to enter a new, empty network namespace here; skips the test where nothing can."""
    for prefix in (("unshare", "-n"), ("unshare", "-rn")):
        try:
            tried = subprocess.run([*prefix, "true"], capture_output=True, check=False)
        except FileNotFoundError:
            break
        if tried.returncode == 0:
            return prefix
    pytest.skip("no network namespace can be made here")


def environment(home: Path, **more: str) -> dict[str, str]:
    """Only what a command needs, and nothing of whoever runs the tests."""
    return {
        "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
        "PYTHONPATH": str(ROOT),
        "HOME": str(home),
        "LANG": "C.UTF-8",
        **more,
    }


def netcheck(
    home: Path,
    *words: str,
    alone: bool = True,
    within: Sequence[str] | None = None,
    given: str = "",
    env: Mapping[str, str] = {},
) -> Ended:
    """Run it to its end, `within` a world or in an empty one. `alone` False is for verbs that
    contact nobody."""
    prefix = within if within is not None else isolation() if alone else ()
    done = subprocess.run(
        [*prefix, *COMMAND, *words],
        input=given.encode(),
        capture_output=True,
        env=environment(home, **env),
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


@contextmanager
def started(
    home: Path,
    *words: str,
    within: Sequence[str] | None = None,
    command: Sequence[str] = tuple(COMMAND),
) -> Iterator["subprocess.Popen[str]"]:
    """The command under way for as long as the block lasts, and no longer, whatever becomes of
    the block."""
    process = subprocess.Popen(
        [*(isolation() if within is None else within), *command, *words],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(home),
    )
    assert process.stdout is not None and process.stderr is not None
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stderr.close()


# A device with an address and a route, and nobody at the other end: checks run, and take time.
_NOBODY_THERE = """
ip link set lo up
ip link add nc0 type veth peer name nc1
ip address add 192.0.2.2/24 dev nc0
ip link set nc0 up
ip link set nc1 up
ip route add default via 192.0.2.1
until ip link show nc0 | grep -q LOWER_UP; do sleep 0.01; done
exec "$@"
"""


# A device whose cable leads to nothing.
_UNPLUGGED = """
ip link set lo up
ip link add nc0 type veth peer name nc1
ip link set nc0 up
exec "$@"
"""


def behind_a_dead_router() -> list[str]:
    """What to put before a command so that it runs on such a device."""
    return [*isolation(), "sh", "-c", _NOBODY_THERE, "sh"]


def unplugged() -> list[str]:
    """As above, with the cable out."""
    return [*isolation(), "sh", "-c", _UNPLUGGED, "sh"]


@dataclass(frozen=True)
class Seen:
    """What a person saw and got: everything on the screen, in order."""

    code: int
    screen: str
    lasted_s: float


def at_a_terminal(
    home: Path,
    *words: str,
    typed: Sequence[tuple[str, str]] = (),
    after_s: float = 0.0,
    columns: int = 80,
    within: Sequence[str] = (),
    env: Mapping[str, str] = {},
) -> Seen:
    """Run it on a terminal; of each (prompt, answer) the answer is typed so long after the prompt
    has come on the screen."""
    return on_a_terminal(
        [*(within or unplugged()), *COMMAND, *words],
        typed=typed,
        after_s=after_s,
        columns=columns,
        environment=environment(home, TERM="xterm-256color", **env),
    )


def on_a_terminal(
    command: Sequence[str],
    *,
    typed: Sequence[tuple[str, str]],
    environment: Mapping[str, str],
    after_s: float = 0.0,
    columns: int = 80,
) -> Seen:
    """Any command as above. It is ended after `PATIENCE_S`, whether or not it says something."""
    outside, inside = os.openpty()
    fcntl.ioctl(inside, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    begun = time.monotonic()
    process = subprocess.Popen(
        command,
        env=environment,
        preexec_fn=lambda: os.login_tty(inside),
        pass_fds=[inside],
    )
    os.close(inside)
    try:
        screen = _conversation(outside, list(typed), after_s, until_s=begun + PATIENCE_S)
        code = process.wait(timeout=max(0.0, begun + PATIENCE_S - time.monotonic()))
    finally:
        os.close(outside)
        process.kill()
        process.wait()
    return Seen(code, screen.decode().replace("\r\n", "\n"), time.monotonic() - begun)


def _conversation(
    terminal: int, waiting: list[tuple[str, str]], after_s: float, *, until_s: float
) -> bytes:
    """All that comes on the screen until nobody has it open or its time is over."""
    screen = b""
    while select.select([terminal], [], [], max(0.0, until_s - time.monotonic()))[0]:
        try:
            got = os.read(terminal, 65536)
        except OSError:  # Linux: the last one who had it open is gone
            break
        if not got:
            break
        screen += got
        if waiting and waiting[0][0].encode() in screen:
            time.sleep(after_s)
            os.write(terminal, waiting.pop(0)[1].encode())
    return screen
