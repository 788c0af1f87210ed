"""Addresses as Windows keeps them, in both directions.

A link-local IPv6 address has its interface's index as its scope here (`fe80::1%12`): Windows knows
no other spelling, and a name would need a second look-up wherever the address is used.
"""

from typing import NamedTuple

from netcheck.device.addresses import Literal
from netcheck.device.windows_iphlpapi import Number, SockaddrIn, SockaddrIn6, SockaddrInet
from netcheck.model.observation import Family


class Found(NamedTuple):
    """An address that Windows told. `scope` is an index; 0: none."""

    packed: bytes
    family: Family
    scope: int = 0

    @property
    def plain(self) -> str:
        """Without its scope."""
        return self._literal(None).text

    @property
    def text(self) -> str:
        """With its scope, where it is link-local and has one."""
        return self._literal(
            str(self.scope) if self.scope and self.is_ipv6_link_local else None
        ).text

    @property
    def link_local(self) -> bool:
        """RFC 3927 and RFC 4291 2.5.6."""
        return self._literal(None).link_local

    @property
    def is_ipv6_link_local(self) -> bool:
        """Whether it means nothing without its interface."""
        return self.family is Family.IPV6 and self.link_local

    @property
    def unspecified(self) -> bool:
        """0.0.0.0 or ::, which Windows takes for "none"."""
        return not any(self.packed)

    def _literal(self, scope: str | None) -> Literal:
        return Literal(self.packed, self.family, scope)


def of_ipv4(record: SockaddrIn) -> Found:
    """Out of a sockaddr."""
    return of_ipv4_number(record.sin_addr)


def of_ipv4_number(number: int) -> Found:
    """A number that lies in memory in network order."""
    return Found(number.to_bytes(4, "little"), Family.IPV4)


def of_ipv6(record: SockaddrIn6) -> Found:
    """With its scope."""
    return Found(bytes(record.sin6_addr), Family.IPV6, record.sin6_scope_id)


def of_either(record: SockaddrInet) -> Found | None:
    """None for an address of neither family."""
    if record.si_family == Number.AF_INET:
        return of_ipv4(record.Ipv4)
    return of_ipv6(record.Ipv6) if record.si_family == Number.AF_INET6 else None


def as_windows(packed: bytes, scope: int = 0) -> SockaddrInet:
    """The other way round."""
    made = SockaddrInet()
    if len(packed) == 4:
        made.Ipv4.sin_family = Number.AF_INET
        made.Ipv4.sin_addr = int.from_bytes(packed, "little")
    else:
        made.Ipv6.sin6_family = Number.AF_INET6
        made.Ipv6.sin6_addr = (type(made.Ipv6.sin6_addr)).from_buffer_copy(packed)
        made.Ipv6.sin6_scope_id = scope
    return made
