"""The one question, put on a real terminal of the lab's device; and what a phone says of who it
is, which never comes out again."""

import json
import os
from pathlib import Path

import pytest

from netcheck.cli.telling import FORMATS
from tests.android_dumps import CANARIES, SOS_CAMPED
from tests.command import Seen, on_a_terminal
from tests.lab.acts_phone import has_a_modem
from tests.lab.runner import agent, fresh_home, run_agent
from tests.lab.scenarios import named
from tests.lab.scenarios.phone import phone
from tests.lab.words import NOTHING, Deviation, home
from tests.lab.world import World

pytestmark = pytest.mark.lab

CHOICES = """\
What does your phone show?
  1 s  SOS, or emergency only
  2 n  No service
  3 b  Bars, but calls fail
  4 c  Calls work, but not to one person
  5 t  Texts fail
  6 d  Data, but no calls
  7 i  It is slow
  8 a  All looks fine
A number or a letter (Enter skips): """
BESIDE = "Does another phone on AT&T, here beside you, have service?"
PROMPT = "A number or a letter (Enter skips):"


def ask(
    world: World,
    *words: str,
    typed: list[tuple[str, str]],
    given: Deviation = NOTHING,
    folder: Path | None = None,
    after_s: float = 0.0,
) -> Seen:
    """A person runs it on the device and types; the home is `folder` where one is given."""
    command, needed = agent()
    own = folder or fresh_home(world)
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(own),
        "LANG": "C.UTF-8",
        "TERM": "xterm",
        "NO_COLOR": "1",
        "SSL_CERT_FILE": str(world.web.authority.root_file),
        **needed,
    }
    with given.in_world(world):
        full = world.device.enter(*command, "--carrier", "att", *words)
        return on_a_terminal(full, typed=typed, environment=environment, after_s=after_s)


def kept(folder: Path) -> dict:
    return json.loads((folder / ".local/state/netcheck/last.json").read_text())


@pytest.mark.parametrize("answer", ["1", "s", "SOS"])
def test_a_healthy_run_asks_what_the_phone_shows_and_takes_a_number_a_letter_or_the_word(
    world: World, answer: str
) -> None:
    folder = fresh_home(world)
    seen = ask(world, typed=[(PROMPT, f"{answer}\n")], folder=folder)
    assert CHOICES in seen.screen
    assert "Most likely AT&T, not you." in seen.screen
    assert seen.code == 12
    result = kept(folder)
    assert (result["symptom"], result["verdict"]["fault"]) == ("sos", "carrier-registration-outage")
    assert seen.screen.count(PROMPT) == 1


def test_enter_skips_it(world: World) -> None:
    seen = ask(world, typed=[(PROMPT, "\n")])
    assert seen.code == 0
    assert "All looks well" in seen.screen


def test_a_typing_mistake_may_be_mended_once(world: World) -> None:
    seen = ask(world, typed=[(PROMPT, "9\n"), ("no choice 9", "8\n")])
    assert seen.screen.count(PROMPT) == 2
    assert seen.code == 0
    given_up = ask(world, typed=[(PROMPT, "9\n"), ("no choice 9", "x\n")])
    assert given_up.screen.count(PROMPT) == 2
    assert given_up.code == 0


def test_ctrl_c_at_the_question_tells_what_was_seen(world: World) -> None:
    seen = ask(world, typed=[(PROMPT, "\x03")])
    assert seen.code == 130
    assert "Stopped early: this is what we know so far." in seen.screen
    assert "Traceback" not in seen.screen


def test_time_spent_thinking_is_not_the_run_s(world: World) -> None:
    folder = fresh_home(world)
    slow = ask(world, typed=[(PROMPT, "8\n")], folder=folder, after_s=3)
    assert kept(folder)["duration_ms"] < 1000 * slow.lasted_s - 2500


def test_where_the_symptom_is_known_the_phone_beside_it_is_asked_about(world: World) -> None:
    seen = ask(world, "--symptom", "sos", typed=[(PROMPT, "2\n")])
    assert BESIDE in seen.screen
    assert seen.screen.count(PROMPT) == 1
    assert "another phone on AT&T beside you has no service" in " ".join(seen.screen.split())


NO_QUESTION = [
    ("--symptom", "fine"),
    ("--quiet",),
    ("--no-input",),
    ("--json",),
    ("--stage", "router"),
]


@pytest.mark.parametrize("words", NO_QUESTION, ids=" ".join)
def test_nobody_is_asked_what_would_change_nothing_or_who_wants_no_questions(
    world: World, words: tuple[str, ...]
) -> None:
    assert PROMPT not in ask(world, *words, typed=[]).screen


def test_nobody_is_asked_whose_own_router_is_at_fault(world: World) -> None:
    blocked = named("the home router drops IKE, everything else works").given
    seen = ask(world, typed=[], given=blocked)
    assert PROMPT not in seen.screen
    assert seen.code == 10


# --- identifiers ---

SPEAKERS = {
    "phone": (phone(SOS_CAMPED), ("--adb",)),
    "modem": (home(device=has_a_modem(registration=3, state=7, cause=8)), ()),
}


@pytest.mark.parametrize("speaker", SPEAKERS)
def test_no_identifier_of_a_phone_comes_out_in_any_format_or_is_kept(
    world: World, speaker: str
) -> None:
    given, words = SPEAKERS[speaker]
    folder = fresh_home(world)
    said = ""
    with given.in_world(world):
        for format in FORMATS:
            ran = run_agent(
                world,
                *("--carrier", "att", "--format", format, "--timings", *words),
                verb=("run", "--no-input"),
                home=folder,
            )
            said += ran.stdout + ran.stderr
        deep = ("run", "--no-input", "--carrier", "att", "--stage", "phone", *words)
        said += _both(run_agent(world, verb=deep, home=folder))
        said += _both(run_agent(world, verb=("phone", *words), home=folder))
        said += _both(run_agent(world, verb=("explain",), home=folder))
    files = [path.read_text() for path in folder.rglob("*") if path.is_file()]
    assert "phone-service" in said
    assert len(files) >= 2
    leaked = [name for name, value in CANARIES.items() if value in said + "\n".join(files)]
    assert leaked == []


def _both(ran) -> str:
    return str(ran.stdout + ran.stderr)
