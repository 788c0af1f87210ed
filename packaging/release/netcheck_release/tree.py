"""What a Linux package puts where: one tree for the .deb and the RPM."""

import gzip
import shutil
from pathlib import Path

from netcheck_release import completion, man
from netcheck_release.work import PACKAGING, Work

PROGRAM = "usr/lib/netcheck"
SETTINGS = "etc/netcheck/config.toml"
_LINUX = PACKAGING / "linux"
_PLACES = {
    "netcheck-watch.service": "usr/lib/systemd/system",
    "netcheck-look.service": "usr/lib/systemd/system",
    "netcheck-look.timer": "usr/lib/systemd/system",
    "netcheck-.service.d/50-hardened.conf": "usr/lib/systemd/system",
    "50-netcheck.conf": "usr/lib/sysctl.d",
}


def lay(made: Work, frozen: Path, root: Path, zsh_folder: str) -> None:
    """Fill `root`, anew. Debian's zsh looks in another folder than everybody else's."""
    shutil.rmtree(root, ignore_errors=True)
    shutil.copytree(frozen, root / PROGRAM, symlinks=True)
    (root / "usr/bin").mkdir()
    (root / "usr/bin/netcheck").symlink_to("../lib/netcheck/netcheck")
    for name, folder in _PLACES.items():
        _put(root / folder / name, (_LINUX / name).read_bytes())
    _put(root / "usr/lib/sysusers.d/netcheck.conf", (_LINUX / "netcheck.sysusers").read_bytes())
    _put(root / SETTINGS, (_LINUX / "config.toml").read_bytes())
    page = man.page(made.version, made.epoch_s).encode()
    _put(root / "usr/share/man/man1/netcheck.1.gz", gzip.compress(page, 9, mtime=0))
    _put(root / "usr/share/bash-completion/completions/netcheck", completion.bash().encode())
    _put(root / zsh_folder / "_netcheck", completion.zsh().encode())
    fish = "usr/share/fish/vendor_completions.d/netcheck.fish"
    _put(root / fish, completion.fish().encode())


def _put(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)
