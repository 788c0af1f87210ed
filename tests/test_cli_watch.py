"""`netcheck watch` as a process: its lines, its ends, and what it refuses."""

import json
import signal

import pytest

from tests.command import netcheck, started


def test_each_look_is_a_line_for_machines_and_the_exit_code_is_the_last_verdicts(tmp_path):
    ended = netcheck(tmp_path, "watch", "--looks", "2", "--every", "5", "--json")
    lines = [json.loads(line) for line in ended.out.splitlines()]
    assert ended.code == 0
    assert [line["event"] for line in lines] == ["started", "cycle", "cycle"]
    assert {line["schema"] for line in lines} == {"netcheck.event/1"}
    assert {(line["side"], line["severity"]) for line in lines} == {("local", "down")}


def test_every_look_is_kept_in_the_history(tmp_path):
    netcheck(tmp_path, "watch", "--looks", "2", "--every", "5", "--json")
    (kept,) = (tmp_path / ".local/state/netcheck").glob("history*.ndjson")
    assert len(kept.read_text().splitlines()) == 2


def test_a_person_reads_the_time_and_one_sentence(tmp_path):
    ended = netcheck(tmp_path, "watch", "--looks", "1")
    first = ended.out.splitlines()[0]
    assert first[2] == ":"
    assert first[7:].startswith("It is on your side: the network on this device is switched off.")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_watch_sums_up(tmp_path, number, code):
    with started(tmp_path, "watch") as watching:
        watching.stdout.readline()
        watching.send_signal(number)
        assert watching.wait(20) == code
        assert watching.stdout.read().endswith("Watched for 0 min. Troubles seen: 1.\n")


def test_a_reader_that_leaves_ends_the_watch(tmp_path):
    with started(tmp_path, "watch", "--every", "5", "--json") as watching:
        watching.stdout.readline()
        watching.stdout.close()
        assert watching.wait(20) == 0
        assert watching.stderr.read() == ""


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--every", "1"), "The option --every can't be 1: it is a number of seconds between 5"),
        (("--looks", "0"), "The option --looks can't be 0: it is a whole number from 1 on."),
        (("--until", "bad"), "The option --until can't be bad. It may be: ok"),
    ],
)
def test_what_makes_no_sense_is_refused_in_one_sentence(tmp_path, words, said):
    ended = netcheck(tmp_path, "watch", *words)
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(said)
