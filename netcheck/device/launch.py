"""How this process was started: what a double click leaves behind, and how to show a page then."""

import os
import stat
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

_MOST_PROCESSES = 16


class Stream(Enum):
    """Where a standard stream leads."""

    TERMINAL = "terminal"
    NOWHERE = "nowhere"  # closed, or the null device
    ELSEWHERE = "elsewhere"  # a pipe, a file, a socket: somebody reads it


@dataclass(frozen=True, slots=True)
class Launch:
    """`streams` are standard input, output and error. `console_is_ours`: on Windows, whether the
    console holds no process but this program's own; None elsewhere."""

    platform: str
    pid: int
    streams: tuple[Stream, Stream, Stream]
    environment: Mapping[str, str]
    console_is_ours: bool | None = None


def read_launch() -> Launch:
    """How this process was started."""
    streams = tuple(_leads(descriptor) for descriptor in range(3))
    ours = console_is_ours(_opened("kernel32"), _own_processes()) if _on_windows() else None
    return Launch(sys.platform, os.getpid(), streams, os.environ, ours)  # type: ignore[arg-type]


def _on_windows() -> bool:
    return sys.platform == "win32"


def _leads(descriptor: int) -> Stream:
    try:
        kind = os.fstat(descriptor)
        if os.isatty(descriptor):
            return Stream.TERMINAL
        null = os.stat(os.devnull)
    except OSError:
        return Stream.NOWHERE
    is_null = stat.S_ISCHR(kind.st_mode) and kind.st_rdev == null.st_rdev
    return Stream.NOWHERE if is_null else Stream.ELSEWHERE


def console_is_ours(kernel32: Any, own: int) -> bool:
    """Whether nobody else looks at this console: GetConsoleProcessList (consoleapi3.h) counts the
    processes on it, 0 where there is none. A shell that started us would be one more."""
    import ctypes

    listed = (ctypes.c_uint32 * _MOST_PROCESSES)()
    return int(kernel32.GetConsoleProcessList(listed, _MOST_PROCESSES)) <= own


def _own_processes() -> int:
    """How many processes this program is: what pip installs, a virtual environment's Python, and
    a binary in one file each wait for a second process that does the work."""
    waits = [
        not sys.argv[0].endswith(".py"),  # netcheck.exe, not `python -m netcheck`
        sys.prefix != sys.base_prefix,
    ]
    if getattr(sys, "frozen", False):
        unpacked = str(getattr(sys, "_MEIPASS", ""))
        waits = [not unpacked.startswith(os.path.dirname(sys.executable))]
    return 1 + sum(waits)


def _opened(name: str) -> Any:
    import ctypes

    return getattr(ctypes, "WinDLL", ctypes.CDLL)(name)


def show_in_browser(url: str, opened: Callable[[str], bool] | None = None) -> bool:
    """Whether the system's browser took it; `BROWSER` names another one."""
    import webbrowser

    try:
        return (opened or webbrowser.open)(url)
    except (OSError, webbrowser.Error):
        return False
