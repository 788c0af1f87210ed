"""Where netcheck keeps its files: the user's folders as each system names them."""

import os
from pathlib import Path

from netcheck.store.unavailable import StoreUnavailable

APPLICATION = "netcheck"


def state_dir() -> Path:
    """The folder of history and choices; `NETCHECK_STATE_DIR` moves it. It may not exist yet."""
    return _chosen("NETCHECK_STATE_DIR") or _platform("user_state_dir")


def config_dir() -> Path:
    """The folder of the user's own configuration; `NETCHECK_CONFIG_DIR` moves it."""
    return _chosen("NETCHECK_CONFIG_DIR") or _platform("user_config_dir")


def _chosen(variable: str) -> Path | None:
    value = os.environ.get(variable)
    return Path(value).absolute() if value else None


def _platform(function: str) -> Path:
    import platformdirs

    path = Path(getattr(platformdirs, function)(APPLICATION, appauthor=False))
    # A user without a home (a container's bare uid) gets `~/...` back, unexpanded.
    if not path.is_absolute():
        raise StoreUnavailable("this user has no home folder")
    return path
