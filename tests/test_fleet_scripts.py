"""The scripts under packaging/fleet, run by the shell they are written for, with a `netcheck` on
PATH that shows a saved result where a real one would look for itself."""

import json
import os
import re
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from render_samples import HEALTHY, SOS

from netcheck.cli.options import Given
from netcheck.cli.parser import parse
from netcheck.cli.verbs import module_of, split
from netcheck.model.result import Result
from netcheck.render import json as result_json
from netcheck.render import prometheus
from netcheck.render.management import TOOLS
from netcheck.text import words
from tests.command import COMMAND, PATIENCE_S, ROOT, Ended, environment

FLEET = ROOT / "packaging" / "fleet"
SCRIPTS = sorted(path for path in FLEET.rglob("*") if path.suffix in (".sh", ".fact", ".ps1"))

STAND_IN = """\
#!/bin/sh
# Shows the saved result in the format that is asked for, with that format's exit code.
format=text
while [ $# -gt 0 ]; do
    case $1 in
        --format) format=$2 ;;
        --json) format=json ;;
    esac
    shift
done
[ "$format" = report ] && { echo '{"schema":"netcheck.report/1"}'; exit 12; }
exec {python} -c '{program}' show '{saved}' --format "$format"
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "bin").mkdir()
    return tmp_path


def with_netcheck(home: Path, result: Result) -> None:
    saved = home / "saved.json"
    saved.write_text(result_json.render(result, words()))
    stand_in = STAND_IN.replace("{python}", sys.executable)
    stand_in = stand_in.replace("{program}", COMMAND[2]).replace("{saved}", str(saved))
    executable(home / "bin" / "netcheck", stand_in)


def executable(path: Path, text: str) -> None:
    path.write_text(text)
    path.chmod(0o755)


def script(home: Path, name: str, *given: str) -> Ended:
    path = f"{home / 'bin'}:/usr/bin:/bin"
    done = subprocess.run(
        [str(FLEET / name), *given],
        capture_output=True,
        env=environment(home, PATH=path),
        timeout=PATIENCE_S,
        check=False,
    )
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def told(tool: str, result: Result) -> str:
    return TOOLS[tool].render(result, words())


# --- every script ---


def command_lines(path: Path) -> list[str]:
    """Where a script starts netcheck: what follows the name."""
    lines = path.read_text().splitlines()
    code = (line for line in lines if not line.lstrip().startswith("#"))
    found = (re.search(r"netcheck(?:\.Source)? ((?:run|show) [^|>]*)", line) for line in code)
    return [one.group(1) for one in found if one]


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_each_starts_netcheck_with_options_that_there_are(path: Path) -> None:
    lines = command_lines(path)
    assert lines
    for line in lines:
        asked = split(line.replace('"$host"', "here").split())
        module = module_of(asked.verb or "run")
        given: Given = parse(asked.verb, module.OPTIONS, module.POSITIONALS, asked.rest)
        assert given.format or given.json


@pytest.mark.parametrize("path", SCRIPTS, ids=lambda path: path.name)
def test_each_is_ascii_and_says_where_it_was_not_tried(path: Path) -> None:
    text = path.read_bytes().decode("ascii")
    assert ("Not run on real hardware." in text) == (
        path.parent.name in ("intune", "sccm", "jamf", "kandji")
    )


SHELL = [path for path in SCRIPTS if path.suffix != ".ps1"]


@pytest.mark.parametrize("path", SHELL, ids=lambda path: path.name)
def test_each_shell_script_can_be_started(path: Path) -> None:
    assert path.stat().st_mode & stat.S_IXUSR
    assert subprocess.run(["sh", "-n", str(path)], check=False).returncode == 0


def test_the_compliance_rule_names_a_setting_that_is_told() -> None:
    settings = json.loads(told("intune-compliance", SOS))
    rules = json.loads((FLEET / "intune" / "compliance.json").read_text())["Rules"]
    kinds = {"String": str, "Int64": int}
    assert [type(settings[one["SettingName"]]) for one in rules] == [
        kinds[one["DataType"]] for one in rules
    ]
    assert {"en_US"} == {text["Language"] for one in rules for text in one["RemediationStrings"]}


# --- with a saved result ---

PASSED_ON = [
    ("jamf/netcheck-attribute.sh", "jamf"),
    ("kandji/netcheck-audit.sh", "kandji"),
    ("ansible/netcheck.fact", "ansible-fact"),
]


@pytest.mark.parametrize("result", [HEALTHY, SOS], ids=["healthy", "sos"])
@pytest.mark.parametrize(("name", "tool"), PASSED_ON)
def test_what_is_told_is_passed_on(home: Path, name: str, tool: str, result: Result) -> None:
    with_netcheck(home, result)
    code = TOOLS[tool].exit_code(result, False)
    assert script(home, name) == Ended(code, told(tool, result), "")


@pytest.mark.parametrize(
    ("name", "code", "line"),
    [
        (PASSED_ON[0][0], 0, "<result>error - netcheck is not installed</result>\n"),
        (PASSED_ON[1][0], 2, "error - netcheck is not installed\n"),
        (
            PASSED_ON[2][0],
            0,
            '{"side":null,"severity":null,"error":"netcheck is not installed"}\n',
        ),
    ],
)
def test_a_device_without_netcheck_says_so(home: Path, name: str, code: int, line: str) -> None:
    assert script(home, name) == Ended(code, line, "")


def test_node_exporter_finds_a_whole_file_or_the_one_before(home: Path) -> None:
    folder = home / "textfile"
    folder.mkdir()
    with_netcheck(home, SOS)
    assert script(home, "node_exporter/netcheck-textfile.sh", str(folder)) == Ended(0, "", "")
    assert {"netcheck.prom": prometheus.render(SOS, words())} == files(folder)
    executable(home / "bin" / "netcheck", "#!/bin/sh\necho half a fi\nexit 1\n")
    assert script(home, "node_exporter/netcheck-textfile.sh", str(folder)) == Ended(1, "", "")
    assert {"netcheck.prom": prometheus.render(SOS, words())} == files(folder)


def test_a_collected_run_is_one_file_named_after_host_and_time(home: Path) -> None:
    folder = home / "shared"
    folder.mkdir()
    with_netcheck(home, SOS)
    assert script(home, "cron/netcheck-collect.sh", str(folder)) == Ended(0, "", "")
    [(name, text)] = files(folder).items()
    host = os.uname().nodename.partition(".")[0]
    assert re.fullmatch(re.escape(host) + r"-\d{8}T\d{6}Z\.json", name)
    assert json.loads(text)["run_id"] == SOS.run_id


def test_a_collected_report_names_no_host(home: Path) -> None:
    folder = home / "shared"
    folder.mkdir()
    with_netcheck(home, SOS)
    assert script(home, "cron/netcheck-collect.sh", str(folder), "report") == Ended(0, "", "")
    [(name, text)] = files(folder).items()
    assert re.fullmatch(r"report-\d{8}T\d{6}Z-\w{6}\.json", name)
    assert text == '{"schema":"netcheck.report/1"}\n'


def files(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in sorted(folder.iterdir())}


def test_osquery_reads_the_last_run_as_a_table(home: Path) -> None:
    with_netcheck(home, SOS)
    database = home / "osquery.db"
    done = script(home, "osquery/netcheck_table.py", str(database))
    assert done == Ended(0, "", "")
    table = json.loads((FLEET / "osquery" / "netcheck_atc.json").read_text())
    table = table["auto_table_construction"]["netcheck"]
    with sqlite3.connect(database) as opened:
        read = opened.execute(table["query"])
        assert [column[0] for column in read.description] == table["columns"]
        rows = [dict(zip(table["columns"], row, strict=True)) for row in read]
    assert rows == json.loads(told("osquery", SOS))
