"""Sites through a proxy, against real proxies on loopback: one that opens a way, and ones that
refuse, ask who one is, or talk nonsense."""

import socket
import ssl

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.proxied import fetch_through
from tests.loopback import (
    HERE,
    authority,
    deaf_port,
    hang_up,
    network,
    over_tls,
    say,
    server_context,
    stay_silent,
    tcp_server,
    trusting,
    within,
)

HEAD = b"HTTP/1.1 200 OK\r\nDate: Thu, 22 Feb 2024 09:00:00 GMT\r\nContent-Length: 99\r\n\r\n"
CA = authority()


@pytest.fixture(scope="module")
def trust() -> ssl.SSLContext:
    return trusting(CA)


def through(handle, trust, deadline_ms=2000):
    with tcp_server(handle) as port, within(5):
        return fetch_through(
            network(), HERE, port, "localhost", deadline_ms=deadline_ms, trust=trust
        )


def opening(folder, request_seen: list[bytes]):
    """A proxy that opens a way, at whose end a good server stands."""
    site = over_tls(server_context(folder, CA), say(HEAD))

    def handle(connection: socket.socket) -> None:
        asked = b""
        while not asked.endswith(b"\r\n\r\n"):
            asked += connection.recv(4096)
        request_seen.append(asked)
        connection.sendall(b"HTTP/1.1 200 Connection established\r\nVia: 1.1 office\r\n\r\n")
        site(connection)

    return handle


def test_a_site_behind_a_proxy_shows_its_phases_and_is_verified(trust, tmp_path):
    asked: list[bytes] = []
    phases = through(opening(tmp_path, asked), trust)
    assert (phases.failure, phases.failed_phase, phases.status) == (None, None, 200)
    assert None not in (phases.tcp_ms, phases.tls_ms, phases.http_ms)
    assert asked[0].startswith(b"CONNECT localhost:443 HTTP/1.1\r\nHost: localhost:443\r\n")
    assert b"authorization" not in asked[0].lower()


def test_a_site_that_proves_nothing_is_not_believed_behind_a_proxy_either(tmp_path):
    phases = through(opening(tmp_path, []), ssl.create_default_context())
    assert (phases.failed_phase, phases.failure) == ("tls", Failure.CERTIFICATE)


@pytest.mark.parametrize(
    ("handle", "failure"),
    [
        (say(b"HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"), Failure.NOT_PERMITTED),
        (say(b"HTTP/1.1 403 Access violation\r\n\r\n"), Failure.REFUSED),
        (say(b"HTTP/1.0 502 Bad Gateway\r\n\r\n"), Failure.REFUSED),
        (say(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"), Failure.WRONG_ANSWER),
        (say(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 9000), Failure.WRONG_ANSWER),
        (hang_up, Failure.RESET),
    ],
)
def test_what_a_proxy_says_in_place_of_opening_a_way(trust, handle, failure):
    phases = through(handle, trust)
    assert (phases.failed_phase, phases.failure) == ("proxy", failure)


def test_a_proxy_that_never_answers_is_not_waited_for(trust):
    phases = through(stay_silent, trust, deadline_ms=300)
    assert (phases.failed_phase, phases.failure) == ("proxy", Failure.TIMEOUT)


def test_a_proxy_that_takes_no_connection_is_not_waited_for(trust):
    with deaf_port() as port, within(5):
        phases = fetch_through(network(), HERE, port, "localhost", deadline_ms=300, trust=trust)
    assert (phases.failed_phase, phases.failure) == ("proxy", Failure.TIMEOUT)
