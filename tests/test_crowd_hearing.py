"""Asking a feed: over real HTTPS on loopback, with what was kept, and through DNS."""

import base64
from dataclasses import replace

import pytest

from netcheck.agent import configuration
from netcheck.agent.configuration import ConfigurationError, read
from netcheck.agent.crowd_settings import feed_of
from netcheck.agent.targets import of_crowd
from netcheck.catalog import load
from netcheck.cli.targets import _as_json
from netcheck.crowd import txt
from netcheck.crowd.form import MOST_BYTES
from netcheck.crowd.hearing import Feed, hear
from netcheck.model.crowd import Unheard
from tests.collector import Collector, serving
from tests.feeds import KEY, NOW, ROOT, STATUS, file_of
from tests.loopback import authority, closed_port

AUTHORITY = authority()
NEWER = replace(STATUS, sequence=8, issued=NOW + 60, expires=NOW + 960)


@pytest.fixture(autouse=True)
def alone(tmp_path, monkeypatch):
    """A device with a state folder of its own, which trusts the tests' authority."""
    (tmp_path / "ca.pem").write_bytes(AUTHORITY.pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / "state"))
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def server(tmp_path):
    with serving(Collector(), AUTHORITY, tmp_path) as ready:
        ready.answers = [(200, {}, file_of())]
        yield ready


def feed(server: Collector, **more: str) -> Feed:
    return Feed(ROOT, "US", server.url.removesuffix("/report"), **more)


def heard(server, now=NOW, strings=None, *, may_fetch=True, **more):
    """(the sequence that is believed, why something was not used)."""
    word = hear(feed(server, **more), now, (strings or {}).get, may_fetch=may_fetch)
    return (word.status.sequence if word.status else None, word.ignored)


def test_a_file_is_fetched_and_says_nothing_of_who_asks(server):
    word = hear(feed(server), NOW, None, may_fetch=True)
    assert (word.status, word.ignored, word.age_s) == (STATUS, None, 30)
    (request,) = server.seen
    assert (request.path, request.body) == ("/US.jws", b"")
    assert request.headers == {
        "host": server.url.split("/")[2],
        "accept": "*/*",
        "accept-encoding": "identity",
        "user-agent": "netcheck",
        "connection": "close",
    }


def test_within_a_minute_it_is_not_asked_for_again(server):
    assert heard(server) == (7, None)
    server.answers = [(200, {}, file_of(NEWER))]
    assert heard(server, NOW + 59) == (7, None)
    assert len(server.seen) == 1
    assert heard(server, NOW + 60) == (8, None)


def test_what_was_kept_holds_until_it_expires(server):
    assert heard(server) == (7, None)
    server.answers = [(503, {}, b"")]
    assert heard(server, NOW + 800) == (7, Unheard.NO_ANSWER)
    assert heard(server, NOW + 871) == (None, Unheard.NO_ANSWER)


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ((200, {}, file_of().replace(b".", b"", 1)), Unheard.DAMAGED),
        ((200, {}, b"x" * (MOST_BYTES + 1)), Unheard.TOO_LARGE),
        ((200, {}, file_of(sequence=6)), Unheard.ROLLED_BACK),
        ((200, {}, file_of(country="CA", sequence=9)), Unheard.WRONG_COUNTRY),
        ((200, {}, file_of(expires=NOW + 70)), Unheard.EXPIRED),
        ((302, {"Location": "https://localhost/"}, b""), Unheard.REDIRECTED),
        ((404, {}, b""), Unheard.NO_ANSWER),
    ],
)
def test_a_bad_file_is_ignored_and_the_one_before_it_holds(server, answer, why):
    assert heard(server) == (7, None)
    server.answers = [answer]
    assert heard(server, NOW + 100) == (7, why)


def test_a_server_that_nobody_vouches_for_is_not_believed(server, tmp_path, monkeypatch):
    (tmp_path / "other.pem").write_bytes(authority().pem)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "other.pem"))
    assert heard(server) == (None, Unheard.UNTRUSTED)


def test_a_state_folder_that_cannot_be_written_costs_only_the_memory(server, tmp_path):
    (tmp_path / "state").write_text("a file where the folder would be")
    assert heard(server) == (7, None)
    assert heard(server, NOW + 100) == (7, None)


def test_where_https_does_not_pass_the_names_still_tell(server):
    strings = {"us.feed.example.net": txt.text(NEWER, KEY)}
    late = NOW + 900  # what was kept has expired
    assert heard(server, domain="feed.example.net") == (7, None)
    server.answers = [(503, {}, b"")]
    told = heard(server, late, strings, domain="feed.example.net")
    assert told == (8, Unheard.NO_ANSWER)
    earlier = {"us.feed.example.net": txt.text(replace(NEWER, sequence=7), KEY)}
    told = heard(server, late, earlier, domain="feed.example.net")
    assert told == (None, Unheard.NO_ANSWER)  # rolled back, and nothing else is there


def test_a_device_that_never_had_the_file_cannot_read_the_string(server):
    server.answers = [(503, {}, b"")]
    strings = {"us.feed.example.net": txt.text(NEWER, KEY)}
    assert heard(server, strings=strings, domain="feed.example.net") == (None, Unheard.NO_ANSWER)


def test_without_leave_to_fetch_only_what_was_kept_is_heard(server):
    assert heard(server, may_fetch=False) == (None, Unheard.NO_ANSWER)
    assert heard(server) == (7, None)
    assert heard(server, NOW + 100, may_fetch=False) == (7, None)
    assert len(server.seen) == 1


def test_nobody_there_is_no_complaint_of_the_network():
    nowhere = Feed(ROOT, "US", f"https://localhost:{closed_port()}/feed")
    assert hear(nowhere, NOW, None, may_fetch=True).ignored == Unheard.NO_ANSWER


# --- the settings ---

SET = f"""
[crowd]
url = "https://feed.example.net/status/"
root = "{base64.b64encode(ROOT).decode()}"
"""


@pytest.fixture
def settings_in(tmp_path, monkeypatch):
    monkeypatch.setattr(configuration, "distrust", lambda path: None)

    def given(text: str, policy: str = ""):
        (tmp_path / "config.toml").write_text(text)
        (tmp_path / "policy.toml").write_text(policy)
        return read(
            {}, environment={}, file=tmp_path / "config.toml", policy=tmp_path / "policy.toml"
        )

    return given


def test_a_feed_is_off_until_it_is_set(settings_in):
    assert feed_of(settings_in(""), load().carrier("verizon")) is None
    assert feed_of(settings_in(SET.replace("root", "#")), load().carrier("verizon")) is None
    assert feed_of(settings_in(SET), None) is None  # of which country?


@pytest.mark.parametrize(
    ("more", "country", "region"),
    [
        ("", "US", ""),
        ('country = "CA"', "CA", ""),
        ('region = "MX-JAL"', "MX", "MX-JAL"),
        ('region = "US-TX"\ndns = "feed.example.net"', "US", "US-TX"),
    ],
)
def test_the_country_is_that_of_the_settings_else_of_the_carrier(
    settings_in, more, country, region
):
    found = feed_of(settings_in(SET + more), load().carrier("verizon"))
    assert (found.root, found.country, found.region) == (ROOT, country, region)


def test_a_policy_sets_the_feed_and_says_what_it_overrules(settings_in):
    chosen = settings_in(SET, '[crowd]\nurl = "https://ours.example.net/"')
    assert chosen.crowd["url"] == "https://ours.example.net/"
    assert feed_of(chosen, load().carrier("verizon")).root == ROOT


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('url = "http://feed.example.net/"', "crowd.url: is the https:// address of a folder"),
        ('url = "https://feed.example.net/?a"', "crowd.url: is the https:// address of a folder"),
        ('url = "https://u:p@feed.example.net/"', "crowd.url: is the https:// address"),
        ('root = "short"', "crowd.root: is a key of 32 bytes, in base64"),
        ('country = "usa"', "crowd.country: is two capital letters, not 'usa'"),
        ('region = "Texas"', "crowd.region: is a region such as US-TX, not 'Texas'"),
        ('dns = "feed"', "crowd.dns: is a domain name in small letters, not 'feed'"),
        ("url = 1", "crowd.url: is "),
        ('key = "x"', "crowd.key: "),
    ],
)
def test_a_setting_that_does_not_fit_is_named(settings_in, line, said):
    with pytest.raises(ConfigurationError, match="crowd") as wrong:
        settings_in(f"[crowd]\n{line}\n")
    assert said in str(wrong.value)


def test_the_feed_s_host_is_a_target():
    row = _as_json(of_crowd("https://feed.example.net:8443/status/"))
    assert (row["host"], row["port"], row["protocol"]) == ("feed.example.net", 8443, "tcp")
