"""`netcheck` started by a double click shows its page in the browser; a script never does.

Not run on a real desktop, Windows or macOS: what each leaves behind is taken from its manuals.
"""

import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from types import SimpleNamespace

import pytest
from command import COMMAND, PATIENCE_S, environment, isolation

from netcheck.cli.double_click import place, was_clicked
from netcheck.device.launch import Launch, Stream, console_is_ours

PID = 4711
NOWHERE = (Stream.NOWHERE,) * 3
TERMINAL = (Stream.TERMINAL,) * 3
PIPED = (Stream.NOWHERE, Stream.ELSEWHERE, Stream.ELSEWHERE)
DESKTOP = {"DISPLAY": ":0"}


def launch(
    streams: tuple[Stream, Stream, Stream],
    known: Mapping[str, str],
    platform: str = "linux",
    console: bool | None = None,
) -> Launch:
    return Launch(platform, PID, streams, known, console)


STARTED = {
    "an X11 desktop's file manager": (True, launch(NOWHERE, DESKTOP)),
    "a Wayland desktop's file manager": (True, launch(NOWHERE, {"WAYLAND_DISPLAY": "wayland-0"})),
    "a .desktop file, with the desktop's log as output": (
        True,
        launch(PIPED, {**DESKTOP, "GIO_LAUNCHED_DESKTOP_FILE_PID": str(PID)}),
    ),
    "a program that a .desktop file started": (
        False,
        launch(PIPED, {**DESKTOP, "GIO_LAUNCHED_DESKTOP_FILE_PID": "99"}),
    ),
    "a person in a terminal": (False, launch(TERMINAL, DESKTOP)),
    "a person in a terminal who throws the output away": (
        False,
        launch((Stream.TERMINAL, Stream.NOWHERE, Stream.NOWHERE), DESKTOP),
    ),
    "a script that reads the answer": (False, launch(PIPED, DESKTOP)),
    "a script that keeps it in a file, all else thrown away": (
        False,
        launch((Stream.NOWHERE, Stream.ELSEWHERE, Stream.NOWHERE), DESKTOP),
    ),
    "cron, which has no desktop": (False, launch(NOWHERE, {})),
    "a session over ssh": (False, launch(NOWHERE, {**DESKTOP, "SSH_CONNECTION": "x"})),
    "a user's service of systemd": (
        False,
        launch(NOWHERE, {**DESKTOP, "SYSTEMD_EXEC_PID": str(PID)}),
    ),
    "a desktop that systemd started": (True, launch(NOWHERE, {**DESKTOP, "SYSTEMD_EXEC_PID": "9"})),
    "the Explorer, in a console of its own": (True, launch(TERMINAL, {}, "win32", True)),
    "a shell of Windows": (False, launch(TERMINAL, {}, "win32", False)),
    "a service of Windows with piped output": (False, launch(PIPED, {}, "win32", True)),
    "the Finder": (True, launch(NOWHERE, {"XPC_SERVICE_NAME": "application.netcheck.1"}, "darwin")),
    "a job of launchd": (False, launch(NOWHERE, {"XPC_SERVICE_NAME": "net.check"}, "darwin")),
    "the Terminal of macOS": (False, launch(TERMINAL, {"XPC_SERVICE_NAME": "0"}, "darwin")),
}


@pytest.mark.parametrize("by", STARTED)
def test_only_a_double_click_opens_a_browser(by: str) -> None:
    clicked, how = STARTED[by]
    assert was_clicked((), how) is clicked


def test_a_word_on_the_command_line_is_no_double_click() -> None:
    assert not was_clicked(["run"], launch(NOWHERE, DESKTOP))
    assert not was_clicked(["--quiet"], launch(NOWHERE, DESKTOP))


@pytest.mark.parametrize(
    ("listed", "own", "ours"), [(1, 1, True), (2, 1, False), (2, 2, True), (3, 2, False)]
)
def test_a_console_with_a_shell_on_it_is_not_ours(listed: int, own: int, ours: bool) -> None:
    def count(into, room: int) -> int:
        assert (len(into), room) == (16, 16)
        return listed

    assert console_is_ours(SimpleNamespace(GetConsoleProcessList=count), own) is ours


def test_the_page_lies_where_a_browser_in_a_snap_may_read_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("NETCHECK_STATE_DIR", raising=False)
    for variable in ("XDG_DOWNLOAD_DIR", "XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place("linux", snaps=str(tmp_path)) == tmp_path / "Downloads"
    assert place("linux", snaps=str(tmp_path / "none")) == tmp_path / ".local/state/netcheck"


def test_a_double_click_shows_the_page_in_the_browser_that_is_named(tmp_path: Path) -> None:
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\nprintf "%s" "$1" > {tmp_path}/shown\n')
    browser.chmod(0o700)
    done = clicked(tmp_path, BROWSER=str(browser), LC_ALL="es_MX.UTF-8")
    page = tmp_path / "state/netcheck-page.html"
    assert (tmp_path / "shown").read_text() == page.as_uri()
    assert 'lang="es"' in page.read_text()
    assert stat.S_IMODE(page.stat().st_mode) == 0o600
    assert done == 10


def test_a_script_that_throws_the_output_away_over_ssh_opens_nothing(tmp_path: Path) -> None:
    clicked(tmp_path, BROWSER="/bin/false", SSH_CONNECTION="192.0.2.1 1 192.0.2.2 22")
    assert not (tmp_path / "state/netcheck-page.html").exists()


def clicked(home: Path, **more: str) -> int:
    """Run it as a desktop does: no words, no streams, a display. The exit code."""
    known = environment(home, NETCHECK_STATE_DIR=str(home / "state"), DISPLAY=":99", **more)
    done = subprocess.run(
        [*isolation(), *COMMAND],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=known,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.returncode
