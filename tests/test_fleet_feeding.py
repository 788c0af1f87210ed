"""A collector that writes the status feed itself, heard as an agent hears it."""

import time
from pathlib import Path

import pytest

from netcheck.crowd.verifying import Mark, verified
from netcheck.seal import envelope
from tests.command import netcheck
from tests.fleet_service import PATIENCE_S, Many, service

pytestmark = pytest.mark.fleet


def keys(home: Path) -> bytes:
    """A root, an online key, and the one's word on the other. The root's public key."""
    root, online = home / "root", home / "online"
    vouched = ("--root-key", str(root), "--public-key", f"{online}.pub")
    for words in (("new", str(root)), ("new", str(online)), ("sign", str(home / "keys"), *vouched)):
        assert netcheck(home, "fleet", "keys", *words, alone=False).code == 0
    return envelope.read("netcheck-feed-key/1", (home / "root.pub").read_text())


def asked(home: Path, *, key: str = "online") -> list[str]:
    signing = ["--feed-keys", str(home / "keys"), "--signing-key", str(home / key)]
    return ["--feed-folder", str(home / "feed"), *signing]


def test_a_collector_writes_files_that_agents_believe(tmp_path: Path) -> None:
    root = keys(tmp_path)
    (tmp_path / "feed").mkdir()
    written = tmp_path / "feed" / "US.jws"
    well = Many(
        time=time.strftime("%Y-%m-%dT%H:%MZ", time.gmtime(time.time() // 300 * 300)),
        side="none",
        fault=None,
        severity="ok",
        phone_service=None,
        findings=("control-epdg.answers", "own-epdg.answers", "phone-service.home"),
    )
    data = tmp_path / "collector"
    with service(data, "--most-per-source", "0") as before:  # the next finds them at its begin
        assert before.told("POST", "/reports", well.lines(40)[1]) == (202, {"taken": 40})
        before.wait_for("reports_stored_total", 40)
        assert before.end() == 143
    with service(data, *asked(tmp_path)) as collector:
        until = time.monotonic() + PATIENCE_S
        while not written.exists():
            assert time.monotonic() < until, collector.told("GET", "/health")
            time.sleep(0.05)
        status = verified(written.read_bytes(), root, "US", time.time(), Mark()).status
        assert [(one.carrier, one.state) for one in status.entries] == [("att_us", "ok")]
        assert [collector.figure(f"{part}_up") for part in ("watch", "page", "feed")] == [1, 1, 1]
        nothing_wrong = {"watch": None, "page": None, "feed": None}
        assert collector.told("GET", "/health")[1]["beside"] == nothing_wrong


def test_a_feed_that_nobody_would_believe_does_not_begin(tmp_path: Path) -> None:
    keys(tmp_path)
    feed = tmp_path / "feed"

    def refused(*words: str) -> str:
        ended = netcheck(tmp_path, "fleet", "serve", *words, alone=False)
        assert ended.code == 2
        return ended.err

    assert "there is no such folder" in refused(*asked(tmp_path))
    feed.mkdir()
    assert "No agent would believe this key" in refused(*asked(tmp_path, key="root"))
    assert "The option --feed-keys is needed" in refused("--feed-folder", str(feed))
    queue = ("--queue", "nats://127.0.0.1:1")
    assert "give --feed-folder to the one with --drain" in refused(*queue, *asked(tmp_path))
