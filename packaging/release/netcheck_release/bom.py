"""The bill of materials (CycloneDX 1.6, JSON): the pinned packages, Python, and its libraries."""

import hashlib
import json
from pathlib import Path

from netcheck_release.licences import normalised
from netcheck_release.work import PACKAGING, Work, environment_with

_OF_PYTHON = """
import json, ssl, sys
from importlib.metadata import distributions
names = [one.metadata["Name"] for one in distributions()]
print(json.dumps([names, sys.version.split()[0], ssl.OPENSSL_VERSION.split()[1]]))
"""


def build(made: Work, frozen: Path) -> Path:
    """The list of what the frozen program carries, with versions and hashes."""
    tool = environment_with(made, "bom", "requirements-bom.txt")
    pins = PACKAGING / "requirements.txt"
    listed = made.run(
        *(tool, "-m", "cyclonedx_py", "requirements", "--output-reproducible"),
        *("--spec-version", "1.6", "--output-format", "JSON", pins),
    )
    document = json.loads(listed)
    frozen_with = made.aside / "frozen" / "bin" / "python"
    names, python, openssl = json.loads(made.run(frozen_with, "-c", _OF_PYTHON))
    here = {normalised(name) for name in names}
    document["metadata"]["component"] = _component("application", "netcheck", made.version)
    document.pop("dependencies", None)  # a file of pins does not say who needs whom
    document["components"] = [
        # Some pins are for other systems.
        *(one for one in document["components"] if normalised(one["name"]) in here),
        _component("platform", "cpython", python),
        _component("library", "openssl", openssl),
        *(_file(path) for path in sorted(frozen.rglob("lib*.so*")) if not path.is_symlink()),
    ]
    path = made.into / f"netcheck-{made.version}.cdx.json"
    path.write_text(json.dumps(document, indent=1, sort_keys=True) + "\n")
    return path


def _component(type: str, name: str, version: str) -> dict[str, object]:
    return {"type": type, "name": name, "version": version, "bom-ref": f"{name}@{version}"}


def _file(path: Path) -> dict[str, object]:
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return {
        "type": "file",
        "name": path.name,
        "bom-ref": f"{path.name}#{digest[:16]}",
        "hashes": [{"alg": "SHA-256", "content": digest}],
    }
