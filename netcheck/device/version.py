"""The system's version, as coarse as a report may tell it: major and minor."""

import platform
import re

from netcheck.device import system_name


def system_version() -> str | None:
    """`14.5` of macOS, `10.0` of Windows, the kernel's `6.1` elsewhere; None: not told."""
    system = system_name()
    told = platform.mac_ver()[0] if system == "macos" else platform.release()
    if system == "windows":
        told = platform.version()
    return major_minor(told)


def major_minor(told: str) -> str | None:
    """The first two numbers of a version; None where it does not begin with a number."""
    found = re.match(r"(\d{1,4})(?:\.(\d{1,4}))?(?!\d)", told)
    return f"{found[1]}.{found[2] or 0}" if found else None
