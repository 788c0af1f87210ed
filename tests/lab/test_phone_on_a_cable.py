"""The real adb, and behind it a phone's daemon that speaks its protocol (servers/adbd.py)."""

import json
import shutil
import sys
from pathlib import Path

import pytest

from tests.android_dumps import CANARIES, ROAMING, SOS_DENIED, dump
from tests.command import Ended, isolation, netcheck
from tests.fake_phone import FakePhone

pytestmark = [
    pytest.mark.lab,
    pytest.mark.skipif(shutil.which("adb") is None, reason="adb is not installed"),
]
_ADBD = Path(__file__).parent / "servers" / "adbd.py"
_PORT = 6123  # outside the range that adb searches for emulators
# adb's server and the phone's daemon end with the test; both live in a namespace of their own.
_PLUGGED = f"""
ip link set lo up
"$PYTHON" {_ADBD} {_PORT} "$FOLDER" $AUTHORIZED & adbd=$!
trap 'adb kill-server 2>/dev/null; kill $adbd' EXIT
adb start-server 2>/dev/null
for try in $(seq 50); do
    adb connect 127.0.0.1:{_PORT} >/dev/null 2>&1 &
    sleep 0.1
    adb devices | grep -q "^127" && break
done
"$@"
"""


def _ask(folder: Path, *words: str, authorized: bool = True) -> Ended:
    return netcheck(
        folder / "home",
        "phone",
        "--adb",
        *words,
        within=[*isolation(), "sh", "-c", _PLUGGED, "sh"],
        env={
            "FOLDER": str(folder),
            "PYTHON": sys.executable,
            "AUTHORIZED": "" if authorized else "unauthorized",
        },
    )


def test_a_phone_is_read_through_the_real_adb(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    FakePhone(registry=dump(SOS_DENIED, ROAMING)).plug(tmp_path)
    ended = _ask(tmp_path, "--json")
    told = json.loads(ended.out)
    assert (ended.code, told["read"], told["private_dns"]) == (0, True, "automatic")
    assert [line["voice"] for line in told["lines"]] == ["denied", "roaming"]
    assert told["lines"][0]["reject_cause"] == 15
    said = ended.out + ended.err
    assert [name for name, value in CANARIES.items() if value in said] == []
    assert f"127.0.0.1:{_PORT}" not in said


def test_a_phone_that_trusts_nobody_is_told_through_the_real_adb(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    FakePhone().plug(tmp_path)
    ended = _ask(tmp_path, authorized=False)
    assert (ended.code, ended.out) == (3, "")
    assert "allow USB debugging on its screen" in ended.err


def test_without_a_phone_the_real_adb_s_answer_is_understood(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    script = "ip link set lo up; trap 'adb kill-server 2>/dev/null' EXIT; \"$@\""
    within = [*isolation(), "sh", "-c", script, "sh"]
    ended = netcheck(tmp_path / "home", "phone", "--adb", within=within)
    assert (ended.code, ended.out) == (3, "")
    assert "There is no phone on the cable." in ended.err
