"""Recipes that name a version, a place and a checksum, filled in: Homebrew's and winget's."""

import hashlib
from pathlib import Path

from netcheck_release.work import PACKAGING, CannotBuild, Work

# The template, the package it is about, and where the filled recipe goes.
_WINGET = "windows/winget"
RECIPES = (
    ("homebrew/netcheck.rb.in", "netcheck-@VERSION@-macos-arm64.tar.gz", "netcheck.rb"),
    *(
        (f"{_WINGET}/{name}.in", "netcheck-@VERSION@-windows-x64.msi", f"winget/{name}")
        for name in (
            "Netcheck.Netcheck.yaml",
            "Netcheck.Netcheck.installer.yaml",
            "Netcheck.Netcheck.locale.en-US.yaml",
        )
    ),
)


def fill(made: Work, base_url: str) -> list[Path]:
    """Those recipes whose package lies in the folder of packages. `base_url` is where it will be
    handed out. Raises CannotBuild where there is none."""
    written = []
    for template, package, recipe in RECIPES:
        packed = made.into / package.replace("@VERSION@", made.version)
        if packed.exists():
            path = made.into / recipe
            path.parent.mkdir(exist_ok=True)
            path.write_text(filled((PACKAGING / template).read_text(), made, packed, base_url))
            written.append(path)
    if not written:
        raise CannotBuild(
            "There is no package of macOS or Windows in this folder to write a recipe for."
        )
    return written


def filled(template: str, made: Work, packed: Path, base_url: str) -> str:
    """The template with its four places filled."""
    told = {
        "VERSION": made.version,
        "URL": f"{base_url.rstrip('/')}/{packed.name}",
        "HOME": base_url.rstrip("/"),
        "SHA256": hashlib.sha256(packed.read_bytes()).hexdigest(),
    }
    for name, value in told.items():
        template = template.replace(f"@{name}@", value)
    return template
