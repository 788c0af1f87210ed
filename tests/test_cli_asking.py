"""The one question: asked on a terminal while the local stages run, once, and never elsewhere."""

import json
import re
from pathlib import Path

import pytest

from tests.command import at_a_terminal, behind_a_dead_router, netcheck

pytestmark = pytest.mark.patient

QUESTION = "Which carrier is your phone on? (Enter skips) "
BUDGET = ("--budget", "2.5")  # a dead router shows after a second: no further question then


def run(home: Path, *words: str, typed=(), **more):
    return at_a_terminal(home, *words, typed=typed, within=behind_a_dead_router(), **more)


def plain(shown: str) -> str:
    """Without what moves the cursor or changes the colour."""
    return re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "")


def last(home: Path) -> dict:
    text = (home / ".local/state/netcheck/last.json").read_text(encoding="utf-8")
    return json.loads(text)


def kept(home: Path) -> object:
    path = home / ".local/state/netcheck/choices.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else None


def test_the_answer_is_used_kept_and_not_asked_for_again(tmp_path: Path) -> None:
    seen = run(tmp_path, *BUDGET, typed=[(QUESTION, "cricket\n")])
    assert seen.screen.startswith(QUESTION)
    assert last(tmp_path)["carrier"]["name"] == "Cricket"
    assert kept(tmp_path) == {"carrier": "cricket"}
    again = run(tmp_path, *BUDGET)
    assert QUESTION not in again.screen
    assert last(tmp_path)["carrier"]["name"] == "Cricket"
    assert json.loads(netcheck(tmp_path, "--json").out)["carrier"]["id"] == "cricket_us"


def test_local_stages_run_while_the_question_is_on_the_screen(tmp_path: Path) -> None:
    seen = run(tmp_path, typed=[(QUESTION, "att\n")], after_s=1.5)
    assert seen.screen.startswith(QUESTION)
    begun_ms: dict[str, list[float]] = {}
    for observation in last(tmp_path)["observations"]:
        begun_ms.setdefault(observation["check"], []).append(observation["start_ms"])
    assert max(begun_ms["gateway-answers"] + begun_ms["anchor-answers"]) < 1000
    assert min(begun_ms["epdg-resolves"] + begun_ms["carrier-names-resolve"]) > 1300


def test_time_spent_thinking_is_not_the_run_s(tmp_path: Path) -> None:
    seen = run(tmp_path, typed=[(QUESTION, "att\n")], after_s=5)
    assert last(tmp_path)["duration_ms"] < 1000 * seen.lasted_s - 1000


def test_enter_skips_and_is_not_asked_again(tmp_path: Path) -> None:
    run(tmp_path, *BUDGET, typed=[(QUESTION, "\n")])
    assert last(tmp_path)["carrier"] is None
    assert last(tmp_path)["verdict"]["headline"]["text"].endswith(" No carrier was checked.")
    assert kept(tmp_path) == {"carrier": None}
    assert QUESTION not in run(tmp_path, *BUDGET).screen


def test_a_typing_mistake_may_be_mended_once(tmp_path: Path) -> None:
    sentence = "We don't know a carrier called criket. Did you mean cricket? See: netcheck carriers"
    typed = [(QUESTION, "criket\n"), (sentence, "cricket\n")]
    seen = run(tmp_path, *BUDGET, typed=typed, after_s=0.2)
    assert seen.screen.startswith(f"{QUESTION}criket\n{sentence}\n{QUESTION}cricket\n")
    assert last(tmp_path)["carrier"]["name"] == "Cricket"


def test_two_mistakes_are_a_run_without_a_carrier_and_the_question_comes_again(
    tmp_path: Path,
) -> None:
    seen = run(tmp_path, *BUDGET, typed=[(QUESTION, "criket\n"), ("criket.", "krikett\n")])
    assert seen.screen.count(QUESTION) == 2
    assert (last(tmp_path)["carrier"], kept(tmp_path)) == (None, None)


def test_the_end_of_the_terminal_is_no_answer(tmp_path: Path) -> None:
    run(tmp_path, *BUDGET, typed=[(QUESTION, "\x04")])
    assert (last(tmp_path)["carrier"], kept(tmp_path)) == (None, None)


def test_ctrl_c_at_the_question_tells_what_the_local_stages_saw(tmp_path: Path) -> None:
    seen = run(tmp_path, typed=[(QUESTION, "\x03")], after_s=1.2)
    assert seen.code == 130
    assert "Stopped early: this is what we know so far." in seen.screen
    assert "Traceback" not in seen.screen


def test_nobody_waits_for_an_answer_that_nothing_depends_on(tmp_path: Path) -> None:
    """The cable is out: no carrier can be checked, so the verdict comes over the question."""
    seen = at_a_terminal(tmp_path)
    assert seen.code == 10
    assert seen.screen.startswith(f"{QUESTION}\n")
    assert "the cable is out" in seen.screen


UNATTENDED = [["--json"], ["--quiet"], ["--no-input"], ["--format", "ticket"], ["--carrier", "att"]]


@pytest.mark.parametrize("words", UNATTENDED)
def test_nobody_is_asked_who_said_so_or_named_a_carrier(tmp_path: Path, words: list[str]) -> None:
    assert QUESTION not in run(tmp_path, *BUDGET, *words).screen


def test_nobody_is_asked_where_the_configuration_says_so(tmp_path: Path) -> None:
    seen = run(tmp_path, *BUDGET, env={"NETCHECK_NO_INPUT": "1"})
    assert QUESTION not in seen.screen


def test_a_person_s_own_file_is_never_written(tmp_path: Path) -> None:
    own = tmp_path / ".config/netcheck/config.toml"
    own.parent.mkdir(parents=True)
    own.write_text('labels = { desk = "3" }\n', encoding="utf-8")
    run(tmp_path, *BUDGET, typed=[(QUESTION, "att\n")])
    assert own.read_text(encoding="utf-8") == 'labels = { desk = "3" }\n'
    assert last(tmp_path)["labels"] == {"desk": "3"}


def test_an_answer_that_cannot_be_kept_is_used_all_the_same(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way", encoding="utf-8")
    seen = run(tmp_path, *BUDGET, typed=[(QUESTION, "att\n")])
    assert "Your answer could not be kept, so you will be asked again: " in seen.screen
    assert "AT&T" in seen.screen


def test_an_answer_can_be_changed_and_forgotten(tmp_path: Path) -> None:
    changed = netcheck(tmp_path, "carriers", "--keep", "mint", alone=False)
    assert (changed.code, changed.out) == (0, "Your carrier is now Mint Mobile.\n")
    assert kept(tmp_path) == {"carrier": "mint"}
    forgotten = netcheck(tmp_path, "carriers", "--forget", alone=False)
    assert forgotten.out == "Your carrier is forgotten. The next run may ask for it.\n"
    assert kept(tmp_path) == {}


# --- the path while it runs ---


def test_the_path_is_drawn_while_it_runs_and_wiped_before_the_answer(tmp_path: Path) -> None:
    seen = run(tmp_path, "--carrier", "att", "--budget", "1.5")
    assert "Looking ..." in seen.screen
    shown = seen.screen.rpartition("\x1b[?25h")[2]  # the cursor is back
    assert "Looking" not in shown
    assert "What you can do" in shown


@pytest.mark.parametrize("columns", [40, 512])
def test_the_drawn_path_fits_the_terminal(tmp_path: Path, columns: int) -> None:
    seen = run(tmp_path, "--carrier", "att", "--budget", "1.5", columns=columns)
    lines = [plain(line) for line in seen.screen.splitlines()]
    assert [line for line in lines if len(line) > columns] == []


def test_quiet_draws_nothing(tmp_path: Path) -> None:
    seen = run(tmp_path, "--carrier", "att", "--budget", "2.5", "--quiet")
    assert "Looking" not in seen.screen


def test_no_color_is_respected(tmp_path: Path) -> None:
    seen = run(tmp_path, "--carrier", "att", "--budget", "2.5", env={"NO_COLOR": "1"})
    assert "\x1b[3" not in seen.screen  # no colour, and bold neither
    assert "\x1b[1;" not in seen.screen
    coloured = run(tmp_path, "--carrier", "att", "--budget", "2.5")
    assert "\x1b[1;" in coloured.screen
