"""A TLS client over a connected socket, with one deadline for everything it does.

The bytes go through memory (`SSLObject`), so that no read, no write and no lock of the library
waits longer than the deadline, whatever the other side does or leaves undone.
"""

import io
import socket
import ssl
from collections.abc import Callable
from typing import TypeVar

from netcheck.probe.network import Deadline, Network
from netcheck.probe.tcp import segments

T = TypeVar("T")
CHUNK = 16384


class TlsStream(io.RawIOBase):
    """One TLS connection. Every method raises `TimeoutError` once the deadline is over."""

    def __init__(
        self,
        net: Network,
        sock: socket.socket,
        context: ssl.SSLContext,
        server_name: str,
        deadline: Deadline,
    ) -> None:
        self._net = net
        self._sock = sock
        self._deadline = deadline
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    def handshake(self) -> None:
        """Agree on keys and verify the certificate. Raises `ssl.SSLError`, `OSError`."""
        self._drive(self._tls.do_handshake)

    def send(self, data: bytes) -> None:
        """Send all of `data`."""
        self._drive(lambda: self._tls.write(data))

    def readable(self) -> bool:
        """Always: `io.BufferedReader` asks."""
        return True

    def readinto(self, buffer: "memoryview | bytearray") -> int:  # type: ignore[override]
        """What a buffered reader calls; 0 at the end."""
        try:
            data = self._drive(lambda: self._tls.read(len(buffer)))
        except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
            return 0
        buffer[: len(data)] = data
        return len(data)

    @property
    def version(self) -> str | None:
        """`TLSv1.3` and so on; None before the handshake."""
        return self._tls.version()

    def certificate(self) -> bytes | None:
        """The server's own certificate (DER), also after a failed verification.

        Asked through `get_unverified_chain`, public since Python 3.13 and there, one layer down,
        since 3.10: it spares a second, unverified handshake. None where it is missing.
        """
        ask = getattr(self._tls, "get_unverified_chain", None)
        if ask is None:
            ask = getattr(getattr(self._tls, "_sslobj", None), "get_unverified_chain", None)
        chain = ask() if ask is not None else None
        if not chain:
            return None
        first = chain[0]
        return first if isinstance(first, bytes) else _der(first)

    def _drive(self, step: Callable[[], T]) -> T:
        while True:
            try:
                done = step()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            except ssl.SSLError:
                self._flush_alert()
                raise
            else:
                self._flush()
                return done

    def _flush(self) -> None:
        data = self._outgoing.read()
        if data:
            self._hold_to_deadline()
            self._sock.sendall(data)
            self._net.count(segments(len(data)))

    def _flush_alert(self) -> None:
        try:
            self._flush()
        except OSError:  # the error that is on its way up says more
            return

    def _fill(self) -> None:
        self._hold_to_deadline()
        data = self._sock.recv(CHUNK)
        if data:
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _hold_to_deadline(self) -> None:
        if self._deadline.over:
            raise TimeoutError
        self._sock.settimeout(max(self._deadline.left_s(), 0.001))


def _der(certificate: object) -> bytes | None:
    import _ssl

    public_bytes = getattr(certificate, "public_bytes", None)
    return public_bytes(_ssl.ENCODING_DER) if public_bytes is not None else None
