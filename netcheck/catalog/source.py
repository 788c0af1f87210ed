"""Reads the catalogue's own TOML, wherever the package lies."""

import os
from typing import Any


def read_table(name: str) -> dict[str, Any]:
    """The parsed `name`.toml beside this file.

    The module's own loader reads it, so that a zip archive or a single-file binary serves as
    well as a folder, without the cost of importing importlib.resources.
    """
    import tomllib

    path = os.path.join(os.path.dirname(__file__), f"{name}.toml")
    loader = __spec__.loader if __spec__ else None
    get_data = getattr(loader, "get_data", None)
    if get_data is not None:
        raw: bytes = get_data(path)
    else:
        with open(path, "rb") as file:
            raw = file.read()
    return tomllib.loads(raw.decode())
