"""What this Linux runs inside of, where that hides the real network from it.

WSL names itself in the kernel's release (`...-microsoft-standard-WSL2`; version 1 `...-Microsoft`).
In both the Wi-Fi, the cable, the VPN and the name servers are Windows'; version 2 sees a virtual
cable to it, in mirrored mode copies of Windows' interfaces and one more called `loopback0`.
Containers leave a file: /.dockerenv, /run/.containerenv (podman), /run/systemd/container.
"""

import os
import socket
from enum import StrEnum

_SIZE_LIMIT_BYTES = 4096
_OF_CONTAINERS = (".dockerenv", "run/.containerenv", "run/systemd/container")
_MIRRORED = "loopback0"


class Host(StrEnum):
    """What is around this system."""

    WSL1 = "wsl1"
    WSL2 = "wsl2"
    WSL2_MIRRORED = "wsl2-mirrored"
    CONTAINER = "container"


def host(root: str = "/") -> Host | None:
    """None: nothing that is known. A container inside WSL counts as WSL."""
    folder = root.rstrip("/")
    release = _contents(f"{folder}/proc/sys/kernel/osrelease").lower()
    if "microsoft" in release:
        if "wsl2" not in release and "standard" not in release:
            return Host.WSL1
        return Host.WSL2_MIRRORED if _MIRRORED in _names() else Host.WSL2
    if any(os.path.exists(f"{folder}/{name}") for name in _OF_CONTAINERS):
        return Host.CONTAINER
    return None


def _names() -> list[str]:
    try:
        return [name for _, name in socket.if_nameindex()]
    except (AttributeError, OSError):
        return []


def _contents(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_SIZE_LIMIT_BYTES).decode("utf-8", "replace")
    except OSError:
        return ""
