"""One build: from which checkout, into which folder, dated when."""

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
PACKAGING = ROOT / "packaging"
_OLDEST_S = 315_532_800  # 1980-01-01: a zip archive knows no earlier day
_PATIENCE_S = 1200  # a slow machine, never the expected time
_VERSION = re.compile(r'^__version__ = "([^"]+)"$', re.MULTILINE)


class CannotBuild(Exception):
    """Why there is no package. The message is one sentence."""


@dataclass(frozen=True, slots=True)
class Work:
    """`source` is the checkout, `into` where packages go, `aside` what may be thrown away.

    `epoch_s` dates everything that is written, so that the same source makes the same bytes.
    """

    source: Path
    into: Path
    aside: Path
    epoch_s: int

    @property
    def version(self) -> str:
        """As the code says it: nothing else may."""
        return version_of(self.source)

    @property
    def environment(self) -> dict[str, str]:
        """For the programs that build."""
        kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        return {**kept, "SOURCE_DATE_EPOCH": str(self.epoch_s), "PYTHONHASHSEED": "1"}

    def run(self, *command: str | Path, folder: Path | None = None) -> str:
        """Run a program that builds; what it printed. Raises CannotBuild with what it said."""
        try:
            ended = subprocess.run(
                command,
                cwd=folder or self.source,
                env=self.environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=_PATIENCE_S,
            )
        except FileNotFoundError:
            raise CannotBuild(f"{command[0]} is not installed.") from None
        except subprocess.TimeoutExpired:
            raise CannotBuild(f"{command[0]} did not end within {_PATIENCE_S} s.") from None
        if ended.returncode:
            said = (ended.stderr or ended.stdout).strip()[-2000:]
            raise CannotBuild(f"{command[0]} failed:\n{said}")
        return ended.stdout


def work(source: Path, into: Path) -> Work:
    """A build dated by SOURCE_DATE_EPOCH, else by the newest commit."""
    said = os.environ.get("SOURCE_DATE_EPOCH") or _committed(source)
    epoch_s = max(int(said), _OLDEST_S) if said.isdigit() else _OLDEST_S
    into.mkdir(parents=True, exist_ok=True)
    aside = source / "build" / "packaging"
    aside.mkdir(parents=True, exist_ok=True)
    return Work(source, into.resolve(), aside, epoch_s)


def version_of(source: Path) -> str:
    """The one place that says which version this is."""
    text = (source / "netcheck" / "__init__.py").read_text()
    found = _VERSION.search(text)
    if found is None:
        raise CannotBuild("netcheck/__init__.py does not say which version this is.")
    return found.group(1)


def environment_with(made: Work, name: str, *pins: str) -> Path:
    """A virtual environment of exactly what these files of `packaging/` pin; its Python. One that
    is there already is taken, if the pins are the same."""
    folder = made.aside / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / "pins"
    wanted = "".join((PACKAGING / pin).read_text() for pin in pins)
    if not stamp.exists() or stamp.read_text() != wanted:
        made.run(sys.executable, "-m", "venv", "--clear", folder)
        given = [word for pin in pins for word in ("-r", str(PACKAGING / pin))]
        pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes")
        made.run(python, *pip, *given)
        stamp.write_text(wanted)
    return python


def _committed(source: Path) -> str:
    command = ("git", "-C", str(source), "log", "-1", "--format=%ct")
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False).stdout.strip()
    except FileNotFoundError:
        return ""
