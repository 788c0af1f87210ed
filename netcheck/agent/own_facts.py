"""What netcheck finds of itself and its machine: all that may limit it. Sends nothing.

None is "not measured" throughout, or that this system has no such thing.
"""

import importlib.util
import os
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

from netcheck.device.host import Host
from netcheck.model.device import Device
from netcheck.probe.openable import Openable

_WATCHED_S = 0.3
_BUS_WITHIN_S = 0.5
_MODULES = {
    "secure": ("cryptography", "pyhpke", "rfc3161_client"),
    "raw": ("scapy",),
    "msgspec": ("msgspec",),
    "jeepney": ("jeepney",),
}
_FLEET = "fleet"


@dataclass(frozen=True, slots=True)
class OwnFacts:
    """`parts`: whether each optional part is installed. `trust_trouble`, `policy_trouble` and
    `setting_trouble` say what is wrong, in a sentence of the part that found it; empty: nothing."""

    device: Device
    host: Host | None
    opens: Openable
    python: tuple[int, int]
    today: date
    lag_ms: float | None
    python_lacks: tuple[str, ...] = ()
    parts: Mapping[str, bool | None] = field(default_factory=dict)
    bus: bool | None = None
    trust_trouble: str | None = None
    state_folder: str | None = None
    state_writable: bool | None = None
    policy: str | None = None
    policy_trouble: str | None = None
    setting_trouble: str | None = None
    proxy: str | None = None


def gather() -> OwnFacts:
    """Look at all of it, once; about 0.3 s, in which the own timer is watched."""
    from netcheck.device import host, reader
    from netcheck.device.settings import proxy
    from netcheck.probe.lag import LagWatch
    from netcheck.probe.openable import openable

    began_s = time.monotonic()
    with LagWatch() as lag:
        device = reader().read()
        named = proxy()
        folder, writable = _state_folder()
        policy, policy_trouble = _policy()
        facts = OwnFacts(
            device=device,
            host=host.host(),
            opens=openable(),
            python=sys.version_info[:2],
            today=datetime.now(UTC).date(),
            lag_ms=None,
            python_lacks=() if _installed("ssl", "_ssl") else ("ssl",),
            parts={name: _installed(*modules) for name, modules in _MODULES.items()}
            | {_FLEET: _extra_installed(_FLEET)},
            bus=_bus(device.system),
            trust_trouble=_trust_trouble() if _installed("ssl", "_ssl") else None,
            state_folder=folder,
            state_writable=writable,
            policy=policy,
            policy_trouble=policy_trouble,
            setting_trouble=_setting_trouble(),
            proxy=named.variable if named else None,
        )
        # Our own imports hold the interpreter as other work would; only what follows is counted.
        from_s = time.monotonic()
        time.sleep(max(0.1, began_s + _WATCHED_S - from_s))
        lag_ms = lag.worst_between(from_s, time.monotonic())
    return replace(facts, lag_ms=lag_ms)


def _installed(*modules: str) -> bool:
    try:
        return all(importlib.util.find_spec(name) is not None for name in modules)
    except (ImportError, ValueError):  # ValueError: somebody put None in its place
        return False


def _extra_installed(extra: str) -> bool | None:
    """Whether all that an extra asks for is there. None: this build names no such extra."""
    import re
    from importlib import metadata

    try:
        wanted = metadata.requires("netcheck-agent") or []
    except metadata.PackageNotFoundError:
        return None
    marked = [row for row in wanted if re.search(rf"extra\s*==\s*['\"]{extra}['\"]", row)]
    names = [found[0] for row in marked if (found := re.match(r"[A-Za-z0-9._-]+", row))]
    if not names:
        return None
    try:
        for name in names:
            metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def _bus(system: str) -> bool | None:
    """Whether the system's D-Bus lets this user in."""
    if system != "linux":
        return None
    try:
        from netcheck.device import bus
    except ImportError:
        return None
    try:
        with bus.system_bus(_BUS_WITHIN_S):
            return True
    except bus.NoBus:
        return False


def _trust_trouble() -> str:
    from netcheck.probe.trust import EmptyTrust, context

    try:
        context()
    except EmptyTrust as empty:
        return str(empty)
    return ""


def _state_folder() -> tuple[str | None, bool | None]:
    """The folder, and whether it may be written, or made: asked, not tried."""
    from netcheck.store import StoreUnavailable
    from netcheck.store.paths import state_dir

    try:
        folder = state_dir()
    except StoreUnavailable:
        return None, False
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    return str(folder), place.is_dir() and os.access(place, os.W_OK | os.X_OK)


def _policy() -> tuple[str | None, str]:
    """The administrator's file, and why it is not believed. (None, ""): there is none."""
    from netcheck.agent.configuration import distrust, policy_path

    path: Path = policy_path()
    try:
        if not path.exists():
            return None, ""
        return str(path), distrust(path) or ""
    except OSError as error:
        return str(path), os.strerror(error.errno or 0).lower()


def _setting_trouble() -> str:
    from netcheck.agent.configuration import ConfigurationError, read

    try:
        read()
    except ConfigurationError as wrong:
        return str(wrong)
    return ""
