"""Address literals without a lookup: text to family, bytes and scope."""

import socket
from typing import NamedTuple

from netcheck.model.observation import Family


class Literal(NamedTuple):
    """An address as sockets know it. `scope` is the interface named after `%`, or its index."""

    packed: bytes
    family: Family
    scope: str | None

    @property
    def number(self) -> int:
        """The address family's number on this system."""
        return socket.AF_INET if self.family is Family.IPV4 else socket.AF_INET6

    @property
    def link_local(self) -> bool:
        """RFC 3927 and RFC 4291 2.5.6."""
        if self.family is Family.IPV4:
            return self.packed[:2] == b"\xa9\xfe"
        return self.packed[0] == 0xFE and self.packed[1] & 0xC0 == 0x80

    @property
    def loopback(self) -> bool:
        """127.0.0.0/8 and ::1."""
        if self.family is Family.IPV4:
            return self.packed[0] == 127
        return self.packed == bytes(15) + b"\x01"

    @property
    def text(self) -> str:
        """The canonical spelling, with its scope."""
        plain = socket.inet_ntop(self.number, self.packed)
        return plain if self.scope is None else f"{plain}%{self.scope}"

    @property
    def ifindex(self) -> int | None:
        """The scope as an index. Raises OSError if no interface has that name."""
        if self.scope is None or self.scope.isdecimal():
            return None if self.scope is None else int(self.scope)
        return socket.if_nametoindex(self.scope)


def literal(text: str) -> Literal | None:
    """Reads `192.0.2.1`, `2001:db8::1`, `fe80::1%eth0`; None for anything else."""
    plain, percent, scope = text.partition("%")
    for number, family in ((socket.AF_INET, Family.IPV4), (socket.AF_INET6, Family.IPV6)):
        try:
            packed = socket.inet_pton(number, plain)
        except (OSError, ValueError):  # ValueError: a NUL or a surrogate inside
            continue
        if percent and (family is Family.IPV4 or not scope):
            return None
        return Literal(packed, family, scope or None)
    return None
