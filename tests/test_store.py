"""The state on disk: whole whenever a run dies, shared by runs at once, and optional."""

import contextlib
import json
import os
import random
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs
import pytest

from netcheck.model.history import Entry, chained, outages, stretches
from netcheck.store import StoreUnavailable, choices, history, last, paths
from netcheck.store.choices import CarrierAnswer
from netcheck.store.lock import locked
from netcheck.store.write import append_line, read_lines, read_whole, write_whole


@pytest.fixture(autouse=True)
def state(tmp_path, monkeypatch):
    """A state folder of this test's own; it does not exist yet, as before a first run."""
    folder = tmp_path / "state" / "netcheck"
    monkeypatch.setenv("NETCHECK_STATE_DIR", str(folder))
    return folder


@pytest.fixture
def not_writable(state):
    """A state folder below a file: not even root can make it."""
    state.parent.mkdir()
    state.write_text("a file where the folder should be")
    return state


def test_nothing_is_there_before_the_first_run(state):
    assert last.load() is None
    assert history.read() == ()
    assert choices.kept_carrier() is None
    assert not state.exists()


def test_the_last_result_comes_back_as_it_was():
    last.save('{"headline": "Grüße"}\n')
    last.save('{"headline": "Ça va"}\n')
    assert last.load() == '{"headline": "Ça va"}\n'


def bodies():
    """The entries that are read, without their digests."""
    return [{key: value for key, value in run.items() if key != "chain"} for run in history.read()]


def test_each_entry_is_chained_to_all_before_it_across_parts(state, monkeypatch):
    monkeypatch.setattr(history, "PART_BYTES", 300)
    for run in range(12):
        history.append({"run": run, "findings": ["gateway.answers"] if run else []})
    before = ""
    for entry in history.read():
        body = {key: value for key, value in entry.items() if key != "chain"}
        assert entry["chain"] == chained(before, body)
        before = entry["chain"]
    assert len(history.parts()) > 2


YEAR = 365 * 24 * 4  # looks


def test_a_year_of_a_look_each_quarter_of_an_hour_fits_and_opens_at_once(state):
    """Its lines are written as `append` would, which reads a whole part for each: too slow here."""
    state.mkdir(parents=True)
    began, chain, lines, part = datetime(2025, 11, 25, tzinfo=UTC), "", [], 0
    for number in range(YEAR):
        at = (began + timedelta(minutes=15 * number)).strftime("%Y-%m-%dT%H:%M:%SZ")
        bad = number % 400 < 8
        body = {"at": at, "run": f"{number:016x}", "side": "isp" if bad else "none",
                "severity": "down" if bad else "ok", "confidence": 0.9,
                "findings": [f"thing-{n}.state" for n in range(45)]}  # fmt: skip
        chain = chained(chain, body)
        kept = {**body, "same": True} if lines else body
        lines.append(json.dumps({**_bare(kept), "chain": chain}, separators=(",", ":")))
        if sum(map(len, lines[-1:])) * len(lines) > history.PART_BYTES:
            part += 1
            (state / f"history-{part:06}.ndjson").write_text("\n".join(lines) + "\n")
            lines = []
    (state / "history.ndjson").write_text("\n".join(lines) + "\n")
    assert part < history.MOST_PARTS
    start_s = time.perf_counter()
    found = outages(history.entries())
    assert time.perf_counter() - start_s < 1  # a fifth of a second on a quiet machine
    assert len(found) == YEAR // 400 + 1


def _bare(body):
    return {k: v for k, v in body.items() if not (body.get("same") and k == "findings")}


def test_what_was_found_is_written_once_while_it_stays_the_same(state):
    for run in range(3):
        history.append({"run": run, "findings": ["gateway.answers"] * 50})
    assert (state / "history.ndjson").read_text().count("gateway.answers") == 50
    assert [len(run["findings"]) for run in history.read()] == [50, 50, 50]


def test_a_quick_read_of_a_history_says_the_same_of_outages_as_a_whole_one(state):
    began = datetime(2026, 11, 25, tzinfo=UTC)
    dice = random.Random(7)
    looks, severity = [], "ok"
    for number in range(400):
        if dice.random() < 0.15:
            severity = dice.choice(["ok", "ok", "down", "degraded"])
        at = began + timedelta(minutes=15 * number + (600 if number > 200 else 0))
        side = "none" if severity == "ok" else "isp"
        looks.append(Entry(at, side, "provider-dead", severity, 0.9))
        history.append(
            {
                "at": at.strftime("%Y-%m-%dT%H:%M:%SZ"), "side": side, "fault": "provider-dead",
                "severity": severity, "confidence": 0.9, "findings": [str(number % 3)],
            }
        )  # fmt: skip
    quick = history.entries()
    assert outages(quick) == outages(looks)
    assert stretches(quick) == stretches(looks)
    assert len(quick) < len(looks)


def test_history_keeps_the_order_of_the_runs():
    for run in range(5):
        history.append({"run": run, "words": "line\nbreak"})
    assert [entry["run"] for entry in history.read()] == [0, 1, 2, 3, 4]
    assert [entry["run"] for entry in history.read(most=2)] == [3, 4]
    assert history.read(most=0) == ()
    assert history.read()[0]["words"] == "line\nbreak"


def test_history_is_bounded_and_loses_the_oldest(state, monkeypatch):
    monkeypatch.setattr(history, "PART_BYTES", 200)
    monkeypatch.setattr(history, "MOST_PARTS", 3)
    for run in range(25):
        history.append({"run": run})
    runs = [entry["run"] for entry in history.read()]
    assert len(list(state.glob("history-*.ndjson"))) == 3
    assert runs == list(range(runs[0], 25))
    assert 5 <= len(runs) <= 10


def test_a_torn_last_line_is_left_out_and_cut_off_by_the_next_run(state):
    history.append({"run": 1})
    with (state / "history.ndjson").open("a") as file:
        file.write('{"run":2,"ve')
    assert bodies() == [{"run": 1}]
    history.append({"run": 3})
    assert bodies() == [{"run": 1}, {"run": 3}]
    assert '"ve' not in (state / "history.ndjson").read_text()


def test_a_whole_looking_line_without_its_end_is_not_believed(state):
    history.append({"run": 1})
    with (state / "history.ndjson").open("a") as file:
        file.write('{"run":2}')
    assert bodies() == [{"run": 1}]


def test_damaged_lines_in_between_are_left_out(state):
    history.append({"run": 1})
    with (state / "history.ndjson").open("ab") as file:
        file.write(b'\x00\x00\x00\n[1, 2]\n\xff\xfe{"run":9}\n')
    history.append({"run": 2})
    assert bodies() == [{"run": 1}, {"run": 2}]


def test_a_persons_answer_is_kept_with_the_brand_they_said():
    choices.keep_carrier(CarrierAnswer("mint"))
    assert choices.kept_carrier() == CarrierAnswer("mint")


def test_a_skipped_question_is_kept_too():
    choices.keep_carrier(CarrierAnswer(None))
    assert choices.kept_carrier() == CarrierAnswer(None)


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"carrier": 7}', "null"])
def test_a_choices_file_that_holds_something_else_counts_as_never_asked(state, text):
    write_whole(state / "choices.json", text)
    assert choices.kept_carrier() is None


def test_only_the_user_may_read_what_is_kept(state):
    last.save("x")
    history.append({})
    modes = {path.name: path.stat().st_mode & 0o777 for path in state.iterdir()}
    assert modes == {"last.json": 0o600, "history.ndjson": 0o600, "history.ndjson.lock": 0o600}
    assert state.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize(
    "use",
    [
        lambda: last.save("x"),
        lambda: history.append({}),
        lambda: choices.keep_carrier(CarrierAnswer("x")),
    ],
)
def test_a_home_that_cannot_be_written_is_said_with_its_path(not_writable, use):
    with pytest.raises(StoreUnavailable) as told:
        use()
    assert str(not_writable) in told.value.reason
    assert told.value.reason.split(" (")[0] in {"file exists", "not a directory"}


def test_reading_where_the_folder_is_a_file_finds_nothing(not_writable):
    assert (last.load(), history.read(), choices.kept_carrier()) == (None, (), None)


def test_a_read_only_file_system_is_said(state, monkeypatch):
    def refuse(*_, **__):
        raise OSError(30, "Read-only file system")

    monkeypatch.setattr(Path, "mkdir", refuse)
    with pytest.raises(StoreUnavailable) as told:
        last.save("x")
    assert told.value.reason == f"read-only file system ({state / 'last.json'})"


def test_a_full_disk_leaves_the_old_whole_and_no_litter(state, monkeypatch):
    last.save("old")

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreUnavailable, match="no space left on device"):
        last.save("new" * 1000)
    assert last.load() == "old"
    assert [path.name for path in state.iterdir()] == ["last.json"]


def test_short_writes_are_finished(state, monkeypatch):
    write = os.write
    monkeypatch.setattr(os, "write", lambda descriptor, raw: write(descriptor, raw[:3]))
    last.save("a text longer than three bytes")
    append_line(state / "lines", "another such text", most_lines=9)
    assert last.load() == "a text longer than three bytes"
    assert read_lines(state / "lines") == ["another such text"]


def test_an_entry_of_two_lines_is_a_defect(state):
    with pytest.raises(ValueError, match="newline"):
        append_line(state / "lines", "one\ntwo", most_lines=9)


def test_what_a_killed_run_left_behind_is_swept_when_it_is_old(state):
    last.save("x")
    old, young = state / ".last.json.1.1.tmp", state / ".last.json.2.2.tmp"
    other = state / ".history.ndjson.1.1.tmp"
    for path in (old, young, other):
        path.write_text("half")
    for path in (old, other):
        os.utime(path, (1, 1))
    last.save("y")
    assert {path.name for path in state.iterdir()} == {"last.json", young.name, other.name}


def test_without_any_locking_the_block_still_runs(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", None)
    with locked(tmp_path / "x"):
        ran = True
    assert ran


def test_windows_own_locking_is_used_where_it_is(tmp_path, monkeypatch):
    taken = []

    class Msvcrt:
        LK_NBLCK = 2

        @staticmethod
        def locking(descriptor, mode, size):
            if not taken:
                taken.append((mode, size))
                raise PermissionError(13, "held")
            taken.append((mode, size))

    monkeypatch.setitem(sys.modules, "fcntl", None)
    monkeypatch.setitem(sys.modules, "msvcrt", Msvcrt)
    with locked(tmp_path / "x", wait_s=1):
        assert taken == [(2, 1), (2, 1)]


def test_the_folders_are_platformdirs_unless_moved(monkeypatch, tmp_path):
    monkeypatch.delenv("NETCHECK_STATE_DIR")
    monkeypatch.delenv("NETCHECK_CONFIG_DIR", raising=False)
    assert paths.state_dir() == Path(platformdirs.user_state_dir("netcheck", appauthor=False))
    assert paths.config_dir() == Path(platformdirs.user_config_dir("netcheck", appauthor=False))
    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path))
    assert paths.config_dir() == tmp_path


def test_a_relative_folder_means_one_below_where_we_are(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("NETCHECK_STATE_DIR", "here")
    last.save("x")
    assert (tmp_path / "here" / "last.json").read_text() == "x"


def test_a_user_without_a_home_is_told_so(monkeypatch):
    monkeypatch.delenv("NETCHECK_STATE_DIR")
    monkeypatch.setattr(platformdirs, "user_state_dir", lambda *_, **__: "~/.local/state/netcheck")
    with pytest.raises(StoreUnavailable, match="no home folder"):
        last.save("x")


def test_a_file_that_may_not_be_read_is_said(state, monkeypatch):
    last.save("x")

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(StoreUnavailable, match="permission denied"):
        last.load()


def test_bytes_that_are_no_text_count_as_no_result(state):
    last.save("x")
    (state / "last.json").write_bytes(b"\xff\xfe\x00")
    assert read_whole(state / "last.json") is None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="a folder's mode means something on POSIX only")
def test_a_folder_that_this_user_may_not_write_is_said(monkeypatch):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        monkeypatch.setenv("NETCHECK_STATE_DIR", folder)
        assert reason_as_ordinary_user() == f"permission denied ({folder}/last.json)"
        Path(folder).chmod(0o755)


def reason_as_ordinary_user():
    """What a save says in a process that is nobody, where this one is root."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        with contextlib.suppress(PermissionError):
            os.setuid(65534)
        try:
            last.save("x")
        except StoreUnavailable as told:
            os.write(writing, told.reason.encode())
        os._exit(0)
    os.close(writing)
    os.waitpid(child, 0)
    with os.fdopen(reading) as pipe:
        return pipe.read()


def test_writing_costs_milliseconds():
    text = json.dumps({"observations": ["x" * 100] * 300})
    times = []
    for _ in range(5):
        start = time.perf_counter()
        last.save(text)
        history.append({"side": "none"})
        times.append((time.perf_counter() - start) * 1000)
    assert min(times) < 250
