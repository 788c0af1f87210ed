"""Reads this machine: interfaces, addresses, routes, neighbours, nameservers. Sends nothing."""

import sys

from netcheck.device.contract import DeviceReader, Fact

__all__ = ["DeviceReader", "Fact", "reader", "system_name"]


def system_name() -> str:
    """linux, android, macos, windows, or Python's own name for another system."""
    if sys.platform == "android" or hasattr(sys, "getandroidapilevel"):
        return "android"
    if sys.platform.startswith("linux"):
        return "linux"
    return {"darwin": "macos", "win32": "windows"}.get(sys.platform, sys.platform)


def reader(system: str | None = None) -> DeviceReader:
    """The reader for this system, or for the one named."""
    name = system or system_name()
    if name == "linux":
        from netcheck.device.linux import LinuxReader

        return LinuxReader()
    if name == "android":
        from netcheck.device.android import AndroidReader

        return AndroidReader()
    if name == "macos":
        from netcheck.device.macos import MacReader

        return MacReader()
    if name == "windows":
        from netcheck.device.windows import WindowsReader

        return WindowsReader()
    from netcheck.device.portable import PortableReader

    return PortableReader(name)
