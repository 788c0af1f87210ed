"""What does this network's own sign-in server say: may we out? (RFC 8908)"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from netcheck.model.outcome import Failure
from netcheck.probe.https import USER_AGENT, Readable, failure_in, verify_error_of
from netcheck.probe.network import Deadline, Network
from netcheck.probe.tcp import finish, in_turn, race
from netcheck.wire.capport import (
    MEDIA_TYPE,
    MOST_BODY_BYTES,
    PortalState,
    PortalUri,
    parse_state,
)

if TYPE_CHECKING:
    import ssl

    from netcheck.probe.tls import TlsStream

_MOST_ADDRESSES = 2


@dataclass(frozen=True, slots=True)
class PortalAnswer:
    """`state` is None with a failure: none came, or it was no RFC 8908 answer. `failed_phase` is
    tcp, tls or http; `delay_ms` runs from the SYN to the whole answer."""

    state: PortalState | None = None
    status: int | None = None
    failure: Failure | None = None
    failed_phase: str | None = None
    verify_error: str | None = None
    delay_ms: float | None = None


def ask_state(
    net: Network,
    addresses: Sequence[str],
    uri: PortalUri,
    *,
    deadline_ms: float,
    trust: "ssl.SSLContext",
) -> PortalAnswer:
    """One GET, no redirect followed, no proxy asked, at most 4 kB read. The certificate must
    verify (RFC 8908 4): a box that answers in the server's name is no answer."""
    from netcheck.probe.tls import TlsStream

    deadline = Deadline.in_ms(deadline_ms)
    began = time.monotonic()
    won = race(net, in_turn(addresses)[:_MOST_ADDRESSES], uri.port, deadline)
    if won.socket is None:
        return PortalAnswer(failure=won.failure, failed_phase="tcp")
    try:
        stream = TlsStream(net, won.socket, trust, uri.host, deadline)
        try:
            stream.handshake()
        except OSError as error:
            return PortalAnswer(
                failure=failure_in(error),
                failed_phase="tls",
                verify_error=verify_error_of(error),
            )
        answer = _get(stream, uri)
        return replace(answer, delay_ms=(time.monotonic() - began) * 1000)
    finally:
        finish(net, won.socket)


def _get(stream: "TlsStream", uri: PortalUri) -> PortalAnswer:
    import http.client

    host = uri.host if uri.port == 443 else f"{uri.host}:{uri.port}"
    request = (
        f"GET {uri.path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        f"Accept: {MEDIA_TYPE}\r\nCache-Control: no-cache\r\nConnection: close\r\n\r\n"
    )
    try:
        stream.send(request.encode("ascii"))
        response = http.client.HTTPResponse(Readable(stream), method="GET")  # type: ignore[arg-type]
        response.begin()
        body = response.read(MOST_BODY_BYTES + 1)
    except (OSError, http.client.HTTPException) as error:
        return PortalAnswer(failure=failure_in(error), failed_phase="http")
    state = None
    if response.status == 200 and len(body) <= MOST_BODY_BYTES:
        state = parse_state(body, response.headers.get("Content-Type"))
    failure = None if state is not None else Failure.WRONG_ANSWER
    return PortalAnswer(state, response.status, failure, None if state else "http")
