"""`netcheck fleet serve` and `relay`, in processes of their own, on loopback."""

import asyncio
import gzip
import json
import os
import socket
import ssl
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netcheck.agent.report_settings import gateway_key
from netcheck.fleet.collector.app import GATEWAY_PATH
from netcheck.fleet.collector.gateway import BadKeyFile, Gateway, keys_in
from netcheck.fleet.collector.openapi import document
from netcheck.report import oblivious
from netcheck.report.delivery import Answer, Came, Way
from netcheck.report.sending import deliver
from netcheck.seal import receipt as receipts
from netcheck.wire.bhttp import BinaryResponse
from netcheck.wire.ohttp import RESPONSE_LABEL, decode_key_configs
from tests.command import netcheck
from tests.fleet_service import Many, body, service, stored
from tests.loopback import authority, server_context

pytestmark = pytest.mark.fleet
AUTHORITY = authority()


@pytest.fixture(scope="module")
def here(tmp_path_factory):
    return tmp_path_factory.mktemp("collector")


@pytest.fixture(scope="module")
def collector(here):
    """One for all tests that do not end it."""
    with service(here, "--most-per-source", "0") as ready:
        yield ready


def test_a_report_is_taken_and_taken_again_and_stored_once(collector):
    stored_before, twice_before = (
        collector.figure("reports_stored_total"),
        collector.figure("reports_twice_total"),
    )
    report = body()
    assert collector.told("POST", "/report", report) == (202, {"taken": 1})
    assert collector.told("POST", "/report", report) == (202, {"taken": 1})
    collector.wait_for("reports_twice_total", twice_before + 1)
    assert collector.figure("reports_stored_total") == stored_before + 1


@pytest.mark.parametrize("packing", ["identity", "gzip", "zstd"])
def test_a_batch_comes_packed_or_plain(collector, packing):
    _, lines = Many().lines(50)
    if packing == "gzip":
        lines = gzip.compress(lines)
    elif packing == "zstd":
        from backports import zstd

        lines = zstd.compress(lines)
    answer = collector.told("POST", "/reports", lines, Content_Encoding=packing)
    assert answer == (202, {"taken": 50})


def test_one_line_that_does_not_fit_refuses_the_batch_and_nothing_is_stored(collector):
    taken = collector.figure("reports_taken_total")
    collector.wait_for("reports_stored_total", taken - collector.figure("reports_twice_total"))
    stored_before = collector.figure("reports_stored_total")
    lines = [*(body() for _ in range(300)), body().replace(b'"US"', b'"us"')]
    assert collector.told("POST", "/reports", b"\n".join(lines)) == (
        400,
        {"error": "is not as it must be", "path": "region", "line": 301},
    )
    assert collector.figure("reports_taken_total") == taken
    assert collector.figure("spool_reports") == 0
    assert collector.figure("reports_stored_total") == stored_before


def test_unknown_ids_are_counted(collector):
    before = collector.figure("reports_unknown_ids_total")
    assert collector.told("POST", "/report", body(fault="never-heard-of"))[0] == 202
    assert collector.figure("reports_unknown_ids_total") == before + 1


@pytest.mark.parametrize(
    ("path", "sent", "headers", "status"),
    [
        ("/report", b"0" * 9000, {}, 413),
        ("/reports", b"\n".join([b"{}"] * 5001), {}, 413),
        ("/reports", gzip.compress(bytes(60 << 20)), {"Content_Encoding": "gzip"}, 413),
        ("/reports", b"x", {"Content_Encoding": "br"}, 415),
        ("/report", b"x", {"Content_Encoding": "gzip"}, 415),
        (GATEWAY_PATH, b"x", {}, 415),
        (GATEWAY_PATH, b"x" * 60, {"Content_Type": "message/ohttp-req"}, 400),
        ("/nowhere", b"", {}, 404),
    ],
)
def test_too_much_and_the_wrong_kind_are_refused(collector, path, sent, headers, status):
    assert collector.ask("POST", path, sent, **headers)[0] == status


def test_a_receipt_proves_that_these_bytes_came(collector):
    report = body()
    _, told = collector.told("POST", "/report?receipt=yes", report)
    (given_one,) = told["receipts"]
    receipt = receipts.decode(json.dumps(given_one).encode())
    key = bytes.fromhex(collector.told("GET", "/receipt-key")[1]["key"])
    assert receipts.is_genuine(receipt, report, key)
    assert not receipts.is_genuine(receipt, body(), key)
    assert not receipts.is_genuine(receipt, report, os.urandom(32))
    changed = receipts.decode(json.dumps(given_one | {"received": "2024-02-22T09:15Z"}).encode())
    assert not receipts.is_genuine(changed, report, key)


def test_a_batch_has_a_receipt_for_each(collector):
    ids, lines = Many().lines(3)
    _, told = collector.told("POST", "/reports?receipt=yes", lines)
    assert [one["report_id"] for one in told["receipts"]] == ids


def test_its_description_names_every_path_and_every_answer(collector):
    told = collector.told("GET", "/openapi.json")[1]
    assert told == json.loads(json.dumps(document()))
    for path, operations in told["paths"].items():
        for method in operations:
            status = collector.ask(method.upper(), path, b"")[0]
            assert str(status) in operations[method]["responses"], (method, path)


REFUSED = Draft202012Validator(document()["components"]["schemas"]["Refused"])
POSTS = [(path, one["post"]) for path, one in document()["paths"].items() if "post" in one]
NOISE = st.one_of(
    st.binary(max_size=200),
    st.binary(max_size=80).map(lambda raw: body()[:500] + raw),
    st.recursive(st.none() | st.text(), st.lists).map(lambda v: json.dumps(v).encode()),
    st.dictionaries(st.sampled_from(["schema", "report_id", "pad", "x"]), st.text()).map(
        lambda v: json.dumps(v).encode()
    ),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.sampled_from(POSTS),
    NOISE,
    st.sampled_from(["", "?receipt=yes", "?receipt=%00", "?a=b&a=c"]),
    st.sampled_from(["", "gzip", "zstd", "identity", "\xff", "gzip, gzip"]),
    st.booleans(),
)
def test_whatever_is_sent_has_an_answer_that_the_description_names(
    collector, post, noise, query, packing, right_kind
):
    path, told = post
    kind = next(iter(told["requestBody"]["content"])) if right_kind else "text/html"
    headers = {"Content_Type": kind} | ({"Content_Encoding": packing} if packing else {})
    status, _, answer = collector.ask("POST", path + query, noise, **headers)
    assert str(status) in told["responses"]
    if status >= 400:
        assert REFUSED.is_valid(json.loads(answer))
    assert collector.figure("defects_total") == 0


# --- oblivious ---


@pytest.fixture
def certificate(tmp_path, monkeypatch):
    """A file with a certificate for localhost and its key, which this device trusts."""
    folder = tmp_path / "certificate"
    folder.mkdir()
    server_context(folder, AUTHORITY)
    (file,) = folder.glob("*.pem")
    trusted = tmp_path / "ca.pem"
    trusted.write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
    return str(file)


def test_an_agents_report_goes_through_relay_and_gateway(collector, tmp_path, certificate):
    _, _, published = collector.ask("GET", GATEWAY_PATH)
    (key,) = decode_key_configs(published)
    gateway = f"http://127.0.0.1:{collector.port}{GATEWAY_PATH}"
    tls = ("--tls-cert", certificate, "--tls-key", certificate)
    before = collector.figure("reports_taken_total")
    trust = os.environ["SSL_CERT_FILE"]
    words = ("--gateway", gateway, *tls)
    with service(tmp_path, *words, verb="relay", SSL_CERT_FILE=trust) as relay:
        way = Way("https://collector.example/report", f"https://localhost:{relay.port}/", key)
        assert deliver(body(), way) == Answer(Came.ACCEPTED)
        assert deliver(b'{"schema":"x"}', way) == Answer(Came.REFUSED)
        wrong_key = gateway_key("BwAg" + "A" * 42 + "8ABAABAAE=") or key
        other = Way(way.collector, way.relay, wrong_key)
        assert deliver(body(), other).came in (Came.REFUSED, Came.ACCEPTED)
        plain_relay = ssl.create_default_context(cafile=trust)
        for kind, status in (("application/json", 415), ("message/ohttp-req", 400)):
            answer = _over_tls(relay.port, plain_relay, kind, b"x" * 50)
            assert answer.startswith(f"HTTP/1.1 {status}".encode())
    assert collector.figure("reports_taken_total") == before + 1


def _over_tls(port, context, kind, sent):
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        head = f"POST / HTTP/1.1\r\nHost: x\r\nContent-Type: {kind}\r\nConnection: close\r\n"
        line.sendall(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        answer = b""
        while part := line.recv(4096):
            answer += part
        return answer


def test_what_is_inside_is_answered_inside(collector):
    _, _, published = collector.ask("GET", GATEWAY_PATH)
    (key,) = decode_key_configs(published)
    for url, sent, status in (
        ("https://c.example/report", body(), 202),
        ("https://c.example/report?receipt=yes", body(), 202),
        ("https://c.example/report", b"{}", 400),
        ("https://c.example/elsewhere", body(), 404),
    ):
        sealed = oblivious.seal(sent, url, key, "application/json")
        outer, headers, answer = collector.ask(
            "POST", GATEWAY_PATH, sealed.message, Content_Type="message/ohttp-req"
        )
        assert (outer, headers["content-type"]) == (200, "message/ohttp-res")
        assert sealed.open(answer) == status
        assert sealed.request.open(answer[:-1], RESPONSE_LABEL) is None


def test_a_new_key_leaves_the_last_ones_good(tmp_path):
    file = tmp_path / "keys.json"
    first = keys_in(file)
    assert keys_in(file) == first
    second, third, fourth = (keys_in(file, rotate=True) for _ in range(3))
    assert fourth == (fourth[0], third[0], second[0])
    assert file.stat().st_mode & 0o777 == 0o600
    assert [_opens(fourth, one[0].config) for one in (fourth, third, second, first)] == [
        *(True, True, True),
        False,
    ]


def _opens(keys, config):
    async def answer(request):
        return BinaryResponse(202)

    sealed = oblivious.seal(b"x", "https://c.example/report", config, "application/json")
    answered = asyncio.run(Gateway(keys).answered(sealed.message, answer))
    return answered is not None and sealed.open(answered) == 202


def test_a_file_that_holds_no_keys_is_named(tmp_path):
    file = tmp_path / "keys.json"
    file.write_text('{"format": "netcheck-gateway-keys/1", "keys": [{"id": 1, "secret": "00"}]}')
    with pytest.raises(BadKeyFile):
        keys_in(file)


# --- who sends ---

CANARY = "canary-7f3a"


def test_nothing_of_a_sender_is_kept_or_said(tmp_path, certificate):
    sender = "127.0.0.77"
    tls = ("--tls-cert", certificate, "--tls-key", certificate)
    with service(tmp_path, *tls, "--most-per-source", "3") as ready:
        context = ssl.create_default_context(cafile=os.environ["SSL_CERT_FILE"])
        for sent in (body(), body(), b"{}", body(), body(), b"x" * 20_000):
            _from(sender, ready.port, context, sent)
        with socket.create_connection(("127.0.0.1", ready.port), source_address=(sender, 0)) as bad:
            bad.sendall(b"GET / HTTP/1.1\r\n\r\n")  # no TLS
            bad.recv(100)
        assert ready.end() == 143
        said = ready.said.read_bytes()
    (rows,) = stored(tmp_path, "SELECT toString(tuple(*)) FROM reports")
    assert len(rows) == 2
    needles = [sender.encode(), CANARY.encode(), socket.inet_aton(sender)]
    places = [said, json.dumps(rows).encode()]
    places += [file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()]
    assert [needle for needle in needles[:2] for place in places if needle in place] == []
    small = [place for place in places if len(place) < 100_000]
    assert [place for place in small if needles[2] in place] == []
    assert said.count(b"\n") == 2  # where it takes reports, and where it shows them


def _from(sender, port, context, sent):
    with (
        socket.create_connection(("127.0.0.1", port), 10, (sender, 0)) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as line,
    ):
        head = (
            f"POST /report?{CANARY} HTTP/1.1\r\nHost: {CANARY}\r\nUser-Agent: {CANARY}\r\n"
            f"X-Forwarded-For: {CANARY}\r\nCookie: {CANARY}\r\nConnection: close\r\n"
        )
        line.sendall(f"{head}Content-Length: {len(sent)}\r\n\r\n".encode() + sent)
        assert line.recv(100).startswith(b"HTTP/1.1 ")


def test_who_sends_too_much_is_told_when_to_come_again(tmp_path):
    with service(tmp_path, "--most-per-source", "3", "--behind-proxy") as ready:
        one, other = {"X_Forwarded_For": "6.6.6.6, 192.0.2.1"}, {"X_Forwarded_For": "192.0.2.2"}
        assert [ready.ask("POST", "/report", body(), **one)[0] for _ in range(3)] == [202] * 3
        status, headers, _ = ready.ask("POST", "/report", body(), **one)
        assert (status, 1 <= int(headers["retry-after"]) <= 60) == (429, True)
        assert ready.ask("POST", "/report", body(), **other)[0] == 202
        assert ready.ask("POST", "/reports", Many().lines(4)[1], **other)[0] == 413


# --- on the command line ---


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (
            ["--store", "mysql://x"],
            2,
            "The option --store can't be mysql://x: it is chdb:///FOLDER",
        ),
        (["--store", "http://127.0.0.1:9/x"], 1, "The store can't be used: nobody answers there"),
        (["--data", "/proc/nowhere"], 1, "The file /proc/nowhere can't be written:"),
        (["--listen", "0.0.0.0:0"], 2, "Without a certificate it answers only on this machine"),
        (["--listen", "everywhere"], 2, "The option --listen can't be everywhere: it is ADDRESS"),
        (["--tls-cert", "x.pem"], 2, "The options --tls-cert and --tls-key go together."),
        (["--tls-cert", "/nx", "--tls-key", "/nx"], 2, "The certificate or its key can't be used"),
        (["--drain"], 2, "The option --drain takes from a queue"),
        (["--queue", "http://x"], 2, "The option --queue can't be http://x: it is nats://"),
        (["--queue", "nats://127.0.0.1:9"], 1, "The store can't be used: the queue"),
        (["--keep-days", "0"], 2, "The option --keep-days can't be 0: it is a whole number"),
        (["--uncapped", "home"], 2, "The option --uncapped can't be home: it is a network"),
    ],
)
def test_what_is_wrong_is_said_in_a_sentence(tmp_path, words, code, said):
    ended = netcheck(tmp_path, "fleet", "serve", *words, alone=False)
    assert (ended.code, ended.out) == (code, "")
    assert ended.err.startswith(said) and ended.err.count("\n") == 1


def test_one_collector_a_folder_and_one_a_port(collector, here, tmp_path):
    data = ("--data", str(here / "data"), "--listen", "127.0.0.1:0")
    ended = netcheck(tmp_path, "fleet", "serve", *data, alone=False)
    assert (ended.code, ended.err.startswith("Another collector uses")) == (1, True)
    port = f"127.0.0.1:{collector.port}"
    ended = netcheck(tmp_path, "fleet", "serve", "--listen", port, alone=False)
    assert (ended.code, ended.err) == (1, f"It can't answer on {port}: address already in use.\n")


def test_without_the_extra_it_says_how_to_get_it(tmp_path):
    hidden = (
        "import importlib.util as util\n"
        "found = util.find_spec\n"
        "util.find_spec = lambda name, *more: None if name == 'uvicorn' else found(name, *more)\n"
    )
    (tmp_path / "sitecustomize.py").write_text(hidden)
    path = f"{tmp_path}:{Path(__file__).parent.parent}"
    ended = netcheck(tmp_path, "fleet", "serve", alone=False, env={"PYTHONPATH": path})
    assert (ended.code, "pip install 'netcheck-agent[fleet]'" in ended.err) == (1, True)


def test_a_relay_needs_a_gateway_that_it_can_trust(tmp_path):
    for words, said in (
        ([], "Where should it bring them?"),
        (["--gateway", "http://collector.example/"], "The option --gateway can't be http://"),
    ):
        ended = netcheck(tmp_path, "fleet", "relay", *words, alone=False)
        assert (ended.code, ended.err.startswith(said)) == (2, True)


def test_ended_politely_it_stores_what_it_took(tmp_path):
    with service(tmp_path, "--most-per-source", "0") as ready:
        began_s = time.monotonic()
        assert ready.told("POST", "/reports", Many().lines(2000)[1]) == (202, {"taken": 2000})
        assert ready.end() == 143
        assert time.monotonic() - began_s < 20
    assert stored(tmp_path, "SELECT count() FROM reports") == [[[2000]]]
    data = tmp_path / "data"
    assert {one.name for one in data.iterdir()} == {
        *("gateway-keys.json", "lock", "receipt-key", "spool", "store", "tmp", "watch.json")
    }
    assert list((data / "tmp").iterdir()) == []
    assert list((data / "spool").iterdir())[1:] == []


def test_a_crash_leaves_no_batch_behind_in_a_temporary_file(tmp_path):
    left = tmp_path / "data" / "tmp" / "batch"
    left.parent.mkdir(parents=True)
    left.write_bytes(body())
    with service(tmp_path) as ready:
        assert ready.told("POST", "/report", body())[0] == 202
        ready.wait_for("reports_stored_total", 1)
    assert list(left.parent.iterdir()) == []
