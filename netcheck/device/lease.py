"""What this machine knows of its DHCP lease beyond the kernel: NetworkManager, systemd-networkd,
and on a Mac SystemConfiguration.

NetworkManager tells any user, by D-Bus: Dhcp4Config.Options (`dhcp_lease_time` in seconds,
`expiry` as seconds since 1970) and the device's StateReason (nm-dbus-interface.h,
NMDeviceStateReason). systemd-networkd keeps a file a link (systemd-networkd.service(8); readable
by all) whose LIFETIME counts from when it was written. Nothing is started by asking, and of all
that is told only seconds and one word are kept.
Weakness: a lease file outlives a networkd that was killed; NetworkManager keeps a reason only
until its next step.
"""

import os
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from netcheck.device.addresses import literal

if TYPE_CHECKING:
    from netcheck.device.bus import Bus

_NM, _NM_ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
_TIMEOUT_S = 0.4
_SIZE_LIMIT_BYTES = 16384
_NETWORKD_FOLDER = "run/systemd/netif/leases"
_UNITS_S = {"s": 1, "min": 60, "h": 3600, "d": 86400, "w": 604800}


SYSTEMS = ("linux", "macos")
"""Where somebody can be asked."""


class Trouble(StrEnum):
    """Why there is no address, as the program that asked for one says."""

    NO_ANSWER = "no-answer"  # DHCP did not begin, did not answer, or failed
    TAKEN = "taken"  # the address was found in use by another device


_REASONS = {
    5: Trouble.NO_ANSWER,  # IP_CONFIG_UNAVAILABLE
    6: Trouble.NO_ANSWER,  # IP_CONFIG_EXPIRED
    15: Trouble.NO_ANSWER,  # DHCP_START_FAILED
    16: Trouble.NO_ANSWER,  # DHCP_ERROR
    17: Trouble.NO_ANSWER,  # DHCP_FAILED
    64: Trouble.TAKEN,  # IP_ADDRESS_DUPLICATE
}


@dataclass(frozen=True, slots=True)
class Lease:
    """`left_s` is below zero once it has run out. None: not told. `told_by` names the program."""

    told_by: str
    left_s: float | None = None
    total_s: float | None = None
    trouble: Trouble | None = None
    nameservers: tuple[str, ...] = ()


def lease(interface: str, root: str = "/") -> Lease | None:
    """What a program that keeps this interface's lease says. None: none does, or it tells
    nothing."""
    return at_hand(interface, root) or of_network_manager(interface)


def at_hand(interface: str, root: str = "/") -> Lease | None:
    """What is told without waiting for another program; None: nothing is."""
    if sys.platform == "darwin":
        from netcheck.device import macos_configuration

        return macos_configuration.lease(interface)
    return of_networkd(interface, root)


def of_networkd(interface: str, root: str = "/") -> Lease | None:
    """systemd-networkd's lease file of this interface; None where there is none."""
    try:
        index = socket.if_nametoindex(interface)
        path = f"{root.rstrip('/')}/{_NETWORKD_FOLDER}/{index}"
        with open(path, "rb") as file:
            text = file.read(_SIZE_LIMIT_BYTES).decode("utf-8", "replace")
            age_s = time.time() - os.fstat(file.fileno()).st_mtime
    except OSError:
        return None
    said = dict(line.partition("=")[::2] for line in text.splitlines())
    total_s = seconds(said.get("LIFETIME", ""))
    if total_s is None or age_s < 0:  # a clock that was set back: nobody knows how old it is
        return None
    names = _addresses(said.get("DNS", ""))
    return Lease("systemd-networkd", total_s - age_s, total_s, nameservers=names)


def seconds(text: str) -> float | None:
    """A length of time as systemd writes it (`3600`, `1h`, `1h 30min`; systemd.time(7)); None for
    anything else, and for one that never ends."""
    words = text.strip().strip('"').split()
    total = 0.0
    for word in words:
        digits = word.rstrip("abcdefghijklmnopqrstuvwxyz")
        unit = _UNITS_S.get(word[len(digits) :] or "s")
        if not digits.isdecimal() or unit is None:
            return None
        total += int(digits) * unit
    return total if words else None


def of_network_manager(interface: str) -> Lease | None:
    """NetworkManager's word; None if it does not run or does not know the interface."""
    try:
        from netcheck.device import bus  # and with it jeepney, which most runs do not need
    except ImportError:
        return None
    try:
        with bus.system_bus(_TIMEOUT_S) as asked:
            return _ask(asked, interface)
    except (bus.NoBus, bus.NoService, bus.Refused, bus.TooLate, bus.OtherError):
        return None


def _ask(bus: "Bus", interface: str) -> Lease | None:
    answer = bus.ask(_NM, _NM_ROOT, _NM, "GetDeviceByIpIface", "s", (interface,))
    path = answer[0] if answer else None
    if not isinstance(path, str):
        return None
    reason = bus.get(_NM, path, f"{_NM}.Device", "StateReason")
    trouble = _REASONS.get(reason[1]) if isinstance(reason, tuple) and len(reason) == 2 else None
    config = bus.get(_NM, path, f"{_NM}.Device", "Dhcp4Config")
    options: Mapping[str, tuple[str, object]] = {}
    if isinstance(config, str) and config != "/":
        told = bus.get(_NM, config, f"{_NM}.DHCP4Config", "Options")
        options = told if isinstance(told, dict) else {}
    total_s, expiry_s = (_number(options.get(name)) for name in ("dhcp_lease_time", "expiry"))
    servers = options.get("domain_name_servers")
    names = _addresses(str(servers[1]) if servers else "")
    if trouble is None and total_s is None and expiry_s is None and not names:
        return None
    left_s = None if expiry_s is None else expiry_s - time.time()
    return Lease("NetworkManager", left_s, total_s, trouble, names)


def _addresses(text: str) -> tuple[str, ...]:
    """The addresses in a list that is parted by spaces or commas; whatever else is left out."""
    words = text.replace(",", " ").replace('"', " ").split()
    return tuple(word for word in words if literal(word) is not None)


def _number(option: tuple[str, object] | None) -> float | None:
    """A DHCP option as NetworkManager gives it: a variant that holds decimal digits."""
    text = str(option[1]) if option else ""
    return float(text) if text.isascii() and text.isdecimal() else None
