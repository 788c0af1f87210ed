"""The whole receiving side at once, as whoever tries it first sees it."""

import re
import signal
import subprocess
import urllib.request
from pathlib import Path

import pytest

from tests.command import COMMAND, PATIENCE_S, environment, isolation, netcheck

pytestmark = pytest.mark.fleet

WITH_LOOPBACK = ("sh", "-c", 'ip link set lo up && exec "$@"', "sh")


def test_a_thousand_devices_report_an_outage_and_the_page_tells_of_it(tmp_path: Path) -> None:
    page, temporary = tmp_path / "page.html", tmp_path / "tmp"
    temporary.mkdir()
    within = [*isolation(), *WITH_LOOPBACK]
    env = {"TMPDIR": str(temporary)}
    words = ("fleet", "demo", "--once", "--output", str(page))
    ended = netcheck(tmp_path, *words, within=within, env=env)
    assert ended.code == 0, ended.err
    sent = re.search(r"Reports sent: (\d+)\. Taken: (\d+)\. Stored: (\d+)\.", ended.out)
    assert sent
    assert int(sent[1]) > 3000
    assert len({sent[1], sent[2], sent[3]}) == 1
    assert re.search(r"Found: AT&T is down for its own customers, since \d\d:\d\d UTC;", ended.out)
    late = re.search(r"found (\d+) minutes later", ended.out)
    assert late
    assert 0 < int(late[1]) <= 15
    assert "Verizon" not in ended.out
    assert "<h1>AT&amp;T: many phones have no service</h1>" in page.read_text(encoding="ascii")
    assert list(temporary.iterdir()) == []  # nothing is left behind


def test_it_goes_on_until_it_is_ended_and_leaves_nothing(tmp_path: Path) -> None:
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    process = subprocess.Popen(
        [*COMMAND, "fleet", "demo", "--output", str(tmp_path / "page.html")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment(tmp_path, TMPDIR=str(temporary)),
    )
    try:
        assert process.stderr is not None
        shown = next(line for line in process.stderr if line.startswith(b"See it at "))
        address = shown.split()[3].decode()
        with urllib.request.urlopen(f"{address}/carrier/att_us", timeout=PATIENCE_S) as answer:
            assert "AT&amp;T" in answer.read().decode()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 128 + signal.SIGTERM
    finally:
        process.kill()
        process.wait()
    assert list(temporary.iterdir()) == []
