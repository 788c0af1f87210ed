"""HTTPS phases against real TLS servers on loopback, each good or bad in one way."""

import os
import socket
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from netcheck.model.observation import Family
from netcheck.model.outcome import Failure
from netcheck.probe.https import HttpsPhases, VerifyError, fetch, verify_error_of
from netcheck.probe.network import Deadline
from netcheck.probe.resolve import Resolver
from netcheck.probe.tcp import connect, in_turn, race
from netcheck.probe.trust import EmptyTrust, context
from netcheck.wire.certificate import read_certificate
from tests.loopback import (
    HERE,
    HERE6,
    Authority,
    authority,
    closed_port,
    deaf_port,
    flood,
    hang_up,
    network,
    over_tls,
    reset,
    say,
    server_context,
    stay_silent,
    tcp_server,
    trickle,
    trusting,
    within,
)

POST_QUANTUM = ssl.OPENSSL_VERSION_INFO >= (3, 5)  # its hello takes two segments
HEAD = b"HTTP/1.1 200 OK\r\nDate: Thu, 22 Feb 2024 09:00:00 GMT\r\nContent-Length: 99\r\n\r\n"


@pytest.fixture(scope="module")
def ca() -> Authority:
    """The authority this device trusts."""
    return authority()


@pytest.fixture(scope="module")
def trust(ca: Authority) -> ssl.SSLContext:
    """What a device that trusts `ca` verifies with."""
    return trusting(ca)


def fetched(
    handle: Callable[[socket.socket], None], trust: ssl.SSLContext, deadline_ms: float = 3000
) -> HttpsPhases:
    """The phases of a fetch from a server that behaves so."""
    with tcp_server(handle) as port:
        return fetch(
            network(), Resolver(), "localhost", port=port, deadline_ms=deadline_ms, trust=trust
        )


def test_a_good_server_shows_every_phase(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    seen = fetched(over_tls(server_context(tmp_path, ca), say(HEAD)), trust)
    assert (seen.failed_phase, seen.failure, seen.status) == (None, None, 200)
    assert seen.date == "Thu, 22 Feb 2024 09:00:00 GMT"
    assert (seen.address, seen.family, seen.fell_back) == (HERE, Family.IPV4, False)
    assert (seen.tls_version, seen.issuer) == ("TLSv1.3", "Loopback CA, Tests")
    assert seen.verify_error is None
    assert None not in (seen.dns_ms, seen.tcp_ms, seen.tls_ms, seen.http_ms)
    assert seen.not_before is not None and seen.not_after is not None
    assert seen.not_before < seen.not_after


def test_an_older_tls_version_is_named(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    older = server_context(tmp_path, ca, newest=ssl.TLSVersion.TLSv1_2)
    assert fetched(over_tls(older, say(HEAD)), trust).tls_version == "TLSv1.2"


def test_the_request_is_one_head_without_the_body(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    got: list[bytes] = []

    def handle(secure: socket.socket) -> None:
        got.append(secure.recv(4096))
        secure.sendall(HEAD)

    fetched(over_tls(server_context(tmp_path, ca), handle), trust)
    assert got[0].startswith(b"HEAD / HTTP/1.1\r\nHost: localhost\r\nUser-Agent: netcheck/")


@pytest.mark.parametrize(
    ("starts_in_days", "ends_in_days", "reason"),
    [(-9, -2, VerifyError.EXPIRED), (3, 9, VerifyError.NOT_YET_VALID)],
)
@pytest.mark.parametrize("newest", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_certificate_outside_its_time_says_so_and_when(
    ca: Authority,
    trust: ssl.SSLContext,
    tmp_path: Path,
    starts_in_days: int,
    ends_in_days: int,
    reason: VerifyError,
    newest: ssl.TLSVersion,
) -> None:
    server = server_context(
        tmp_path, ca, starts_in_days=starts_in_days, ends_in_days=ends_in_days, newest=newest
    )
    seen = fetched(over_tls(server, say(HEAD)), trust)
    assert (seen.failed_phase, seen.failure) == ("tls", Failure.CERTIFICATE)
    assert seen.verify_error == reason
    assert seen.issuer == "Loopback CA, Tests"
    assert seen.not_before is not None and seen.not_before.endswith("Z")
    assert (seen.status, seen.tls_ms, seen.tls_version) == (None, None, None)


def test_a_self_signed_certificate_is_named_with_its_issuer(
    trust: ssl.SSLContext, tmp_path: Path
) -> None:
    seen = fetched(over_tls(server_context(tmp_path, None), say(HEAD)), trust)
    assert (seen.failure, seen.verify_error) == (Failure.CERTIFICATE, VerifyError.SELF_SIGNED)
    assert seen.issuer == "localhost, Tests"


def test_an_unknown_issuer_is_named(trust: ssl.SSLContext, tmp_path: Path) -> None:
    box = authority("Middle Box CA")
    seen = fetched(over_tls(server_context(tmp_path, box), say(HEAD)), trust)
    assert (seen.failure, seen.verify_error) == (Failure.CERTIFICATE, VerifyError.UNKNOWN_ISSUER)
    assert seen.issuer == "Middle Box CA, Tests"


def test_a_certificate_of_another_name_is_told_from_the_rest(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    server = server_context(tmp_path, ca, host="login.portal.example")
    seen = fetched(over_tls(server, say(HEAD)), trust)
    assert (seen.failure, seen.verify_error) == (Failure.CERTIFICATE, VerifyError.WRONG_NAME)


def test_plain_text_on_the_tls_port_is_a_tls_failure(trust: ssl.SSLContext) -> None:
    seen = fetched(say(b"HTTP/1.1 302 Found\r\nLocation: http://portal/\r\n\r\n"), trust)
    assert (seen.failed_phase, seen.failure) == ("tls", Failure.TLS)


def test_a_server_that_accepts_and_never_speaks_ends_at_the_deadline(
    trust: ssl.SSLContext,
) -> None:
    with within(2):
        seen = fetched(stay_silent, trust, deadline_ms=300)
    assert (seen.failed_phase, seen.failure) == ("tls", Failure.TIMEOUT)
    assert seen.tcp_ms is not None


def test_a_trickled_handshake_ends_at_the_deadline(trust: ssl.SSLContext) -> None:
    record = b"\x16\x03\x03\x40\x00" + bytes(200)
    with within(2):
        seen = fetched(trickle(record), trust, deadline_ms=300)
    assert (seen.failed_phase, seen.failure) == ("tls", Failure.TIMEOUT)


def test_a_trickled_answer_ends_at_the_deadline(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    with within(2):
        seen = fetched(
            over_tls(server_context(tmp_path, ca), trickle(HEAD * 9)), trust, deadline_ms=400
        )
    assert (seen.failed_phase, seen.failure) == ("http", Failure.TIMEOUT)


def test_an_answer_without_an_end_ends_at_the_deadline(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    endless = over_tls(server_context(tmp_path, ca), flood(b"HTTP/1.1 100 Continue\r\n\r\n"))
    with within(2):
        seen = fetched(endless, trust, deadline_ms=400)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.TIMEOUT)


def test_a_server_silent_after_the_handshake_is_a_stall_of_http(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    with within(2):
        seen = fetched(over_tls(server_context(tmp_path, ca), stay_silent), trust, deadline_ms=400)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.TIMEOUT)
    assert seen.tls_ms is not None


@pytest.mark.parametrize("leave", [reset, hang_up])
def test_a_connection_broken_in_the_handshake_is_a_reset(
    leave: Callable[[socket.socket], None], trust: ssl.SSLContext
) -> None:
    seen = fetched(leave, trust)
    assert (seen.failed_phase, seen.failure) == ("tls", Failure.RESET)


def test_a_connection_broken_before_the_answer_is_a_reset(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    seen = fetched(over_tls(server_context(tmp_path, ca), hang_up), trust)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.RESET)


def test_an_answer_that_is_not_http_is_wrong(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    seen = fetched(over_tls(server_context(tmp_path, ca), say(b"SSH-2.0-x\r\n\r\n")), trust)
    assert (seen.failed_phase, seen.failure) == ("http", Failure.WRONG_ANSWER)


def test_a_closed_port_is_refused(trust: ssl.SSLContext) -> None:
    seen = fetch(network(), Resolver(), "localhost", port=closed_port(), trust=trust)
    assert (seen.failed_phase, seen.failure, seen.address) == ("tcp", Failure.REFUSED, HERE)


def test_a_deaf_port_is_a_timeout_at_the_deadline(trust: ssl.SSLContext) -> None:
    with deaf_port() as port, within(2):
        seen = fetch(network(), Resolver(), "localhost", port=port, deadline_ms=300, trust=trust)
    assert (seen.failed_phase, seen.failure) == ("tcp", Failure.TIMEOUT)


def test_one_silent_server_does_not_hold_up_the_others(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    good = over_tls(server_context(tmp_path, ca), say(HEAD))
    with tcp_server(stay_silent) as silent, tcp_server(good) as port:
        net, resolver = network(), Resolver()
        slow = threading.Thread(
            target=fetch,
            args=(net, resolver, "localhost"),
            kwargs={"port": silent, "trust": trust, "deadline_ms": 2000},
            daemon=True,
        )
        slow.start()
        with within(1.0):
            seen = fetch(net, resolver, "localhost", port=port, trust=trust)
    assert seen.status == 200


def test_packets_are_counted_without_pure_acknowledgements(
    ca: Authority, trust: ssl.SSLContext, tmp_path: Path
) -> None:
    net = network()
    with tcp_server(over_tls(server_context(tmp_path, ca), say(HEAD))) as port:
        fetch(net, Resolver(), "localhost", port=port, trust=trust)
    # SYN, hello (two segments where it carries a post-quantum key), finished, request, FIN
    assert net.packets_sent == (6 if POST_QUANTUM else 5)


def test_nothing_is_counted_after_the_other_side_s_reset(trust: ssl.SSLContext) -> None:
    net = network()
    with tcp_server(reset) as port:
        fetch(net, Resolver(), "localhost", port=port, trust=trust)
    assert net.packets_sent == (3 if POST_QUANTUM else 2)  # SYN, hello: no FIN


def test_the_first_address_that_accepts_wins_over_a_deaf_one() -> None:
    with tcp_server(stay_silent) as port, deaf_port("127.0.0.2", port), within(1.5):
        won = race(network(), ("127.0.0.2", HERE), port, Deadline.in_ms(2000))
    assert won.socket is not None
    won.socket.close()
    assert (won.address, won.fell_back, won.failure) == (HERE, True, None)
    assert won.delay_ms is not None and won.delay_ms < 250


def test_a_refused_address_is_passed_over_at_once() -> None:
    with tcp_server(hang_up) as port, within(0.6):  # waiting for each would take 0.75 s
        won = race(network(), (HERE6, "127.0.0.2", HERE6, HERE), port, Deadline.in_ms(2000))
    assert won.socket is not None
    won.socket.close()
    assert (won.address, won.family, won.fell_back) == (HERE, Family.IPV4, True)


def test_the_clearest_failure_is_told_when_no_address_accepts() -> None:
    with deaf_port("127.0.0.2") as port:
        net = network()
        lost = race(net, ("127.0.0.2", HERE), port, Deadline.in_ms(500))
    assert (lost.socket, lost.failure, lost.delay_ms) == (None, Failure.REFUSED, None)
    assert net.packets_sent == 2


def test_a_connection_over_ipv6_names_its_family() -> None:
    with tcp_server(hang_up, HERE6) as port:
        won = connect(network(), HERE6, port, Deadline.in_ms(1000))
    assert won.socket is not None
    won.socket.close()
    assert (won.family, won.fell_back) == (Family.IPV6, False)


def test_addresses_alternate_with_ipv6_first() -> None:
    assert in_turn(("127.0.0.1", "127.0.0.2", "127.0.0.3", "::1")) == (
        "::1",
        "127.0.0.1",
        "127.0.0.2",
        "127.0.0.3",
    )


def test_ipv6_addresses_without_a_route_are_left_out() -> None:
    unroutable = "fe80::1%does-not-exist"
    assert in_turn(("127.0.0.1", unroutable)) == ("127.0.0.1",)
    assert in_turn((unroutable,)) == (unroutable,)


class Foreign(ssl.SSLCertVerificationError):
    """A verification error as another system words it."""

    def __init__(self, code: int) -> None:
        super().__init__("untrusted")
        self.verify_code = code


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (0x800B0101, VerifyError.EXPIRED),
        (0x800B0101 - (1 << 32), VerifyError.EXPIRED),
        (0x800B0109, VerifyError.UNKNOWN_ISSUER),
        (-67602, VerifyError.WRONG_NAME),
        (-67818, VerifyError.EXPIRED),
        (23, VerifyError.OTHER),
    ],
)
def test_the_words_of_other_systems_are_understood(code: int, reason: VerifyError) -> None:
    assert verify_error_of(Foreign(code)) is reason


def test_the_system_store_is_loaded_once() -> None:
    assert context() is context()
    assert context().verify_mode is ssl.CERT_REQUIRED
    assert context().check_hostname is True


def test_a_named_file_is_trusted(
    ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    file.write_bytes(ca.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    seen = fetched(over_tls(server_context(tmp_path, ca), say(HEAD)), context())
    assert (seen.failure, seen.status) == (None, 200)


@pytest.mark.parametrize("content", [b"", b"no certificate", None])
def test_an_empty_store_is_said_and_never_taken_for_interception(
    content: bytes | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "ca.pem"
    if content is not None:
        file.write_bytes(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    with pytest.raises(EmptyTrust, match=str(file)):
        context()


def test_a_file_of_server_certificates_only_is_an_empty_store(
    ca: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server_context(tmp_path, ca)
    (file,) = tmp_path.glob("*.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    monkeypatch.setenv("SSL_CERT_DIR", os.devnull)
    with pytest.raises(EmptyTrust):
        context()


def test_a_certificate_is_read_without_being_believed(ca: Authority) -> None:
    der = ssl.PEM_cert_to_DER_cert(ca.pem.decode())
    read = read_certificate(der)
    assert read is not None
    assert (read.issuer, read.subject) == ("Loopback CA, Tests", "Loopback CA, Tests")


@settings(max_examples=400, deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8), st.integers(0, 400))
def test_no_bytes_make_the_certificate_reader_crash(at: int, new: bytes, length: int) -> None:
    der = ssl.PEM_cert_to_DER_cert(FUZZED.pem.decode())
    damaged = (der[:at] + new + der[at + len(new) :])[:length]
    read = read_certificate(damaged)
    assert read is None or all(letter.isprintable() for letter in read.issuer or "")


FUZZED = authority("Fuzzed CA")
