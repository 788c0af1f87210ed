"""What packages are made of, as far as nothing has to be built: pins, the version, the manual, and
the recipes for systems that are not here."""

import json
import plistlib
import re
import subprocess
import tomllib
from pathlib import Path
from xml.etree import ElementTree

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement

from netcheck.cli.verbs import VERBS, module_of
from netcheck_release import completion, man
from netcheck_release.licences import normalised
from netcheck_release.recipes import RECIPES, filled
from netcheck_release.rpm import spec
from netcheck_release.work import PACKAGING, ROOT, CannotBuild, Work, version_of, work

PINS = sorted(PACKAGING.glob("requirements*.txt"))
SCRIPTS = [
    path
    for path in sorted(PACKAGING.rglob("*"))
    if path.is_file() and path.read_bytes()[:32].startswith((b"#!/bin/sh", b"#!/data/data"))
]
OTHER_SYSTEMS = (
    {"sys_platform": "darwin", "platform_system": "Darwin"},
    {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt"},
)


def made(tmp_path: Path) -> Work:
    return Work(ROOT, tmp_path, tmp_path, 1_790_000_000)


def pinned(text: str) -> dict[str, list[Requirement]]:
    """What a file of pins asks for, by name: a line may hold for some systems alone."""
    lines = re.findall(r"^([^\s#].*?) \\$", text, re.MULTILINE)
    found: dict[str, list[Requirement]] = {}
    for one in map(Requirement, lines):
        found.setdefault(normalised(one.name), []).append(one)
    return found


# One place for the version


def test_only_the_code_and_the_list_of_changes_say_which_version_this_is():
    version = re.compile(rf"(?<![\d.]){re.escape(version_of(ROOT))}(?![\d.])")
    # What is pinned may have the same version; what was recorded was recorded with one.
    others = ("tests/", "seeds/", "packaging/requirements")
    listing = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-coz", "--exclude-standard"],
        capture_output=True,
        check=True,
    )
    names = [name for name in listing.stdout.decode().split("\0") if name]
    saying = [
        name
        for name in names
        if not name.startswith(others)
        and (ROOT / name).is_file()
        and version.search((ROOT / name).read_text(errors="replace"))
    ]
    assert ["CHANGELOG.md", "netcheck/__init__.py"] == sorted(saying)


def test_the_newest_changes_are_those_of_this_version():
    headings = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert version_of(ROOT) == headings[0]


def test_a_checkout_without_a_version_is_refused_in_a_sentence(tmp_path):
    (tmp_path / "netcheck").mkdir()
    (tmp_path / "netcheck" / "__init__.py").write_text("")
    with pytest.raises(CannotBuild, match="does not say which version this is"):
        version_of(tmp_path)


def test_a_build_is_dated_by_source_date_epoch_and_never_before_1980(tmp_path, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1790000000")
    assert 1_790_000_000 == work(tmp_path, tmp_path / "dist").epoch_s
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "0")
    assert 315_532_800 == work(tmp_path, tmp_path / "dist").epoch_s


# Pins


@pytest.mark.parametrize("system", [{}, *OTHER_SYSTEMS], ids=["here", "macos", "windows"])
def test_the_pins_are_what_the_project_asks_for_on_each_system(system):
    environment = {**default_environment(), **system}
    pins = pinned((PACKAGING / "requirements.txt").read_text())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    asked = [*project["dependencies"], *project["optional-dependencies"]["secure"]]
    for needed in map(Requirement, asked):
        if needed.marker and not needed.marker.evaluate(environment):
            continue
        holding = [
            one
            for one in pins.get(normalised(needed.name), [])
            if not one.marker or one.marker.evaluate(environment)
        ]
        (version,) = [specifier.version for one in holding for specifier in one.specifier]
        assert needed.specifier.contains(version), needed


@pytest.mark.parametrize("file", PINS, ids=lambda file: file.name)
def test_each_pin_has_hashes_and_names_no_place_to_fetch_from(file):
    text = file.read_text()
    entries = re.split(r"^(?=[^\s#])", text, flags=re.MULTILINE)[1:]
    assert [] == [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]
    assert [] == re.findall(r"\S+://\S*|--\S*index\S*|--trusted\S*", text)


def test_scapy_is_pinned_nowhere():
    assert [] == [file.name for file in PINS if "scapy" in pinned(file.read_text())]


# The manual and the completions


def test_the_manual_names_each_verb_and_each_option():
    page = man.page("1.2.3", 0)
    assert page.startswith('.TH NETCHECK 1 "1970-01-01" "netcheck 1.2.3"')
    for verb in VERBS:
        assert f".SS netcheck {verb}".replace("-", "\\-") in page
        for option in module_of(verb).OPTIONS:
            assert f".B {option.flag}".replace("-", "\\-") in page


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        (["wa"], ["watch"]),
        (["watch", "--unt"], ["--until"]),
        (["watch", "--until", ""], ["ok"]),
        (["--symptom", "no"], ["no-service"]),
        (["report", "--js"], ["--json"]),
        (["--vers"], ["--version"]),
    ],
    ids=lambda words: " ".join(words),
)
def test_bash_completes(typed, offered, tmp_path):
    file = tmp_path / "netcheck"
    file.write_text(completion.bash())
    asked = " ".join(f"'{word}'" for word in typed)
    script = (
        f"cd {tmp_path}; source {file}; COMP_WORDS=(netcheck {asked}); COMP_CWORD={len(typed)};"
        ' _netcheck; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(["bash", "-c", script], capture_output=True, text=True, check=True)
    assert (offered, "") == (done.stdout.split(), done.stderr)


# Recipes for systems that are not here


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: str(path.relative_to(PACKAGING)))
def test_each_shell_script_can_be_read_by_a_shell(script):
    done = subprocess.run(["sh", "-n", script], capture_output=True, text=True, check=False)
    assert (0, "") == (done.returncode, done.stderr)


def test_the_launchd_job_watches_with_the_program_that_the_package_lays():
    job = plistlib.loads((PACKAGING / "macos/netcheck.watch.plist").read_bytes())
    assert ["/usr/local/lib/netcheck/netcheck", "watch", "--json"] == job["ProgramArguments"]
    assert "/usr/local/lib/netcheck" in (PACKAGING / "macos/build.sh").read_text()


def test_jamfs_script_carries_the_launchd_job():
    made = subprocess.run(["sh", PACKAGING / "jamf/script"], capture_output=True, check=True)
    plist = made.stdout.split(b"<<'PLIST'\n")[1].split(b"\nPLIST\n")[0]
    assert "netcheck.watch" == plistlib.loads(plist)["Label"]


def test_the_scheduled_task_looks_with_the_program_that_the_msi_lays():
    task = ElementTree.parse(PACKAGING / "windows/watch-task.xml").getroot()
    space = "{http://schemas.microsoft.com/windows/2004/02/mit/task}"
    assert r"%ProgramFiles%\netcheck\netcheck.exe" == task.findtext(f".//{space}Command")
    msi = ElementTree.parse(PACKAGING / "windows/netcheck.wxs").getroot()
    wix = "{http://wixtoolset.org/schemas/v4/wxs}"
    folder = msi.find(f".//{wix}StandardDirectory[@Id='ProgramFiles64Folder']/{wix}Directory")
    assert folder is not None and "netcheck" == folder.get("Name")


def test_osquerys_pack_asks_six_questions():
    pack = json.loads((PACKAGING / "osquery/netcheck.conf").read_text())
    assert 6 == len(pack["queries"])
    assert {"query", "interval", "description"} <= set.intersection(
        *({*one} for one in pack["queries"].values())
    )


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe[2])
def test_a_recipe_is_filled_to_the_last_place(recipe, tmp_path):
    template, package, _ = recipe
    packed = tmp_path / package.replace("@VERSION@", version_of(ROOT))
    packed.write_bytes(b"a package")
    text = filled(
        (PACKAGING / template).read_text(), made(tmp_path), packed, "https://example.org/netcheck/"
    )
    assert [] == re.findall(r"@[A-Z0-9]+@", text)
    if "@SHA256@" in (PACKAGING / template).read_text():
        assert f"https://example.org/netcheck/{packed.name}" in text


def test_the_rpms_spec_is_filled_to_the_last_place(tmp_path):
    assert [] == re.findall(r"@[A-Z0-9]+@", spec(made(tmp_path)))


# Kandji asks a Mac whether to install; its comparison of versions is ours.


@pytest.mark.parametrize(
    ("have", "wanted", "code"),
    [("0.1.0", "0.1.0", 0), ("0.2.0", "0.10.0", 1), ("0.10.0", "0.9.1", 0), (None, "0.1.0", 1)],
)
def test_kandjis_audit_installs_what_is_missing_or_older(have, wanted, code, tmp_path):
    program = tmp_path / "netcheck"
    if have:
        program.write_text(f"#!/bin/sh\necho netcheck {have}\n")
        program.chmod(0o755)
    audit = (PACKAGING / "kandji/audit.sh").read_text().replace("/usr/local/bin", str(tmp_path))
    done = subprocess.run(
        ["sh", "-c", audit],
        env={"NETCHECK_WANTED": wanted, "PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
    )
    assert code == done.returncode
