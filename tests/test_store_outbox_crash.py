"""The outbox when a run dies at any moment, and when several write and send at once."""

import json
import os
import random
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import netcheck.store
from netcheck.store import outbox, sent_log

ROOT = str(Path(netcheck.store.__file__).parents[2])
KILLS = 200


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state folder of this test's own."""
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(tmp_path / "state"))
    return tmp_path / "state"


def python(code, *arguments, **more):
    """Another process that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-S", "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


WORKS = """
import sys
from netcheck.store import outbox, sent_log
outbox.MOST_REPORTS = 10**9
number = int(sys.argv[1]) * 100000
say = lambda *words: print(*words, flush=True)
say("ready")
while True:
    number += 1
    id = f"{number:032x}"
    report = outbox.Waiting(id, float(number), 0.0, 0, f'{{"number":"{id}"}}' * (1 + number % 50))
    outbox.put(report)
    say("put", id)
    if number % 3 == 0:
        entry = sent_log.Sent(id, float(number), "https://c/", report.body)
        sent_log.begin(entry)
        say("sent", id)
        sent_log.end(entry, "accepted")
        outbox.settle(report, 1.0, accepted=True)
        say("settled", id)
    elif number % 3 == 1:
        outbox.put_off(report, 5.0)
"""


def reports_said(lines, word):
    """The ids of whole lines: the last one may have been cut off."""
    return {line[-32:] for line in lines if re.fullmatch(f"{word} [0-9a-f]{{32}}", line)}


@pytest.mark.patient
def test_killed_at_two_hundred_moments_it_loses_nothing_and_doubles_nothing(state):
    """Whatever was acknowledged waits or was sent, whole; whatever was sent is in the log."""
    randomness = random.Random(20240222)
    put, settled, sent = set(), set(), set()
    moments = set()
    for kill in range(KILLS):
        process = python(WORKS, kill)
        assert process.stdout.readline() == "ready\n"
        time.sleep(randomness.uniform(0, 0.03))
        process.send_signal(signal.SIGKILL)
        lines = process.stdout.read().splitlines()
        process.stdout.close()
        process.wait(timeout=10)
        moments.add(len(lines))
        put |= reports_said(lines, "put")
        sent |= reports_said(lines, "sent")
        settled |= reports_said(lines, "settled")
        for name in (state / "outbox").glob("*.report"):  # keep the folder small
            if int(name.stem, 16) < (kill - 1) * 100000:
                put.discard(name.stem)
                name.unlink()
        waiting = {one.id: one for one in outbox.waiting()}
        for one in waiting.values():
            number = int(one.id, 16)
            assert one.body == f'{{"number":"{one.id}"}}' * (1 + number % 50)
        done = set(outbox.state().done)
        recent = {id for id in put if int(id, 16) >= (kill - 1) * 100000}
        logged = {one.id for one in sent_log.read()} if kill % 20 == 0 else set()
        gone = recent - set(waiting) - done - settled
        assert gone == set()
        if logged:
            assert sent <= logged
        assert not settled & set(waiting)
    assert len(moments) > 5  # the kills did fall at different moments
    assert min(len(put), len(settled), len(sent)) > 20
    assert {one.id for one in sent_log.read()} >= sent
    for one in sent_log.read():
        assert json.loads(one.body[: one.body.index("}") + 1]) == {"number": one.id}


PUTS_THE_SAME = """
import sys
from netcheck.store import outbox
print("ready", flush=True)
sys.stdin.readline()
taken = [outbox.put(outbox.Waiting(f"{n:032x}", float(n), 0.0, 0, "{}")) for n in range(30)]
print(sum(taken), flush=True)
"""


def test_runs_at_once_neither_lose_nor_double_a_report():
    writers = [python(PUTS_THE_SAME, stdin=subprocess.PIPE) for _ in range(4)]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 4
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    taken = [int(writer.communicate(timeout=60)[0]) for writer in writers]
    assert sum(taken) == 30
    assert len(outbox.waiting()) == 30
