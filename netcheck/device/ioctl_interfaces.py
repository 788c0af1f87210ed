"""The interfaces of a Linux kernel by ioctl(2) alone: for where netlink is shut and psutil is not
there, as on a phone without root.

Source: netdevice(7), linux/if.h and linux/sockios.h. SIOCGIFCONF lists only what has an IPv4
address; IPv6 addresses are read from /proc/net/if_inet6 where it may be read.
"""

import socket
import struct
from collections.abc import Iterator
from dataclasses import dataclass

from netcheck.device.addresses import literal
from netcheck.model.device import Address
from netcheck.model.observation import Family

IFF_UP, IFF_LOOPBACK, IFF_RUNNING = 0x1, 0x8, 0x40
_SIOCGIFCONF, _SIOCGIFFLAGS, _SIOCGIFNETMASK, _SIOCGIFMTU = 0x8912, 0x8913, 0x891B, 0x8921
_NAME_BYTES = 16
_POINTER_BYTES = struct.calcsize("P")
_ROW_BYTES = 40 if _POINTER_BYTES == 8 else 32  # struct ifreq: a name and a union of 24 or 16
_ROOM_BYTES = 128 * _ROW_BYTES
_SIZE_LIMIT_BYTES = 65536


@dataclass(frozen=True, slots=True)
class Listed:
    """One interface. `flags` None: not told."""

    name: str
    addresses: tuple[Address, ...]
    flags: int | None
    mtu: int | None


def read(root: str = "/") -> list[Listed] | None:
    """What the kernel lists. None: it does not let this process ask."""
    try:
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
            listed = dict(rows(_list(asking)))
            masks = {name: _mask_bits(asking, name) for name in listed}
            told = {name: _flags_and_mtu(asking, name) for name in _names(listed)}
    except (ImportError, OSError):
        return None
    six = _ipv6(root)
    found = []
    for name, (flags, mtu) in told.items():
        four = listed.get(name)
        known = literal(four) if four else None
        own = () if known is None else (
            Address(known.text, masks[name], Family.IPV4, known.link_local),
        )  # fmt: skip
        found.append(Listed(name, (*own, *six.get(name, ())), flags, mtu))
    return found


def rows(table: bytes) -> Iterator[tuple[str, str]]:
    """(name, IPv4 address) of each whole row of SIOCGIFCONF's answer."""
    for offset in range(0, len(table) - _ROW_BYTES + 1, _ROW_BYTES):
        row = table[offset : offset + _ROW_BYTES]
        (family,) = struct.unpack_from("=H", row, _NAME_BYTES)
        name = row[:_NAME_BYTES].split(b"\0", 1)[0].decode("utf-8", "replace")
        if family == socket.AF_INET and name:
            yield name, socket.inet_ntoa(row[_NAME_BYTES + 4 : _NAME_BYTES + 8])


def ipv6_rows(text: str) -> Iterator[tuple[str, Address]]:
    """(name, address) of each line of /proc/net/if_inet6; a line of another shape is left out."""
    for line in text.splitlines():
        words = line.split()
        if len(words) != 6 or len(words[0]) != 32:
            continue
        try:
            packed, bits = bytes.fromhex(words[0]), int(words[2], 16)
        except ValueError:
            continue
        known = literal(socket.inet_ntop(socket.AF_INET6, packed))
        if known is not None and bits <= 128:
            yield words[5], Address(known.text, bits, Family.IPV6, known.link_local)


def _list(asking: socket.socket) -> bytes:
    import ctypes
    import fcntl

    room = ctypes.create_string_buffer(_ROOM_BYTES)
    about = bytearray(struct.pack("@iP", _ROOM_BYTES, ctypes.addressof(room)))
    fcntl.ioctl(asking.fileno(), _SIOCGIFCONF, about)
    (used,) = struct.unpack_from("@i", about)
    return room.raw[: max(0, min(used, _ROOM_BYTES))]


def _ask(asking: socket.socket, request: int, name: str) -> bytes | None:
    import fcntl

    row = name.encode()[: _NAME_BYTES - 1].ljust(_ROW_BYTES, b"\0")
    try:
        return fcntl.ioctl(asking.fileno(), request, row)[_NAME_BYTES:]
    except OSError:
        return None


def _flags_and_mtu(asking: socket.socket, name: str) -> tuple[int | None, int | None]:
    flags, mtu = _ask(asking, _SIOCGIFFLAGS, name), _ask(asking, _SIOCGIFMTU, name)
    return (
        None if flags is None else struct.unpack_from("=H", flags)[0],
        None if mtu is None else struct.unpack_from("=i", mtu)[0],
    )


def _mask_bits(asking: socket.socket, name: str) -> int:
    """Without a mask the address stands alone: that claims nothing of its neighbours."""
    mask = _ask(asking, _SIOCGIFNETMASK, name)
    return 32 if mask is None else sum(byte.bit_count() for byte in mask[4:8])


def _names(listed: dict[str, str]) -> list[str]:
    """Those with an IPv4 address, and those that the kernel names besides where it does."""
    try:
        named = [name for _, name in socket.if_nameindex()]
    except OSError:
        named = []
    return list(dict.fromkeys([*named, *listed]))


def _ipv6(root: str) -> dict[str, tuple[Address, ...]]:
    try:
        with open(f"{root.rstrip('/')}/proc/net/if_inet6", "rb") as file:
            text = file.read(_SIZE_LIMIT_BYTES).decode("ascii", "replace")
    except OSError:
        return {}
    found: dict[str, tuple[Address, ...]] = {}
    for name, address in ipv6_rows(text):
        found[name] = (*found.get(name, ()), address)
    return found
