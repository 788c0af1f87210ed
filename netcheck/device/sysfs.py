"""What sysfs adds to netlink: wireless, modem, speed. Nothing where it is not mounted.

Source: Documentation/ABI/testing/sysfs-class-net of the kernel. A sysfs mounted for another
network namespace shows other interfaces under the same names, so index and hardware address are
compared before anything is believed.
"""

import os
from typing import NamedTuple

_SIZE_LIMIT_BYTES = 4096
_UNKNOWN_SPEEDS = (65535, 4294967295)  # SPEED_UNKNOWN as old drivers print it


class About(NamedTuple):
    """`device_type` is DEVTYPE of the interface's uevent: wlan, wwan, bridge and others."""

    device_type: str | None
    wireless: bool


def about(root: str, name: str, index: int) -> About | None:
    """None: sysfs does not show this interface."""
    folder = _folder(root, name)
    words = dict(line.partition("=")[::2] for line in _contents(f"{folder}/uevent").splitlines())
    if words.get("IFINDEX") != str(index):
        return None
    wireless = any(os.path.exists(f"{folder}/{entry}") for entry in ("phy80211", "wireless"))
    return About(words.get("DEVTYPE"), wireless)


def speed_mbps(root: str, name: str, hardware_address: str | None) -> int | None:
    """The negotiated speed. None: not told, as by most virtual machines' drivers."""
    folder = _folder(root, name)
    if _contents(f"{folder}/address").strip() != hardware_address:
        return None
    text = _contents(f"{folder}/speed").strip()
    speed = int(text) if text.isdecimal() else 0
    return speed if speed and speed not in _UNKNOWN_SPEEDS else None


class Counters(NamedTuple):
    """Since the interface came up. `errors` and `drops` are those of both ways."""

    received_bytes: int
    sent_bytes: int
    errors: int
    drops: int

    def since(self, before: "Counters") -> "Counters | None":
        """What was added to `before`. None where a count went down: the interface went and came
        back, or its driver began anew, and what lies between is not known."""
        added = Counters(*(now - then for now, then in zip(self, before, strict=True)))
        return added if min(added) >= 0 else None


def counters(name: str, root: str = "/") -> Counters | None:
    """The interface's counters now. None: not shown."""
    folder = f"{_folder(root, name)}/statistics"
    told = {
        entry: _contents(f"{folder}/{entry}").strip()
        for entry in (
            *("rx_bytes", "tx_bytes", "rx_errors"),
            *("tx_errors", "rx_dropped", "tx_dropped"),
        )
    }
    if not all(value.isdecimal() for value in told.values()):
        return None
    count = {entry: int(value) for entry, value in told.items()}
    return Counters(
        count["rx_bytes"],
        count["tx_bytes"],
        count["rx_errors"] + count["tx_errors"],
        count["rx_dropped"] + count["tx_dropped"],
    )


_MORE = {
    "damaged": ("rx_crc_errors", "rx_frame_errors", "rx_length_errors"),
    "overruns": ("rx_over_errors", "rx_fifo_errors", "rx_missed_errors", "tx_fifo_errors"),
    "collisions": ("collisions",),
}


def error_counters(name: str, root: str = "/") -> dict[str, int]:
    """What kinds of errors there were since the interface came up: `damaged`, `overruns`,
    `collisions`, and `flaps` of the link below. What is not shown is left out."""
    folder = _folder(root, name)
    found = {}
    for kind, entries in _MORE.items():
        told = [_contents(f"{folder}/statistics/{entry}").strip() for entry in entries]
        if all(value.isdecimal() for value in told):
            found[kind] = sum(map(int, told))
    flaps = _contents(f"{folder}/carrier_changes").strip()
    return {**found, "flaps": int(flaps)} if flaps.isdecimal() else found


def _folder(root: str, name: str) -> str:
    return f"{root.rstrip('/')}/sys/class/net/{name}"


def _contents(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return file.read(_SIZE_LIMIT_BYTES).decode("utf-8", "replace")
    except (OSError, ValueError):  # ValueError: a NUL in a name
        return ""
