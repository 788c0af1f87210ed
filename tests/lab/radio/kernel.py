"""Debian's kernel, unpacked into a folder of the test environment and never installed."""

import subprocess
import sys
import tempfile
from pathlib import Path

CACHE = Path(sys.prefix) / "radio-kernel"
META_PACKAGE = "linux-image-amd64"


def found() -> Path | None:
    """The kernel's image, if it was fetched whole."""
    return next(iter(sorted(CACHE.glob("boot/vmlinuz-*"))), None)


def modules() -> Path:
    """The folder that holds the kernel's modules, as below /lib/modules."""
    return CACHE / "lib" / "modules"


def fetch() -> Path:
    """Download and unpack the kernel where it is missing; its image. Needs Debian's package lists
    to be current."""
    image = found()
    if image is not None:
        return image
    with tempfile.TemporaryDirectory(dir=CACHE.parent) as place:
        whole = Path(place, "kernel")
        _run(place, "apt-get", "download", "-q", _package(place))
        archive = next(Path(place).glob("linux-image-*.deb"))
        _run(place, "dpkg-deb", "-x", str(archive), str(whole))
        version = next(whole.glob("boot/vmlinuz-*")).name.removeprefix("vmlinuz-")
        _run(place, "depmod", "-b", str(whole), version)
        whole.rename(CACHE)
    return next(CACHE.glob("boot/vmlinuz-*"))


def _package(place: str) -> str:
    """The package that the meta package stands for today."""
    told = _run(place, "apt-cache", "depends", "--important", META_PACKAGE)
    return next(
        word for word in told.split() if word.startswith("linux-image-") and word != META_PACKAGE
    )


def _run(place: str, *command: str) -> str:
    return subprocess.run(
        command, cwd=place, capture_output=True, text=True, check=True, timeout=300
    ).stdout


if __name__ == "__main__":
    print(fetch())
