"""One compact line a run: what `history` shows and what a verdict compares itself with."""

from collections.abc import Mapping
from typing import Any

from netcheck.store.paths import state_dir
from netcheck.store.write import append_line, read_lines

FILE = "history.ndjson"
MOST_RUNS = 4000  # a run every five minutes for two weeks; about 2 MB


def append(entry: Mapping[str, Any]) -> None:
    """Keeps one run. Two runs that end at once both keep theirs.

    Raises:
        StoreUnavailable: it cannot be written.
    """
    import json

    line = json.dumps(entry, separators=(",", ":"))
    append_line(state_dir() / FILE, line, most_lines=MOST_RUNS)


def read(most: int | None = None) -> tuple[dict[str, Any], ...]:
    """The runs kept, oldest first, the newest `most` of them. A damaged line is left out.

    Raises:
        StoreUnavailable: it may not be read.
    """
    import json

    runs: list[dict[str, Any]] = []
    lines = read_lines(state_dir() / FILE)
    for line in lines if most is None else lines[len(lines) - min(most, len(lines)) :]:
        try:
            run = json.loads(line)
        except ValueError:
            continue
        if isinstance(run, dict):
            runs.append(run)
    return tuple(runs)
