"""What the README tells a newcomer to type, typed: its first command word for word."""

import json
import re
import subprocess
import tempfile
from pathlib import Path

import pytest

from netcheck.cli.reporting import known
from netcheck.diagnosis.code import encode
from netcheck.render.read import read
from netcheck.render.terminal import render
from netcheck.report.build import About, build
from netcheck.report.form import encode as body_of
from netcheck.text import words
from tests.lab.home import REPOSITORY
from tests.lab.runner import run_on_device
from tests.lab.scenario import RECORDED

README = (REPOSITORY / "README.md").read_text()
PICTURED = "the-phone-of-a-guest-brand-shows-sos-everything-that-can-be-seen-works"
COMMANDS = re.findall(r"```sh\n(.+?)\n```", README, re.DOTALL)


def test_there_are_two_commands_and_the_second_is_what_lands_a_change():
    assert len(COMMANDS) == 2
    assert COMMANDS[1] == "sh tests/run"
    assert COMMANDS[1] in (REPOSITORY / ".ci" / "run").read_text()


@pytest.mark.lab
def test_the_first_command_gives_a_verdict_from_a_fresh_clone(world):
    *setting_up, running = COMMANDS[0].split(" && ")
    with tempfile.TemporaryDirectory(prefix="netcheck-readme-") as folder:
        Path(folder).chmod(0o755)
        clone = Path(folder) / "netcheck"
        subprocess.run(["git", "clone", "-q", str(REPOSITORY), str(clone)], check=True)
        for command in setting_up:
            subprocess.run(command, shell=True, cwd=clone, check=True, timeout=280)
        # Standing in the clone, as the person does; the device's user may only read there.
        run = run_on_device(world, "sh", "-c", f"cd {clone} && {running}")
    assert run.exit_code == 0, run.stderr
    assert "No carrier was checked." in run.stdout
    assert "% sure" in run.stdout


def test_the_picture_in_the_readme_is_a_run_that_the_lab_recorded():
    kept = json.loads((RECORDED / f"{PICTURED}.json").read_text())
    result = read(json.dumps(kept["result"]))
    code = encode(result.verdict, result.rules_version)
    drawn = render(
        result,
        words("en"),
        width=80,
        colour=False,
        unicode=True,
        code=code,
        hints=("why", "bundle", "report"),
    )
    pictures = re.findall(r"```text\n\$ netcheck[^\n]*\n(.+?)\n```", README, re.DOTALL)
    assert pictures == [drawn.rstrip("\n")]


def test_the_report_in_the_readme_is_that_of_the_same_run():
    """What is left out of the picture is in the report, never the other way round."""
    kept = json.loads((RECORDED / f"{PICTURED}.json").read_text())
    made = build(
        read(json.dumps(kept["result"])), About("linux", "6.1", "US"), known(), b"of this test"
    )
    (pictured,) = re.findall(r"```json\n(.+?)\n```", README, re.DOTALL)
    shown, whole = json.loads(pictured), json.loads(body_of(made))
    assert shown == {name: whole[name] for name in shown}


def test_the_accuracy_that_the_readme_claims_is_the_grids():
    """The table's last columns but one: of all runs. No other figure of accuracy is claimed."""
    results = (REPOSITORY / "tests/lab/RESULTS.md").read_text()
    rows = {row.split(" | ")[0].strip("| "): row.split(" | ") for row in results.splitlines()}
    wrong = rows["side wrong, one fault"][4].partition(" (")[0]
    blamed = rows["carrier blamed for what is local or the provider's"][4].partition(" (")[0]
    claim = " ".join(README.split())
    assert f"of its runs with one fault, the side was wrong in {wrong};" in claim
    assert f"a carrier was blamed in {blamed}." in claim
