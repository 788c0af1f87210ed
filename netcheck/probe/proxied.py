"""Does a site answer through the proxy that this device's programs are told to use?"""

import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from netcheck.model.outcome import Failure
from netcheck.probe.https import USER_AGENT, HttpsPhases, over_tls
from netcheck.probe.network import Deadline, Network, failure_of
from netcheck.probe.tcp import connect, finish, segments

if TYPE_CHECKING:
    import ssl

_LONGEST_HEAD_BYTES = 8192
_PROXY_WANTS_A_NAME = 407  # RFC 9110 15.5.8


def fetch_through(
    net: Network,
    proxy: str,
    proxy_port: int,
    host: str,
    *,
    port: int = 443,
    deadline_ms: float = 3000,
    trust: "ssl.SSLContext",
) -> HttpsPhases:
    """How far does `HEAD https://host/` come through an HTTP proxy at this address (RFC 9110 9.3.6,
    CONNECT)? The proxy looks the name up. Nothing that would tell who asks is given to it; one
    that wants a name and a password first is NOT_PERMITTED, in the phase `proxy`."""
    deadline = Deadline.in_ms(deadline_ms)
    reached = connect(net, proxy, proxy_port, deadline)
    phases = HttpsPhases(address=proxy, family=reached.family, tcp_ms=reached.delay_ms)
    if reached.socket is None:
        return replace(phases, tcp_ms=None, failed_phase="proxy", failure=reached.failure)
    try:
        refusal = _asked_for_a_tunnel(net, reached.socket, f"{host}:{port}", deadline)
        if refusal is not None:
            return replace(phases, failed_phase="proxy", failure=refusal)
        return over_tls(net, reached.socket, trust, host, "/", deadline, phases)
    finally:
        finish(net, reached.socket)


def _asked_for_a_tunnel(
    net: Network, sock: socket.socket, authority: str, deadline: Deadline
) -> Failure | None:
    """None where the proxy has opened a way to `authority`."""
    request = (
        f"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\nUser-Agent: {USER_AGENT}\r\n\r\n"
    ).encode("ascii")
    head = b""
    try:
        sock.settimeout(max(deadline.left_s(), 0.001))
        sock.sendall(request)
        net.count(segments(len(request)))
        # Byte by byte: what follows the head is TLS already, and not ours to swallow.
        while not head.endswith(b"\r\n\r\n"):
            if deadline.over:
                return Failure.TIMEOUT
            sock.settimeout(max(deadline.left_s(), 0.001))
            more = sock.recv(1)
            if not more:
                return Failure.RESET
            head += more
            if len(head) > _LONGEST_HEAD_BYTES:
                return Failure.WRONG_ANSWER
    except OSError as problem:
        return failure_of(problem)
    return _refusal_in(head)


def _refusal_in(head: bytes) -> Failure | None:
    version, _, rest = head.partition(b"\r\n")[0].partition(b" ")
    status = rest[:3]
    if not version.startswith(b"HTTP/1.") or not status.isdigit():
        return Failure.WRONG_ANSWER
    if int(status) == _PROXY_WANTS_A_NAME:
        return Failure.NOT_PERMITTED
    return None if 200 <= int(status) < 300 else Failure.REFUSED
