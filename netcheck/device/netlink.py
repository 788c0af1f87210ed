"""Asks the kernel over netlink, without a library: framing, attributes, one request at a time.

Sources: netlink(7), RFC 3549, linux/netlink.h. Nothing here needs a capability. The socket is
never bound by us: Android forbids bind() to applications, and the kernel binds it on first use.
"""

import errno
import os
import socket
import struct
import sys
import time
from collections.abc import Iterator
from types import TracebackType
from typing import NamedTuple, Self

_HEADER = struct.Struct("=IHHII")  # length, type, flags, sequence, port id
_ATTRIBUTE = struct.Struct("=HH")  # length, type
_INT = struct.Struct("=i")
_NLMSG_ERROR = 2
_NLMSG_DONE = 3
_NLM_F_REQUEST = 0x001
_NLM_F_DUMP = 0x300
_NLM_F_DUMP_INTR = 0x010  # the table changed while it was dumped
_NETLINK_ROUTE = 0
_TYPE_MASK = 0x3FFF  # the two high bits say "nested" and "network byte order"
_BUFFER_BYTES = 65536
_DEADLINE_MS = 250
_DUMP_TRIES = 3


class Declined(OSError):
    """The kernel answered the request with an error; `errno` says which."""


class Message(NamedTuple):
    """One netlink message without its header."""

    kind: int
    flags: int
    sequence: int
    payload: bytes


def messages(datagram: bytes) -> Iterator[Message]:
    """The messages of one datagram, up to the first that does not fit in it."""
    offset = 0
    while offset + _HEADER.size <= len(datagram):
        length, kind, flags, sequence, _ = _HEADER.unpack_from(datagram, offset)
        if length < _HEADER.size or offset + length > len(datagram):
            return
        yield Message(kind, flags, sequence, datagram[offset + _HEADER.size : offset + length])
        offset += (length + 3) & ~3


def attributes(data: bytes) -> dict[int, bytes]:
    """Type-length-value attributes by type, up to the first that does not fit. The first wins."""
    found: dict[int, bytes] = {}
    offset = 0
    while offset + _ATTRIBUTE.size <= len(data):
        length, kind = _ATTRIBUTE.unpack_from(data, offset)
        if length < _ATTRIBUTE.size or offset + length > len(data):
            break
        found.setdefault(kind & _TYPE_MASK, data[offset + _ATTRIBUTE.size : offset + length])
        offset += (length + 3) & ~3
    return found


def number(raw: bytes | None) -> int | None:
    """An unsigned number in the kernel's byte order, of any size; None if it is missing."""
    return int.from_bytes(raw, sys.byteorder) if raw else None


def attribute(kind: int, value: bytes) -> bytes:
    """One attribute as bytes, padded to four."""
    return _ATTRIBUTE.pack(_ATTRIBUTE.size + len(value), kind) + value + bytes(-len(value) % 4)


class Conversation:
    """A netlink socket to the routing part of the kernel, for one thread.

    Raises OSError where the system has no netlink or forbids it.
    """

    def __init__(self) -> None:
        family = getattr(socket, "AF_NETLINK", None)
        if family is None:
            raise OSError(errno.EAFNOSUPPORT, "this system has no netlink")
        self._socket = socket.socket(family, socket.SOCK_RAW, _NETLINK_ROUTE)
        self._sequence = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._socket.close()

    def get(self, kind: int, body: bytes, *, deadline_ms: int = _DEADLINE_MS) -> list[Message]:
        """Asks for one object. Raises Declined with the kernel's answer, or TimeoutError."""
        return self._exchange(kind, 0, body, time.monotonic() + deadline_ms / 1000)[0]

    def dump(self, kind: int, body: bytes, *, deadline_ms: int = _DEADLINE_MS) -> list[Message]:
        """Asks for a whole table; again if it changed meanwhile, within the one deadline."""
        deadline = time.monotonic() + deadline_ms / 1000
        for _ in range(_DUMP_TRIES):
            found, changed = self._exchange(kind, _NLM_F_DUMP, body, deadline)
            if not changed:
                break
        return found

    def _exchange(
        self, kind: int, flags: int, body: bytes, deadline: float
    ) -> tuple[list[Message], bool]:
        self._sequence += 1
        header = _HEADER.pack(
            _HEADER.size + len(body), kind, flags | _NLM_F_REQUEST, self._sequence, 0
        )
        self._socket.sendto(header + body, (0, 0))
        found: list[Message] = []
        changed = False
        while True:
            for message in self._receive(deadline):
                if message.sequence != self._sequence:
                    continue  # the rest of an answer that an earlier request gave up on
                changed = changed or bool(message.flags & _NLM_F_DUMP_INTR)
                if message.kind in (_NLMSG_ERROR, _NLMSG_DONE):
                    _raise_if_declined(message.payload)
                    return found, changed
                found.append(message)
                if not flags:
                    return found, changed

    def _receive(self, deadline: float) -> Iterator[Message]:
        left_s = deadline - time.monotonic()
        if left_s <= 0:
            raise TimeoutError(errno.ETIMEDOUT, "the kernel gave no whole answer in time")
        self._socket.settimeout(left_s)
        datagram, sender = self._socket.recvfrom(_BUFFER_BYTES)
        # Any process may write to our socket; only the kernel speaks with port id 0.
        return messages(datagram) if sender[0] == 0 else iter(())


def _raise_if_declined(payload: bytes) -> None:
    """NLMSG_ERROR and NLMSG_DONE begin with 0 or a negative errno."""
    code = _INT.unpack_from(payload)[0] if len(payload) >= _INT.size else 0
    if code < 0:
        raise Declined(-code, os.strerror(-code))
