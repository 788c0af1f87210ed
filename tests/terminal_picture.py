"""Pictures of a terminal: `python -m tests.terminal_picture` takes the README's answer anew.

With a file and a command, it takes what that command prints on a terminal, run where there is no
network: `python -m tests.terminal_picture docs/pictures/binary.png dist/netcheck replay FILE`.
"""

import io
import json
import os
import pty
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI
from rich.text import Text

from netcheck.cli.telling import code_of
from netcheck.render.read import read
from netcheck.render.terminal import render
from netcheck.text import words
from tests.browser import browser
from tests.command import ROOT, isolation

PICTURE = ROOT / "docs/pictures/terminal.png"
NAME = "the-phone-of-a-guest-brand-shows-sos-everything-that-can-be-seen-works"
RECORDED = ROOT / f"tests/lab/recorded/{NAME}.json"
TYPED = "netcheck --carrier cricket --symptom sos"
COLUMNS = 80
_LINE_PX, _COLUMN_PX, _EDGE_PX = 21, 8.45, 24
_FRAME = """<!doctype html><meta charset="utf-8"><style>
body {{ margin: 0; background: {background}; color: {foreground}; }}
pre {{ margin: 0; padding: 24px; font: 14px/21px "DejaVu Sans Mono", monospace; }}
</style><pre>{code}</pre>
"""


def of_the_readme() -> str:
    """The answer in colour, as the README shows it in black and white."""
    result = read(json.dumps(json.loads(RECORDED.read_text())["result"]))
    hints = ("why", "bundle", "report")
    code = code_of(result)
    return render(result, words(), width=COLUMNS, colour=True, unicode=True, code=code, hints=hints)


def of_a_command(command: list[str]) -> str:
    """What a command prints, colours included, on a terminal of 80 columns without a network."""
    ours, its = pty.openpty()
    known = {**os.environ, "COLUMNS": str(COLUMNS), "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    ran = subprocess.Popen(
        [*isolation(), *command], stdin=subprocess.DEVNULL, stdout=its, stderr=its, env=known
    )
    os.close(its)
    printed = b""
    try:
        while some := _read(ours):
            printed += some
        ran.wait(timeout=60)
    finally:
        ran.kill()
        os.close(ours)
    return printed.decode(errors="replace").replace("\r\n", "\n")


def _read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 4096)
    except OSError:  # the other end is closed
        return b""


def take(typed: str, printed: str, picture: Path) -> None:
    """One picture of a prompt and what came of it."""
    console = Console(record=True, width=COLUMNS + 2, file=io.StringIO(), color_system="256")
    console.print(Text.from_ansi(f"$ {typed}\n{printed.rstrip()}"))
    page = console.export_html(theme=MONOKAI, inline_styles=True, code_format=_FRAME)
    lines = printed.rstrip().count("\n") + 2
    size = (round(COLUMNS * _COLUMN_PX) + 2 * _EDGE_PX, lines * _LINE_PX + 2 * _EDGE_PX)
    with tempfile.TemporaryDirectory() as folder, browser(isolation()) as shown:
        path = Path(folder) / "terminal.html"
        path.write_text(page)
        shown.open(path, size)
        picture.parent.mkdir(parents=True, exist_ok=True)
        picture.write_bytes(shown.picture(whole=False))


def main() -> None:
    if len(sys.argv) < 3:
        take(TYPED, of_the_readme(), PICTURE)
    else:
        picture, *command = sys.argv[1:]
        take(
            shlex.join([Path(command[0]).name, *command[1:]]), of_a_command(command), Path(picture)
        )


if __name__ == "__main__":
    main()
