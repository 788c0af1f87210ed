"""Bringing a service up: uvicorn on one address, in a thread that can be ended, silent about all
who ask. What a log says of an address can't be taken back, so nothing here is logged at all.
"""

import logging
import socket
import ssl
import threading
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import uvicorn

_DRAIN_S = 5
_IDLE_S = 30
_MOST_CONNECTIONS = 4000
_MOST_HEADER_BYTES = 16_384


class CannotServe(Exception):
    """`what` is one of `port`, `plain`, `certificate`; `reason` the system's word."""

    def __init__(self, what: str, reason: str) -> None:
        super().__init__(reason)
        self.what, self.reason = what, reason


@dataclass(frozen=True, slots=True)
class Where:
    """`certificate` and `key` are files (PEM). Without them it is plain HTTP: for loopback, or for
    a proxy of one's own that speaks HTTPS to the world."""

    address: str
    port: int
    certificate: Path | None = None
    key: Path | None = None
    behind_proxy: bool = False

    @property
    def shown(self) -> str:
        """As it is typed."""
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def read_end(text: str) -> tuple[str, int]:
    """An address and a port. Raises ValueError with what is needed."""
    address, colon, port = text.rpartition(":")
    address = address.removeprefix("[").removesuffix("]")
    needed = "it is ADDRESS:PORT, such as 127.0.0.1:8443 or [::1]:8443"
    try:
        ip_address(address)
    except ValueError:
        raise ValueError(needed) from None
    if not (colon and port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(needed)
    return address, int(port)


def be_silent() -> None:
    """No library logs anything from here on, in all of this process."""
    logging.disable(logging.CRITICAL)


class Service:
    """`open` takes the port, `serve` answers until `end`."""

    def __init__(self, app: Any, where: Where) -> None:
        self._app, self.where = app, where
        self._ended = threading.Event()
        self._server: uvicorn.Server | None = None

    def open(self) -> int:
        """The port it answers on (the system's choice where 0 was asked). Raises CannotServe."""
        check(self.where)
        self._socket = _listening(self.where)
        port: int = self._socket.getsockname()[1]
        return port

    def serve(self) -> None:
        """Until `end`, from whatever thread that is called."""
        import uvicorn

        be_silent()
        config = uvicorn.Config(
            self._app,
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            lifespan="off",
            ws="none",
            timeout_keep_alive=_IDLE_S,
            timeout_graceful_shutdown=_DRAIN_S,
            limit_concurrency=_MOST_CONNECTIONS,
            h11_max_incomplete_event_size=_MOST_HEADER_BYTES,
            ssl_certfile=self.where.certificate,
            ssl_keyfile=self.where.key,
        )
        self._server = uvicorn.Server(config)
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._ended.set()

    def end(self, patience_s: float = _DRAIN_S + 2.0) -> None:
        """Take no more, answer what is under way."""
        if self._server is not None:
            self._server.should_exit = True
            self._ended.wait(patience_s)


def _listening(where: Where) -> socket.socket:
    family = socket.AF_INET6 if ":" in where.address else socket.AF_INET
    ear = socket.socket(family, socket.SOCK_STREAM)
    try:
        ear.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ear.bind((where.address, where.port))
        ear.listen(1024)
    except OSError as problem:
        ear.close()
        raise CannotServe("port", (problem.strerror or str(problem)).lower()) from None
    return ear


def check(where: Where) -> None:
    """Whether it may answer there, and can prove who it is. Raises CannotServe."""
    loopback = ip_address(where.address).is_loopback
    if not (where.certificate or loopback or where.behind_proxy):
        raise CannotServe("plain", where.address)
    if where.certificate is None:
        return
    try:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(where.certificate, where.key)
    except (OSError, ssl.SSLError) as problem:
        raise CannotServe("certificate", str(problem.strerror or problem).lower()) from None
