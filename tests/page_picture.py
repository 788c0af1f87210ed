"""Pictures of pages: `python -m tests.page_picture` takes that of the README anew; with a folder
named, several pages as a desk, a phone, the dark and a printer show them, to be looked at.

The pages are of runs of the lab.
"""

import json
import sys
import tempfile
from pathlib import Path

from netcheck.cli.page import page_of
from netcheck.render.read import read
from netcheck.text import words
from tests.browser import DESK, PHONE, Browser, browser
from tests.command import ROOT, isolation

PICTURE = ROOT / "docs/pictures/page.png"
SIZE = (1100, 970)
PAGES = {
    "sos": "sos-and-another-phone-on-the-carrier-beside-it-has-no-service-either",
    "two-faults": "the-phone-itself-says-sos-and-the-home-router-drops-ike",
    "router-dead": "the-router-hangs-the-device-still-remembers-it",
    "inconclusive": "every-gateway-is-silent-far-beyond-the-provider",
    "healthy": "everything-works-over-wi-fi",
}


def page(name: str, folder: Path) -> Path:
    kept = json.loads((ROOT / f"tests/lab/recorded/{PAGES[name]}.json").read_text())
    path = folder / f"{name}.html"
    path.write_text(page_of(read(json.dumps(kept["result"])), words()))
    return path


def of_the_readme(shown: Browser, folder: Path) -> None:
    shown.open(page("sos", folder), SIZE)
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    PICTURE.write_bytes(shown.picture(whole=False))


def of_all(shown: Browser, folder: Path) -> None:
    for name in PAGES:
        path = page(name, folder)
        for look, size, dark in (
            ("desk", DESK, False),
            ("phone", PHONE, False),
            ("dark", PHONE, True),
        ):
            shown.open(path, size, dark=dark)
            (folder / f"{name}-{look}.png").write_bytes(shown.picture())
        (folder / f"{name}.pdf").write_bytes(shown.paper())


def main() -> None:
    with browser(isolation()) as shown:
        if len(sys.argv) > 1:
            folder = Path(sys.argv[1])
            folder.mkdir(parents=True, exist_ok=True)
            of_all(shown, folder)
        else:
            with tempfile.TemporaryDirectory() as name:
                of_the_readme(shown, Path(name))


if __name__ == "__main__":
    main()
