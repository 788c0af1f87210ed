"""Chromium without a window, in a network namespace of its own, driven over two pipes.

The protocol is the browser's own (Chrome DevTools Protocol, `--remote-debugging-pipe`: JSON texts,
each ended by a zero byte), so nothing between us and it needs a network or a package. The packages
are those of tests/browser_packages.txt.
"""

import base64
import contextlib
import itertools
import json
import os
import select
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.command import isolation

PROGRAM = "chromium"
PATIENCE_S = 60  # a slow machine, never the expected time
_FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--no-default-browser-check",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--remote-debugging-pipe",
]
PHONE, DESK = (390, 844), (1100, 900)


def missing() -> str | None:
    """What this machine lacks to show a page; None where it lacks nothing."""
    if shutil.which(PROGRAM) is None:
        return "Debian's chromium is not installed"
    return None


def accessibility_rules() -> str | None:
    """The script of axe-core (a test dependency, see tests/run); None where it is missing."""
    package = find_spec("axe_playwright_python")
    if package is None or not package.submodule_search_locations:
        return None
    return (Path(package.submodule_search_locations[0]) / "axe.min.js").read_text()


@dataclass
class Visit:
    """What a page did while it was open."""

    requests: list[str] = field(default_factory=list)  # every address it asked for
    complaints: list[str] = field(default_factory=list)  # what a console would show in red


class Browser:
    """One process with one tab."""

    def __init__(self, isolation: tuple[str, ...]) -> None:
        self._folder = tempfile.mkdtemp(prefix="netcheck-browser-")
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        self._ids = itertools.count(1)
        self._rest = b""
        self.visit = Visit()
        # What the browser expects as its descriptors 3 and 4; the namespace's loopback comes up.
        script = f'exec 3<&{theirs_in} 4>&{theirs_out}; ip link set lo up 2>/dev/null; exec "$@"'
        self._process = subprocess.Popen(
            [
                *(*isolation, "bash", "-c", script, "browser", PROGRAM, *_FLAGS),
                f"--user-data-dir={self._folder}/profile",
                "about:blank",
            ],
            pass_fds=(theirs_in, theirs_out),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "HOME": self._folder, "LANG": "C.UTF-8"},
        )
        os.close(theirs_in)
        os.close(theirs_out)
        self._session: str | None = None
        target = self._pages()[0]["targetId"]
        attached = self.do("Target.attachToTarget", targetId=target, flatten=True)
        self._session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.do(f"{domain}.enable")

    def _pages(self) -> list[dict]:
        for _ in range(100):
            found = self.do("Target.getTargets")["targetInfos"]
            if pages := [one for one in found if one["type"] == "page"]:
                return pages
            time.sleep(0.05)
        raise TimeoutError("the browser opened no tab")

    def do(self, method: str, **params: object) -> dict:
        """One command and its answer. What happens meanwhile is noted."""
        id = next(self._ids)
        message = {"id": id, "method": method, "params": params}
        if self._session:
            message["sessionId"] = self._session
        self._write(json.dumps(message).encode() + b"\0")
        while True:
            said = self._next()
            if said.get("id") == id:
                if "error" in said:
                    raise RuntimeError(f"{method}: {said['error']['message']}")
                return said["result"]

    def open(self, path: Path, size: tuple[int, int] = DESK, *, dark: bool = False) -> Visit:
        """Show a file, loaded to its end."""
        width, height = size
        shape = {"width": width, "height": height, "deviceScaleFactor": 1}
        self.do("Emulation.setDeviceMetricsOverride", **shape, mobile=width < 600)
        self.look(dark=dark)
        self.visit = Visit()
        self._loaded = False
        self.do("Page.navigate", url=path.resolve().as_uri())
        while not self._loaded:
            self._next()
        return self.visit

    def look(self, *, dark: bool = False, media: str = "screen") -> None:
        """In the dark scheme or the light one; `media` may be print."""
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.do("Emulation.setEmulatedMedia", media=media, features=[scheme])

    def ask(self, script: str) -> object:
        """The value of an expression in the page, waited for if it is a promise."""
        said = self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in said:
            raise RuntimeError(str(said["exceptionDetails"]))
        return said["result"].get("value")

    def picture(self, *, whole: bool = True) -> bytes:
        """A PNG of the page, or of what fits the window."""
        shot = self.do("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        return base64.b64decode(shot["data"])

    def paper(self) -> bytes:
        """A PDF, as a printer would get it (A4)."""
        self.do("Emulation.setEmulatedMedia", media="", features=[])
        told = {"paperWidth": 8.27, "paperHeight": 11.69, "printBackground": False}
        return base64.b64decode(self.do("Page.printToPDF", **told)["data"])

    def close(self) -> None:
        """End the browser and all that it left."""
        with contextlib.suppress(RuntimeError, OSError, TimeoutError):
            self._session = None
            self.do("Browser.close")
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        os.close(self._to)
        os.close(self._from)
        shutil.rmtree(self._folder, ignore_errors=True)

    def _write(self, raw: bytes) -> None:
        view = memoryview(raw)
        while view:
            view = view[os.write(self._to, view) :]

    def _next(self) -> dict:
        """The next message; events are noted on the way."""
        deadline = time.monotonic() + PATIENCE_S
        while b"\0" not in self._rest:
            left = deadline - time.monotonic()
            if left <= 0 or not select.select([self._from], [], [], left)[0]:
                raise TimeoutError("the browser says nothing")
            part = os.read(self._from, 1 << 20)
            if not part:
                raise RuntimeError(f"the browser ended: {self._process.poll()}")
            self._rest += part
        raw, _, self._rest = self._rest.partition(b"\0")
        said = json.loads(raw)
        if "method" in said:
            self._note(said["method"], said.get("params", {}))
        return said

    def _note(self, method: str, params: dict) -> None:
        if method == "Page.loadEventFired":
            self._loaded = True
        elif method == "Network.requestWillBeSent":
            self.visit.requests.append(params["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.visit.complaints.append(params["exceptionDetails"]["text"])
        elif method == "Runtime.consoleAPICalled":
            self.visit.complaints.append(str(params["args"]))
        elif method == "Log.entryAdded":
            self.visit.complaints.append(params["entry"]["text"])


def one_browser() -> Iterator[Browser]:
    """As a fixture of a module: one for all its tests, which are skipped where there is none."""
    lacks = missing()
    if lacks:
        pytest.skip(lacks)
    with browser(isolation()) as opened:
        yield opened


@contextlib.contextmanager
def browser(isolation: tuple[str, ...]) -> Iterator[Browser]:
    """A browser for the length of a block."""
    opened = Browser(isolation)
    try:
        yield opened
    finally:
        opened.close()
