"""What the fleet says back: which carriers are told of, as what, and by whose signature."""

import json
from dataclasses import asdict
from pathlib import Path

import pytest

from netcheck.catalog import load
from netcheck.crowd import txt
from netcheck.crowd.verifying import Ignored, Mark, verified
from netcheck.fleet import feed_keys, publishing
from netcheck.fleet.measured import Alarm, AlarmKind, Cell, Count, Stage
from netcheck.fleet.publishing import feed, online_key, publish
from netcheck.model.crowd import CrowdEntry, CrowdState, CrowdStatus
from netcheck.seal import envelope, signing
from tests.command import netcheck

NOW = 1_800_000_000
MINUTE = NOW // 60
COUNTRY_OF = {"att_us": "US", "verizon_us": "US", "rogers_ca": "CA"}
REGISTRATION, GATEWAYS = Stage.REGISTRATION, Stage.GATEWAYS


def count(carrier="att_us", told=40, *, region="US", stage=REGISTRATION, ago=5, called=""):
    return Count(Cell(carrier, region, stage, called), MINUTE - ago, told, 0)


def alarm(carrier="att_us", *, kind=AlarmKind.OUTAGE, region="", stage=REGISTRATION, called="",
          over=None, sure=0.97, share=0.74):  # fmt: skip
    return Alarm(Cell(carrier, region, stage, called), kind, MINUTE - 40, over, sure, share)


def told(alarms=(), counts=()) -> dict[str, CrowdStatus]:
    return feed(alarms, counts, NOW, COUNTRY_OF)


def entries(alarms=(), counts=(), country="US") -> list[CrowdEntry]:
    found = told(alarms, counts).get(country)
    return list(found.entries) if found else []


OUTAGE = CrowdEntry("att_us", CrowdState.OUTAGE, "", "", (MINUTE - 40) * 60, "90-99", "70-79")
OK = CrowdEntry("att_us", CrowdState.OK)


@pytest.mark.parametrize(
    ("alarms", "counts", "said"),
    [
        ([], [count()], [OK]),
        ([alarm()], [count()], [OUTAGE]),
        ([alarm(over=MINUTE)], [count()], [OK]),
        ([], [], []),
        # Fewer than twenty could tell: nothing is said, good or bad.
        ([], [count(told=19)], []),
        ([alarm()], [count(told=19)], []),
        ([alarm()], [count(told=19), count(told=1)], [OUTAGE]),
        ([alarm()], [count(told=10), count(told=10, region="")], [OUTAGE]),
        # One report tells of several stages, and counts once.
        ([alarm()], [count(told=19), count(told=19, stage=GATEWAYS)], []),
        ([alarm()], [count(ago=16)], []),
        # The worst stage speaks, of equals the surest.
        ([alarm(kind=AlarmKind.DEGRADED, stage=GATEWAYS), alarm()], [count()], [OUTAGE]),
        ([alarm(sure=0.5, stage=GATEWAYS), alarm()], [count()], [OUTAGE]),
        # Roaming customers, and carriers that nobody knows.
        ([], [count(region="CA")], []),
        ([alarm("nobody")], [count("nobody")], []),
    ],
)
def test_what_is_told_of_a_carrier(alarms, counts, said):
    assert entries(alarms, counts) == said


def test_devices_that_fall_silent_are_told_by_how_many_there_were_in_a_day():
    silent = [alarm(kind=AlarmKind.SILENT)]
    (entry,) = entries(silent, [count(told=3, ago=5), count(told=30, ago=200)])
    assert (entry.state, entry.carrier) == (CrowdState.DEGRADED, "att_us")
    assert entries(silent, [count(told=30, ago=1441)]) == []


def test_a_region_is_told_apart_and_counts_for_its_country():
    counts = [count(told=15, region="US-TX"), count(told=25, region="US-NY")]
    found = entries([alarm(region="US-NY")], counts)
    assert [(e.region, e.state.value) for e in found] == [("", "ok"), ("US-NY", "outage")]


def test_whom_others_cannot_reach_is_told_where_enough_of_them_say_so():
    calls = [count("att_us", 12, called="verizon_us"), count("rogers_ca", 12, called="verizon_us")]
    pooled, alone = alarm("", called="verizon_us"), alarm("att_us", called="verizon_us")
    found = entries([pooled, alone], calls)
    assert [(e.carrier, e.called, e.state.value) for e in found] == [("", "verizon_us", "outage")]


def test_each_country_has_its_own_file():
    found = told([], [count(), count("rogers_ca", region="CA")])
    assert {c: [e.carrier for e in s.entries] for c, s in found.items()} == {
        "US": ["att_us"],
        "CA": ["rogers_ca"],
    }
    assert (found["US"].issued, found["US"].expires) == (NOW, NOW + 900)


# --- files and keys ---

ROOT_SECRET, FIRST, SECOND = b"r" * 32, b"1" * 32, b"2" * 32
ROOT = signing.public_key(ROOT_SECRET)
KEYS = feed_keys.signed(ROOT_SECRET, [signing.public_key(FIRST)], NOW, 90)
DAY = 86_400


def read(folder: Path, now: int, last: Mark = Mark()):  # noqa: B008  (it is frozen)
    raw = (folder / "US.jws").read_bytes()
    return verified(raw, ROOT, "US", now, last)


def test_what_is_published_is_believed_and_rises(tmp_path):
    key = online_key(FIRST, KEYS, NOW)
    assert publish(tmp_path, told([alarm()], [count()]), KEYS, key, NOW) == ["US"]
    first = read(tmp_path, NOW)
    assert list(first.status.entries) == [OUTAGE]
    publish(tmp_path, told([], [count()]), KEYS, key, NOW - 30)  # the clock was set back
    second = read(tmp_path, NOW, first.mark)
    assert (second.mark, list(second.status.entries)) == (Mark(NOW, NOW + 1), [OK])
    string = (tmp_path / "US.txt").read_text().strip()
    found = txt.believed(string, second.keys_text, ROOT, "US", NOW, second.mark)
    assert list(found.status.entries) == [OK]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["US.jws", "US.txt"]
    assert {path.stat().st_mode & 0o777 for path in tmp_path.iterdir()} == {0o644}


def test_a_country_that_has_gone_quiet_is_told_of_as_nothing(tmp_path):
    key = online_key(FIRST, KEYS, NOW)
    publish(tmp_path, told([alarm()], [count()]), KEYS, key, NOW)
    assert publish(tmp_path, {}, KEYS, key, NOW + 60) == ["US"]
    assert read(tmp_path, NOW + 60).status.entries == ()


def test_keys_are_rotated_without_a_gap_and_a_stolen_one_dies(tmp_path):
    later = NOW + 80 * DAY
    line = feed_keys.rotated(ROOT_SECRET, KEYS, signing.public_key(SECOND), later, 90, 24)
    for secret in (FIRST, SECOND):  # both sign for a day
        key = online_key(secret, line, later)
        publish(tmp_path, {"US": CrowdStatus("US", 0, later, later + 900)}, line, key, later)
        read(tmp_path, later)
    with pytest.raises(publishing.NotVouched):
        online_key(FIRST, line, later + DAY)
    assert online_key(SECOND, line, later + DAY).secret == SECOND
    mark = read(tmp_path, later).mark
    old = online_key(FIRST, KEYS, later)  # whoever has the old key and the old line
    publish(tmp_path, {"US": CrowdStatus("US", 0, later, later + 900)}, KEYS, old, later)
    with pytest.raises(Ignored, match="rolled-back"):
        read(tmp_path, later, mark)


def test_a_key_that_no_agent_would_believe_signs_nothing():
    for keys, now in ((KEYS, NOW + 90 * DAY), (KEYS, NOW - 1), ("no line", NOW)):
        with pytest.raises(publishing.NotVouched):
            online_key(FIRST, keys, now)
    with pytest.raises(publishing.NotVouched):
        online_key(SECOND, KEYS, NOW)


# --- the command ---


def fleet(home: Path, *words: str):
    return netcheck(home, "fleet", *words, alone=False)


def test_from_no_key_at_all_to_files_that_agents_believe(tmp_path):
    import time

    home, out = tmp_path, tmp_path / "out"
    out.mkdir()
    made = fleet(home, "keys", "new", str(home / "root"))
    assert made.code == 0
    root = envelope.read("netcheck-feed-key/1", (home / "root.pub").read_text())
    assert (home / "root").stat().st_mode & 0o777 == 0o600
    fleet(home, "keys", "new", str(home / "online"))
    signed = fleet(home, "keys", "sign", str(home / "keys"), "--root-key", str(home / "root"),
                   "--public-key", str(home / "online.pub"), "--days", "30")  # fmt: skip
    assert signed.code == 0, signed.err
    minute = int(time.time()) // 60
    att = load().carrier("att").id
    counted = Count(Cell(att, "US", REGISTRATION), minute - 5, 50, 45)
    lasting = Alarm(Cell(att, "US", REGISTRATION), AlarmKind.OUTAGE, minute - 40, None, 0.97, 0.9)
    measured = {"alarms": [asdict(lasting)], "counts": [asdict(counted)]}
    (home / "measured.json").write_text(json.dumps(measured))
    words = ["--measured", str(home / "measured.json"), "--feed-folder", str(out),
             "--feed-keys", str(home / "keys"), "--signing-key", str(home / "online")]  # fmt: skip
    done = fleet(home, "publish", *words)
    assert (done.code, done.err) == (0, "")
    status = verified((out / "US.jws").read_bytes(), root, "US", time.time(), Mark()).status
    assert status.of(att).state == CrowdState.OUTAGE


class Ended(Exception):
    """Somebody has ended it."""


def test_again_and_again_what_cannot_be_read_once_is_read_the_next_time(
    tmp_path, monkeypatch, capsys
):
    from types import SimpleNamespace

    from netcheck.cli import fleet_publish
    from netcheck.cli.door import Door

    measured, now = tmp_path / "measured.json", 1_800_000_000
    (tmp_path / "out").mkdir()
    (tmp_path / "key").write_text(envelope.written("netcheck-feed-secret/1", FIRST))
    (tmp_path / "keys").write_text(KEYS)
    counted = Count(Cell("att_us", "US", REGISTRATION), now // 60 - 5, 50, 0)
    given = SimpleNamespace(
        measured=measured,
        feed_folder=tmp_path / "out",
        feed_keys=tmp_path / "keys",
        signing_key=tmp_path / "key",
        again_every=60,
        config=None,
    )

    def sleep(seconds: int) -> None:
        if measured.exists():
            raise Ended
        measured.write_text(json.dumps({"alarms": [], "counts": [asdict(counted)]}))

    monkeypatch.setenv("NETCHECK_CONFIG_DIR", str(tmp_path))
    monkeypatch.setattr(fleet_publish.time, "sleep", sleep)
    monkeypatch.setattr(fleet_publish.time, "time", lambda: now)
    with pytest.raises(Ended):
        fleet_publish.perform(given, Door())
    said = f"The file {measured} can't be read: no such file or directory\n"
    assert capsys.readouterr().err == said
    assert read(tmp_path / "out", now).status.of("att_us").state == CrowdState.OK


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["keys"], "There is no such thing as netcheck fleet keys. It may be: new, sign, rotate\n"),
        (["keys", "sing", "x"], "There is no such thing as netcheck fleet keys sing. It may be:"
         " new, sign, rotate\n"),
        (["keys", "new"], "Which file? netcheck fleet keys new FILE\n"),
        (["keys", "sign", "x"],
         "The option --root-key is needed here. See: netcheck fleet --help\n"),
        (["publish"], "The option --measured is needed here. See: netcheck fleet --help\n"),
    ],
)  # fmt: skip
def test_a_mistake_is_said_in_a_sentence(tmp_path, words, said):
    ended = fleet(tmp_path, *words)
    assert (ended.code, ended.err) == (2, said)
