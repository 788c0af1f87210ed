"""The door to the network: what may be contacted, on which interface, how many packets it cost."""

import errno
import socket
import sys
import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from netcheck.model.outcome import Failure
from netcheck.model.target import AllowedTarget, LearnedFrom, Protocol
from netcheck.probe.pace import ErrorPace
from netcheck.wire import icmp

# Numbers of Linux's own options, which Python 3.11 does not name.
_LINUX = sys.platform in ("linux", "android")
_MSG_ERRQUEUE: int | None = getattr(socket, "MSG_ERRQUEUE", None) if _LINUX else None
_SO_BINDTODEVICE: int | None = getattr(socket, "SO_BINDTODEVICE", None)
_DARWIN_BOUND_IF = {socket.AF_INET: (0, 25), socket.AF_INET6: (41, 125)}

CAN_READ_ERRORS = _MSG_ERRQUEUE is not None
"""Whether this system tells which router sent an ICMP error, and which datagram it is about."""

_FAILURES = {
    errno.ECONNREFUSED: Failure.REFUSED,
    errno.EHOSTUNREACH: Failure.UNREACHABLE,
    errno.ENETUNREACH: Failure.UNREACHABLE,
    errno.ENETDOWN: Failure.UNREACHABLE,
    errno.EADDRNOTAVAIL: Failure.UNREACHABLE,  # no source address of that family
    errno.EAFNOSUPPORT: Failure.UNREACHABLE,  # the family is switched off
    errno.EPERM: Failure.NOT_PERMITTED,
    errno.EACCES: Failure.NOT_PERMITTED,
    errno.EOPNOTSUPP: Failure.NOT_PERMITTED,
    errno.ENODEV: Failure.ABSENT,
    errno.ENXIO: Failure.ABSENT,
    errno.ECONNRESET: Failure.RESET,
    errno.ECONNABORTED: Failure.RESET,
    errno.EPIPE: Failure.RESET,
    errno.ETIMEDOUT: Failure.TIMEOUT,
}
for _name, _failure in (
    ("EHOSTDOWN", Failure.UNREACHABLE),
    ("WSAECONNREFUSED", Failure.REFUSED),
    ("WSAEHOSTUNREACH", Failure.UNREACHABLE),
    ("WSAENETUNREACH", Failure.UNREACHABLE),
    ("WSAEADDRNOTAVAIL", Failure.UNREACHABLE),
    ("WSAEACCES", Failure.NOT_PERMITTED),
    ("WSAECONNRESET", Failure.RESET),
    ("WSAECONNABORTED", Failure.RESET),
    ("WSAETIMEDOUT", Failure.TIMEOUT),
):
    if hasattr(errno, _name):
        _FAILURES[getattr(errno, _name)] = _failure

_ICMP_FAILURES = {
    icmp.IcmpKind.PORT_UNREACHABLE: Failure.REFUSED,
    icmp.IcmpKind.PROHIBITED: Failure.PROHIBITED,
}


class NotAllowed(Exception):
    """A destination outside the allow-list: a defect of netcheck, never the network's doing."""


def failure_of(error: OSError) -> Failure:
    """The failure an operating-system error stands for.

    `BROKEN` for what no network does (no file descriptors left, bad argument): such a check must
    end as `error`, never as `failed`.
    """
    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    return _FAILURES.get(error.errno or 0, Failure.BROKEN)


def send_datagram(
    opened: socket.socket, datagram: bytes, to: tuple[str, int] | None = None
) -> None:
    """Send it. What a full queue of this machine throws away (EAGAIN, and ENOBUFS where errors are
    kept, udp(7)) is as good as lost on the way, and no answer will come."""
    try:
        if to is None:
            opened.send(datagram)
        else:
            opened.sendto(datagram, socket_address(*to))
    except BlockingIOError:
        return
    except OSError as error:
        if error.errno != errno.ENOBUFS:
            raise


def failure_of_icmp(error: icmp.IcmpError) -> Failure:
    """The failure an ICMP error about our datagram stands for."""
    return _ICMP_FAILURES.get(error.kind, Failure.UNREACHABLE)


def family_of(address: str) -> socket.AddressFamily:
    """The socket family of an address literal, which may carry a `%interface`."""
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def canonical(address: str) -> str:
    """One spelling per address: lower case, compressed, without `%interface`.

    Raises ValueError if `address` is no literal.
    """
    bare = address.partition("%")[0]
    family = family_of(bare)
    try:
        return socket.inet_ntop(family, socket.inet_pton(family, bare))
    except OSError as error:
        raise ValueError(f"not an address: {address!r}") from error


def same_address(one: str | None, other: str | None) -> bool:
    """Whether two spellings name the same address; interfaces of link-local ones aside."""
    if one is None or other is None:
        return False
    return canonical(one) == canonical(other)


def socket_address(address: str, port: int) -> tuple[str, int] | tuple[str, int, int, int]:
    """What `connect` takes, without a resolver in between. Raises OSError for a gone interface."""
    bare, _, scope = address.partition("%")
    if family_of(bare) == socket.AF_INET:
        return bare, port
    index = 0
    if scope:
        index = int(scope) if scope.isdigit() else socket.if_nametoindex(scope)
    return bare, port, 0, index


def _is_global_unicast(address: str) -> bool:
    import ipaddress

    found = ipaddress.ip_address(address)
    return found.is_global and not found.is_multicast


class AllowList:
    """What may be contacted: the rows a person can read, and the addresses behind them."""

    def __init__(self, rows: Iterable[AllowedTarget]) -> None:
        self.rows: tuple[AllowedTarget, ...] = ()
        self._lock = threading.Lock()
        self._permitted: dict[str, set[tuple[int | None, Protocol]]] = {}
        self._gateways: set[str] = set()
        self.extend(rows)

    def extend(self, rows: Iterable[AllowedTarget]) -> None:
        """Add rows: a carrier was chosen after the run began."""
        with self._lock:
            new = [row for row in rows if row not in self.rows]
            self.rows = (*self.rows, *new)
            for row in new:
                if row.host is not None:
                    try:
                        address = canonical(row.host)
                    except ValueError:
                        continue  # a name: permitted once it resolves
                    self._permit(address, row)

    def _permit(self, address: str, row: AllowedTarget) -> None:
        self._permitted.setdefault(address, set()).add((row.port, row.protocol))

    def resolved(self, host: str, addresses: Iterable[str]) -> None:
        """Permit the addresses of a listed host, on that host's rows only."""
        wanted = host.rstrip(".").casefold()
        rows = [r for r in self.rows if r.host and r.host.rstrip(".").casefold() == wanted]
        with self._lock:
            for address in addresses:
                for row in rows:
                    self._permit(canonical(address), row)

    def learned(self, source: LearnedFrom, address: str) -> bool:
        """Permit an address the network named, on that class's rows; False if it is refused.

        A redirect is honoured only to a global unicast address: whoever forges one must not be
        able to aim us at the user's own network. The same goes for a sign-in server (whoever is
        first to answer a DHCP question names it), but for the one exception that is common at
        home and in cafés: this network's router, where it was learned as the gateway before.
        Weakness: a hotel's server on a private address behind the router is not asked; and a host
        of one's own network has a global address too, where it has IPv6.
        """
        plain = canonical(address)
        if source is LearnedFrom.IKE_REDIRECT and not _is_global_unicast(plain):
            return False
        with self._lock:
            is_router = plain in self._gateways
        if source is LearnedFrom.CAPPORT and not (is_router or _is_global_unicast(plain)):
            return False
        rows = [row for row in self.rows if row.learned_from is source]
        with self._lock:
            if source is LearnedFrom.GATEWAY:
                self._gateways.add(plain)
            for row in rows:
                self._permit(plain, row)
        return bool(rows)

    def permits(self, address: str, port: int | None, protocol: Protocol) -> bool:
        """Whether a packet may go there. A row without a port permits every port."""
        with self._lock:
            permitted = self._permitted.get(canonical(address), ())
            return (port, protocol) in permitted or (None, protocol) in permitted


class Network:
    """Opens the sockets of one run and keeps its packet count.

    `interface` ties every socket to one interface. Opening raises `NotAllowed` for a destination
    outside the list, and OSError where this machine has no way there: see `failure_of`.
    """

    def __init__(self, allowed: AllowList, *, interface: str | None = None) -> None:
        self.allowed = allowed
        self.interface = interface
        self.error_pace = ErrorPace()
        self._lock = threading.Lock()
        self._packets_sent = 0
        self._repeats = 0

    @property
    def repeats(self) -> int:
        """How often an answer came only to a repetition: signs of loss on ways that work."""
        return self._repeats

    def answered_a_repetition(self) -> None:
        """Note that something was answered, but not at the first time of asking."""
        with self._lock:
            self._repeats += 1

    @property
    def packets_sent(self) -> int:
        """Packets counted so far; pure acknowledgements are left out."""
        return self._packets_sent

    def count(self, packets: int) -> None:
        """Add packets that were sent."""
        with self._lock:
            self._packets_sent += packets

    def udp(
        self, address: str, port: int, *, ttl: int | None = None, errors: bool = False
    ) -> socket.socket:
        """A connected, non-blocking UDP socket: only `address` can answer on it.

        `errors` keeps ICMP errors with their sender for `next_error`, where the system can.
        """
        self._must_permit(address, port, Protocol.UDP)
        opened = self._open(address, socket.SOCK_DGRAM)
        try:
            if ttl is not None:
                _set_ttl(opened, ttl)
            if errors and CAN_READ_ERRORS:
                _keep_errors(opened)
            opened.connect(socket_address(address, port))
        except BaseException:
            opened.close()
            raise
        return opened

    def udp_to_several(self, destinations: Sequence[tuple[str, int]]) -> socket.socket:
        """A non-blocking UDP socket for several (address, port) pairs of one family.

        It is connected to none: its user sends to these only, and looks at who answers.
        """
        for address, port in destinations:
            self._must_permit(address, port, Protocol.UDP)
        return self._open(destinations[0][0], socket.SOCK_DGRAM)

    def tcp(
        self, address: str, port: int, *, ttl: int | None = None, errors: bool = False
    ) -> socket.socket:
        """A non-blocking TCP socket, not yet connected; connect it to `socket_address`.

        `errors` keeps ICMP errors for `next_error`, as for `udp`."""
        self._must_permit(address, port, Protocol.TCP)
        opened = self._open(address, socket.SOCK_STREAM)
        try:
            if ttl is not None:
                _set_ttl(opened, ttl)
            if errors and CAN_READ_ERRORS:
                _keep_errors(opened)
        except BaseException:
            opened.close()
            raise
        return opened

    def ping(self, address: str) -> socket.socket:
        """A connected, non-blocking ping socket. OSError where users may not have one."""
        self._must_permit(address, None, Protocol.ICMP)
        v6 = family_of(address) == socket.AF_INET6
        protocol = socket.IPPROTO_ICMPV6 if v6 else socket.IPPROTO_ICMP
        opened = self._open(address, socket.SOCK_DGRAM, protocol)
        try:
            opened.connect(socket_address(address, 0))
        except BaseException:
            opened.close()
            raise
        return opened

    def _must_permit(self, address: str, port: int | None, protocol: Protocol) -> None:
        if not self.allowed.permits(address, port, protocol):
            raise NotAllowed(f"{address} port {port} over {protocol}")

    def _open(self, address: str, kind: socket.SocketKind, protocol: int = 0) -> socket.socket:
        opened = socket.socket(family_of(address), kind, protocol)
        try:
            opened.setblocking(False)
            if self.interface is not None:
                _bind_to_interface(opened, self.interface)
        except BaseException:
            opened.close()
            raise
        return opened


def _bind_to_interface(opened: socket.socket, interface: str) -> None:
    """Tie a socket to an interface, or fail: a probe must never leave by another one."""
    if _SO_BINDTODEVICE is not None:
        opened.setsockopt(socket.SOL_SOCKET, _SO_BINDTODEVICE, interface.encode() + b"\0")
    elif sys.platform == "darwin":
        level, option = _DARWIN_BOUND_IF[socket.AddressFamily(opened.family)]
        opened.setsockopt(level, option, socket.if_nametoindex(interface))
    elif sys.platform == "win32":
        _bind_on_windows(opened, interface)
    else:
        raise OSError(errno.EOPNOTSUPP, "this system cannot tie a socket to an interface")


def _bind_on_windows(opened: socket.socket, interface: str) -> None:
    """IPv4 takes the index in network order, IPv6 in that of the machine (ws2ipdef.h). Python's own
    names of interfaces are others there than those a person sees, so its index is not asked."""
    from netcheck.device.windows import interface_index
    from netcheck.device.windows_iphlpapi import Number

    index = interface_index(interface)
    if opened.family == socket.AF_INET:
        opened.setsockopt(icmp.IPPROTO_IP, Number.IP_UNICAST_IF, index.to_bytes(4, "big"))
    else:
        opened.setsockopt(icmp.IPPROTO_IPV6, Number.IPV6_UNICAST_IF, index.to_bytes(4, "little"))


def _set_ttl(opened: socket.socket, ttl: int) -> None:
    if opened.family == socket.AF_INET6:
        opened.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_UNICAST_HOPS, ttl)
    else:
        opened.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, ttl)


def _keep_errors(opened: socket.socket) -> None:
    if opened.family == socket.AF_INET6:
        opened.setsockopt(icmp.IPPROTO_IPV6, icmp.IPV6_RECVERR, 1)
    else:
        opened.setsockopt(icmp.IPPROTO_IP, icmp.IP_RECVERR, 1)


def next_error(opened: socket.socket) -> icmp.IcmpError | None:
    """The oldest ICMP error kept for this socket; None if there is none, or never any here."""
    if _MSG_ERRQUEUE is None:
        return None
    while True:
        try:
            quoted, ancillary, _, _ = opened.recvmsg(512, 512, _MSG_ERRQUEUE)
        except OSError:
            return None
        found = icmp.parse_extended_error(ancillary)
        if found is not None:
            return replace(found, quoted=quoted)


@dataclass(frozen=True, slots=True)
class Deadline:
    """A moment, on the monotonic clock, after which a probe has ended."""

    at_s: float

    @classmethod
    def in_ms(cls, ms: float) -> "Deadline":
        """The moment `ms` milliseconds from now."""
        return cls(time.monotonic() + ms / 1000)

    def left_s(self) -> float:
        """Seconds until then, never negative."""
        return max(0.0, self.at_s - time.monotonic())

    @property
    def over(self) -> bool:
        """Whether it has passed."""
        return time.monotonic() >= self.at_s
