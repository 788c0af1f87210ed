"""SHA256SUMS of what is there to hand out: what `sha256sum --check` reads, and what is signed."""

import hashlib
from pathlib import Path

NAME = "SHA256SUMS"


def write(into: Path) -> Path:
    """One line a file, by name. A signature of it is left out, and so is it itself."""
    files = [path for path in sorted(into.iterdir()) if path.is_file()]
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n"
        for path in files
        if not path.name.startswith(NAME)
    ]
    (into / NAME).write_text("".join(lines))
    return into / NAME
