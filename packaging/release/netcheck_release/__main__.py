"""`sh packaging/build [WHAT ...]`: makes packages in `dist`."""

import argparse
import sys
import time
from pathlib import Path
from typing import TextIO

from netcheck_release import bom, deb, frozen, recipes, rpm, sums, wheel
from netcheck_release.work import ROOT, CannotBuild, Work, work

_ALL = ("wheel", "binary", "deb", "bom")
_MORE = ("rpm", "recipes")


def main(argv: list[str]) -> int:
    """Build what was asked for; all that this machine can without more tools where nothing was."""
    parser = argparse.ArgumentParser(prog="sh packaging/build", description=__doc__)
    parser.add_argument("what", nargs="*", metavar="WHAT", help=f"of {', '.join(_ALL + _MORE)}")
    parser.add_argument("--into", type=Path, default=ROOT / "dist", help="the folder of packages")
    parser.add_argument("--source", type=Path, default=ROOT, help="the checkout to build")
    parser.add_argument("--url", help="where the packages will be handed out (for recipes)")
    given = parser.parse_args(argv)
    unknown = set(given.what) - {*_ALL, *_MORE}
    if unknown:
        parser.error(f"there is no {sorted(unknown)[0]}; there are {', '.join(_ALL + _MORE)}")
    wanted = tuple(given.what) or _ALL
    if "recipes" in wanted and not given.url:
        parser.error("recipes name where packages are handed out: give --url")
    try:
        made = work(given.source.resolve(), given.into)
        for path in _build(made, wanted, given.url):
            _tell(f"{path.stat().st_size / 1e6:8.1f} MB  {path}")
    except CannotBuild as why:
        _tell(str(why), sys.stderr)
        return 1
    return 0


def _build(made: Work, wanted: tuple[str, ...], url: str | None) -> list[Path]:
    began_s = time.monotonic()
    built = wheel.build(made)
    if set(wanted) & {"binary", "deb", "bom", "rpm"}:
        program = frozen.folder(made, built[0])
        _tell(f"frozen after {time.monotonic() - began_s:.0f} s", sys.stderr)
        if "binary" in wanted:
            built.append(_binary(made, program))
        if "deb" in wanted:
            built.append(deb.build(made, program))
        if "rpm" in wanted:
            built.append(rpm.build(made, program))
        if "bom" in wanted:
            built.append(bom.build(made, program))
    if "recipes" in wanted and url:
        built += recipes.fill(made, url)
    return [*built, sums.write(made.into)]


def _binary(made: Work, program: Path) -> Path:
    """One file on Linux; elsewhere the folder, which macOS and Windows pack in their own ways."""
    if sys.platform == "linux":
        return frozen.single_file(made, program)
    path = made.into / f"netcheck-{made.version}-{frozen.system()}.tar.gz"
    path.write_bytes(frozen.gzipped(program, made.epoch_s))
    return path


def _tell(line: str, stream: TextIO | None = None) -> None:
    print(line, file=stream)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
