"""The Debian package: the frozen program, its service, its manual, and what dpkg runs."""

import re
import shutil
from pathlib import Path

from netcheck_release.frozen import LICENCES
from netcheck_release.tree import PROGRAM, SETTINGS, lay
from netcheck_release.work import PACKAGING, Work

_SCRIPTS = ("postinst", "prerm", "postrm")
_SYMBOL = re.compile(rb"GLIBC_(\d+)\.(\d+)(?:\.\d+)?\0")


def build(made: Work, frozen: Path) -> Path:
    """The package, for the processor it is built on."""
    root = made.aside / "deb"
    lay(made, frozen, root, "usr/share/zsh/vendor-completions")
    papers = root / "usr/share/doc/netcheck"
    papers.mkdir(parents=True)
    shutil.move(root / PROGRAM / LICENCES, papers / "copyright")
    architecture = made.run("dpkg", "--print-architecture").strip()
    size_kb = sum(path.lstat().st_size for path in root.rglob("*")) // 1024
    told = {"VERSION": made.version, "ARCHITECTURE": architecture, "SIZE_KB": size_kb}
    told["GLIBC"] = oldest_glibc(frozen)
    control = (PACKAGING / "deb" / "control.in").read_text()
    for name, value in told.items():
        control = control.replace(f"@{name}@", str(value))
    meta = root / "DEBIAN"
    meta.mkdir()
    (meta / "control").write_text(control)
    (meta / "conffiles").write_text(f"/{SETTINGS}\n")
    for name in _SCRIPTS:
        shutil.copyfile(PACKAGING / "deb" / name, meta / name)
    _usual_modes(root)
    path = made.into / f"netcheck_{made.version}_{architecture}.deb"
    # Debian's own settings but for the level: 6 costs half the time of 9 for 1 % of the size.
    made.run("dpkg-deb", "--root-owner-group", "-Zxz", "-z6", "--build", root, path)
    return path


def oldest_glibc(frozen: Path) -> str:
    """The oldest C library that all files of the program can run with, by the versions of its
    symbols that they ask for."""
    asked = {(2, 0)}
    for path in frozen.rglob("*"):
        if path.is_file() and not path.is_symlink():
            content = path.read_bytes()
            if content.startswith(b"\x7fELF"):
                asked |= {(int(a), int(b)) for a, b in _SYMBOL.findall(content)}
    return ".".join(map(str, max(asked)))


def _usual_modes(root: Path) -> None:
    """Whatever the builder's umask, the same modes."""
    for path in [root, *root.rglob("*")]:
        if path.is_symlink():
            continue
        runs = path.is_dir() or path.name in _SCRIPTS or path == root / PROGRAM / "netcheck"
        path.chmod(0o755 if runs else 0o644)
