"""What does a plain HTTP server answer? The question that finds a captive portal."""

import socket
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from netcheck.model.outcome import Failure
from netcheck.probe.https import USER_AGENT
from netcheck.probe.network import Deadline, Network, failure_of
from netcheck.probe.resolve import Resolver
from netcheck.probe.tcp import finish, in_turn, race, segments

if TYPE_CHECKING:
    from requests.adapters import HTTPAdapter

BODY_BYTES = 512  # enough to know a portal from the real answer


@dataclass(frozen=True, slots=True)
class PlainHttp:
    """One answer to one GET, redirects not followed.

    `location` is only the host a redirect points to. `body` is the first 512 bytes. `delay_ms`
    runs from the SYN to the end of the head. A `failure` beside a `status` means that the body
    did not come. `failed_phase` is dns, tcp or http.
    """

    status: int | None = None
    location: str | None = None
    date: str | None = None
    body: bytes = b""
    failure: Failure | None = None
    delay_ms: float | None = None
    failed_phase: str | None = None
    address: str | None = None


def get_plain(
    net: Network, url: str, *, deadline_ms: float = 3000, resolver: Resolver
) -> PlainHttp:
    """What does `GET url` (http only) answer within `deadline_ms`, names included?

    No proxy and nothing of the environment is used. Packets are counted as for HTTPS.
    """
    from urllib.parse import urlsplit

    import requests  # noqa: F401  loaded before the clock starts

    deadline = Deadline.in_ms(deadline_ms)
    parts = urlsplit(url)
    if parts.scheme != "http" or parts.hostname is None:
        raise ValueError(f"not a plain HTTP address: {url}")
    names = resolver.by_system(parts.hostname, deadline_ms=deadline_ms)
    if names.failure is not None:
        return PlainHttp(failure=names.failure, failed_phase="dns")
    net.allowed.resolved(parts.hostname, names.addresses)
    won = race(net, in_turn(names.addresses), parts.port or 80, deadline)
    if won.socket is None:
        return PlainHttp(failure=won.failure, failed_phase="tcp", address=won.address)
    started = time.monotonic() - (won.delay_ms or 0.0) / 1000
    sock = _PatientSocket(net, won.socket, deadline)
    try:
        return replace(_get(url, sock, started), address=won.address)
    finally:
        finish(net, sock)


class _PatientSocket(socket.socket):
    """A connected socket whose reads and writes share one deadline, whoever does them.

    Remembers how it failed: the libraries above wrap and reword what they are told.
    """

    def __init__(self, net: Network, sock: socket.socket, deadline: Deadline) -> None:
        super().__init__(sock.family, sock.type, sock.proto, fileno=sock.detach())
        self._net = net
        self._deadline = deadline
        self.failure: Failure | None = None

    def _hold_to_deadline(self) -> None:
        if self._deadline.over:
            self.failure = Failure.TIMEOUT
            raise TimeoutError
        self.settimeout(max(self._deadline.left_s(), 0.001))

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send all of it before the deadline."""
        self._hold_to_deadline()
        try:
            super().sendall(data, flags)
        except OSError as error:
            self.failure = _failure_in(error)
            raise
        self._net.count(segments(len(data)))

    def recv_into(self, buffer: Any, nbytes: int = 0, flags: int = 0) -> int:
        """Read something before the deadline."""
        self._hold_to_deadline()
        try:
            got = super().recv_into(buffer, nbytes, flags)
        except OSError as error:
            self.failure = _failure_in(error)
            raise
        if got == 0:
            self.failure = Failure.RESET  # only asked for where the answer was not whole
        return got


def _failure_in(error: OSError) -> Failure:
    return Failure.RESET if isinstance(error, ConnectionError) else failure_of(error)


def _get(url: str, sock: _PatientSocket, started: float) -> PlainHttp:
    import requests
    import urllib3.exceptions

    # An adapter without a session: a session adds cookies, redirects and the environment, all
    # of which a probe must not have.
    headers = {
        "User-Agent": USER_AGENT,
        "Accept-Encoding": "identity",
        "Cache-Control": "no-cache",
        "Connection": "close",
    }
    prepared = requests.Request("GET", url, headers=headers).prepare()
    try:
        response = _adapter_over(sock).send(prepared, stream=True)
    except (requests.RequestException, urllib3.exceptions.HTTPError, OSError):
        failure = sock.failure or Failure.WRONG_ANSWER
        return PlainHttp(failure=failure, failed_phase="http")
    answer = PlainHttp(
        status=response.status_code,
        location=_host_of(response.headers.get("Location"), url),
        date=response.headers.get("Date"),
        delay_ms=(time.monotonic() - started) * 1000,
    )
    body = b""
    try:
        # Read until nothing comes: only then does urllib3 notice that a body was cut off.
        while len(body) < BODY_BYTES:
            more = response.raw.read(BODY_BYTES - len(body), decode_content=False)
            if not more:
                break
            body += more
    except (urllib3.exceptions.HTTPError, OSError):
        failure = sock.failure or Failure.WRONG_ANSWER
        return replace(answer, body=body, failure=failure, failed_phase="http")
    finally:
        response.close()
    return replace(answer, body=body)


def _host_of(location: str | None, base: str) -> str | None:
    from urllib.parse import urljoin, urlsplit

    if location is None:
        return None
    try:
        return urlsplit(urljoin(base, location)).hostname
    except ValueError:  # the other side writes it
        return None


def _adapter_over(sock: _PatientSocket) -> "HTTPAdapter":
    """A transport for `requests` that speaks over this one connected socket."""
    from requests.adapters import HTTPAdapter
    from urllib3 import HTTPConnectionPool, PoolManager
    from urllib3.connection import HTTPConnection

    class Connection(HTTPConnection):
        def connect(self) -> None:
            self.sock = sock

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class Adapter(HTTPAdapter):
        def init_poolmanager(self, *_: Any, **__: Any) -> None:
            self.poolmanager = PoolManager(num_pools=1, retries=False)
            self.poolmanager.pool_classes_by_scheme = {"http": Pool}

    return Adapter()
