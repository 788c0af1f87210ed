"""The licences of what the frozen program carries, in one text: most of them ask for that."""

import json
from pathlib import Path

from netcheck_release.work import PACKAGING, Work

_LISTING = """
import json, sys, sysconfig
from importlib.metadata import distributions
found = []
for one in distributions():
    files = [str(one.locate_file(f)) for f in one.files or ()
             if ".dist-info" in f.parts[0] and f.name.lower().startswith(("licen", "copying"))]
    meta = one.metadata
    classes = [c.rpartition(" :: ")[2] for c in meta.get_all("Classifier", []) if "License ::" in c]
    terms = meta["License-Expression"] or ", ".join(classes) or meta["License"] or ""
    found.append([meta["Name"], one.version, terms, files])
base = sysconfig.get_path("stdlib")
print(json.dumps([sorted(found), sys.version.split()[0], base]))
"""


def pinned_names(text: str) -> set[str]:
    """The packages that a file of pins names, normalised (PEP 503)."""
    lines = (line for line in text.splitlines() if "==" in line and not line.startswith("#"))
    return {normalised(line.split("==")[0].strip()) for line in lines}


def normalised(name: str) -> str:
    """PEP 503."""
    return name.lower().replace("_", "-").replace(".", "-")


def licences(python: Path, made: Work) -> str:
    """The text: netcheck's own, Python's, then each package's as it came with it."""
    carried = pinned_names((PACKAGING / "requirements.txt").read_text())
    packages, version, stdlib = json.loads(made.run(python, "-c", _LISTING))
    parts = [_part("netcheck-agent", made.version, "Apache-2.0", [str(made.source / "LICENSE")])]
    parts.append(_part("Python", version, "PSF-2.0", [f"{stdlib}/LICENSE.txt"]))
    for name, its_version, expression, files in packages:
        if normalised(name) in carried:
            parts.append(_part(name, its_version, expression, files))
    return "\n".join(parts)


def _part(name: str, version: str, expression: str, files: list[str]) -> str:
    texts = [Path(file).read_text(errors="replace") for file in files if Path(file).is_file()]
    rule = "=" * 72
    heading = f"{name} {version}  {expression.splitlines()[0] if expression else ''}".rstrip()
    return "\n".join([rule, heading, rule, *texts])
