"""A double click: no terminal shows the answer, so a browser shows its page when the run ends.

A script that calls `netcheck` without a word must never open a browser. So all of this must hold:
no word was given; on Windows the console (if any) is this program's alone; elsewhere no standard
stream leads to a terminal, a pipe, a file or a socket, or the desktop says that it started this
very process; a desktop is there, which cron has not; and neither ssh nor a service of systemd's or
launchd's started it. A script that throws its output away in a desktop's session looks the
same: it should name the verb (`netcheck run`).
"""

import os
import sys
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from netcheck.cli.door import Door
from netcheck.device.launch import Launch, Stream

if TYPE_CHECKING:
    from netcheck.model.result import Result

_PATIENCE_S = 10.0  # some browsers are waited for until their window is closed
_PAGE = "netcheck-page.html"


def was_clicked(words: Sequence[str], launch: Launch) -> bool:
    """Whether somebody started it with a double click, as far as can be told."""
    if words or _is_elsewhere(launch):
        return False
    if launch.platform == "win32":
        return launch.console_is_ours is True and Stream.ELSEWHERE not in launch.streams
    if Stream.TERMINAL in launch.streams:
        return False
    if launch.platform == "darwin":
        # launchd names the job that it started; an application from the Finder is one of these.
        job = launch.environment.get("XPC_SERVICE_NAME", "")
        return _leads_nowhere(launch) and job.startswith("application.")
    return _on_a_desktop(launch) and (_leads_nowhere(launch) or _by_a_launcher(launch))


def _leads_nowhere(launch: Launch) -> bool:
    return set(launch.streams) == {Stream.NOWHERE}


def _is_elsewhere(launch: Launch) -> bool:
    """A session over ssh, a service (systemd.exec(5): SYSTEMD_EXEC_PID is the process that systemd
    itself started), or a build machine."""
    known = launch.environment
    over_ssh = bool(known.get("SSH_CONNECTION") or known.get("SSH_TTY"))
    service = known.get("SYSTEMD_EXEC_PID") == str(launch.pid)
    return over_ssh or service or "CI" in known


def _on_a_desktop(launch: Launch) -> bool:
    return bool(launch.environment.get("DISPLAY") or launch.environment.get("WAYLAND_DISPLAY"))


def _by_a_launcher(launch: Launch) -> bool:
    """GLib tells the process that a .desktop file started its own number (GDesktopAppInfo); what
    it writes then goes to the desktop's log."""
    return launch.environment.get("GIO_LAUNCHED_DESKTOP_FILE_PID") == str(launch.pid)


def show(result: "Result", door: Door) -> None:
    """The page in the browser; a sentence with its place where none opens."""
    from netcheck.cli.page import keep_page
    from netcheck.device.launch import show_in_browser
    from netcheck.store import StoreUnavailable

    try:
        path = place() / _PAGE
        path.parent.mkdir(parents=True, exist_ok=True)
    except (StoreUnavailable, OSError) as wrong:
        reason = getattr(wrong, "reason", None) or os.strerror(getattr(wrong, "errno", 0) or 0)
        door.say("error.unwritable-page", path=_PAGE, reason=str(reason).lower())
        return
    if keep_page(str(path), result, door):
        return
    opened: list[bool] = []
    asking = threading.Thread(
        target=lambda: opened.append(show_in_browser(path.as_uri())), daemon=True
    )
    asking.start()
    asking.join(_PATIENCE_S)
    if opened == [False]:
        door.say("error.no-browser", path=str(path))


def place(platform: str = sys.platform, snaps: str = "/snap") -> Path:
    """The folder of the page: this user's state. A browser in a snap may read no hidden folder, so
    where there are snaps it is the folder for downloads. Raises StoreUnavailable."""
    from netcheck.store.paths import state_dir

    if platform.startswith("linux") and os.path.isdir(snaps) and not _moved():
        import platformdirs

        return platformdirs.user_downloads_path()
    return state_dir()


def _moved() -> bool:
    return bool(os.environ.get("NETCHECK_STATE_DIR"))
