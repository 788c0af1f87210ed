"""A collector, a relay and a gateway on loopback: real HTTPS, inside the process of the tests."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from netcheck.seal.oblivious import aead_of, nonce_bytes, response_keys, suite_of
from netcheck.wire import ohttp
from netcheck.wire.bhttp import BinaryRequest, BinaryResponse, decode_request, encode_response
from tests.loopback import Authority, server_context


@dataclass
class Request:
    """What came in, byte for byte."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Collector:
    """Answers each request with the next of `answers`, the last one for ever. An answer is a
    status, headers, and a body that may depend on the request."""

    answers: list = field(default_factory=lambda: [(202, {}, b"")])
    seen: list[Request] = field(default_factory=list)
    url: str = ""

    def answer(self, request: Request):
        self.seen.append(request)
        status, headers, body = self.answers[min(len(self.seen), len(self.answers)) - 1]
        return status, headers, body(request) if callable(body) else body


@contextmanager
def serving(collector: Collector, authority: Authority, folder: Path) -> Iterator[Collector]:
    """The collector behind HTTPS on a port of loopback."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            length = int(self.headers.get("Content-Length", "0"))
            body = self.rfile.read(length)
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, answer = collector.answer(Request(self.path, headers, body))
            self.send_response(status)
            for name, value in more.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def do_GET(self):
            self.do_POST()

        def log_message(self, *_):
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    context = server_context(folder, authority)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    collector.url = f"https://localhost:{server.server_address[1]}/report"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield collector
    finally:
        server.shutdown()
        server.server_close()


class Gateway:
    """Opens what a relay passes on, gives it to a collector, and seals the answer (RFC 9458)."""

    def __init__(self, aead: int = 1, status: int = 202) -> None:
        self._secret, self._aead, self._status = X25519PrivateKey.generate(), aead, status
        raw = self._secret.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        self.config = ohttp.KeyConfig(7, ohttp.X25519, raw, ((1, aead),))
        self.opened: list[BinaryRequest] = []

    def __call__(self, request: Request) -> bytes:
        key_id, kem, suite = ohttp.decode_header(request.body)
        assert (key_id, kem, suite) == (7, ohttp.X25519, (1, self._aead))
        head, rest = request.body[: ohttp.HEADER_BYTES], request.body[ohttp.HEADER_BYTES :]
        enc, sealed = rest[:32], rest[32:]
        hpke = suite_of(self._aead)
        raw = self._secret.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
        key = hpke.kem.deserialize_private_key(raw)
        context = hpke.create_recipient_context(enc, key, info=ohttp.request_info(head))
        self.opened.append(decode_request(context.open(sealed)))
        nonce = bytes(nonce_bytes(self._aead))
        secret = context.export(ohttp.RESPONSE_LABEL, len(nonce))
        aead_key, aead_nonce = response_keys(secret, enc + nonce, self._aead)
        plain = encode_response(BinaryResponse(self._status))
        return nonce + aead_of(self._aead, aead_key).encrypt(aead_nonce, plain, None)
