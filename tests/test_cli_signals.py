"""Ctrl-C and SIGTERM, at any moment: what is known is told, and never a traceback."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netcheck.cli import STOPPED
from netcheck.text import words
from tests.command import behind_a_dead_router, environment

pytestmark = pytest.mark.patient

# The byte says that our code has begun. The interpreter's own start, some ten milliseconds in which
# it answers a signal in its own way, and the loading of one small file lie before it.
TELLING = "import os; from netcheck.cli import main; os.write({}, b'.'); main()"
MOMENTS = 24
RUN_MS = 1400  # the run behind a dead router lasts longer: every moment is within it


def interrupted(
    home: Path, after_s: float, signum: int, *words: str, **env: str
) -> subprocess.CompletedProcess[bytes]:
    """Start a run behind a dead router, and signal it so long after its first line."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [*behind_a_dead_router(), sys.executable, "-c", TELLING.format(write_end), *words],
        env=environment(home, **env),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        pass_fds=[write_end],
    )
    os.close(write_end)
    assert os.read(read_end, 1) == b"."
    os.close(read_end)
    time.sleep(after_s)
    process.send_signal(signum)
    out, err = process.communicate(timeout=30)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def moments_s() -> list[float]:
    """Spread over the start, where most happens, and the rest of the run; new ones every time."""
    start = [random.uniform(0.001, 0.15) for _ in range(MOMENTS // 2)]
    later = [random.uniform(0.15, RUN_MS / 1000) for _ in range(MOMENTS - len(start))]
    return start + later


@pytest.mark.parametrize(
    ("signum", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["SIGINT", "SIGTERM"]
)
def test_a_signal_at_any_moment_ends_with_what_is_known(
    tmp_path: Path, signum: signal.Signals, code: int
) -> None:
    told = 0
    for after_s in moments_s():
        done = interrupted(tmp_path, after_s, signum, "--carrier", "att", "--json")
        seen = (after_s, done.returncode, done.stderr)
        if done.stdout:
            result = json.loads(done.stdout)
            assert result["interrupted"] is True, seen
            assert seen == (after_s, code, b"")
            told += 1
        else:
            assert seen == (after_s, code, STOPPED)
    assert told >= MOMENTS // 4  # the late ones


def test_a_person_reads_that_it_was_stopped_early(tmp_path: Path) -> None:
    done = interrupted(tmp_path, 1.0, signal.SIGINT, "--carrier", "att")
    assert (done.returncode, done.stderr) == (130, b"")
    assert "  Stopped early: this is what we know so far.\n" in done.stdout.decode()


def test_a_monitor_gets_its_own_code_even_then(tmp_path: Path) -> None:
    done = interrupted(tmp_path, 1.0, signal.SIGTERM, "--format", "nagios")
    assert done.returncode in (1, 2, 3)
    assert done.stdout.startswith(b"NETCHECK ")


def test_what_was_known_is_kept_for_explain(tmp_path: Path) -> None:
    interrupted(tmp_path, 1.0, signal.SIGINT, "--carrier", "att")
    kept = (tmp_path / ".local/state/netcheck/last.json").read_text(encoding="utf-8")
    assert json.loads(kept)["interrupted"] is True


def test_asking_twice_ends_it_at_once(tmp_path: Path) -> None:
    """The answer goes to somebody who does not read, so the first Ctrl-C cannot deliver it."""
    read_end, write_end = os.pipe()
    process = subprocess.Popen(
        [*behind_a_dead_router(), sys.executable, "-c", CLOGGED],
        env=environment(tmp_path),
        stdout=write_end,
        stderr=subprocess.PIPE,
    )
    os.close(write_end)
    time.sleep(1.5)
    process.send_signal(signal.SIGINT)
    time.sleep(0.5)
    assert process.poll() is None
    process.send_signal(signal.SIGINT)
    begun = time.monotonic()
    assert process.wait(timeout=30) == 130
    assert time.monotonic() - begun < 1
    assert process.stderr is not None
    assert process.stderr.read() == b""
    process.stderr.close()
    os.close(read_end)


CLOGGED = """
import os, sys
os.set_blocking(1, False)
try:
    while True:
        os.write(1, b"." * 4096)
except BlockingIOError:
    os.set_blocking(1, True)
sys.argv = ["netcheck", "--carrier", "att"]
from netcheck.cli import main
main()
"""


def test_an_ignored_signal_stays_ignored(tmp_path: Path) -> None:
    """A shell starts background jobs with SIGINT ignored."""
    ignoring = 'trap "" INT; exec "$@"'
    process = subprocess.Popen(
        [
            *behind_a_dead_router(),
            *("sh", "-c", ignoring, "sh"),
            *(sys.executable, "-c", "from netcheck.cli import main; main()"),
            *("--carrier", "att", "--budget", "1.2"),
        ],
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    time.sleep(0.6)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert process.returncode in (0, 10, 11, 14)
    assert (b"Stopped early" in out, err) == (False, b"")


def test_the_earliest_words_are_those_of_the_text_room() -> None:
    assert words().say("interrupted") + "\n" == STOPPED.decode()
