"""ICMP echo requests by Windows' own service: it has neither ping sockets nor error queues.

IcmpSendEcho2 (icmpapi.h) sends one request with a TTL and tells who answered: the destination, or
the router at which it ran out. It blocks, so each request has a thread and a handle of its own;
those still waiting at the end are left to their time-out. Any user may do it.

Weakness: never run on Windows. Its requests are tied to no interface and carry no port, so a trace
by them asks how far an echo request gets, which a network may treat otherwise than a datagram. The
delay contains the waking of a thread.
"""

import ctypes
import os
import queue
import threading
import time
from dataclasses import dataclass

from netcheck.device.addresses import literal
from netcheck.device.windows_calls import Library, Load, Missing, Refused, load
from netcheck.device.windows_icmp import (
    FUNCTIONS,
    LIBRARY,
    EchoReply,
    EchoReply6,
    OptionInformation,
    Status,
)
from netcheck.device.windows_iphlpapi import Error
from netcheck.device.windows_nets import Found, as_windows, of_ipv4_number
from netcheck.model.observation import Family
from netcheck.model.outcome import Failure
from netcheck.model.target import Protocol
from netcheck.probe.network import Deadline, Network, same_address
from netcheck.probe.path import Hop, Sounding, Trace
from netcheck.probe.train import Probe, Run, Train
from netcheck.wire.icmp import IcmpKind

_TTL = 64
_INVALID_HANDLE = ctypes.c_void_p(-1).value
_ROOM_FOR_AN_ERROR = 8 + 16  # an ICMP error's header, and an IO_STATUS_BLOCK, as documented
_KINDS: dict[int, IcmpKind] = {
    Status.IP_TTL_EXPIRED_TRANSIT: IcmpKind.TIME_EXCEEDED,
    Status.IP_DEST_PORT_UNREACHABLE: IcmpKind.PORT_UNREACHABLE,
    Status.IP_PACKET_TOO_BIG: IcmpKind.TOO_BIG,
    Status.IP_DEST_NET_UNREACHABLE: IcmpKind.UNREACHABLE,
    Status.IP_DEST_HOST_UNREACHABLE: IcmpKind.UNREACHABLE,
    Status.IP_BAD_DESTINATION: IcmpKind.UNREACHABLE,
    Status.IP_BAD_ROUTE: IcmpKind.UNREACHABLE,
}
_PROTOCOL_UNREACHABLE = {Family.IPV4: IcmpKind.UNREACHABLE, Family.IPV6: IcmpKind.PROHIBITED}
"""The number 11004 has two names: by IPv6 it is IP_DEST_PROHIBITED."""
_UNHEARD = frozenset({*_KINDS, Status.IP_DEST_PROT_UNREACHABLE, Status.IP_REQ_TIMED_OUT})
_FAILURES: dict[int, Failure] = {
    Error.ERROR_ACCESS_DENIED: Failure.NOT_PERMITTED,
    Error.ERROR_NETWORK_UNREACHABLE: Failure.UNREACHABLE,
    Error.ERROR_HOST_UNREACHABLE: Failure.UNREACHABLE,
    Status.IP_GENERAL_FAILURE: Failure.UNREACHABLE,  # no network is there at all
}


@dataclass(frozen=True, slots=True)
class Said:
    """What came back. `kind` None: an echo reply, whose content was ours if `own`."""

    address: str
    kind: IcmpKind | None
    own: bool
    delay_ms: float


def ask(
    library: Library, address: str, payload: bytes, *, ttl: int, timeout_ms: float
) -> Said | None:
    """Send one request and wait for what comes; None: nothing did. Raises Missing, or Refused where
    this machine could not send."""
    target = literal(address)
    if target is None:
        raise Refused(Error.ERROR_NOT_SUPPORTED)
    v6 = target.family is Family.IPV6
    handle = library.call("Icmp6CreateFile" if v6 else "IcmpCreateFile")
    if handle in (None, _INVALID_HANDLE):
        raise Refused(library.last_error())
    sent = ctypes.create_string_buffer(payload, len(payload))
    options = OptionInformation(Ttl=ttl)
    kind = EchoReply6 if v6 else EchoReply
    room_bytes = ctypes.sizeof(kind) + len(payload) + _ROOM_FOR_AN_ERROR
    room = (ctypes.c_uint64 * (room_bytes // 8 + 1))()
    request = (
        ctypes.addressof(sent),
        len(payload),
        ctypes.addressof(options),
        ctypes.addressof(room),
        ctypes.sizeof(room),
        max(1, round(timeout_ms)),
    )
    began_s = time.perf_counter()
    try:
        if v6:
            anywhere, wanted = as_windows(bytes(16)), as_windows(target.packed, target.ifindex or 0)
            count = library.call(
                "Icmp6SendEcho2", handle, None, None, None,
                ctypes.addressof(anywhere), ctypes.addressof(wanted), *request,
            )  # fmt: skip
        else:
            number = int.from_bytes(target.packed, "little")
            count = library.call("IcmpSendEcho2", handle, None, None, None, number, *request)
        delay_ms = (time.perf_counter() - began_s) * 1000
        code = 0 if count else library.last_error()
    finally:
        library.call("IcmpCloseHandle", handle)
    if code in _UNHEARD:
        return None  # silence, or an error without its sender
    if code:
        raise Refused(code)
    return _read6(bytes(room), payload, delay_ms) if v6 else _read4(room, payload, delay_ms)


def _read4(room: ctypes.Array[ctypes.c_uint64], payload: bytes, delay_ms: float) -> Said | None:
    reply = EchoReply.from_buffer_copy(room)
    begin = ctypes.addressof(room)
    offset = (reply.Data or 0) - begin
    inside = 0 <= offset and offset + reply.DataSize <= ctypes.sizeof(room)
    content = bytes(room)[offset : offset + reply.DataSize] if inside else b""
    return _said(of_ipv4_number(reply.Address), reply.Status, content == payload, delay_ms)


def _read6(raw: bytes, payload: bytes, delay_ms: float) -> Said | None:
    reply = EchoReply6.from_buffer_copy(raw)
    content = raw[ctypes.sizeof(EchoReply6) :][: len(payload)]
    where = Found(bytes(reply.Address.sin6_addr), Family.IPV6, reply.Address.sin6_scope_id)
    return _said(where, reply.Status, content == payload, delay_ms)


def _said(where: Found, status: int, own: bool, delay_ms: float) -> Said | None:
    if status == Status.IP_REQ_TIMED_OUT or where.unspecified:
        return None
    kind = None
    if status != Status.IP_SUCCESS:
        kind = _KINDS.get(status, IcmpKind.OTHER)
        if status == Status.IP_DEST_PROT_UNREACHABLE:
            kind = _PROTOCOL_UNREACHABLE[where.family]
    return Said(where.text, kind, own, delay_ms)


def _service(net: Network, loading: Load) -> Library | None:
    """None: there is none here, or it cannot be tied to the interface of this run."""
    if net.interface is not None:
        return None
    try:
        return loading(LIBRARY, FUNCTIONS)
    except Missing:
        return None


def echo(
    net: Network,
    address: str,
    *,
    count: int,
    interval_ms: float,
    wait_ms: float,
    loading: Load = load,
) -> Train | None:
    """A train of echo requests to an address that may be pinged; None: not here."""
    library = _service(net, loading)
    if library is None:
        return None
    secret = os.urandom(16)
    run, changed = Run(), threading.Condition()

    def one(probe: Probe) -> None:
        said, failure = _asked(library, address, secret, _TTL, wait_ms)
        with changed:
            if said is not None and said.kind is None and said.own and said.delay_ms <= wait_ms:
                probe.delay_ms = said.delay_ms
            run.failure = run.failure or failure
            changed.notify_all()

    for number in range(count):
        if run.failure is not None:
            break
        probe = Probe(time.monotonic())
        run.probes.append(probe)
        threading.Thread(target=one, args=(probe,), daemon=True).start()
        net.count(1)
        if number + 1 < count:
            time.sleep(interval_ms / 1000)
    with changed:
        changed.wait_for(
            lambda: run.failure or all(probe.delay_ms is not None for probe in run.probes),
            wait_ms / 1000,
        )
        return run.train()


def _asked(
    library: Library, address: str, payload: bytes, ttl: int, timeout_ms: float
) -> tuple[Said | None, Failure | None]:
    try:
        return ask(library, address, payload, ttl=ttl, timeout_ms=timeout_ms), None
    except Missing:
        return None, Failure.NOT_PERMITTED
    except (Refused, OSError) as problem:
        code = problem.code if isinstance(problem, Refused) else 0
        return None, _FAILURES.get(code, Failure.BROKEN)


def tracer(
    net: Network, address: str, payload: bytes, deadline: Deadline, loading: Load = load
) -> Trace | None:
    """A trace by echo requests; None: no such service here, or this address may not be pinged."""
    if not net.allowed.permits(address, None, Protocol.ICMP):
        return None
    library = _service(net, loading)
    return None if library is None else _ByEcho(net, address, payload, deadline, library)


class _ByEcho(Trace):
    """One thread a request; what they hear waits in a queue."""

    def __init__(
        self, net: Network, address: str, payload: bytes, deadline: Deadline, library: Library
    ) -> None:
        super().__init__(net, address, payload, deadline)
        self._library = library
        self._heard: queue.SimpleQueue[tuple[Sounding, Said | None, Failure | None]] = (
            queue.SimpleQueue()
        )

    def send(self, sounding: Sounding) -> None:
        timeout_ms = self.deadline.left_s() * 1000
        sounding.tries = max(sounding.tries, 1)

        def one() -> None:
            told = _asked(self._library, self.address, self.payload, sounding.ttl, timeout_ms)
            self._heard.put((sounding, *told))

        threading.Thread(target=one, daemon=True).start()

    def hear(self, wait_s: float) -> None:
        try:
            sounding, said, failure = self._heard.get(timeout=wait_s)
        except queue.Empty:
            return
        self.failure = self.failure or failure
        if said is None:
            return
        if said.kind is None and not (said.own and same_address(said.address, self.address)):
            return  # nobody that was asked
        sounding.heard = True
        sounding.ends = said.kind is not IcmpKind.TIME_EXCEEDED
        kind = said.kind.value if said.kind is not None else None
        sounding.hop = Hop(sounding.ttl, said.address, said.delay_ms, kind)

    def close(self) -> None:
        """Nothing is held: each thread closes what it opened."""
