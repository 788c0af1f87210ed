"""What filling a line costs the run's promise of bytes, also where a connection breaks off."""

import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from netcheck.probe import load, tcp
from netcheck.probe.load import Filling, LoadBudget, fill
from tests.loopback import HERE, Authority, authority, network, over_tls, server_context, tcp_server

SHARE = 400_000
Handle = Callable[[socket.socket], None]


@pytest.fixture(scope="module")
def ca() -> Authority:
    return authority()


@pytest.fixture
def filled(
    ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Filling, int]]:
    """Fills one connection to a server that behaves so: what moved, and what is left to spend."""
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trust.load_verify_locations(cadata=ca.pem.decode())

    def run(
        handle: Handle, *, upwards: bool, share: int = SHARE, deadline_ms: float = 3000
    ) -> tuple[Filling, int]:
        budget = LoadBudget(share)
        with tcp_server(over_tls(server_context(tmp_path, ca), handle)) as port:
            # HTTPS has port 443, which only an administrator may serve.
            monkeypatch.setattr(
                load, "race", lambda net, to, _, deadline: tcp.race(net, to, port, deadline)
            )
            filling = fill(
                network(),
                (HERE,),
                "localhost",
                "/{bytes}",
                upwards=upwards,
                budget=budget,
                most_bytes=share,
                streams=1,
                deadline_ms=deadline_ms,
                trust=trust,
            )
            ends_s = time.monotonic() + 5
            while not filling.over and time.monotonic() < ends_s:
                time.sleep(0.02)
            filling.end()
        return filling, budget.take(share)

    return run


def read_all(secure: socket.socket) -> None:
    got = 0
    while got < SHARE and (data := secure.recv(65536)):
        got += len(data)


def send(count: int, then: Handle = lambda _: None) -> Handle:
    def handle(secure: socket.socket) -> None:
        secure.recv(4096)
        secure.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        time.sleep(0.2)  # so that the head comes alone
        secure.sendall(bytes(count))
        then(secure)

    return handle


def stall(secure: socket.socket) -> None:
    time.sleep(1.2)


def test_a_whole_upload_spends_its_share(filled) -> None:
    filling, left = filled(read_all, upwards=True)
    assert left == 0
    assert filling.moved <= SHARE  # what still lay in the system's buffer is no speed of the line


def test_a_whole_download_spends_its_share(filled) -> None:
    filling, left = filled(send(SHARE), upwards=False)
    assert (filling.moved, left) == (SHARE, 0)


def test_a_download_that_stalls_gives_back_only_what_did_not_come(filled) -> None:
    filling, left = filled(send(150_000, stall), upwards=False, deadline_ms=900)
    assert (filling.moved, left) == (150_000, SHARE - 150_000)


def test_an_upload_that_stalls_gives_back_only_what_was_not_handed_over(filled) -> None:
    def stuck(secure: socket.socket) -> None:
        secure.recv(65536)
        time.sleep(1.2)

    share = 64_000_000  # more than both systems' buffers hold
    filling, left = filled(stuck, upwards=True, share=share, deadline_ms=700)
    assert 0 < left < share
    assert filling.moved <= share - left


def test_what_was_refused_before_a_byte_moved_is_given_back_whole(filled) -> None:
    def closed(secure: socket.socket) -> None:
        secure.recv(4096)
        secure.sendall(b"HTTP/1.1 503 Busy\r\n\r\n")

    filling, left = filled(closed, upwards=False)
    assert (filling.moved, left) == (0, SHARE)
