"""`--html FILE` of `run`, `show` and `replay`: beside the answer, or instead of it."""

import fcntl
import json
import os
import stat
from pathlib import Path

import pytest

from tests.command import ROOT, Ended, behind_a_dead_router, netcheck, unplugged
from tests.page_reading import built, rows

RECORDED = ROOT / "tests/lab/recorded/the-router-hangs-the-device-still-remembers-it.json"
SEED = ROOT / "seeds/att-2024-02-22.toml"
HEADLINE = "Most likely your router: it does not answer."


@pytest.fixture
def saved(tmp_path: Path) -> str:
    path = tmp_path / "result.json"
    path.write_text(json.dumps(json.loads(RECORDED.read_text())["result"]))
    return str(path)


def h1(text: str) -> str:
    return built(text).one("h1").text


@pytest.mark.parametrize("verb", ["show", "replay"])
def test_a_page_is_written_beside_the_answer(tmp_path: Path, saved: str, verb: str) -> None:
    page = tmp_path / "page.html"
    plain = netcheck(tmp_path, verb, saved, alone=False)
    assert netcheck(tmp_path, verb, saved, "--html", str(page), alone=False) == plain
    assert (plain.code, h1(page.read_text())) == (10, HEADLINE)
    assert stat.S_IMODE(page.stat().st_mode) == 0o600


def test_a_dash_prints_the_page_instead_of_the_answer(tmp_path: Path, saved: str) -> None:
    ended = netcheck(tmp_path, "show", saved, "--html", "-", alone=False)
    assert (ended.code, ended.err, h1(ended.out)) == (10, "", HEADLINE)
    assert "What would turn it" in ended.out


def test_it_reads_the_same_where_the_locale_has_no_unicode(tmp_path: Path, saved: str) -> None:
    words = ("show", saved, "--html", "-")
    poor = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    assert netcheck(tmp_path, *words, alone=False, env=poor) == netcheck(
        tmp_path, *words, alone=False
    )


def test_json_on_stdout_and_a_page_in_a_file_go_together(tmp_path: Path, saved: str) -> None:
    page = tmp_path / "page.html"
    ended = netcheck(tmp_path, "show", saved, "--json", "--html", str(page), alone=False)
    assert json.loads(ended.out)["verdict"]["fault"] == "router-dead"
    assert h1(page.read_text()) == HEADLINE


@pytest.mark.parametrize(
    ("format", "named"), [(["--json"], "--json"), (["--format", "ticket"], "--format ticket")]
)
def test_two_answers_do_not_share_stdout(
    tmp_path: Path, saved: str, format: list[str], named: str
) -> None:
    ended = netcheck(tmp_path, "show", saved, *format, "--html", "-", alone=False)
    assert ended == Ended(2, "", f"The option --html - does not go with {named}.\n")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("missing/page.html", "there is no such folder"),
        ("folder", "it is a folder"),
        ("folder/", "it is a folder"),
        ("", "it is a folder"),
    ],
)
@pytest.mark.parametrize("verb", ["run", "show", "replay"])
def test_a_place_where_no_page_can_be_is_refused_before_anything_is_done(
    tmp_path: Path, saved: str, verb: str, path: str, reason: str
) -> None:
    (tmp_path / "folder").mkdir()
    place = f"{tmp_path}/{path}" if path else ""
    given = [] if verb == "run" else [saved]
    ended = netcheck(tmp_path, verb, *given, "--html", place, alone=verb == "run")
    assert ended == Ended(2, "", f"The page can't be written to {place}: {reason}\n")


def test_a_page_that_could_not_be_written_after_all_loses_no_answer(
    tmp_path: Path, saved: str
) -> None:
    ended = netcheck(tmp_path, "show", saved, "--html", "/dev/full", alone=False)
    plain = netcheck(tmp_path, "show", saved, alone=False)
    sentence = "The page can't be written to /dev/full: no space left on device\n"
    assert ended == Ended(1, plain.out, sentence)


def test_a_page_replaces_an_older_one_and_leaves_nothing_beside_it(
    tmp_path: Path, saved: str
) -> None:
    folder = tmp_path / "pages"
    folder.mkdir()
    (folder / "page.html").write_text("before")
    netcheck(tmp_path, "show", saved, "--html", str(folder / "page.html"), alone=False)
    assert os.listdir(folder) == ["page.html"]
    assert h1((folder / "page.html").read_text()) == HEADLINE


def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path, saved: str) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDWR)
    os.set_blocking(reader, False)
    try:
        fcntl.fcntl(reader, 1031, 1 << 20)  # F_SETPIPE_SZ: the page fits unread
        ended = netcheck(tmp_path, "show", saved, "--html", str(pipe), alone=False)
        assert (ended.code, ended.err) == (10, "")
        assert h1(os.read(reader, 1 << 20).decode()) == HEADLINE
    finally:
        os.close(reader)
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_past_outage_is_a_page_of_its_last_hour_with_the_hours_before(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "replay", str(SEED), "--html", "-", alone=False)
    assert (ended.code, ended.err) == (0, "")
    told = built(ended.out)
    assert told.one("h1").text.startswith("All looks well")
    table = rows(told.one("figure", "history").one("table"))
    assert {tuple(row[2:]) for row in table[1:]} == {("your carrier", "down")}


def test_a_run_writes_its_page_with_what_was_before(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    for _ in range(2):
        ended = netcheck(tmp_path, "run", "--no-input", "--html", str(page), within=unplugged())
    told = built(page.read_text())
    assert (ended.code, ended.err) == (10, "")
    assert told.one("h1").text == (
        "It is on your side: the cable is out, or the box at its other end is off."
    )
    assert len(told.all("section", "before")) == 1


def test_a_run_that_is_stopped_leaves_the_page_of_what_is_known(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    stop = ["timeout", "--foreground", "--preserve-status", "--signal=INT", "1"]
    within = [*behind_a_dead_router(), *stop]
    ended = netcheck(tmp_path, "run", "--no-input", "--html", str(page), within=within)
    assert ended.code == 130
    assert "Stopped early" in built(page.read_text()).one("main").text


def test_several_ways_are_no_one_page(tmp_path: Path) -> None:
    ended = netcheck(tmp_path, "run", "--all-paths", "--html", "page.html")
    assert ended == Ended(2, "", "The option --all-paths does not go with --html.\n")
