"""A whole run as a process: what is printed where, and what happens where the system is hostile.

The device here has its cable out, so that a run is short and its verdict certain.
"""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import jsonschema
import pytest

from netcheck.diagnosis import RULES_VERSION
from tests.command import (
    COMMAND,
    PATIENCE_S,
    ROOT,
    behind_a_dead_router,
    environment,
    netcheck,
    started,
    unplugged,
)

SCHEMA = json.loads((ROOT / "netcheck/render/schema/result-1.json").read_text(encoding="utf-8"))


def run(home: Path, *words: str, **env: str):
    return netcheck(home, *words, within=unplugged(), env=env)


def steady(text: str) -> str:
    """Without what differs from run to run, and from one set of tables to the next."""
    text = re.sub(r"\d+ % sure", "NN % sure", text)
    text = re.sub(r"\d+\.\d s ", "N.N s ", text)
    return re.sub(r"\w{3}-\w{3}-\w{4}\b", "CODE", text)


UNPLUGGED = """
  You ── Cable ── Router ── Provider ── DNS ── Internet ── AT&T ── Wi-Fi calling
   ✓       ✗        ?          ?         ?        ?         ?      ? not checked

  It is on your side: the cable is out, or the box at its other end  NN % sure
  is off.
    for      the cable has no link; this device is on a cable
  What you can do
    1  Push the network cable in at both ends, and check that the box has
       power.
    2  Check the cables, and plug the router straight into the wall.
    3  Emergency (911): try a landline, or a phone on another carrier; your
       own Wi-Fi calling looks shut; or a text to 911, where that is offered.
       None is certain.
  N.N s · why: netcheck explain · code CODE
  for the help-desk: netcheck bundle · help others: netcheck report preview
"""


def test_a_person_reads_the_verdict(tmp_path: Path) -> None:
    ended = run(tmp_path, "--carrier", "at&t")
    assert (ended.code, ended.err, steady(ended.out)) == (10, "", UNPLUGGED)


def test_run_is_the_verb_that_needs_no_name(tmp_path: Path) -> None:
    assert steady(run(tmp_path, "run", "--carrier", "310410").out) == UNPLUGGED


def test_without_a_carrier_the_headline_says_that_none_was_checked(tmp_path: Path) -> None:
    ended = run(tmp_path)
    assert ended.code == 10
    said = " ".join(ended.out.split())
    assert "the box at its other end" in said
    assert "No carrier was checked." in said


def test_a_script_reads_a_result_that_fits_the_schema(tmp_path: Path) -> None:
    ended = run(tmp_path, "--carrier", "cricket", "--json", "--label", "site=b", "--symptom", "sos")
    result = json.loads(ended.out)
    jsonschema.validate(result, SCHEMA, jsonschema.Draft202012Validator)
    assert (ended.code, ended.err) == (10, "")
    assert result["verdict"]["side"] == "local"
    assert result["verdict"]["fault"] == "cable-out"
    assert result["carrier"] == {
        "id": "cricket_us",
        "name": "Cricket",
        "host_network": "AT&T",
        "country": "US",
    }
    assert (result["labels"], result["symptom"]) == ({"site": "b"}, "sos")
    assert (result["interrupted"], result["packets_sent"]) == (False, 0)


def test_an_unattended_run_without_a_carrier_says_nothing_of_wifi_calling(tmp_path: Path) -> None:
    result = json.loads(run(tmp_path, "--json").out)
    assert result["carrier"] is None
    assert result["wifi_calling"]["ready"] is None
    assert result["wifi_calling"]["reason"]["id"] == "calling.no-carrier"


FORMATS = [
    ("nagios", 2, "NETCHECK CRITICAL - It is on your side: the cable is out,"),
    ("prometheus", 10, "# HELP netcheck_run_info The run and what it was about.\n"),
    ("ticket", 10, "netcheck result\n\nVerdict:     It is on your side: the cable is out,"),
    ("json", 10, '{\n  "schema": "netcheck.result/1",\n'),
    ("text", 10, "\n  You ──"),
]


@pytest.mark.parametrize(("format", "code", "beginning"), FORMATS)
def test_every_format_has_its_words_and_its_exit_code(
    tmp_path: Path, format: str, code: int, beginning: str
) -> None:
    ended = run(tmp_path, "--format", format, "--carrier", "att")
    assert (ended.code, ended.err) == (code, "")
    assert ended.out.startswith(beginning)


def test_what_is_down_fails_whatever_the_least_is(tmp_path: Path) -> None:
    assert run(tmp_path, "--fail-on", "down").code == 10
    assert run(tmp_path, "--fail-on", "degraded").code == 10


# --- what is kept ---


def test_the_last_run_can_be_shown_explained_and_judged_again(tmp_path: Path) -> None:
    first = run(tmp_path, "--carrier", "at&t")
    shown = netcheck(tmp_path, "show", alone=False)
    assert (shown.code, shown.out) == (10, first.out)
    saved = next((tmp_path / ".local/state/netcheck").glob("last.json"))
    again = netcheck(tmp_path, "replay", str(saved), alone=False)
    assert again.code == 10
    of_a_file = first.out.replace(
        "  for the help-desk: netcheck bundle · help others: netcheck report preview\n", ""
    )
    assert (
        again.out
        == of_a_file + f"\n  Judged anew by rules {RULES_VERSION}: the same verdict as then.\n"
    )
    explained = netcheck(tmp_path, "explain", alone=False)
    assert explained.code == 0
    assert "    strongly   the cable has no link\n" in explained.out


def test_each_run_is_a_line_of_history_without_names_or_addresses(tmp_path: Path) -> None:
    run(tmp_path, "--carrier", "att")
    run(tmp_path, "--symptom", "sos")
    text = (tmp_path / ".local/state/netcheck/history.ndjson").read_text(encoding="utf-8")
    lines = [json.loads(line) for line in text.splitlines()]
    assert [(line["carrier"], line["fault"], line["symptom"]) for line in lines] == [
        ("att_us", "cable-out", None),
        (None, "cable-out", "sos"),
    ]
    assert "nc0" not in text


def test_a_home_that_cannot_be_written_costs_one_sentence_not_the_verdict(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way", encoding="utf-8")
    ended = run(tmp_path, "--carrier", "at&t")
    assert (ended.code, steady(ended.out)) == (10, UNPLUGGED)
    assert ended.err == (
        "The result could not be kept: not a directory"
        f" ({tmp_path}/.local/state/netcheck/last.json)\n"
    )


def test_a_read_only_home_costs_one_sentence(tmp_path: Path) -> None:
    read_only = 'mount -t tmpfs -o ro tmpfs "$HOME" && exec "$@"'
    ended = netcheck(
        tmp_path,
        *("--carrier", "at&t"),
        within=[*unplugged(), "unshare", "-m", "sh", "-c", read_only, "sh"],
    )
    assert (ended.code, steady(ended.out)) == (10, UNPLUGGED)
    assert ended.err == (
        f"The result could not be kept: read-only file system "
        f"({tmp_path}/.local/state/netcheck/last.json)\n"
    )


def test_one_thing_that_cannot_be_kept_costs_no_other(tmp_path: Path) -> None:
    state = tmp_path / ".local/state/netcheck"
    (state / "last.json").mkdir(parents=True)
    ended = run(tmp_path, "--carrier", "at&t")
    assert ended.code == 10
    assert ended.err.count("\n") == 1
    assert len((state / "history.ndjson").read_text().splitlines()) == 1


def test_a_home_that_does_not_exist_is_made(tmp_path: Path) -> None:
    assert run(tmp_path / "new", "--carrier", "at&t").err == ""
    assert (tmp_path / "new/.local/state/netcheck/last.json").exists()


def test_no_home_at_all_costs_one_sentence(tmp_path: Path) -> None:
    ended = run(tmp_path, "--carrier", "at&t", HOME="/dev/null/nobody")
    assert (ended.code, steady(ended.out)) == (10, UNPLUGGED)
    assert ended.err.count("\n") == 1
    assert ended.err.startswith("The result could not be kept: ")


# --- where it is printed ---


def at_the_shell(home: Path, line: str, **env: str) -> subprocess.CompletedProcess[bytes]:
    """`line` in a shell on the device, with `netcheck` as a function of that name."""
    function = f"netcheck() {{ '{sys.executable}' -c '{COMMAND[2]}' \"$@\"; }}; "
    return subprocess.run(
        [*unplugged(), "bash", "-c", function + line],
        capture_output=True,
        env=environment(home, **env),
        timeout=60,
        check=False,
    )


PIPES = [
    ("netcheck --carrier att >&-", 10),
    ("netcheck --carrier att | true; exit ${PIPESTATUS[0]}", 10),
    ("netcheck --json --carrier att | head -c 1 >/dev/null; exit ${PIPESTATUS[0]}", 10),
    ("netcheck --help | true; exit ${PIPESTATUS[0]}", 0),
    ("netcheck --version >&-", 0),
    ("netcheck --version | true; exit ${PIPESTATUS[0]}", 0),
    ("netcheck --carrier att 2>&-", 10),
    ("netcheck --carrier att <&-", 10),
    ("netcheck --carrier att >&- 2>&- <&-", 10),
    ("netcheck --carier att >&- 2>&-", 2),
]


@pytest.mark.parametrize(("line", "code"), PIPES)
def test_a_closed_stream_changes_neither_code_nor_temper(
    tmp_path: Path, line: str, code: int
) -> None:
    done = at_the_shell(tmp_path, line)
    assert (done.returncode, done.stderr) == (code, b"")


def test_a_full_disk_under_the_answer_is_a_failure_that_is_told(tmp_path: Path) -> None:
    done = at_the_shell(tmp_path, "netcheck --carrier att > /dev/full")
    assert (done.returncode, done.stderr) == (
        1,
        b"The answer could not be written: no space left on device\n",
    )


@pytest.mark.parametrize("columns", [20, 40, 80, 512])
def test_the_answer_fits_any_width(tmp_path: Path, columns: int) -> None:
    ended = run(tmp_path, "--carrier", "at&t", COLUMNS=str(columns))
    assert (ended.code, ended.err) == (10, "")
    assert [line for line in ended.out.splitlines() if len(line) > columns] == []


NO_UTF8 = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.mark.parametrize(
    "words",
    [
        ["--carrier", "telefónica"],
        ["--carrier", "at&t"],
        ["--carrier", "at&t", "--format", "ticket"],
        ["--label", "où=là", "--json"],
        ["carriers"],
        ["targets", "--carrier", "movistar"],
        ["checks"],
        ["explain", "all-well"],
        ["replay", str(ROOT / "seeds/att-2024-02-22.toml")],
        ["--help"],
        ["--carrier", "\udcff"],
    ],
)
def test_a_locale_without_unicode_gets_plain_letters(tmp_path: Path, words: list[str]) -> None:
    ended = run(tmp_path, *words, **NO_UTF8)
    assert ended.code in (0, 2, 10)
    assert (ended.out + ended.err).isascii()
    assert "Traceback" not in ended.err


def test_the_marks_have_plain_letters_too(tmp_path: Path) -> None:
    ended = run(tmp_path, "--carrier", "at&t", **NO_UTF8)
    assert (
        "\n  ok       X        ?          ?         ?        ?         ?      ? not checked"
        in ended.out
    )


# --- when many devices run at once ---


DRAWS_THE_MOST = """
import random, sys
def most(low, high):
    print(f"drawn from {low} to {high}", file=sys.stderr, flush=True)
    return high
random.uniform = most
from netcheck.cli import main
main()
"""


def splayed(home: Path, most_s: str) -> "AbstractContextManager[subprocess.Popen[str]]":
    """A run that happens to wait the longest that it may."""
    code = (sys.executable, "-c", DRAWS_THE_MOST)
    return started(home, "--splay", most_s, "--json", within=unplugged(), command=code)


def test_a_splay_waits_before_the_run_and_counts_for_none_of_its_time(tmp_path: Path) -> None:
    begun = time.monotonic()
    with splayed(tmp_path, "4") as process:
        out, err = process.communicate(timeout=PATIENCE_S)
    lasted_s = json.loads(out)["duration_ms"] / 1000
    assert (process.returncode, err) == (10, "drawn from 0 to 4.0\n")
    assert time.monotonic() - begun - lasted_s > 4


def test_a_signal_ends_the_waiting_too(tmp_path: Path) -> None:
    with splayed(tmp_path, "3600") as process:
        assert process.stderr is not None
        assert process.stderr.readline() == "drawn from 0 to 3600.0\n"
        process.terminate()
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out, err) == (143, "", "Stopped before anything was known.\n")


# --- budgets and systems ---


def test_a_budget_ends_the_run_with_what_is_known(tmp_path: Path) -> None:
    words = ["--carrier", "att", "--budget", "0.4", "--json"]
    ended = netcheck(tmp_path, *words, within=behind_a_dead_router())
    result = json.loads(ended.out)
    assert result["duration_ms"] < 1500
    unmet = {seen["unmet"] for seen in result["observations"] if seen["outcome"] == "skipped"}
    assert "budget" in unmet


POOR_SYSTEM = """
import socket, sys
for name in ("AF_NETLINK", "NETLINK_ROUTE", "IP_RECVERR", "IPV6_RECVERR", "MSG_ERRQUEUE",
             "SO_BINDTODEVICE", "IP_MTU_DISCOVER", "IP_PMTUDISC_PROBE", "SO_MARK", "MSG_DONTWAIT"):
    if hasattr(socket, name):
        delattr(socket, name)
for name in ("fcntl", "termios", "pwd", "grp"):
    sys.modules[name] = None
from netcheck.cli import main
main()
"""


@pytest.mark.parametrize("world", [unplugged, behind_a_dead_router])
def test_a_system_without_netlink_and_error_queues_gets_a_verdict(
    tmp_path: Path, world: Callable[[], list[str]]
) -> None:
    done = subprocess.run(
        [*world(), sys.executable, "-c", POOR_SYSTEM, "--carrier", "att", "--json"],
        capture_output=True,
        env=environment(tmp_path, NETCHECK_DEBUG="1"),
        timeout=60,
        check=False,
    )
    assert done.stderr == b""
    result = json.loads(done.stdout)
    codes = {"none": 0, "local": 10, "isp": 11, "inconclusive": 14}
    assert done.returncode == codes[result["verdict"]["side"]]
    assert result["verdict"]["side"] in ("local", "inconclusive")
    assert [s for s in result["observations"] if s["failure"] == "broken"] == []


def test_a_defect_is_one_sentence_that_says_how_to_report_it(tmp_path: Path) -> None:
    broken = (
        "import netcheck.agent.running as r\n"
        "def broken(self): raise RuntimeError('oops')\n"
        "r.Run.perform = broken\n"
        "from netcheck.cli import main\n"
        "main()\n"
    )

    def end(**env: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*unplugged(), sys.executable, "-c", broken],
            capture_output=True,
            env=environment(tmp_path, **env),
            timeout=60,
            check=False,
        )

    quiet = end()
    assert (quiet.returncode, quiet.stdout, quiet.stderr.decode()) == (
        1,
        b"",
        "netcheck itself failed: RuntimeError: oops. This says nothing of your network. To report"
        " this, run it again with NETCHECK_DEBUG=1 set, and send what it prints.\n",
    )
    assert b"Traceback" in end(NETCHECK_DEBUG="1").stderr
