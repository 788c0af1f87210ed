"""The recipes of other systems, read by the programs that know their form; and the RPM, packed."""

import shutil
import subprocess
from pathlib import Path

import pytest

from netcheck_release import completion, rpm
from netcheck_release.recipes import RECIPES, filled
from netcheck_release.work import PACKAGING, ROOT, Work, version_of
from tests.packages import built

pytestmark = pytest.mark.packages


def checked(*command: str | Path, given: str | None = None) -> str:
    """What the checker printed; skips where it is not here, fails where it complains."""
    if not shutil.which(str(command[0])):
        pytest.skip(f"no {command[0]} here")
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, timeout=120
    )
    assert 0 == done.returncode, done.stdout + done.stderr
    return done.stdout


def test_rpm_understands_the_spec(tmp_path):
    file = tmp_path / "netcheck.spec"
    file.write_text(rpm.spec(Work(ROOT, tmp_path, tmp_path, 0)))
    said = checked("rpmspec", "-q", "--qf", "%{name} %{version} %{license}", file)
    assert f"netcheck {version_of(ROOT)} Apache-2.0" == said


def test_the_rpm_holds_program_service_and_settings():
    if not shutil.which("rpmbuild"):
        pytest.skip("no rpmbuild here")
    one = built()
    package = rpm.build(one.work, one.folder)
    held = set(checked("rpm", "-qlp", package).split())
    assert {
        "/usr/bin/netcheck",
        "/usr/lib/netcheck/netcheck",
        "/usr/lib/systemd/system/netcheck-watch.service",
        "/usr/lib/systemd/system/netcheck-.service.d/50-hardened.conf",
        "/usr/share/zsh/site-functions/_netcheck",
        "/etc/netcheck/config.toml",
    } <= held
    assert ["/etc/netcheck/config.toml"] == checked("rpm", "-qcp", package).split()
    assert [] == [name for name in held if "scapy" in name]
    assert "useradd --system" in checked("rpm", "-qp", "--scripts", package)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe[2])
def test_ruby_understands_homebrews_formula_and_wingets_manifests(recipe, tmp_path):
    template, package, name = recipe
    packed = tmp_path / package.replace("@VERSION@", version_of(ROOT))
    packed.write_bytes(b"a package")
    work = Work(ROOT, tmp_path, tmp_path, 0)
    text = filled((PACKAGING / template).read_text(), work, packed, "https://example.org")
    if name.endswith(".rb"):
        assert "Syntax OK\n" == checked("ruby", "-c", given=text)
        return
    script = 'puts YAML.safe_load(STDIN.read).fetch("PackageVersion")'
    assert f"{version_of(ROOT)}\n" == checked("ruby", "-ryaml", "-e", script, given=text)


def test_the_playbook_is_yaml_with_named_tasks():
    script = 'YAML.safe_load(STDIN.read)[0].fetch("tasks").each { |one| puts one.fetch("name") }'
    playbook = (PACKAGING / "ansible/netcheck.yml").read_text()
    assert 8 == len(checked("ruby", "-ryaml", "-e", script, given=playbook).splitlines())


def test_zsh_understands_its_completion(tmp_path):
    file = tmp_path / "_netcheck"
    file.write_text(completion.zsh())
    checked("zsh", "-n", file)


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("netcheck wat", "watch"),
        ("netcheck watch --unt", "--until"),
        ("netcheck --symptom no", "no-service"),
        ("netcheck report --js", "--json"),
    ],
)
def test_fish_completes(typed, offered, tmp_path):
    file = tmp_path / "netcheck.fish"
    file.write_text(completion.fish())
    said = checked("fish", "--no-config", "-c", f"source {file}; complete -C '{typed}'")
    assert [offered] == [line.split("\t")[0] for line in said.splitlines()]
