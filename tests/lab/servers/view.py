"""What the device sees of this machine's files: runs inside the device's own mount namespace.

usage: view.py READY_FILE RESOLV_CONF NEEDED...
An empty /run, the device's own /sys and /etc/resolv.conf; and every NEEDED folder readable to
everyone, although it may lie below one that is not (an interpreter often lives below /root).
"""

import os
import subprocess
import sys
from pathlib import Path

STAGE = Path("/run/stage")


def mount(*words: str | Path) -> None:
    """The mount command."""
    subprocess.run(["mount", *map(str, words)], check=True)


def bind(source: Path, target: Path) -> None:
    """Show a file or a folder at another place."""
    target.parent.mkdir(parents=True, exist_ok=True)
    if source.is_symlink():
        target.symlink_to(source.readlink())
        return
    if source.is_dir():
        target.mkdir(exist_ok=True)
    else:
        target.touch()
    mount("--bind", source, target)


def closed(path: Path) -> bool:
    """Whether others may not enter a folder."""
    return path.is_dir() and not path.stat().st_mode & 0o001


def open_up(wall: Path, kept: list[Path], number: int) -> None:
    """Over a closed folder an open one, with only `kept` of it, each in its old place."""
    staged = [(STAGE / f"{number}.{index}", path) for index, path in enumerate(kept)]
    for stage, path in staged:
        bind(path, stage)
    mount("-t", "tmpfs", "-o", "mode=755", "none", wall)
    for stage, path in staged:
        bind(stage, path)


def make_readable(needed: list[Path]) -> None:
    """Open every closed folder on the way to the needed ones, and those themselves."""
    walls = 0
    for path in needed:
        for step in [*reversed(path.parents), path]:
            if closed(step):
                below = [one for one in needed if step in one.parents]
                open_up(step, [*step.iterdir()] if step in needed else below, walls)
                walls += 1


def main() -> None:
    """Arrange everything, say so, and hold the namespace."""
    ready, resolv, *needed = map(Path, sys.argv[1:])
    mount("-t", "sysfs", "none", "/sys")
    mount("-t", "tmpfs", "-o", "mode=755", "none", "/run")
    STAGE.mkdir()
    make_readable(needed)
    # Where it is a link below /run, its target has just gone with /run: it is made again there.
    bind(resolv, Path(os.path.realpath("/etc/resolv.conf")))
    ready.touch()
    os.execvp("sleep", ["sleep", "infinity"])


main()
