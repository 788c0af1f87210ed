"""Plain HTTP against real servers on loopback: the honest one, the portal, and the broken ones."""

import socket
from collections.abc import Callable

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.http import PlainHttp, get_plain
from netcheck.probe.resolve import Resolver
from tests.loopback import (
    HERE,
    closed_port,
    deaf_port,
    flood,
    hang_up,
    network,
    reset,
    say,
    stay_silent,
    tcp_server,
    trickle,
    within,
)

NOTHING = b"HTTP/1.1 204 No Content\r\nDate: Thu, 22 Feb 2024 09:00:00 GMT\r\n\r\n"


def got(
    handle: Callable[[socket.socket], None], deadline_ms: float = 3000, path: str = "/check"
) -> PlainHttp:
    """The answer of a server that behaves so."""
    with tcp_server(handle) as port:
        url = f"http://localhost:{port}{path}"
        return get_plain(network(), url, deadline_ms=deadline_ms, resolver=Resolver())


def answer(status: str, body: bytes = b"", *headers: str) -> bytes:
    """One HTTP answer."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


def test_an_empty_answer_is_read_with_its_date() -> None:
    seen = got(say(NOTHING))
    assert (seen.status, seen.body, seen.location, seen.failure) == (204, b"", None, None)
    assert (seen.date, seen.address) == ("Thu, 22 Feb 2024 09:00:00 GMT", HERE)
    assert seen.delay_ms is not None and 0 < seen.delay_ms < 3000


def test_the_body_is_kept_up_to_512_bytes() -> None:
    assert got(say(answer("200 OK", b"success\n"))).body == b"success\n"
    assert got(say(answer("200 OK", b"x" * 5000))).body == b"x" * 512


def test_a_body_in_chunks_is_put_together() -> None:
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nsucc\r\n3\r\ness\r\n0\r\n\r\n"
    )
    assert got(say(chunked)).body == b"success"


def test_a_body_that_ends_with_the_connection_is_whole() -> None:
    assert got(say(b"HTTP/1.0 200 OK\r\n\r\nsuccess")).body == b"success"


@pytest.mark.parametrize(
    ("location", "host"),
    [
        ("https://login.portal.example/welcome?mac=00:11", "login.portal.example"),
        ("/welcome", "localhost"),
        ("http://[broken", None),
    ],
)
def test_a_redirect_is_not_followed_and_only_its_host_is_kept(
    location: str, host: str | None
) -> None:
    seen = got(say(answer("302 Found", b"", f"Location: {location}")))
    assert (seen.status, seen.location, seen.failure) == (302, host, None)


def test_the_request_says_who_asks_and_asks_for_nothing_cached() -> None:
    requests: list[bytes] = []

    def handle(connection: socket.socket) -> None:
        requests.append(connection.recv(4096))
        connection.sendall(NOTHING)

    got(handle, path="/generate_204")
    (request,) = requests
    assert request.startswith(b"GET /generate_204 HTTP/1.1\r\n")
    assert b"\r\nUser-Agent: netcheck/" in request
    assert b"\r\nCache-Control: no-cache\r\n" in request
    assert b"Cookie" not in request


def test_nothing_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://{HERE}:{closed_port()}")
    assert got(say(NOTHING)).status == 204


def test_a_silent_server_ends_at_the_deadline() -> None:
    with within(2):
        seen = got(stay_silent, deadline_ms=300)
    assert (seen.failed_phase, seen.failure, seen.status) == ("http", Failure.TIMEOUT, None)


def test_a_trickled_head_ends_at_the_deadline() -> None:
    with within(2):
        seen = got(trickle(NOTHING * 5), deadline_ms=300)
    assert (seen.failed_phase, seen.failure, seen.status) == ("http", Failure.TIMEOUT, None)


def test_an_answer_without_an_end_ends_at_the_deadline() -> None:
    with within(2):
        seen = got(flood(b"HTTP/1.1 100 Continue\r\n\r\n"), deadline_ms=300)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.TIMEOUT)


def test_a_body_that_never_comes_keeps_the_status() -> None:
    def handle(connection: socket.socket) -> None:
        connection.recv(4096)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuc")
        stay_silent(connection)

    with within(2):
        seen = got(handle, deadline_ms=300)
    assert (seen.status, seen.failure, seen.body) == (200, Failure.TIMEOUT, b"")


def test_a_body_cut_off_keeps_the_status() -> None:
    seen = got(say(b"HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nsuc"))
    assert (seen.status, seen.failure, seen.body) == (200, Failure.RESET, b"suc")


@pytest.mark.parametrize("leave", [reset, hang_up])
def test_a_connection_broken_before_the_answer_is_a_reset(
    leave: Callable[[socket.socket], None],
) -> None:
    seen = got(leave)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.RESET)


@pytest.mark.parametrize(
    "junk",
    [
        b"SSH-2.0-OpenSSH\r\n",
        b"\x16\x03\x01\x02\x00\x01\n",
        b"HTTP/1.1 hello\r\n\r\n",
        b"\0" * 70000,
    ],
)
def test_what_is_not_http_is_a_wrong_answer(junk: bytes) -> None:
    seen = got(say(junk))
    assert (seen.failed_phase, seen.failure) == ("http", Failure.WRONG_ANSWER)


def test_a_closed_port_is_refused() -> None:
    url = f"http://localhost:{closed_port()}/"
    seen = get_plain(network(), url, resolver=Resolver())
    assert (seen.failed_phase, seen.failure, seen.address) == ("tcp", Failure.REFUSED, HERE)


def test_a_deaf_port_is_a_timeout_at_the_deadline() -> None:
    with deaf_port() as port, within(2):
        url = f"http://localhost:{port}/"
        seen = get_plain(network(), url, deadline_ms=300, resolver=Resolver())
    assert (seen.failed_phase, seen.failure) == ("tcp", Failure.TIMEOUT)


def test_packets_are_counted_without_pure_acknowledgements() -> None:
    net = network()
    with tcp_server(say(NOTHING)) as port:
        get_plain(net, f"http://{HERE}:{port}/", resolver=Resolver())
    assert net.packets_sent == 3  # SYN, request, FIN


def test_another_scheme_is_a_defect() -> None:
    with pytest.raises(ValueError, match="not a plain HTTP address"):
        get_plain(network(), "https://localhost/", resolver=Resolver())
