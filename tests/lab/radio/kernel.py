"""Debian's kernel, unpacked into a folder of the test environment and never installed."""

import subprocess
import sys
from pathlib import Path

CACHE = Path(sys.prefix) / "radio-kernel"
META_PACKAGE = "linux-image-amd64"


def found() -> Path | None:
    """The kernel's image, if it was fetched."""
    return next(iter(sorted(CACHE.glob("boot/vmlinuz-*"))), None)


def modules() -> Path:
    """The folder that holds the kernel's modules, as below /lib/modules."""
    return CACHE / "lib" / "modules"


def fetch() -> Path:
    """Download and unpack the kernel where it is missing; its image. Needs Debian's package lists
    to be current."""
    image = found()
    if image is None:
        CACHE.mkdir(exist_ok=True)
        _run("apt-get", "download", "-q", _package())
        for archive in CACHE.glob("linux-image-*.deb"):
            _run("dpkg-deb", "-x", str(archive), str(CACHE))
            archive.unlink()
        image = next(CACHE.glob("boot/vmlinuz-*"))
        _run("depmod", "-b", str(CACHE), image.name.removeprefix("vmlinuz-"))
    return image


def _package() -> str:
    """The package that the meta package stands for today."""
    told = _run("apt-cache", "depends", "--important", META_PACKAGE)
    return next(word for word in told.split() if word.startswith("linux-image-6"))


def _run(*command: str) -> str:
    return subprocess.run(
        command, cwd=CACHE, capture_output=True, text=True, check=True, timeout=300
    ).stdout


if __name__ == "__main__":
    print(fetch())
