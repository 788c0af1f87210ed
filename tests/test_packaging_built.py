"""The wheel and the program in one file, built as a release is and run without any network."""

import hashlib
import json
import os
import re
import statistics
import subprocess
import sys
import tarfile
import time
import zipfile
from pathlib import Path

import pytest

from netcheck_release import deb, sums, wheel
from netcheck_release.frozen import LICENCES
from netcheck_release.work import ROOT, Work, version_of
from tests.packages import EPOCH_S, built, copied, materials, run, single_file

pytestmark = pytest.mark.packages

MB = 1_000_000
STORES = {
    "Debian, Ubuntu, Arch": "/etc/ssl/certs/ca-certificates.crt",
    "Fedora": "/etc/pki/tls/certs/ca-bundle.crt",
    "RHEL": "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "CentOS": "/etc/pki/tls/cert.pem",
    "Alpine, OpenBSD": "/etc/ssl/cert.pem",
    "openSUSE": "/etc/ssl/ca-bundle.pem",
    "a user's own": "SSL_CERT_FILE",
}


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """Whoever starts it; it was started once."""
    home = tmp_path_factory.mktemp("home")
    assert 0 == run([single_file(), "--version"], home).code
    return home


# The wheel


def test_wheel_and_sdist_are_the_same_bytes_wherever_and_whenever_they_are_built(tmp_path):
    first = built()
    source = copied(tmp_path / "another" / "checkout")
    for file in source.rglob("*"):
        os.utime(file, (1_000_000_000, 1_000_000_000))
        file.chmod(file.stat().st_mode & 0o700)
    again = Work(source, tmp_path, first.work.aside, EPOCH_S)
    for mine, other in zip((first.wheel, first.sdist), wheel.build(again), strict=True):
        assert digest(mine) == digest(other), mine.name


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_wheel_holds_the_agent_and_no_test():
    with zipfile.ZipFile(built().wheel) as packed:
        folders = {name.split("/")[0] for name in packed.namelist()}
    stem = f"netcheck_agent-{version_of(ROOT)}"
    assert {"netcheck", f"{stem}.dist-info"} == folders


def test_the_sdist_builds_the_same_wheel(tmp_path):
    first = built()
    with tarfile.open(first.sdist) as packed:
        packed.extractall(tmp_path, filter="data")
    (source,) = tmp_path.iterdir()
    into = tmp_path / "dist"
    again = wheel.build(Work(source, into, first.work.aside, EPOCH_S))[0]
    assert digest(first.wheel) == digest(again)


# The program in one file


def test_it_is_at_most_40_mb():
    assert single_file().stat().st_size <= 40 * MB


def test_it_says_its_version(home):
    ended = run([single_file(), "--version"], home)
    assert (0, f"netcheck {version_of(ROOT)}\n", "") == (ended.code, ended.out, ended.err)


def modules(folder: Path) -> set[str]:
    """The names of all modules in the frozen program, and of all packages with files beside it."""
    done = subprocess.run(
        [built().work.aside / "frozen/bin/pyi-archive_viewer", "-r", "-b", folder / "netcheck"],
        capture_output=True,
        text=True,
        check=True,
    )
    named = set(re.findall(r"[\w.]+", done.stdout))
    beside = {path.name for path in (folder / "_internal").iterdir()}
    return named | beside


def test_it_carries_signatures_and_encryption_and_leaves_scapy_out():
    carried = modules(built().folder)
    assert {"netcheck.cli.run", "cryptography", "pyhpke", "rfc3161_client"} <= carried
    assert set() == {name for name in carried if name.partition(".")[0] == "scapy"}


def test_its_encryption_runs(home):
    key = home / "help-desk"
    assert 0 == run([single_file(), "bundle", "--new-key", key], home).code
    assert key.exists() and key.with_name("help-desk.pub").exists()


def test_it_answers_as_the_installed_command_does(home, tmp_path):
    for words in (["checks"], ["explain", "lan-blocks-ike"], ["targets", "--json"], ["--help"]):
        packed = run([single_file(), *words], home)
        installed = run([built().installed, *words], tmp_path)
        assert (installed.code, installed.out, installed.err) == (
            packed.code,
            packed.out,
            packed.err,
        )


def test_a_whole_run_without_a_network_blames_the_device(home):
    ended = run([single_file(), "run", "--no-input", "--json"], home)
    verdict = json.loads(ended.out)["verdict"]
    assert (10, "local", "interface-off") == (ended.code, verdict["side"], verdict["fault"])


def test_a_bundle_knows_the_same_words_as_the_installed_command(home, tmp_path):
    """What netcheck says of its own accord is read from its modules, which PyInstaller packs."""
    told = []
    for number, program in enumerate((built().installed, single_file())):
        one = tmp_path / str(number)
        one.mkdir()
        again = run([program, "run", "--no-input", "--quiet"], one)
        assert 10 == again.code, again.err
        made = [program, "bundle", "--last", "--ticket", "T-1", "--output", one / "bundle.zip"]
        assert 0 == run(made, one).code
        with zipfile.ZipFile(one / "bundle.zip") as bundle:
            told.append(json.loads(bundle.read("redaction.json")))
    assert told[0] == told[1]


def medians_ms(home: Path, words: list[str], count: int) -> tuple[float, float]:
    """How long the installed command and the one file take, in turns: a busy machine slows both."""
    took: list[list[float]] = [[], []]
    for _ in range(count):
        for times, program in zip(took, (built().installed, single_file()), strict=True):
            began_s = time.perf_counter()
            run([program, *words], home)
            times.append((time.perf_counter() - began_s) * 1000)
    return statistics.median(took[0]), statistics.median(took[1])


@pytest.mark.parametrize(
    ("words", "count"), [(["--version"], 20), (["run", "--no-input", "--quiet"], 7)]
)
def test_it_starts_in_at_most_twice_the_time_of_the_installed_command(words, count, home):
    installed_ms, packed_ms = medians_ms(home, words, count)
    print(f"{words[0]}: installed {installed_ms:.0f} ms, one file {packed_ms:.0f} ms")
    assert packed_ms <= 2 * installed_ms


@pytest.mark.skipif(os.geteuid() != 0, reason="another /etc needs root")
def test_it_finds_the_certificates_of_several_distributions():
    command = ["unshare", "-n", "-m", sys.executable, "-m", "tests.trusting_elsewhere"]
    done = subprocess.run(
        [*command, single_file(), "nowhere", *STORES.values()],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        timeout=120,
    )
    assert 0 == done.returncode, done.stderr
    came = {store: told["came"] for store, told in json.loads(done.stdout).items()}
    assert {"nowhere": "no-trust", **dict.fromkeys(STORES.values(), "accepted")} == came


# Unpacking


def test_the_first_start_unpacks_it_into_the_users_cache_and_later_ones_leave_it(tmp_path):
    run([single_file(), "--version"], tmp_path)
    (unpacked,) = (tmp_path / ".cache" / "netcheck").iterdir()
    assert unpacked.name.startswith(version_of(ROOT))
    first = (unpacked / "netcheck").stat().st_mtime_ns
    run([single_file(), "--version"], tmp_path)
    assert first == (unpacked / "netcheck").stat().st_mtime_ns
    assert 0o700 == (tmp_path / ".cache" / "netcheck").stat().st_mode & 0o777


def test_many_first_starts_at_once_all_answer_and_leave_one_folder(tmp_path):
    env = {"HOME": str(tmp_path), "PATH": "/usr/bin:/bin"}
    started = [
        subprocess.Popen([single_file(), "--version"], env=env, stdout=subprocess.PIPE)
        for _ in range(4)
    ]
    said = [process.communicate(timeout=60)[0].decode() for process in started]
    assert [f"netcheck {version_of(ROOT)}\n"] * 4 == said
    assert 1 == len(list((tmp_path / ".cache" / "netcheck").iterdir()))


def test_without_a_home_it_unpacks_where_temporary_files_go(tmp_path):
    ended = run([single_file(), "--version"], tmp_path, HOME="/proc/nowhere", TMPDIR=str(tmp_path))
    assert 0 == ended.code
    assert [f"netcheck-{os.geteuid()}"] == [path.name for path in tmp_path.iterdir()]


@pytest.mark.skipif(os.geteuid() != 0, reason="giving a folder to somebody else needs root")
def test_a_folder_of_somebody_else_is_not_run_from(tmp_path):
    foreign = tmp_path / f"netcheck-{os.geteuid()}"
    foreign.mkdir()
    os.chown(foreign, 65534, 65534)
    ended = run([single_file(), "--version"], tmp_path, HOME="/proc/nowhere", TMPDIR=str(tmp_path))
    assert (1, "") == (ended.code, ended.out)
    assert ended.err.startswith("netcheck found no folder to unpack itself into")
    assert [] == list(foreign.iterdir())


def test_a_file_that_was_cut_short_says_so_and_leaves_nothing_behind(tmp_path):
    cut = tmp_path / "netcheck"
    cut.write_bytes(single_file().read_bytes()[: 5 * MB])
    cut.chmod(0o755)
    ended = run([cut, "--version"], tmp_path, TMPDIR=str(tmp_path))
    assert (1, "") == (ended.code, ended.out)
    assert ended.err.rstrip().endswith("Name one in XDG_CACHE_HOME.")
    assert [] == list((tmp_path / ".cache" / "netcheck").iterdir())


# What goes with it


def test_the_licences_of_all_that_it_carries_are_in_it():
    text = (built().folder / LICENCES).read_text()
    headings = re.findall(r"^=+\n(\S+) \S+  (.+)\n=+$", text, re.MULTILINE)
    named = {name.lower() for name, _ in headings}
    assert {"netcheck-agent", "python", "requests", "rich", "cryptography", "pyhpke"} <= named
    assert all(terms for _, terms in headings)


def test_the_bill_of_materials_lists_what_it_carries_with_hashes():
    document = json.loads(materials().read_text())
    assert ("CycloneDX", version_of(ROOT)) == (
        document["bomFormat"],
        document["metadata"]["component"]["version"],
    )
    listed = {one["name"].lower(): one for one in document["components"]}
    assert {"requests", "cryptography", "cpython", "openssl", "libssl.so.3"} <= set(listed)
    assert set() == {name for name in listed if name.startswith(("winrt", "scapy", "pyinstaller"))}
    assert listed["libssl.so.3"]["hashes"][0]["content"] == digest(
        built().folder / "_internal" / "libssl.so.3"
    )


def test_the_checksums_are_what_sha256sum_checks():
    single_file(), materials()
    into = built().work.into
    sums.write(into)
    done = subprocess.run(
        ["sha256sum", "--check", "--strict", sums.NAME],
        cwd=into,
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stdout
    assert f"{single_file().name}: OK" in done.stdout


def test_the_oldest_c_library_it_runs_with_is_no_newer_than_this_one():
    asked = tuple(map(int, deb.oldest_glibc(built().folder).split(".")))
    here = tuple(map(int, os.confstr("CS_GNU_LIBC_VERSION").split()[1].split(".")))
    assert (2, 17) <= asked <= here
