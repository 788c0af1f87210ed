"""What the command says to those who mistype, and what it must not load to say it."""

import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from netcheck import __version__
from netcheck.cli.options import Option
from netcheck.cli.verbs import FLEET, VERBS, module_of, typed
from tests.command import COMMAND, Ended, environment, netcheck

SEE_HELP = "See: netcheck --help\n"

MISTAKES = [
    (["--carier", "x"], f"There is no option --carier here. Did you mean --carrier? {SEE_HELP}"),
    (["--zzz"], f"There is no option --zzz here. {SEE_HELP}"),
    (["explian"], f"There is no command explian. Did you mean explain? {SEE_HELP}"),
    (["qqqqqq"], f"There is no command qqqqqq. {SEE_HELP}"),
    (["run", "cricket"], f"The word cricket has no place here. {SEE_HELP}"),
    (["--json", "targets"], "The command comes first: netcheck targets, then its options.\n"),
    (["--carrier"], "The option --carrier needs a value: --carrier NAME\n"),
    (["--json=yes"], "The option --json takes no value.\n"),
    (
        ["--symptom", "soss"],
        "The option --symptom can't be soss. Did you mean sos? It may be: sos, no-service,"
        " calls-fail, cannot-reach, texts-fail, data-only, slow, fine\n",
    ),
    (
        ["--fail-on", "never"],
        "The option --fail-on can't be never. It may be: down, degraded\n",
    ),
    (
        ["--budget", "soon"],
        "The option --budget can't be soon: it is a number of seconds between 0.1 and 600.\n",
    ),
    (
        ["--splay", "nan"],
        "The option --splay can't be nan: it is a number of seconds between 0 and 3600.\n",
    ),
    (
        ["--budget", "nan"],
        "The option --budget can't be nan: it is a number of seconds between 0.1 and 600.\n",
    ),
    (["--label", "desk"], "The option --label can't be desk: it is NAME=VALUE.\n"),
    (
        ["--carrier", "criket"],
        "We don't know a carrier called criket. Did you mean cricket? See: netcheck carriers\n",
    ),
    (
        ["--carrier", "\x1b[2J"],
        "We don't know a carrier called [2J. See: netcheck carriers\n",
    ),
    (
        ["--cannot-reach", "crickett"],
        "We don't know a carrier called crickett. Did you mean cricket, red pocket at&t?"
        " See: netcheck carriers\n",
    ),
    (["replay"], "Which file? netcheck replay FILE\n"),
    (
        ["carriers", "nobody at all"],
        "We know no carrier like nobody at all. See: netcheck carriers\n",
    ),
    (
        ["explain", "lan-block-ike"],
        "There is no fault or code lan-block-ike. Did you mean lan-blocks-ike?\n",
    ),
    (["explain", "KD7-M2Q-4XH9"], "The code KD7-M2Q-4XH9 has a typing mistake in it.\n"),
    (["explain"], "There is no result yet. Run netcheck first.\n"),
    (["show"], "There is no result yet. Run netcheck first.\n"),
    (["--interface", "wlan7"], "This device has no network interface wlan7.\n"),
]


@pytest.mark.parametrize(("words", "sentence"), MISTAKES, ids=lambda value: str(value)[:30])
def test_a_mistake_is_one_sentence_with_what_was_perhaps_meant(
    tmp_path: Path, words: list[str], sentence: str
) -> None:
    assert netcheck(tmp_path, *words) == Ended(2, "", sentence)


def test_a_name_that_several_operators_bear_asks_which(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "--carrier", "vodafone")
    assert ended.code == 2
    assert ended.err.startswith("Several carriers are called vodafone. Say which: vodafone uk, ")


def test_a_monitor_reads_the_mistake_on_its_own_channel(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "--format", "nagios", "--carrier", "criket")
    assert ended == Ended(
        3,
        "NETCHECK UNKNOWN - We don't know a carrier called criket. Did you mean cricket?"
        " See: netcheck carriers\n",
        "",
    )


FILES = [
    ("nothing.json", None, "The file {path} can't be read: no such file or directory\n"),
    ("folder", "/", "The file {path} can't be read: is a directory\n"),
    ("bytes.json", b"\xff\xfe{", "The file {path} can't be read: it is not UTF-8\n"),
    (
        "text.json",
        b"{ nonsense",
        "This is not a result that can be read: not JSON: JSON is malformed: object keys must be"
        " strings (byte 2) (at $)\n",
    ),
    (
        "list.json",
        b'{"schema": "other/9"}',
        "This is not a result that can be read: is not netcheck.result/1 (at $.schema)\n",
    ),
]


@pytest.mark.parametrize(("name", "content", "sentence"), FILES, ids=lambda value: str(value)[:12])
@pytest.mark.parametrize("verb", ["show", "replay"])
def test_a_file_that_is_no_result_is_refused_with_the_reason(
    tmp_path: Path, verb: str, name: str, content: object, sentence: str
) -> None:
    path = tmp_path / name
    if content == "/":
        path.mkdir()
    elif isinstance(content, bytes):
        path.write_bytes(content)
    ended = netcheck(tmp_path, verb, str(path), alone=False)
    assert ended == Ended(2, "", sentence.format(path=path))


SETTINGS = [
    (
        'carier = "att"',
        "The setting carier in {path} can't be used: no such key, did you mean `carrier`?\n",
    ),
    ("budget_ms = 1", "The setting budget_ms in {path} can't be used: is between 100 and 600000,"),
    ("carrier = [", "The file {path} can't be read: "),
]


@pytest.mark.parametrize(("content", "sentence"), SETTINGS)
def test_a_setting_that_does_not_fit_is_named_with_its_file(
    tmp_path: Path, content: str, sentence: str
) -> None:
    path = tmp_path / "config.toml"
    path.write_text(content + "\n", encoding="utf-8")
    ended = netcheck(tmp_path, "--config", str(path))
    assert (ended.code, ended.out) == (2, "")
    assert ended.err.startswith(sentence.format(path=path))


def test_a_variable_that_means_nothing_is_told_and_the_run_goes_on(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "targets", alone=False, env={"NETCHECK_CARIER": "att"})
    assert ended.code == 0
    assert (
        ended.err == "NETCHECK_CARIER means nothing to netcheck, did you mean NETCHECK_CARRIER?\n"
    )


def test_a_variable_whose_value_does_not_fit_is_a_mistake(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, env={"NETCHECK_NO_INPUT": "perhaps"})
    assert ended == Ended(
        2, "", "The setting NETCHECK_NO_INPUT can't be used: is 1 or 0, not 'perhaps'\n"
    )


# --- help ---


def test_help_names_every_verb_and_every_option(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "--help", alone=False)
    assert (ended.code, ended.err) == (0, "")
    wanted = [*VERBS, *(option.flag for option in module_of("run").OPTIONS), "--version"]
    assert [word for word in wanted if word not in ended.out] == []


EVERY_VERB = (*VERBS, *(f"fleet-{second}" for second in FLEET))


@pytest.mark.parametrize("verb", EVERY_VERB)
def test_every_verb_has_help_in_words(tmp_path: Path, verb: str) -> None:
    ended = netcheck(tmp_path, *typed(verb).split(), "--help", alone=False)
    assert (ended.code, ended.err) == (0, "")
    assert ended.out.startswith(f"netcheck {typed(verb)}")
    # An id without words is shown as the id.
    assert [word for word in ended.out.split() if word.startswith(("option.", "verb."))] == []
    assert ended == netcheck(tmp_path, "help", *typed(verb).split(), alone=False)


@pytest.mark.parametrize("columns", [40, 80, 512])
def test_help_fits_the_terminal(tmp_path: Path, columns: int) -> None:
    ended = netcheck(tmp_path, "--help", alone=False, env={"COLUMNS": str(columns)})
    assert [line for line in ended.out.splitlines() if len(line) > columns] == []


def test_options_have_one_spelling_each() -> None:
    for verb in EVERY_VERB:
        options: list[Option] = list(module_of(verb).OPTIONS)
        assert len({option.flag for option in options}) == len(options)


def test_the_version_is_told(tmp_path: Path) -> None:
    assert netcheck(tmp_path, "--version", alone=False) == Ended(0, f"netcheck {__version__}\n", "")


# --- and what it costs ---

HEAVY = ("scapy", "requests", "dns", "rich", "psutil", "urllib3", "pyroute2", "ssl", "msgspec")

DENIED = f"""
import sys
class Denied:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {HEAVY!r}:
            raise AssertionError("imports " + name)
sys.meta_path.insert(0, Denied())
from netcheck.cli import main
main()
"""


@pytest.mark.parametrize("words", [["--help"], ["run", "--help"], ["--version"], ["carriers"]])
def test_nothing_heavy_is_loaded_to_print_a_text(tmp_path: Path, words: list[str]) -> None:
    done = subprocess.run(
        [sys.executable, "-c", DENIED, *words],
        capture_output=True,
        env=environment(tmp_path, NETCHECK_DEBUG="1"),
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_deny_list_bites(tmp_path: Path) -> None:
    result = tmp_path / "result.json"
    result.write_text(json.dumps({"schema": "netcheck.result/1"}), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", DENIED, "show", str(result)],
        capture_output=True,
        env=environment(tmp_path),
        check=False,
    )
    assert done.returncode == 1
    assert b"imports msgspec" in done.stderr


def test_the_version_costs_little_more_than_the_interpreter(tmp_path: Path) -> None:
    def fastest_s(command: list[str]) -> float:
        times = []
        for _ in range(9):
            begun = time.perf_counter()
            subprocess.run(command, env=environment(tmp_path), capture_output=True, check=True)
            times.append(time.perf_counter() - begun)
        return min(times)

    bare_s = fastest_s([sys.executable, "-c", "pass"])
    assert fastest_s([*COMMAND, "--version"]) <= 3 * bare_s
