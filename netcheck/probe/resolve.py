"""What the system's own resolver says: the way every other program on this device asks."""

import ipaddress
import socket
import threading
import time
from dataclasses import dataclass

from netcheck.model.outcome import Failure
from netcheck.probe.network import Network, failure_of

PACKETS_A_LOOKUP = 2  # one A and one AAAA question; retries and search lists are not seen here
_MOST_NAME_BYTES = 253
SILENCE_MS = 900  # the C library's shortest time-out is 1 s: a temporary failure sooner was said


@dataclass(frozen=True, slots=True)
class SystemAnswer:
    """Addresses in the order the system prefers them (RFC 6724), or how the lookup failed.

    `delay_ms` is the time until the answer came; None where none came in time.
    """

    addresses: tuple[str, ...]
    failure: Failure | None
    delay_ms: float | None


NO_NAME = SystemAnswer((), Failure.NXDOMAIN, None)
"""Of a name that cannot exist. Nobody was asked, so that it tells nothing of any resolver."""


class _Lookup:
    """One `getaddrinfo` in a thread of its own, that nobody has to wait for."""

    def __init__(self, host: str) -> None:
        self.host = host
        self.started = time.monotonic()
        self.done = threading.Event()
        self.answer: SystemAnswer | None = None
        self.defect: Exception | None = None
        # A daemon thread: the call cannot be cancelled, and a silent name server holds it for
        # many seconds. It must not hold the end of the process as well.
        threading.Thread(target=self._run, name=f"resolve {host}", daemon=True).start()

    def _run(self) -> None:
        try:
            self.answer = _ask_system(self.host, self.started)
        except Exception as defect:  # handed to whoever asked, not lost with the thread
            self.defect = defect
        finally:
            self.done.set()

    def wait(self, deadline_ms: float) -> SystemAnswer:
        left_s = self.started + deadline_ms / 1000 - time.monotonic()
        if not self.done.wait(max(left_s, 0.0)):
            return SystemAnswer((), Failure.TIMEOUT, None)
        if self.answer is None:
            raise RuntimeError("the system's lookup of a name broke") from self.defect
        return self.answer


class Resolver:
    """Asks the system once a host and run, whoever wants to know (one voice, one vote).

    A second caller shares the first one's lookup and its clock: a name that has been silent for
    longer than the deadline is not waited for again. Safe to use from several threads.
    """

    def __init__(self, net: Network | None = None) -> None:
        self._net = net
        self._lock = threading.Lock()
        self._lookups: dict[str, _Lookup] = {}

    def by_system(self, host: str, *, deadline_ms: float = 2500) -> SystemAnswer:
        """Which addresses does the system give for `host`, within `deadline_ms`?

        An address literal is its own answer and costs no lookup, nor does what is no name.
        """
        if is_literal(host):
            return SystemAnswer((host,), None, 0.0)
        if not may_be_asked(host):
            return NO_NAME
        with self._lock:
            lookup = self._lookups.get(host)
            if lookup is None:
                lookup = self._lookups[host] = _Lookup(host)
                if self._net is not None:
                    self._net.count(PACKETS_A_LOOKUP)
        return lookup.wait(deadline_ms)


def by_system(host: str, *, deadline_ms: float = 2500) -> SystemAnswer:
    """One lookup, kept nowhere and counted by nobody; a run uses its `Resolver`."""
    return Resolver().by_system(host, deadline_ms=deadline_ms)


def is_literal(host: str) -> bool:
    """Whether it is an address, which needs no lookup."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def may_be_asked(host: str) -> bool:
    """Whether it can be a name at all: labels of 1 to 63 bytes, 253 in all (RFC 1035 2.3.4). A
    network may name any: a redirect, a sign-in server."""
    try:
        wire = host.encode("idna").rstrip(b".")
    except UnicodeError:
        return False
    return 0 < len(wire) <= _MOST_NAME_BYTES and b"\0" not in wire


def _ask_system(host: str, started: float) -> SystemAnswer:
    # No AI_ADDRCONFIG: with it, glibc answers "no such name" on a device without addresses, and
    # an unplugged cable would read as a name that does not exist.
    try:
        rows = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except socket.gaierror as error:
        elapsed_ms = (time.monotonic() - started) * 1000
        return SystemAnswer((), failure_of_lookup(error, elapsed_ms), elapsed_ms)
    except OSError as error:  # EAI_SYSTEM comes as the error number behind it
        return SystemAnswer((), failure_of(error), (time.monotonic() - started) * 1000)
    delay_ms = (time.monotonic() - started) * 1000
    addresses = tuple(dict.fromkeys(str(row[4][0]) for row in rows))
    return SystemAnswer(addresses, None if addresses else Failure.NO_DATA, delay_ms)


def failure_of_lookup(error: socket.gaierror, elapsed_ms: float) -> Failure:
    """What a `getaddrinfo` error says (RFC 3493 6.1), as far as it can be told.

    "Temporary failure" stands for SERVFAIL, for a refused question and for silence alike; only
    the time tells silence from the rest. macOS says "no such name" also when it is offline.
    """
    code = error.errno
    if code == getattr(socket, "EAI_NODATA", None):
        return Failure.NO_DATA
    if code == socket.EAI_NONAME:
        return Failure.NXDOMAIN
    if code == socket.EAI_AGAIN and elapsed_ms >= SILENCE_MS:
        return Failure.TIMEOUT
    return Failure.SERVFAIL
