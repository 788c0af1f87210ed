"""The program with its own Python: a folder, and on Linux one file that unpacks it."""

import gzip
import hashlib
import io
import os
import platform
import sys
import tarfile
from pathlib import Path

from netcheck_release.licences import licences
from netcheck_release.work import PACKAGING, Work, environment_with

LICENCES = "LICENCES.txt"


def folder(made: Work, wheel: Path) -> Path:
    """The frozen program `netcheck` with all it needs beside it, made of the pinned packages."""
    python = environment_with(made, "frozen", "requirements.txt", "requirements-freeze.txt")
    pip = ("-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-deps")
    made.run(python, *pip, "--force-reinstall", wheel)
    out = made.aside / "freezing"
    spec = PACKAGING / "binary" / "netcheck.spec"
    made.run(
        *(python, "-m", "PyInstaller", "--log-level", "ERROR", "-y", spec),
        *("--workpath", out / "work", "--distpath", out),
        folder=made.aside,
    )
    made_folder = out / "netcheck"
    (made_folder / LICENCES).write_text(licences(python, made))
    return made_folder


def system() -> str:
    """This system and processor, as file names of packages say it."""
    return f"{'macos' if sys.platform == 'darwin' else sys.platform}-{platform.machine().lower()}"


def single_file(made: Work, frozen: Path) -> Path:
    """A program for Linux in one file: a few lines of shell that unpack the folder once."""
    packed = gzipped(frozen, made.epoch_s)
    head = (PACKAGING / "binary" / "unpack.sh").read_text()
    lines = head.count("\n") + 1
    head = head.replace("@VERSION@", made.version).replace("@LINES@", str(lines))
    head = head.replace("@DIGEST@", hashlib.sha256(packed).hexdigest()[:16])
    path = made.into / f"netcheck-{made.version}-{system()}"
    path.write_bytes(head.encode() + packed)
    path.chmod(0o755)
    return path


def gzipped(tree: Path, epoch_s: int) -> bytes:
    """A folder as a compressed tar, the same bytes whoever packs it, and when."""
    return gzip.compress(archive(tree, epoch_s), 9, mtime=0)


def archive(tree: Path, epoch_s: int) -> bytes:
    """A folder as a tar, the same bytes whoever packs it, and when."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(tree.rglob("*")):
            entry = tar.gettarinfo(path, str(path.relative_to(tree)))
            entry.uid = entry.gid = 0
            entry.uname = entry.gname = ""
            entry.mtime = epoch_s
            runs = entry.isdir() or (entry.isreg() and os.access(path, os.X_OK))
            entry.mode = 0o755 if runs else 0o644
            if entry.isreg():
                with path.open("rb") as file:
                    tar.addfile(entry, file)
            else:
                tar.addfile(entry)
    return packed.getvalue()
