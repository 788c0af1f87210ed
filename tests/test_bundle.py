"""A bundle is written whole or not at all, and read only where every byte is as it was written."""

import hashlib
import io
import json
import os
import random
import signal
import time
import zipfile
from pathlib import Path

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import netcheck.desk
from netcheck.desk import bundle as layout
from netcheck.desk.bundle import Collected, Making, Member, manifest, packed
from netcheck.desk.opening import (
    TamperedBundle,
    UnreadableBundle,
    is_bundle,
    opened,
    read_manifest,
)
from netcheck.store.write import write_whole_bytes

SCHEMA = json.loads(
    (Path(netcheck.desk.__file__).parent / "schema" / "manifest-1.json").read_text()
)
MAKING = Making(
    "T-1", "2026-11-25T12:00:00Z", "0.1.0", 3, "linux", {"result.json": True}, {"address": 2}, {}
)
MEMBERS = (
    Member("result.json", b'{"schema": "netcheck.result/1"}\n', "netcheck"),
    Member("raw/linux/ip-route.json", b"[]\n", "ip-route"),
)
LISTED = manifest(MAKING, MEMBERS)
GOOD = packed(MEMBERS, LISTED)


def zipped(*members: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, raw in members:
            file.writestr(name, raw)
    return written.getvalue()


def listing(**changes: object) -> bytes:
    return json.dumps({**json.loads(LISTED), **changes}).encode()


RESULT = ("result.json", MEMBERS[0].raw)
ROUTES = ("raw/linux/ip-route.json", MEMBERS[1].raw)


# --- written ---


def test_a_manifest_is_as_its_schema_says():
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    jsonschema.validate(json.loads(LISTED), SCHEMA)


def test_what_is_packed_is_read_again():
    found = opened(GOOD)
    assert set(found.members) == {"manifest.json", "result.json", "raw/linux/ip-route.json"}
    assert found.result == MEMBERS[0].raw.decode()
    assert found.manifest.ticket == "T-1"
    assert found.manifest.files[1].sha256 == hashlib.sha256(b"[]\n").hexdigest()


def test_the_same_content_makes_the_same_bytes():
    assert packed(MEMBERS, LISTED) == GOOD


def test_a_history_is_cut_to_the_newest_looks(monkeypatch):
    monkeypatch.setattr(layout, "HISTORY_BYTES", 40)
    looks = [{"at": number} for number in range(9)]

    lines = layout.history(looks).splitlines()
    assert lines == [b'{"at":5}', b'{"at":6}', b'{"at":7}', b'{"at":8}']


def test_a_status_tells_what_became_of_each_source():
    told = json.loads(layout.status([Collected("firewall", "denied", "needs-administrator")]))
    assert told["collectors"] == [
        {
            "collector": "firewall",
            "status": "denied",
            "reason": "needs-administrator",
            "left_out": 0,
            "took_ms": None,
        }
    ]


def test_more_than_a_reader_takes_is_not_written(monkeypatch):
    monkeypatch.setattr(layout, "MOST_MEMBER_BYTES", 10)
    with pytest.raises(layout.TooLarge):
        packed(MEMBERS, LISTED)


# --- read: refused with one clear reason ---

_LINK = zipfile.ZipInfo("result.json")
_LINK.external_attr = 0o120777 << 16
_BOMB = ("raw/linux/zeros.json", bytes(9 * 1024 * 1024))

REFUSED = {
    "empty": (b"PK", "damaged"),
    "cut": (GOOD[: len(GOOD) // 2], "damaged"),
    "something before it": (b"#!/bin/sh\n" + GOOD, "damaged"),
    "too large": (GOOD + bytes(layout.MOST_BYTES), "too-large"),
    "a bomb": (zipped(RESULT, _BOMB), "too-large"),
    "a path upwards": (zipped(("../result.json", b"")), "bad-name"),
    "a path upwards inside": (zipped(("raw/../../x", b"")), "bad-name"),
    "an absolute path": (zipped(("/etc/passwd", b"")), "bad-name"),
    "a drive": (zipped(("C:/x", b"")), "bad-name"),
    "a backslash": (zipped(("raw\\x", b"")), "bad-name"),
    "a control character": (zipped(("a\x1b[2Jb", b"")), "bad-name"),
    "a link": (zipped((_LINK, b"/etc/passwd")), "bad-name"),
    "a folder": (zipped(("raw/", b"")), "bad-name"),
    "no manifest": (zipped(RESULT), "no-manifest"),
    "a manifest that is no JSON": (zipped(RESULT, ("manifest.json", b"{")), "manifest"),
    "too many files": (zipped(*((f"f{n}", b"") for n in range(300))), "too-large"),
    "no result": (
        packed(MEMBERS[1:], manifest(MAKING, MEMBERS[1:])),
        "no-result",
    ),
}


@pytest.mark.parametrize("raw", REFUSED)
def test_what_is_no_bundle_is_refused(raw):
    given_raw, id = REFUSED[raw]
    with pytest.raises(UnreadableBundle) as refusal:
        opened(given_raw)
    assert (type(refusal.value), refusal.value.id) == (UnreadableBundle, id)


def test_a_name_twice_is_refused():
    with pytest.warns(UserWarning, match="Duplicate"):
        raw = zipped(RESULT, RESULT, ("manifest.json", LISTED))
    with pytest.raises(UnreadableBundle, match="twice"):
        opened(raw)


def test_a_file_that_lies_about_its_size_is_refused():
    raw = bytearray(zipped(RESULT, ("manifest.json", LISTED)))
    at = raw.rindex(b"PK\x01\x02")
    raw[at + 24 : at + 28] = (5).to_bytes(4, "little")
    with pytest.raises(UnreadableBundle):
        opened(bytes(raw))


@pytest.mark.parametrize(
    ("members", "id"),
    [
        ([("result.json", b"{}"), ROUTES, ("manifest.json", LISTED)], "changed"),
        ([RESULT, ("manifest.json", LISTED)], "missing"),
        ([RESULT, ROUTES, ("x.json", b""), ("manifest.json", LISTED)], "not-listed"),
    ],
)
def test_what_was_altered_is_told_apart_from_what_is_damaged(members, id):
    with pytest.raises(TamperedBundle) as refusal:
        opened(zipped(*members))
    assert refusal.value.id == id


@pytest.mark.parametrize(
    ("raw", "path"),
    [
        (b"[]", "$.schema"),
        (listing(schema="netcheck.manifest/2"), "$.schema"),
        (listing(ticket="a b"), "$.ticket"),
        (listing(ticket=5), "$.ticket"),
        (listing(made_at="yesterday"), "$.made_at"),
        (listing(rules_version=-1), "$.rules_version"),
        (listing(replays={"result.json": "yes"}), "$.replays[...]"),
        (listing(files=[{"name": "a", "bytes": 1, "origin": "x"}]), "$.files[0].sha256"),
        (
            listing(files=[{"name": "../a", "bytes": 1, "origin": "x", "sha256": "0" * 64}]),
            "$.files[0].name",
        ),
        (b"\xff", "$"),
        (b"[" * 100_000, "$"),
    ],
)
def test_a_wrong_manifest_is_refused_with_the_path_of_the_field(raw, path):
    with pytest.raises(UnreadableBundle) as refusal:
        read_manifest(raw)
    assert (refusal.value.id, refusal.value.where) == ("manifest", path)


# --- fuzzed ---


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_change_of_bytes_is_read_as_another_bundle(data):
    raw = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        what = data.draw(st.sampled_from(["set", "cut", "insert"]))
        if what == "set":
            raw[at] = data.draw(st.integers(0, 255))
        elif what == "cut":
            del raw[at : at + data.draw(st.integers(1, 40))]
        else:
            raw[at:at] = data.draw(st.binary(min_size=1, max_size=20))
        if not raw:
            return
    try:
        found = opened(bytes(raw))
    except UnreadableBundle:
        return
    assert dict(found.members) == dict(opened(GOOD).members)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)


@settings(max_examples=400, deadline=None)
@given(field=st.sampled_from(sorted(json.loads(LISTED))), value=JSON)
def test_a_manifest_that_is_read_is_as_its_schema_says(field, value):
    raw = json.dumps({**json.loads(LISTED), field: value}).encode()
    try:
        read_manifest(raw)
    except UnreadableBundle as refusal:
        assert refusal.where.startswith("$")
        return
    jsonschema.validate(json.loads(raw), SCHEMA)


@settings(max_examples=200, deadline=None)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_refused_and_break_nothing(raw):
    with pytest.raises(UnreadableBundle):
        opened(b"PK\x03\x04" + raw)
    assert is_bundle(b"PK" + raw)


# --- killed at any moment ---


@pytest.mark.patient
def test_a_kill_at_any_moment_leaves_no_half_bundle(tmp_path):
    """200 times; the bytes are many, so that most moments are in the middle of the write."""
    path = tmp_path / "a.zip"
    noise = Member("raw/linux/noise.json", random.Random(5).randbytes(3_000_000), "x")
    members = (*MEMBERS, noise)
    raw = packed(members, manifest(MAKING, members))
    chance = random.Random(7)
    seen = {"none": 0, "whole": 0}
    for _ in range(200):
        path.unlink(missing_ok=True)
        child = os.fork()
        if child == 0:
            try:
                write_whole_bytes(path, raw)
                while True:
                    time.sleep(1)
            finally:
                os._exit(0)
        time.sleep(chance.uniform(0, 0.02))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        if path.exists():
            assert set(opened(path.read_bytes()).members) >= {"result.json", noise.name}
            seen["whole"] += 1
        else:
            seen["none"] += 1
    assert seen["none"] > 0 and seen["whole"] > 0
