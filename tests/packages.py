"""What the packages' tests build, once, as a release is built; and what they run it in.

The older package is this checkout; the newer one is a copy of it with the next version. A Debian
of its own (debootstrap) is fetched meanwhile from where this machine's apt fetches.
"""

import functools
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from netcheck_release import bom, deb, frozen, wheel
from netcheck_release.work import ROOT, Work, version_of
from tests.command import Ended, environment

EPOCH_S = 1_790_000_000
PATIENCE_S = 600
_NEEDS_ROOT = "packages are installed into a Debian of their own, which needs root"


@dataclass(frozen=True)
class Built:
    """The packages of one version. `installed` is the command as pip installs it from the wheel,
    with the same pinned packages as the frozen one."""

    work: Work
    wheel: Path
    sdist: Path
    folder: Path
    installed: Path


def _work(source: Path, name: str) -> Work:
    aside = ROOT / "build" / "packaging"
    into = aside / "tested" / name
    shutil.rmtree(into, ignore_errors=True)
    into.mkdir(parents=True)
    return Work(source, into, aside, EPOCH_S)


@functools.cache
def built() -> Built:
    """This checkout, built."""
    if not shutil.which("strip"):
        pytest.skip("no binutils here")
    return _built(_work(ROOT, "now"))


def _built(work: Work) -> Built:
    packed, sdist = wheel.build(work)
    folder = frozen.folder(work, packed)
    kept = work.into / "netcheck"
    shutil.copytree(folder, kept, symlinks=True)
    return Built(work, packed, sdist, kept, work.aside / "frozen" / "bin" / "netcheck")


@functools.cache
def single_file() -> Path:
    """The program in one file."""
    one = built()
    return frozen.single_file(one.work, one.folder)


@functools.cache
def materials() -> Path:
    """The bill of materials."""
    one = built()
    return bom.build(one.work, one.folder)


@functools.cache
def old_deb() -> Path:
    """The package of this version."""
    one = built()
    return deb.build(one.work, one.folder)


@functools.cache
def new_deb() -> Path:
    """The package of the next version, built from a copy of this checkout that says so."""
    single_file(), materials()  # they look at what is installed beside them
    with tempfile.TemporaryDirectory() as place:
        source = copied(Path(place) / "checkout")
        file = source / "netcheck" / "__init__.py"
        version = version_of(source)
        file.write_text(file.read_text().replace(f'"{version}"', f'"{next_version()}"'))
        newer = _built(_work(source, "next"))
        return deb.build(newer.work, newer.folder)


def next_version() -> str:
    """Of this checkout's."""
    *first, last = version_of(ROOT).split(".")
    return ".".join([*first, str(int(last) + 1)])


def copied(into: Path, ignoring: Callable[[Path], bool] = lambda _: False) -> Path:
    """What is in this checkout and not ignored, elsewhere."""
    listing = ("git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard")
    names = subprocess.run(listing, capture_output=True, check=True).stdout.decode().split("\0")
    for name in filter(None, names):
        source = ROOT / name
        if source.is_file() and not ignoring(source):
            (into / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, into / name)
            shutil.copymode(source, into / name)
    return into


def run(command: list[str | Path], home: Path, *, alone: bool = True, **more: str) -> Ended:
    """A command to its end, in a network namespace without any network where it is not one that
    contacts nobody."""
    prefix = ["unshare", "-n"] if alone else []
    env = environment(home, **more)
    del env["PYTHONPATH"]  # a package brings its own
    done = subprocess.run(
        [*prefix, *command], capture_output=True, text=True, env=env, timeout=60, check=False
    )
    return Ended(done.returncode, done.stdout, done.stderr)


class Debian:
    """A small Debian in a folder, being fetched from the first call of `begin` on."""

    def __init__(self) -> None:
        self.root: Path | None = None
        self._fetching: subprocess.Popen[bytes] | None = None
        self._log: Path | None = None

    def begin(self, place: Path) -> None:
        """Start to fetch it."""
        if os.geteuid() != 0:
            pytest.skip(_NEEDS_ROOT)
        if not shutil.which("debootstrap"):
            pytest.skip("no debootstrap here")
        mirror, suite = _where_apt_fetches()
        self.root, self._log = place / "debian", place / "debootstrap.log"
        with self._log.open("wb") as log:
            self._fetching = subprocess.Popen(
                ["debootstrap", "--variant=minbase", "--include=adduser", suite, self.root, mirror],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
            )

    def wait(self) -> None:
        """Until it is there."""
        assert self._fetching is not None and self._log is not None
        try:
            code = self._fetching.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.end()
            raise
        assert 0 == code, self._log.read_text()[-2000:]

    def end(self) -> None:
        """Stop fetching, if it still does."""
        if self._fetching is not None and self._fetching.poll() is None:
            self._fetching.terminate()
            self._fetching.wait()

    def run(self, *command: str, user: str = "root", **env: str) -> Ended:
        """In it, without any network, and with a /proc and /dev of its own."""
        assert self.root is not None
        inner = " && ".join(
            [
                f"mount -t proc proc {self.root}/proc",
                f"mount --bind /dev/null {self.root}/dev/null",
                f'exec chroot --userspec={user} {self.root} "$@"',
            ]
        )
        done = subprocess.run(
            ["unshare", "-n", "-m", "-p", "-f", "sh", "-c", inner, "sh", *command],
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **env},
        )
        return Ended(done.returncode, done.stdout, done.stderr)


def _where_apt_fetches() -> tuple[str, str]:
    """The place and the name of this machine's Debian; skips where it is none."""
    release = Path("/etc/os-release").read_text()
    suite = re.search(r"^VERSION_CODENAME=(\S+)", release, re.MULTILINE)
    sources = [Path("/etc/apt/sources.list"), *Path("/etc/apt/sources.list.d").glob("*.sources")]
    text = "\n".join(file.read_text() for file in sources if file.exists())
    if not suite or not re.search(r"^ID=debian$", release, re.MULTILINE):
        pytest.skip("not Debian")
    for line in text.splitlines():
        for word in line.split():
            if word.startswith(("http://", "https://", "file:")) and word.rstrip("/").endswith(
                "/debian"
            ):
                return word, suite.group(1)
    return pytest.skip("apt's sources name no place of Debian")
