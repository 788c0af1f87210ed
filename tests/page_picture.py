"""The picture of a page in the README: `python -m tests.page_picture` takes it anew.

It shows the run of the lab in which a phone says SOS and all else works, with a phone beside it
that has no service either; what was before is made up.
"""

import json
import tempfile
from pathlib import Path

from netcheck.cli.page import page_of
from netcheck.render.read import read
from netcheck.text import words
from tests.browser import browser
from tests.command import ROOT, isolation

PICTURE = ROOT / "docs/pictures/page.png"
RECORDED = "sos-and-another-phone-on-the-carrier-beside-it-has-no-service-either"
SIZE = (1100, 1010)


def main() -> None:
    kept = json.loads((ROOT / f"tests/lab/recorded/{RECORDED}.json").read_text())
    text = page_of(read(json.dumps(kept["result"])), words())
    with tempfile.TemporaryDirectory() as folder, browser(isolation()) as opened:
        path = Path(folder) / "page.html"
        path.write_text(text)
        opened.open(path, SIZE)
        PICTURE.parent.mkdir(parents=True, exist_ok=True)
        PICTURE.write_bytes(opened.picture(whole=False))


if __name__ == "__main__":
    main()
