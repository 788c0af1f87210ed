"""A sign-in server asked over real TLS on loopback: what it says, and each way it says nothing."""

import pytest

from netcheck.model.outcome import Failure
from netcheck.probe.portal_api import PortalAnswer, ask_state
from netcheck.wire.capport import PortalState, PortalUri
from tests.loopback import (
    HERE,
    authority,
    closed_port,
    flood,
    network,
    over_tls,
    say,
    server_context,
    stay_silent,
    tcp_server,
    trusting,
    within,
)


@pytest.fixture(scope="module")
def ca():
    return authority()


@pytest.fixture(scope="module")
def trust(ca):
    return trusting(ca)


def page(body, status="200 OK", media_type="application/captive+json"):
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def asked(handle, trust, deadline_ms=2000):
    with tcp_server(handle) as port:
        uri = PortalUri("localhost", port, "/api")
        return ask_state(network(), [HERE], uri, deadline_ms=deadline_ms, trust=trust)


def test_its_word_comes_back_read(ca, trust, tmp_path):
    good = over_tls(server_context(tmp_path, ca), say(page(b'{"captive": true}')))
    answer = asked(good, trust)
    assert answer.state == PortalState(True, False, False, None, None, None)
    assert (answer.status, answer.failure, answer.failed_phase) == (200, None, None)
    assert answer.delay_ms is not None


def test_it_is_asked_for_its_own_media_type_and_nothing_of_ours_is_told(ca, trust, tmp_path):
    got = []

    def handle(secure):
        got.append(secure.recv(4096))
        secure.sendall(page(b'{"captive": false}'))

    asked(over_tls(server_context(tmp_path, ca), handle), trust)
    lines = got[0].decode().split("\r\n")
    assert lines[0] == "GET /api HTTP/1.1"
    assert "Accept: application/captive+json" in lines
    assert not [line for line in lines if line.lower().startswith(("cookie", "authorization"))]


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (page(b"<html>sign in</html>", media_type="text/html"), 200),
        (page(b'{"captive": false}', status="302 Found"), 302),
        (page(b'{"captive": false, "x": "' + 5000 * b"a" + b'"}'), 200),
        (page(b""), 200),
    ],
)
def test_what_is_no_answer_of_its_kind_is_a_wrong_one(ca, trust, tmp_path, sent, status):
    answer = asked(over_tls(server_context(tmp_path, ca), say(sent)), trust)
    assert (answer.state, answer.status) == (None, status)
    assert (answer.failure, answer.failed_phase) == (Failure.WRONG_ANSWER, "http")


def test_a_server_that_cannot_prove_its_name_is_not_listened_to(trust, tmp_path):
    stranger = server_context(tmp_path, authority("Somebody"))
    answer = asked(over_tls(stranger, say(page(b'{"captive": false}'))), trust)
    assert (answer.state, answer.failure, answer.failed_phase) == (
        None,
        Failure.CERTIFICATE,
        "tls",
    )
    assert answer.verify_error is not None


def test_a_silent_server_ends_at_the_deadline(trust):
    with within(1.5):
        answer = asked(stay_silent, trust, deadline_ms=600)
    assert (answer.failure, answer.failed_phase) == (Failure.TIMEOUT, "tls")


def test_an_answer_without_end_is_read_no_further_than_allowed(ca, trust, tmp_path):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/captive+json\r\n\r\n"
    endless = over_tls(server_context(tmp_path, ca), flood(head + 9000 * b"["))
    with within(2.5):
        answer = asked(endless, trust)
    assert (answer.state, answer.failure) == (None, Failure.WRONG_ANSWER)


def test_nobody_there_says_so(trust):
    uri = PortalUri("localhost", closed_port(), "/api")
    answer = ask_state(network(), [HERE], uri, deadline_ms=1000, trust=trust)
    assert answer == PortalAnswer(failure=Failure.REFUSED, failed_phase="tcp")
