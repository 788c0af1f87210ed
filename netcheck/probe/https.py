"""Does an HTTPS server answer, how long did each phase take, and where did it break?"""

import time
from dataclasses import dataclass, replace
from enum import StrEnum
from io import BufferedReader
from typing import TYPE_CHECKING

from netcheck import __version__
from netcheck.model.observation import Family
from netcheck.model.outcome import Failure
from netcheck.probe.network import Deadline, Network, failure_of
from netcheck.probe.resolve import Resolver
from netcheck.probe.tcp import finish, in_turn, race

if TYPE_CHECKING:
    import socket
    import ssl

    from netcheck.probe.tls import TlsStream

USER_AGENT = f"netcheck/{__version__}"
UNEXPECTED_END = "UNEXPECTED_EOF_WHILE_READING"  # OpenSSL 3, where it is no SSLEOFError


class VerifyError(StrEnum):
    """Why a certificate did not verify. Closed."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not-yet-valid"
    SELF_SIGNED = "self-signed"
    UNKNOWN_ISSUER = "unknown-issuer"
    WRONG_NAME = "wrong-name"
    OTHER = "other"


# X509_V_ERR_* of OpenSSL; CERT_E_* and TRUST_E_* of Windows; errSec* of macOS, as truststore
# hands them on. Windows and macOS say "untrusted root" for a self-signed certificate too.
MEANING = {
    9: VerifyError.NOT_YET_VALID,
    10: VerifyError.EXPIRED,
    18: VerifyError.SELF_SIGNED,
    19: VerifyError.UNKNOWN_ISSUER,  # the chain's own root is not trusted
    20: VerifyError.UNKNOWN_ISSUER,
    21: VerifyError.UNKNOWN_ISSUER,
    27: VerifyError.UNKNOWN_ISSUER,
    62: VerifyError.WRONG_NAME,
    64: VerifyError.WRONG_NAME,
    0x800B0101: VerifyError.EXPIRED,  # Windows does not say which end of the period
    0x800B0109: VerifyError.UNKNOWN_ISSUER,
    0x800B010A: VerifyError.UNKNOWN_ISSUER,
    0x800B010F: VerifyError.WRONG_NAME,
    -67818: VerifyError.EXPIRED,
    -67819: VerifyError.NOT_YET_VALID,
    -67843: VerifyError.UNKNOWN_ISSUER,
    -67602: VerifyError.WRONG_NAME,
}


def verify_error_of(error: BaseException) -> VerifyError | None:
    """Which of the closed reasons a verification error is; None if it is another error."""
    import ssl

    if not isinstance(error, ssl.SSLCertVerificationError):
        return None
    code = getattr(error, "verify_code", None)  # absent where a server showed no certificate
    if code is None:
        return VerifyError.OTHER
    return MEANING.get(code, MEANING.get(code & 0xFFFFFFFF, VerifyError.OTHER))


@dataclass(frozen=True, slots=True)
class HttpsPhases:
    """How far a HEAD request came. Each `*_ms` is one phase that ended well; None: not reached.

    `tcp_ms` is the winning address's own; `fell_back` says that another one, tried before, had
    failed or not answered yet. `failed_phase` is dns, tcp, tls or http; through a proxy it is proxy
    too, and `address`, `family` and `tcp_ms` are the proxy's. `issuer`, `not_before` and
    `not_after` (UTC, ISO 8601) are those of the certificate that was shown, verified or not;
    `verify_error` is one of `VerifyError`. `date` is the server's Date header as it stands.
    """

    address: str | None = None
    family: Family | None = None
    dns_ms: float | None = None
    tcp_ms: float | None = None
    tls_ms: float | None = None
    http_ms: float | None = None
    failed_phase: str | None = None
    failure: Failure | None = None
    status: int | None = None
    date: str | None = None
    tls_version: str | None = None
    issuer: str | None = None
    verify_error: str | None = None
    not_before: str | None = None
    not_after: str | None = None
    fell_back: bool = False


def fetch(
    net: Network,
    resolver: Resolver,
    host: str,
    *,
    port: int = 443,
    path: str = "/",
    deadline_ms: float = 3000,
    trust: "ssl.SSLContext",
) -> HttpsPhases:
    """How far does `HEAD https://host/path` come within `deadline_ms`, names included?

    No redirect is followed, no proxy is asked, nothing of the environment is read. Packets are
    counted as sent by us: SYNs, what we write in segments, FIN; pure ACKs are not.
    """
    import http.client  # noqa: F401  loaded before the clock starts

    import netcheck.probe.tls  # noqa: F401

    deadline = Deadline.in_ms(deadline_ms)
    names = resolver.by_system(host, deadline_ms=deadline_ms)
    phases = HttpsPhases(dns_ms=names.delay_ms)
    if names.failure is not None:
        return replace(phases, dns_ms=None, failed_phase="dns", failure=names.failure)
    net.allowed.resolved(host, names.addresses)
    won = race(net, in_turn(names.addresses), port, deadline)
    phases = replace(phases, address=won.address, family=won.family, fell_back=won.fell_back)
    if won.socket is None:
        return replace(phases, failed_phase="tcp", failure=won.failure)
    phases = replace(phases, tcp_ms=won.delay_ms)
    try:
        return over_tls(net, won.socket, trust, host, path, deadline, phases)
    finally:
        finish(net, won.socket)


def over_tls(
    net: Network,
    sock: "socket.socket",
    trust: "ssl.SSLContext",
    host: str,
    path: str,
    deadline: Deadline,
    phases: HttpsPhases,
) -> HttpsPhases:
    """The same question over a connection that leads to the host already; `phases` so far."""
    from netcheck.probe.tls import TlsStream

    stream = TlsStream(net, sock, trust, host, deadline)
    started = time.monotonic()
    try:
        stream.handshake()
    except OSError as error:
        return replace(
            _with_certificate(phases, stream),
            failed_phase="tls",
            failure=failure_in(error),
            verify_error=verify_error_of(error),
        )
    phases = replace(
        _with_certificate(phases, stream),
        tls_ms=_since(started),
        tls_version=stream.version,
    )
    return _head(stream, host, path, phases)


def _with_certificate(phases: HttpsPhases, stream: "TlsStream") -> HttpsPhases:
    from netcheck.wire.certificate import read_certificate

    der = stream.certificate()
    shown = read_certificate(der) if der is not None else None
    if shown is None:
        return phases
    return replace(
        phases, issuer=shown.issuer, not_before=shown.not_before, not_after=shown.not_after
    )


class Readable:
    """What `HTTPResponse` needs of a socket."""

    def __init__(self, stream: "TlsStream") -> None:
        self._stream = stream

    def makefile(self, mode: str) -> BufferedReader:
        """What the response is read from."""
        return BufferedReader(self._stream)


def _head(stream: "TlsStream", host: str, path: str, phases: HttpsPhases) -> HttpsPhases:
    import http.client

    request = (
        f"HEAD {path} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: {USER_AGENT}\r\n"
        "Accept: */*\r\nConnection: close\r\n\r\n"
    )
    started = time.monotonic()
    try:
        stream.send(request.encode("ascii"))
        response = http.client.HTTPResponse(Readable(stream), method="HEAD")  # type: ignore[arg-type]
        response.begin()
    except (OSError, http.client.HTTPException) as error:
        return replace(phases, failed_phase="http", failure=failure_in(error))
    return replace(
        phases,
        http_ms=_since(started),
        status=response.status,
        date=response.headers.get("Date"),
    )


def failure_in(error: Exception) -> Failure:
    """What an error of TLS or HTTP says about the network."""
    import http.client
    import ssl

    if isinstance(error, TimeoutError):
        return Failure.TIMEOUT
    if isinstance(error, ssl.SSLCertVerificationError):
        return Failure.CERTIFICATE
    ended = (ssl.SSLEOFError, ssl.SSLZeroReturnError, ConnectionResetError, BrokenPipeError)
    if isinstance(error, ended) or getattr(error, "reason", None) == UNEXPECTED_END:
        return Failure.RESET
    if isinstance(error, ssl.SSLError):
        return Failure.TLS
    if isinstance(error, http.client.HTTPException):
        return Failure.WRONG_ANSWER
    return failure_of(error) if isinstance(error, OSError) else Failure.WRONG_ANSWER


def _since(started: float) -> float:
    return (time.monotonic() - started) * 1000
