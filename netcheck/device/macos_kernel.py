"""Asks the macOS kernel for its routes and neighbours: sysctl(3) and the routing socket, route(4).

An ordinary user may ask all of it. Nothing is sent to the network. Weakness: never run on a Mac;
the calls are those of the manual pages, and the tests stand at the bytes.
"""

import ctypes
import errno
import os
import socket
import sys
import time
from collections.abc import Sequence
from typing import Any, Protocol

_TRIES = 3  # a table may grow between asking for its size and for itself
_ROOM_BYTES = 4096
_DEADLINE_S = 0.25
_BUFFER_BYTES = 2048
_AF_ROUTE = 17


class MacKernel(Protocol):
    """What the reader needs of the kernel; a fake of bytes in tests."""

    def table(self, name: Sequence[int]) -> bytes:
        """The table of that sysctl name. Raises OSError."""

    def answers(self, request: bytes) -> bytes:
        """What the routing socket says to one request. Raises OSError, with ESRCH for no route."""


class LibcKernel:
    """The kernel of this Mac."""

    def table(self, name: Sequence[int]) -> bytes:
        """See MacKernel."""
        sysctl = _sysctl()
        mib = (ctypes.c_int * len(name))(*name)
        size = ctypes.c_size_t(0)
        for _ in range(_TRIES):
            if sysctl(mib, len(name), None, ctypes.byref(size), None, 0):
                raise _last_error()
            size.value += _ROOM_BYTES
            table = ctypes.create_string_buffer(size.value)
            if not sysctl(mib, len(name), table, ctypes.byref(size), None, 0):
                return table.raw[: size.value]
            if ctypes.get_errno() != errno.ENOMEM:
                raise _last_error()
        raise OSError(errno.ENOMEM, "the routing table kept growing")

    def answers(self, request: bytes) -> bytes:
        """See MacKernel. The socket hears every change of the table too: the asker looks for its
        own sequence number in what came within the deadline."""
        _must_be_a_mac()  # elsewhere the number of this family means something else
        heard = b""
        with socket.socket(_AF_ROUTE, socket.SOCK_RAW, 0) as asked:
            asked.send(request)
            ends_s = time.monotonic() + _DEADLINE_S
            process, sequence = request[16:20], request[20:24]
            while (left_s := ends_s - time.monotonic()) > 0:
                asked.settimeout(left_s)
                message = asked.recv(_BUFFER_BYTES)
                heard += message
                if (message[16:20], message[20:24]) == (process, sequence):
                    return heard
        raise TimeoutError(errno.ETIMEDOUT, "the routing socket gave no answer in time")


def _sysctl() -> Any:
    _must_be_a_mac()
    return ctypes.CDLL(None, use_errno=True).sysctl


def _must_be_a_mac() -> None:
    if sys.platform != "darwin":
        raise OSError(errno.ENOSYS, "this is no Mac")


def _last_error() -> OSError:
    number = ctypes.get_errno()
    return OSError(number, os.strerror(number))
