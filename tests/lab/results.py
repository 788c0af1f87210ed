"""The committed results: each part of RESULTS.md is replaced by the command that measures it."""

import re
from datetime import UTC, datetime
from pathlib import Path

RESULTS = Path(__file__).parent / "RESULTS.md"


def replace_part(name: str, text: str) -> None:
    """Put `text` between the marks of a part, with the day it was measured."""
    today = datetime.now(UTC).strftime("%Y-%m-%d")
    marked = f"<!-- {name} -->\nMeasured on {today}.\n\n{text}\n<!-- end of {name} -->"
    whole = RESULTS.read_text()
    pattern = re.compile(rf"<!-- {name} -->.*<!-- end of {name} -->", re.DOTALL)
    if not pattern.search(whole):
        raise SystemExit(f"RESULTS.md has no part called {name}")
    RESULTS.write_text(pattern.sub(lambda _: marked, whole))
