"""The Debian package in a Debian of its own: installed, run, upgraded, removed, purged.

One story, told once: each test looks at what a step left behind.
"""

import gzip
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from netcheck_release.work import ROOT, version_of
from tests.command import Ended, behind_a_dead_router, environment
from tests.packages import Debian, built, new_deb, next_version, old_deb

pytestmark = pytest.mark.packages

SETTINGS = "etc/netcheck/config.toml"
OURS = '# ours\ncountry = "US"\n'
AS_THE_SERVICE = (
    *("runuser", "-u", "netcheck", "--", "env"),
    *("NETCHECK_STATE_DIR=/var/lib/netcheck", "NETCHECK_CONFIG_DIR=/etc/netcheck", "netcheck"),
)
# In a new network namespace, with the range that Debian's kernel starts with.
INSTALL = 'dpkg -i "$1" && cat /proc/sys/net/ipv4/ping_group_range'


@dataclass
class Story:
    """What each step said, and what lay there after it: paths below the Debian's root."""

    debian: Path
    said: dict[str, Ended] = field(default_factory=dict)
    kept: dict[str, dict[str, bytes]] = field(default_factory=dict)


def files(root: Path) -> dict[str, bytes]:
    """All that is ours to keep or to clean up: settings and state."""
    places = (root / "etc/netcheck", root / "var/lib/netcheck")
    return {
        str(path.relative_to(root)): path.read_bytes()
        for place in places
        if place.exists()
        for path in sorted(place.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def story(tmp_path_factory):
    """The whole story, while the tests look at it."""
    debian = Debian()
    try:
        debian.begin(tmp_path_factory.mktemp("debian"))
        old, new = old_deb(), new_deb()
        debian.wait()
        assert debian.root is not None
        for number, package in enumerate((old, new)):
            shutil.copyfile(package, debian.root / f"tmp/{number}.deb")
        yield told(debian)
    finally:
        debian.end()
        if debian.root is not None:
            shutil.rmtree(debian.root, ignore_errors=True)


def told(debian: Debian) -> Story:
    root = debian.root
    assert root is not None
    story = Story(root)

    def step(name: str, *command: str) -> None:
        story.said[name] = debian.run(*command)
        story.kept[name] = files(root)

    step("install", "sh", "-c", INSTALL, "sh", "/tmp/0.deb")
    step("user", "getent", "passwd", "netcheck")
    step("listing", "dpkg", "-L", "netcheck")
    step("version", "netcheck", "--version")
    (root / SETTINGS).write_text(OURS)
    step("consent", *AS_THE_SERVICE, "report", "on")
    step("watch", *AS_THE_SERVICE, "watch", "--looks", "2", "--every", "5", "--json")
    step("history", *AS_THE_SERVICE, "history", "--json")
    step("upgrade", "dpkg", "-i", "/tmp/1.deb")
    step("new version", "netcheck", "--version")
    step("new history", *AS_THE_SERVICE, "history", "--json")
    step("new report", *AS_THE_SERVICE, "report", "--json")
    step("remove", "dpkg", "--remove", "netcheck")
    step("purge", "dpkg", "--purge", "netcheck")
    step("no user", "getent", "passwd", "netcheck")
    step("left", "sh", "-c", "find / -xdev -name '*netcheck*' -not -path '/tmp/*'")
    return story


def test_it_installs_and_says_its_version(story):
    assert 0 == story.said["install"].code, story.said["install"].err
    assert f"netcheck {version_of(ROOT)}\n" == story.said["version"].out


def test_its_user_cannot_log_in_and_owns_the_state(story):
    name, _, _, _, _, home, shell = story.said["user"].out.strip().split(":")
    assert ("netcheck", "/var/lib/netcheck", "/usr/sbin/nologin") == (name, home, shell)


def test_it_lets_every_user_ping(story):
    assert ["0", "2147483647"] == story.said["install"].out.split()[-2:]


def test_it_lays_program_manual_completions_and_service(story):
    laid = set(story.said["listing"].out.split())
    assert {
        "/usr/bin/netcheck",
        "/usr/share/man/man1/netcheck.1.gz",
        "/usr/share/bash-completion/completions/netcheck",
        "/usr/share/zsh/vendor-completions/_netcheck",
        "/usr/share/fish/vendor_completions.d/netcheck.fish",
        "/usr/lib/systemd/system/netcheck-watch.service",
        "/usr/lib/systemd/system/netcheck-look.service",
        "/usr/lib/systemd/system/netcheck-look.timer",
        "/usr/lib/systemd/system/netcheck-.service.d/50-hardened.conf",
        "/usr/lib/sysctl.d/50-netcheck.conf",
        "/usr/lib/sysusers.d/netcheck.conf",
        "/usr/share/doc/netcheck/copyright",
        f"/{SETTINGS}",
    } <= laid


def test_it_carries_signatures_and_encryption_and_leaves_scapy_out(story):
    """The same frozen program as the single file: see test_packaging_built."""
    beside = {name for name in story.said["listing"].out.split() if "/_internal/" in name}
    assert any(name.endswith("/cryptography/hazmat/bindings/_rust.abi3.so") for name in beside)
    assert any(name.endswith("/rfc3161_client/_rust.abi3.so") for name in beside)
    assert [] == [name for name in beside if "scapy" in name]


def test_its_watch_runs_as_its_user_and_keeps_what_it_saw(story):
    assert 0 == story.said["watch"].code, story.said["watch"].err
    assert '"fault": "interface-off"' in story.said["watch"].out
    state = {name for name in story.kept["watch"] if name.startswith("var/lib/netcheck/")}
    assert {"var/lib/netcheck/history.ndjson", "var/lib/netcheck/report-consent"} <= state
    assert 1 == len([name for name in state if name.endswith(".report")])


def test_an_upgrade_keeps_settings_consent_history_and_waiting_reports(story):
    assert 0 == story.said["upgrade"].code, story.said["upgrade"].err
    assert f"netcheck {next_version()}\n" == story.said["new version"].out
    assert story.kept["history"] == story.kept["upgrade"]
    assert OURS.encode() == story.kept["upgrade"][SETTINGS]
    assert story.said["history"].out == story.said["new history"].out
    assert '"waiting": 1' in story.said["new report"].out, story.said["new report"]


def test_what_is_removed_keeps_settings_and_state_and_what_is_purged_leaves_nothing(story):
    assert 0 == story.said["remove"].code, story.said["remove"].err
    assert OURS.encode() == story.kept["remove"][SETTINGS]
    assert "var/lib/netcheck/history.ndjson" in story.kept["remove"]
    assert 0 == story.said["purge"].code, story.said["purge"].err
    assert {} == story.kept["purge"]
    assert 2 == story.said["no user"].code  # getent: there is no such key
    assert "" == story.said["left"].out


# The service, read by systemd's own checkers


@pytest.fixture(scope="module")
def units(tmp_path_factory):
    """The units beside a program that is there."""
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd-analyze here")
    root = tmp_path_factory.mktemp("units")
    done = subprocess.run(["dpkg-deb", "-x", old_deb(), root], capture_output=True, check=False)
    assert 0 == done.returncode, done.stderr
    return root / "usr/lib/systemd/system"


@pytest.mark.parametrize("service", ["netcheck-watch.service", "netcheck-look.service"])
def test_systemd_finds_the_service_hardened(units, service):
    done = subprocess.run(
        ["systemd-analyze", "security", "--offline=true", "--threshold=20", units / service],
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout[-3000:]


@pytest.mark.parametrize("unit", ["netcheck-watch.service", "netcheck-look.timer"])
def test_systemd_understands_each_line(units, unit):
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", units / unit],
        capture_output=True,
        text=True,
        check=False,
    )
    # The program is not installed on this machine; that alone may be wrong.
    missing = "Command /usr/bin/netcheck is not executable: No such file or directory"
    assert [] == [line for line in done.stderr.splitlines() if missing not in line]


def allowed(group: str) -> set[str]:
    """The system calls of one of systemd's groups, and of the groups in it."""
    listing = ("systemd-analyze", "syscall-filter", group)
    said = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
    names = {line.strip() for line in said.splitlines()} - {"", group}
    groups = {name for name in names if name.startswith("@")}
    calls = {name for name in names - groups if not name.startswith("#")}
    return calls.union(*(allowed(name) for name in groups))


def test_a_watch_without_any_right_makes_no_system_call_that_the_service_forbids(tmp_path):
    """systemd itself does not run here, so what it would refuse is looked for in what is called."""
    for program in ("strace", "setpriv", "systemd-analyze"):
        if not shutil.which(program):
            pytest.skip(f"no {program} here")
    counts = tmp_path / "counts"
    without_rights = ("setpriv", "--no-new-privs", "--bounding-set=-all", "--inh-caps=-all")
    watch = (built().folder / "netcheck", "watch", "--looks", "1", "--json")
    done = subprocess.run(
        [*behind_a_dead_router(), "strace", "-f", "-c", "-o", counts, *without_rights, *watch],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
        env=environment(tmp_path),
    )
    assert '"fault": "router-dead"' in done.stdout, done.stderr
    rows = [line.split() for line in counts.read_text().splitlines()[2:]]
    called = {row[-1] for row in rows if len(row) >= 5 and row[-1].isidentifier()} - {"total"}
    assert {"socket", "execve"} <= called
    forbidden = allowed("@privileged") | allowed("@resources")
    # setpriv's own, before the program begins.
    assert {"capset"} >= called - (allowed("@system-service") - forbidden)


def test_the_manual_is_understood(tmp_path):
    if not shutil.which("mandoc"):
        pytest.skip("no mandoc here")
    subprocess.run(["dpkg-deb", "-x", old_deb(), tmp_path], check=True)
    page = gzip.decompress((tmp_path / "usr/share/man/man1/netcheck.1.gz").read_bytes())
    done = subprocess.run(
        ["mandoc", "-T", "lint", "-W", "warning"], input=page, capture_output=True, check=False
    )
    assert (0, b"") == (done.returncode, done.stdout)
