"""The state on disk when a run dies at any moment, and when several runs write at once."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

import netcheck.store
from netcheck.store import StoreUnavailable, history, last
from netcheck.store.write import append_line, read_lines

ROOT = str(Path(netcheck.store.__file__).parents[2])
KILLS, KILLS_OF_HISTORY = 60, 200


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state folder of this test's own."""
    folder = tmp_path / "state" / "netcheck"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(folder))
    return folder


def python(code, *arguments, **more):
    """Another process that runs `code`."""
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        env={**os.environ, "PYTHONPATH": ROOT},
        stdout=subprocess.PIPE,
        text=True,
        **more,
    )


def kill_at_a_random_moment(process, randomness):
    """Waits for the first sign of life, then kills -9 within the next 15 ms."""
    assert process.stdout.readline() == "writing\n"
    time.sleep(randomness.uniform(0, 0.015))
    process.send_signal(signal.SIGKILL)
    process.stdout.close()
    process.wait(timeout=10)


WRITES_WHOLES = """
import sys
from netcheck.store import last
number = int(sys.argv[1]) * 100000
print("writing", flush=True)
while True:
    number += 1
    last.save((str(number) + ";") * (1 + number % 40000))
"""


def test_killed_while_replacing_a_reader_sees_the_old_whole_or_the_new_whole():
    randomness = random.Random(20240222)
    wholes = set()
    last.save("0;")
    for kill in range(KILLS):
        kill_at_a_random_moment(python(WRITES_WHOLES, kill), randomness)
        text = last.load()
        number = int(text.split(";")[0])
        expected = f"{number};" * (1 if number == 0 else 1 + number % 40000)
        assert text == expected
        wholes.add(number)
    assert len(wholes) > KILLS / 2  # the kills did fall among writes


APPENDS_LINES = """
import sys
from netcheck.store import history
history.PART_BYTES, history.MOST_PARTS = 60_000, 3
number = int(sys.argv[1]) * 100000
print("writing", flush=True)
while True:
    number += 1
    history.append({"run": number, "filler": str(number) * (number * 7919 % 3000)})
"""


def test_killed_while_appending_every_line_read_is_whole(state):
    randomness = random.Random(20220708)
    newest = set()
    for kill in range(KILLS_OF_HISTORY):
        kill_at_a_random_moment(python(APPENDS_LINES, kill), randomness)
        runs = history.read()
        for run in runs:
            assert run["filler"] == str(run["run"]) * (run["run"] * 7919 % 3000)
        numbers = [run["run"] for run in runs]
        assert numbers == sorted(set(numbers))
        assert len(numbers) == sum(len(read_lines(part)) for part in history.parts())
        newest.add(max(numbers, default=0))
    assert len(newest) > KILLS_OF_HISTORY / 2
    history.append({"run": 10**9})
    assert history.read()[-1]["run"] == 10**9


WRITES_AND_DIES_HALFWAY = """
import os, sys
from pathlib import Path
from netcheck.store.write import append_line, write_whole
write, calls = os.write, []
def dying(descriptor, raw):
    write(descriptor, raw[: len(raw) // 2])
    os.fsync(descriptor)
    os.kill(os.getpid(), 9)
os.write = dying
path = Path(sys.argv[2])
if sys.argv[1] == "whole":
    write_whole(path, "new" * 1000)
append_line(path, '{"run":2}', most_lines=9)
"""


def test_dying_exactly_halfway_through_the_bytes_leaves_the_old(state):
    last.save("old")
    history.append({"run": 1})
    for kind, name in (("whole", "last.json"), ("line", "history.ndjson")):
        process = python(WRITES_AND_DIES_HALFWAY, kind, state / name)
        process.communicate(timeout=10)
        assert process.returncode == -signal.SIGKILL
    assert last.load() == "old"
    assert [run["run"] for run in history.read()] == [1]
    assert (state / "history.ndjson").read_bytes().endswith(b'}\n{"run')
    history.append({"run": 3})
    assert [run["run"] for run in history.read()] == [1, 3]


APPENDS_A_HUNDRED = """
import sys
from netcheck.store import history
print("ready", flush=True)
sys.stdin.readline()
for number in range(100):
    history.append({"writer": sys.argv[1], "run": number})
"""


def test_runs_at_once_all_keep_their_lines():
    writers = [python(APPENDS_A_HUNDRED, name, stdin=subprocess.PIPE) for name in "abcd"]
    assert [writer.stdout.readline() for writer in writers] == ["ready\n"] * 4
    for writer in writers:
        writer.stdin.write("go\n")
        writer.stdin.flush()
    for writer in writers:
        writer.communicate(timeout=60)
    assert [writer.returncode for writer in writers] == [0, 0, 0, 0]
    kept = history.read()
    assert len(kept) == 400
    for name in "abcd":
        assert [run["run"] for run in kept if run["writer"] == name] == list(range(100))


def test_threads_at_once_keep_theirs_as_well():
    def write(name):
        for number in range(20):
            history.append({"writer": name, "run": number})

    threads = [threading.Thread(target=write, args=(name,)) for name in "ab"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(history.read()) == 40


HOLDS_THE_LOCK = """
import sys, time
from pathlib import Path
from netcheck.store.lock import locked
with locked(Path(sys.argv[1])):
    print("writing", flush=True)
    time.sleep(60)
"""


def test_a_run_that_never_ends_does_not_hold_another_for_ever(state):
    history.append({"run": 1})
    path = state / "history.ndjson"
    holder = python(HOLDS_THE_LOCK, path)
    assert holder.stdout.readline() == "writing\n"
    start = time.monotonic()
    with pytest.raises(StoreUnavailable, match="another run is writing"):
        append_line(path, "{}", most_lines=9, wait_s=0.2)
    assert 0.2 <= time.monotonic() - start < 2
    assert [run["run"] for run in history.read()] == [1]
    holder.send_signal(signal.SIGKILL)
    holder.stdout.close()
    holder.wait(timeout=10)
    append_line(path, '{"run":2}', most_lines=9, wait_s=0.2)
    assert [run["run"] for run in history.read()] == [1, 2]
