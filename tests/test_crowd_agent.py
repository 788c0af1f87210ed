"""The agent and its status feed: the check that hears it, a feed that hangs, and the shipped
command with a feed that was kept."""

import base64
import json
import sys
import time
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from netcheck.agent.crowd import Asking, CrowdBroke
from netcheck.catalog import load
from netcheck.checks import others_see_no_outage
from netcheck.checks.contract import Seen, Situation
from netcheck.cli.crowd import tell_if_unheard
from netcheck.cli.door import Door
from netcheck.crowd import hearing
from netcheck.crowd.hearing import Feed
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdWord, Unheard
from netcheck.model.observation import Observation
from netcheck.store import crowd_feed
from netcheck.store.crowd_feed import Kept
from netcheck.text import words
from tests.command import Ended, isolation, netcheck
from tests.feeds import KEY, NOW, ROOT, STATUS, file_of, vouched
from tests.loopback import authority, server_context, stay_silent, tcp_server, within

CATALOG = load()
CHECK = others_see_no_outage.CHECK


class Heard:
    """A feed that has spoken."""

    def __init__(self, word: CrowdWord | None) -> None:
        self._word = word

    def wait(self, timeout_s: float) -> CrowdWord | None:
        return self._word


def seen(word: CrowdWord | None, own: str | None = "att", called: str | None = None) -> dict:
    """What the check told of each carrier: its outcome, and the finding or what was unmet."""
    situation = SimpleNamespace(
        crowd=Heard(word),
        own=CATALOG.carrier(own) if own else None,
        called=CATALOG.carrier(called) if called else None,
        catalog=CATALOG,
        seen=Seen(),
    )
    told = {}
    for target in CHECK.targets(cast(Situation, situation)):
        found = CHECK.observe(target, cast(Situation, situation))
        situation.seen.add(
            Observation(CHECK.id, target, found.outcome, found.failure, found.facts, 0.0, 1.0)
        )
        told[target.operator] = (found.outcome.value, found.unmet)
    return told | {f.id: dict(f.params) for f in CHECK.read(cast(Situation, situation))}


def word(*entries: CrowdEntry, region: str = "") -> CrowdWord:
    return CrowdWord(replace(STATUS, entries=entries or STATUS.entries), None, NOW, region)


def test_an_outage_is_told_with_its_age():
    assert seen(word()) == {
        "att_us": ("failed", None),
        "crowd.outage": {"carrier": "AT&T", "seconds": 30, "minutes": 40},
    }


def test_of_two_carriers_each_is_heard_for_itself():
    assert seen(word(), "verizon", "att") == {
        "verizon_us": ("ok", None),
        "att_us": ("failed", None),
        "crowd.quiet": {"carrier": "Verizon", "seconds": 30, "minutes": None},
        "crowd-called.outage": {"seconds": 30, "minutes": 40},
    }


def test_a_guest_brand_is_told_of_itself_else_of_its_host():
    assert "crowd.outage" in seen(word(), "cricket")
    of_itself = word(*STATUS.entries, CrowdEntry("cricket_us", CrowdState.OK))
    assert "crowd.quiet" in seen(of_itself, "cricket")


def test_the_region_s_own_word_is_heard():
    assert "crowd.quiet" in seen(word(region="US-AK"))
    assert "crowd.outage" in seen(word(region="US-TX"))


@pytest.mark.parametrize(
    ("heard", "carrier", "unmet"),
    [
        (None, "att", "crowd.ignored.no-answer"),
        (CrowdWord(None, Unheard.EXPIRED, NOW), "att", "crowd.ignored.expired"),
        (word(), "tmobile_us", "crowd.not-told"),
    ],
)
def test_what_is_not_heard_is_skipped_and_never_a_failure(heard, carrier, unmet):
    id = CATALOG.carrier(carrier).id
    assert seen(heard, carrier) == {id: ("skipped", unmet)}


def test_why_nothing_was_heard_is_said_in_words():
    assert [why.value for why in Unheard if f"crowd.ignored.{why.value}" not in words()] == []
    assert "crowd.not-told" in words()


def test_without_a_feed_the_check_looks_at_nothing():
    situation = SimpleNamespace(crowd=None, own=CATALOG.carrier("att"), called=None)
    assert list(CHECK.targets(cast(Situation, situation))) == []


def test_a_server_that_hangs_is_waited_for_no_longer_than_the_check_lasts(tmp_path, monkeypatch):
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path))
    with tcp_server(stay_silent) as port:
        feed = Feed(ROOT, "US", f"https://127.0.0.1:{port}/feed")
        asking = Asking(feed, cast(Situation, SimpleNamespace()), may_fetch=True)
        with within(CHECK.spec.deadline_ms / 1000):
            asking.start()
            found = asking.wait(2.0)
    assert found is None or found.ignored == Unheard.NO_ANSWER


class Ear:
    """A door that only listens."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, id: str) -> None:
        self.said.append(words().say(id))


@pytest.mark.parametrize("why", [one for one in Unheard if one is not Unheard.NO_ANSWER])
def test_a_file_that_is_not_used_is_told_in_one_sentence(why):
    ear = Ear()
    tell_if_unheard(CrowdWord(None, why, NOW), cast(Door, ear))
    (said,) = ear.said
    assert said.startswith("The status feed was not used: ")


def test_a_watch_tells_it_once_until_it_is_another():
    ear, told = Ear(), None
    expired, damaged = Unheard.EXPIRED, Unheard.DAMAGED
    for why in (expired, expired, Unheard.NO_ANSWER, expired, damaged, None, damaged):
        told = tell_if_unheard(CrowdWord(None, why, NOW), cast(Door, ear), told)
    of = {why: words().say(f"crowd.ignored.{why.value}") for why in (expired, damaged)}
    assert ear.said == [of[expired], of[damaged], of[damaged]]


@pytest.mark.parametrize("heard", [None, word(), CrowdWord(None, Unheard.NO_ANSWER, NOW)])
def test_nothing_is_said_of_a_feed_that_was_heard_or_that_nobody_can_reach(heard):
    ear = Ear()
    tell_if_unheard(heard, cast(Door, ear))
    assert ear.said == []


def test_a_defect_of_ours_is_told_as_one_and_not_as_a_silent_feed(tmp_path, monkeypatch):
    monkeypatch.setattr(hearing, "hear", lambda *_, **__: 1 / 0)
    asking = Asking(Feed(ROOT, "US"), cast(Situation, SimpleNamespace()), may_fetch=True)
    asking.start()
    with pytest.raises(CrowdBroke, match="ZeroDivisionError"):
        asking.wait(2.0)
    assert asking.word is None


# --- the shipped command ---


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A device on which a feed is set that can't be reached, and was heard a moment ago."""
    config = tmp_path / ".config/netcheck"
    config.mkdir(parents=True)
    root = base64.b64encode(ROOT).decode()
    settings = f'[crowd]\nurl = "https://feed.example.net/status"\nroot = "{root}"\n'
    (config / "config.toml").write_text(settings)
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / ".local/state/netcheck"))
    return tmp_path


def keep(text: bytes) -> None:
    feed = Feed(ROOT, "US", "https://feed.example.net/status")
    crowd_feed.keep(feed.name, Kept(1, 7, time.time(), text.decode()))


def a_file_of_now(**more: object) -> bytes:
    now = int(time.time())
    return file_of(
        keys=vouched(KEY, until=now + 86_400).replace("\n", ""),
        issued=now - 5,
        expires=now + 895,
        **more,
    )


def test_a_run_hears_the_crowd_and_still_names_the_cable(home):
    keep(a_file_of_now())
    ended = netcheck(home, "run", "--carrier", "att", "--json", "--no-input")
    result = json.loads(ended.out)
    found = [f["id"] for f in result["findings"] if f["id"].startswith("crowd")]
    assert (result["verdict"]["side"], found) == ("local", ["crowd.outage"])
    assert ended.err == ""


_BESIDE_A_FEED = """
ip link set lo up
"$1" -c "$2" "$3" "$4" & feed=$!
for _ in $(seq 100); do [ -e "$3/listens" ] && break; sleep 0.05; done
shift 4
"$@"
code=$?
kill $feed
exit $code
"""
_FEED = """
import functools, http.server, pathlib, ssl, sys
folder, certificate = sys.argv[1:]
handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
server = http.server.ThreadingHTTPServer(("127.0.0.1", 8443), handler)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate)
server.socket = context.wrap_socket(server.socket, server_side=True)
pathlib.Path(folder, "listens").touch()
server.serve_forever()
"""


def beside_a_feed(home: Path, raw: bytes) -> Ended:
    """A run on a device without a cable, with a feed's server on its own loopback."""
    ours, folder = authority(), home / "feed"
    folder.mkdir()
    (folder / "US.jws").write_bytes(raw)
    server_context(home, ours)
    (certificate,) = home.glob("*.pem")
    (home / "ca.crt").write_bytes(ours.pem)
    config = home / ".config/netcheck/config.toml"
    set_to = "https://localhost:8443"
    config.write_text(config.read_text().replace("https://feed.example.net/status", set_to))
    script = [sys.executable, _FEED, str(folder), str(certificate)]
    within = [*isolation(), "bash", "-c", _BESIDE_A_FEED, "bash", *script]
    words = ("run", "--carrier", "att", "--json", "--no-input")
    return netcheck(home, *words, within=within, env={"SSL_CERT_FILE": str(home / "ca.crt")})


def test_a_run_fetches_the_feed_beside_its_checks(home):
    ended = beside_a_feed(home, a_file_of_now())
    result = json.loads(ended.out)
    (found,) = [f for f in result["findings"] if f["id"].startswith("crowd")]
    assert (found["id"], result["verdict"]["side"]) == ("crowd.outage", "local")
    assert (home / ".local/state/netcheck/crowd").is_dir()


def test_a_fetched_file_that_is_not_what_was_signed_is_told_in_one_sentence(home):
    ended = beside_a_feed(home, a_file_of_now().replace(b".", b"..", 1))
    result = json.loads(ended.out)
    assert [f["id"] for f in result["findings"] if f["id"].startswith("crowd")] == []
    assert "The status feed was not used: it is not what was signed." in ended.err.splitlines()


def test_a_kept_file_that_somebody_changed_is_not_heard(home):
    keep(a_file_of_now().replace(b".", b"..", 1))
    ended = netcheck(home, "run", "--carrier", "att", "--json", "--no-input")
    result = json.loads(ended.out)
    assert [f["id"] for f in result["findings"] if f["id"].startswith("crowd")] == []
    (seen,) = [o for o in result["observations"] if o["check"] == CHECK.id]
    assert (seen["outcome"], seen["unmet"]) == ("skipped", "crowd.ignored.no-answer")


def test_targets_lists_the_feed_only_where_one_is_set(home):
    def hosts() -> set[str]:
        told = netcheck(home, "targets", "--carrier", "att", "--json", alone=False).out
        return {row["host"] for row in json.loads(told)}

    assert "feed.example.net" in hosts()
    (home / ".config/netcheck/config.toml").unlink()
    assert "feed.example.net" not in hosts()
