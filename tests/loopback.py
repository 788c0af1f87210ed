"""Real servers on loopback, for the tests of the probes: each behaves badly in one way."""

import datetime
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from netcheck.model.target import AllowedTarget, Protocol
from netcheck.probe.network import AllowList, Network

HERE, HERE6 = "127.0.0.1", "::1"


def network() -> Network:
    """A network on which only loopback may be contacted."""
    return Network(
        AllowList(
            AllowedTarget(host, None, protocol, "a server of the tests")
            for host in (HERE, HERE6, "127.0.0.2", "localhost")
            for protocol in (Protocol.TCP, Protocol.UDP)
        )
    )


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails if what it holds lasts longer."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


@contextmanager
def tcp_server(handle: Callable[[socket.socket], None], address: str = HERE) -> Iterator[int]:
    """A port on which `handle` is run for each connection, in a thread; closed afterwards."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.bind((address, 0))
        listener.listen(64)
        threading.Thread(target=_serve, args=(listener, handle), daemon=True).start()
        yield listener.getsockname()[1]
        with suppress(OSError):
            listener.shutdown(socket.SHUT_RDWR)


def _serve(listener: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    with suppress(OSError):
        while True:
            connection, _ = listener.accept()
            threading.Thread(target=_handle, args=(connection, handle), daemon=True).start()


def _handle(connection: socket.socket, handle: Callable[[socket.socket], None]) -> None:
    with connection, suppress(OSError):
        connection.settimeout(10)
        handle(connection)


def stay_silent(connection: socket.socket) -> None:
    """Accepts, reads, says nothing until the other side leaves."""
    while connection.recv(4096):
        pass


def reset(connection: socket.socket) -> None:
    """Reads once and sends a reset."""
    connection.recv(4096)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def hang_up(connection: socket.socket) -> None:
    """Reads once and closes, without a word."""
    connection.recv(65536)


def trickle(data: bytes, pause_s: float = 0.02) -> Callable[[socket.socket], None]:
    """Sends one byte at a time, so that no single read ever lasts long."""

    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        for byte in data:
            connection.sendall(bytes([byte]))
            time.sleep(pause_s)

    return handle


def flood(data: bytes) -> Callable[[socket.socket], None]:
    """Sends the same again and again, as fast as it is taken, for three seconds."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        ends = time.monotonic() + 3
        while time.monotonic() < ends:
            connection.sendall(data * 4000)

    return handle


def say(data: bytes) -> Callable[[socket.socket], None]:
    """Reads a request, sends `data`, closes."""

    def handle(connection: socket.socket) -> None:
        connection.recv(65536)
        connection.sendall(data)

    return handle


@contextmanager
def deaf_port(address: str = HERE, port: int = 0) -> Iterator[int]:
    """A port whose queue is full: SYNs get no answer at all, as behind a firewall that drops."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listener:
        listener.bind((address, port))
        listener.listen(0)
        port = listener.getsockname()[1]
        filling = [socket.socket(socket.AF_INET, socket.SOCK_STREAM) for _ in range(4)]
        for sock in filling:
            sock.setblocking(False)
            sock.connect_ex((address, port))
        time.sleep(0.05)
        yield port
        for sock in filling:
            sock.close()


def closed_port(kind: socket.SocketKind = socket.SOCK_STREAM) -> int:
    """A port that nobody listens on."""
    with socket.socket(socket.AF_INET, kind) as sock:
        sock.bind((HERE, 0))
        port: int = sock.getsockname()[1]
        return port


@dataclass(frozen=True)
class Authority:
    """A certificate authority of the tests."""

    name: x509.Name
    key: ec.EllipticCurvePrivateKey
    pem: bytes


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, common),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tests"),
        ]
    )


def _builder(subject: x509.Name, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
    )


def authority(common: str = "Loopback CA") -> Authority:
    """A new authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        _builder(_name(common), key)
        .issuer_name(_name(common))
        .not_valid_before(now - datetime.timedelta(days=2))
        .not_valid_after(now + datetime.timedelta(days=2))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return Authority(_name(common), key, signed.public_bytes(serialization.Encoding.PEM))


def trusting(issuer: Authority) -> ssl.SSLContext:
    """What a device that trusts this authority alone verifies with."""
    loaded = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    loaded.load_verify_locations(cadata=issuer.pem.decode())
    return loaded


def server_context(
    folder: Path,
    issuer: Authority | None,
    *,
    host: str = "localhost",
    starts_in_days: int = -1,
    ends_in_days: int = 1,
    newest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    """A server's TLS context with a new certificate; without an issuer it signs itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        _builder(_name(host), key)
        .issuer_name(issuer.name if issuer else _name(host))
        .not_valid_before(now + datetime.timedelta(days=starts_in_days))
        .not_valid_after(now + datetime.timedelta(days=ends_in_days))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=False)
        .sign(issuer.key if issuer else key, hashes.SHA256())
    )
    file = folder / f"{signed.serial_number}.pem"
    file.write_bytes(
        signed.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    context.maximum_version = newest
    return context


def over_tls(
    context: ssl.SSLContext, handle: Callable[[socket.socket], None]
) -> Callable[[socket.socket], None]:
    """`handle`, behind a TLS handshake."""

    def wrapped(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as secure:
            handle(secure)

    return wrapped
