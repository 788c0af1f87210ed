"""One question over TLS to a server on loopback: what it says, and where it breaks."""

import socket
from collections.abc import Callable
from pathlib import Path

import dns.message
import dns.rcode
import dns.rrset
import pytest

from netcheck.model.outcome import Failure
from netcheck.probe import trust
from netcheck.probe.dns_tls import EncryptedAnswer, ask_over_tls
from netcheck.probe.https import VerifyError
from netcheck.probe.trust import DNS_OVER_TLS, context, without_trust
from tests.loopback import (
    HERE,
    authority,
    closed_port,
    deaf_port,
    hang_up,
    network,
    over_tls,
    server_context,
    stay_silent,
    tcp_server,
    within,
)

NAME = "www.example.org"


@pytest.fixture
def issuer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """An authority that this process trusts."""
    ours = authority()
    (tmp_path / "root.pem").write_bytes(ours.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "root.pem"))
    monkeypatch.setattr(trust, "_contexts", {})
    return ours


def answering(twist: Callable[[dns.message.Message], bytes]) -> Callable[[socket.socket], None]:
    def handle(connection: socket.socket) -> None:
        length = int.from_bytes(connection.recv(2), "big")
        reply = twist(dns.message.from_wire(connection.recv(length)))
        connection.sendall(len(reply).to_bytes(2, "big") + reply)

    return handle


def address_of(question: dns.message.Message) -> bytes:
    answer = dns.message.make_response(question)
    answer.answer.append(dns.rrset.from_text(f"{NAME}.", 60, "IN", "A", "192.0.2.7"))
    return answer.to_wire()


def servfail(question: dns.message.Message) -> bytes:
    answer = dns.message.make_response(question)
    answer.set_rcode(dns.rcode.SERVFAIL)
    return answer.to_wire()


def asked(port: int, *, own_name: str | None = "localhost", strict: bool = True) -> EncryptedAnswer:
    kind = context if strict else without_trust
    with within(2.5):
        return ask_over_tls(
            network(),
            HERE,
            NAME,
            port=port,
            own_name=own_name,
            deadline_ms=1200,
            trust=kind(DNS_OVER_TLS),
        )


def test_an_answer_comes_with_the_time_of_each_phase(tmp_path, issuer):
    with tcp_server(over_tls(server_context(tmp_path, issuer), answering(address_of))) as port:
        said = asked(port)
    assert (said.answer.addresses, said.answer.failure) == (("192.0.2.7",), None)
    assert (said.failed_phase, said.verify_error) == (None, None)
    assert None not in (said.tcp_ms, said.tls_ms, said.answer.delay_ms)


def test_it_says_inside_the_handshake_that_it_speaks_dns(tmp_path, issuer):
    heard = []

    def handle(connection):
        heard.append(connection.selected_alpn_protocol())
        answering(address_of)(connection)

    server = server_context(tmp_path, issuer)
    server.set_alpn_protocols(["dot"])
    with tcp_server(over_tls(server, handle)) as port:
        asked(port)
    assert heard == ["dot"]


@pytest.mark.parametrize(
    ("own_name", "strict", "failure", "reason"),
    [
        ("localhost", True, None, None),
        ("dns.example", True, Failure.CERTIFICATE, VerifyError.WRONG_NAME),
        (None, True, Failure.CERTIFICATE, VerifyError.OTHER),  # by its address, which is not in it
        ("dns.example", False, None, None),
        (None, False, None, None),
    ],
)
def test_only_who_insists_looks_at_the_certificate(
    tmp_path, issuer, own_name, strict, failure, reason
):
    with tcp_server(over_tls(server_context(tmp_path, issuer), answering(address_of))) as port:
        said = asked(port, own_name=own_name, strict=strict)
    assert said.answer.failure == failure
    assert said.failed_phase == ("tls" if failure else None)
    if own_name is not None:
        assert said.verify_error == reason


def test_a_stranger_s_certificate_does_not_do(tmp_path, issuer):
    with tcp_server(over_tls(server_context(tmp_path, None), answering(address_of))) as port:
        said = asked(port)
    assert (said.answer.failure, said.verify_error) == (
        Failure.CERTIFICATE,
        VerifyError.SELF_SIGNED,
    )


def test_a_closed_port_and_one_that_is_shut(issuer):
    refused = asked(closed_port())
    with deaf_port() as port:
        silent = asked(port)
    assert [(one.answer.failure, one.failed_phase) for one in (refused, silent)] == [
        (Failure.REFUSED, "tcp"),
        (Failure.TIMEOUT, "tcp"),
    ]


def test_a_server_that_takes_the_connection_and_says_nothing(issuer):
    with tcp_server(stay_silent) as port:
        said = asked(port)
    assert (said.answer.failure, said.failed_phase) == (Failure.TIMEOUT, "tls")


@pytest.mark.parametrize(
    ("handle", "failure"),
    [
        (hang_up, Failure.RESET),
        (answering(servfail), Failure.SERVFAIL),
        (answering(lambda question: b"\0" * 40), Failure.WRONG_ANSWER),
        (stay_silent, Failure.TIMEOUT),
    ],
)
def test_what_breaks_inside_is_told_apart(tmp_path, issuer, handle, failure):
    with tcp_server(over_tls(server_context(tmp_path, issuer), handle)) as port:
        said = asked(port)
    assert (said.answer.failure, said.failed_phase) == (failure, "dns")
