"""A report on its way: to a real HTTPS server on loopback, and through a relay and a gateway."""

import socket
import threading
from contextlib import contextmanager, suppress
from dataclasses import replace

import pytest

from netcheck.report import sending
from netcheck.report.delivery import Answer, Came, Way
from netcheck.report.sending import deliver, lacking
from netcheck.wire import ohttp
from tests.collector import Collector, Gateway, serving
from tests.loopback import (
    authority,
    closed_port,
    server_context,
    stay_silent,
    tcp_server,
    within,
)

BODY = b'{"schema":"netcheck.report/1","pad":"' + b"0" * 985 + b'"}'
AUTHORITY = authority()


@pytest.fixture(autouse=True)
def trusting(tmp_path, monkeypatch):
    """This device trusts the tests' authority, and knows no proxy."""
    file = tmp_path / "ca.pem"
    file.write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(file))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def collector(tmp_path):
    with serving(Collector(), AUTHORITY, tmp_path) as ready:
        yield ready


def sent(collector, *answers):
    collector.answers = list(answers) or collector.answers
    return deliver(BODY, Way(collector.url))


def test_the_collector_gets_exactly_the_bytes_and_nothing_that_names_anybody(collector):
    assert sent(collector) == Answer(Came.ACCEPTED)
    (request,) = collector.seen
    assert (request.path, request.body) == ("/report", BODY)
    host = collector.url.removeprefix("https://").removesuffix("/report")
    assert request.headers == {
        "host": host,
        "content-type": "application/json",
        "content-length": str(len(BODY)),
        "user-agent": "netcheck",
        "accept": "*/*",
        "accept-encoding": "identity",
        "connection": "close",
    }


def test_a_netrc_adds_no_name_and_no_password(collector, tmp_path, monkeypatch):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine localhost login alice password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    assert sent(collector).came is Came.ACCEPTED
    assert "authorization" not in collector.seen[0].headers


@pytest.mark.parametrize(
    ("status", "came"),
    [
        (200, Came.ACCEPTED),
        (204, Came.ACCEPTED),
        (409, Came.ACCEPTED),
        (400, Came.REFUSED),
        (404, Came.REFUSED),
        (413, Came.REFUSED),
        (429, Came.BUSY),
        (500, Came.BUSY),
        (503, Came.BUSY),
    ],
)
def test_what_an_answer_means(collector, status, came):
    assert sent(collector, (status, {}, b"")) == Answer(came)


def test_a_collector_says_when_to_come_again(collector):
    assert sent(collector, (503, {"Retry-After": "120"}, b"")) == Answer(Came.BUSY, 120.0)
    assert sent(collector, (503, {"Retry-After": "soon"}, b"")) == Answer(Came.BUSY)


def test_a_redirect_is_not_followed(collector, tmp_path):
    with serving(Collector(), AUTHORITY, tmp_path) as other:
        assert sent(collector, (307, {"Location": other.url}, b"")).came is Came.REDIRECTED
        assert other.seen == []
    assert len(collector.seen) == 1


SERVED_NOT_ENDED = b"HTTP/1.1 202 Accepted\r\nContent-Length: 99\r\n\r\n{"
BROKEN_CHUNKS = b"HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"


def over_tls(folder, said, host="localhost"):
    """A server of the tests' authority that says those bytes once it was asked, and hangs up."""
    context = server_context(folder, AUTHORITY, host=host)

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as inside:
            asked = b""
            while BODY[-9:] not in asked and (more := inside.recv(65536)):
                asked += more
            said(inside)

    return tcp_server(handle)


@pytest.mark.parametrize("raw", [SERVED_NOT_ENDED, BROKEN_CHUNKS])
def test_what_was_taken_is_taken_however_the_answer_ends(tmp_path, raw):
    with over_tls(tmp_path, lambda inside: inside.sendall(raw)) as port:
        assert deliver(BODY, Way(f"https://localhost:{port}/")) == Answer(Came.ACCEPTED)


def test_what_was_taken_is_taken_though_its_answer_never_ends(tmp_path):
    def drip(inside):
        inside.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 99999\r\n\r\n")
        stay_silent(inside)

    with over_tls(tmp_path, drip) as port, within(5):
        assert deliver(BODY, Way(f"https://localhost:{port}/")) == Answer(Came.ACCEPTED)


@pytest.mark.parametrize("raw", [SERVED_NOT_ENDED.replace(b"202", b"200"), BROKEN_CHUNKS])
def test_a_relays_answer_that_breaks_off_is_no_answer_and_no_defect(tmp_path, raw, capfd):
    context = server_context(tmp_path, AUTHORITY)

    def handle(connection):
        with context.wrap_socket(connection, server_side=True) as inside:
            inside.recv(65536)
            inside.sendall(raw.replace(b"202", b"200"))

    with tcp_server(handle) as port:
        way = Way("https://c.example/", f"https://localhost:{port}/", Gateway().config)
        assert deliver(BODY, way).came in (Came.NO_WAY, Came.NOT_OBLIVIOUS)
    assert "Traceback" not in capfd.readouterr().err


@pytest.mark.parametrize(
    "raw", [b"", b"\0\xff nonsense\r\n\r\n", b"HTTP/1.1 999999 x\r\n" + b"a" * 99]
)
def test_what_speaks_no_http_has_not_taken_it(tmp_path, raw):
    with over_tls(tmp_path, lambda inside: inside.sendall(raw)) as port:
        assert deliver(BODY, Way(f"https://localhost:{port}/")).came is Came.NO_WAY


def test_a_defect_of_our_own_is_not_taken_for_a_slow_network(monkeypatch):
    def broken(*_):
        raise RuntimeError("a defect")

    monkeypatch.setattr(sending, "_deliver", broken)
    with pytest.raises(RuntimeError, match="a defect"):
        deliver(BODY, Way("https://c.example/"))


def test_a_certificate_for_another_name_is_not_trusted(tmp_path):
    """The authority is trusted; the name that was asked for is not in the certificate."""
    heard = []
    with over_tls(tmp_path, lambda _: heard.append(1), host="another.example") as port:
        assert deliver(BODY, Way(f"https://localhost:{port}/")).came is Came.UNTRUSTED
    assert heard == []


@contextmanager
def tunnel():
    """A proxy that connects whoever asks to that port of loopback, and keeps what it was asked."""
    asked = []

    def handle(connection):
        asked.append(connection.recv(4096))
        port = int(asked[-1].split()[1].rpartition(b":")[2])
        with socket.create_connection(("127.0.0.1", port), 5) as beyond:
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            back = threading.Thread(target=pump, args=(beyond, connection), daemon=True)
            back.start()
            pump(connection, beyond)

    def pump(source, sink):
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
            sink.shutdown(socket.SHUT_WR)

    with tcp_server(handle) as port:
        yield f"http://127.0.0.1:{port}", asked


def test_through_a_proxy_the_collector_is_trusted_by_the_same_rules(
    collector, tmp_path, monkeypatch
):
    with (
        tunnel() as (proxy, asked),
        serving(Collector(), authority("Another CA"), tmp_path) as stranger,
    ):
        monkeypatch.setenv("https_proxy", proxy)
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        assert deliver(BODY, Way(collector.url)).came is Came.ACCEPTED
        assert deliver(BODY, Way(stranger.url)).came is Came.UNTRUSTED
        assert (collector.seen[0].body, stranger.seen) == (BODY, [])
    assert len(asked) == 2


def test_a_certificate_of_a_stranger_is_not_trusted(tmp_path):
    with serving(Collector(), authority("Another CA"), tmp_path) as stranger:
        assert deliver(BODY, Way(stranger.url)).came is Came.UNTRUSTED
        assert stranger.seen == []


def test_the_variables_of_other_programs_do_not_add_trust(tmp_path, monkeypatch):
    other = authority("Another CA")
    file = tmp_path / "other.pem"
    file.write_bytes(other.pem)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(file))
    monkeypatch.setenv("CURL_CA_BUNDLE", str(file))
    with serving(Collector(), other, tmp_path) as stranger:
        assert deliver(BODY, Way(stranger.url)).came is Came.UNTRUSTED


def test_no_certificates_at_all_is_this_devices_own_trouble(collector, tmp_path, monkeypatch):
    empty = tmp_path / "empty.pem"
    empty.write_text("")
    monkeypatch.setenv("SSL_CERT_FILE", str(empty))
    assert sent(collector).came is Came.NO_TRUST


def test_nobody_there():
    assert deliver(BODY, Way(f"https://localhost:{closed_port()}/")).came is Came.NO_WAY


def test_a_name_that_does_not_exist(monkeypatch):
    def nobody_knows(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody_knows)  # no question leaves this machine
    assert deliver(BODY, Way("https://collector.invalid/")).came is Came.NO_WAY


def test_a_silent_server_holds_nobody_for_longer_than_the_deadline():
    with tcp_server(stay_silent) as port, within(2):
        answer = deliver(BODY, Way(f"https://localhost:{port}/"), deadline_s=0.5)
    assert answer == Answer(Came.TIMEOUT)


def test_a_server_that_accepts_and_says_nothing_ends_by_itself(monkeypatch):
    monkeypatch.setattr(sending, "CONNECT_S", 0.3)
    with tcp_server(stay_silent) as port, within(5):
        assert deliver(BODY, Way(f"https://localhost:{port}/")).came is Came.TIMEOUT


# --- obliviously ---


@pytest.mark.parametrize("aead", [1, 2, 3])
def test_through_a_relay_the_gateway_reads_what_the_relay_cannot(collector, aead):
    gateway = Gateway(aead)
    collector.answers = [(200, {"Content-Type": ohttp.RESPONSE_TYPE}, gateway)]
    way = Way("https://collector.example/in?v=1", collector.url, gateway.config)
    assert deliver(BODY, way) == Answer(Came.ACCEPTED)
    (request,) = collector.seen
    assert request.headers["content-type"] == "message/ohttp-req"
    assert b"netcheck.report" not in request.body
    assert b"collector.example" not in request.body
    (opened,) = gateway.opened
    assert (opened.method, opened.scheme) == ("POST", "https")
    assert (opened.authority, opened.path) == ("collector.example", "/in?v=1")
    assert opened.fields == (("content-type", "application/json"),)
    assert opened.content == BODY


def test_the_collectors_no_comes_through_the_seal(collector):
    gateway = Gateway(status=400)
    collector.answers = [(200, {}, gateway)]
    way = Way("https://collector.example/", collector.url, gateway.config)
    assert deliver(BODY, way).came is Came.REFUSED


@pytest.mark.parametrize("forged", [b"", b"202 Accepted", b"\0" * 60])
def test_a_relay_cannot_answer_in_the_gateways_name(collector, forged):
    collector.answers = [(200, {}, forged)]
    way = Way("https://collector.example/", collector.url, Gateway().config)
    assert deliver(BODY, way).came is Came.NOT_OBLIVIOUS


def test_an_answer_to_another_request_is_none(collector):
    gateway = Gateway()
    kept = []

    def replayed(request):
        kept.append(gateway(request))
        return kept[0]

    collector.answers = [(200, {}, replayed)]
    way = Way("https://collector.example/", collector.url, gateway.config)
    assert deliver(BODY, way).came is Came.ACCEPTED
    assert deliver(BODY, way).came is Came.NOT_OBLIVIOUS


def test_without_a_relay_it_waits_and_never_goes_plain(collector):
    key = Gateway().config
    assert deliver(BODY, Way(collector.url, None, key)).came is Came.NO_RELAY
    assert deliver(BODY, Way(collector.url, collector.url, None)).came is Came.NO_KEY
    assert collector.seen == []


def test_a_relay_that_is_down_is_not_gone_around(collector):
    way = Way(collector.url, f"https://localhost:{closed_port()}/", Gateway().config)
    assert deliver(BODY, way).came is Came.NO_WAY
    assert collector.seen == []


def test_what_is_lacking_is_told_before_anything_is_sent(monkeypatch):
    key = Gateway().config
    assert lacking(Way()) is Came.NO_COLLECTOR
    assert lacking(Way("https://c/")) is None
    assert lacking(Way("https://c/", "https://r/", key)) is None
    assert lacking(Way("https://c/", "https://r/", replace(key, kem=0x10))) is Came.NO_KEY
    monkeypatch.setitem(__import__("sys").modules, "pyhpke", None)
    assert lacking(Way("https://c/", "https://r/", key)) is Came.NO_SEAL


def test_a_proxy_of_the_environment_is_used(collector, monkeypatch):
    """CONNECT is seen by the proxy, and nothing but the host's name and port."""
    asked = []

    def proxy(connection):
        asked.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")

    with tcp_server(proxy) as port:
        monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{port}")
        assert deliver(BODY, Way("https://collector.invalid/x")).came is Came.NO_WAY
    assert asked[0].startswith(b"CONNECT collector.invalid:443 HTTP/1.")
    assert b"/x" not in asked[0]
