"""A feed's file: by the schema, believed where it may be, and ignored with a reason where not."""

import json
from dataclasses import replace
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netcheck.crowd import txt
from netcheck.crowd.form import (
    MOST_BYTES,
    FeedKey,
    FeedKeys,
    Misfit,
    decode_keys,
    decode_status,
    encode_keys,
    encode_status,
)
from netcheck.crowd.signing import TooMuch, keys_line
from netcheck.crowd.verifying import Ignored, Mark, verified
from netcheck.model.crowd import CrowdEntry, CrowdState, Unheard
from netcheck.seal import jws, signing
from tests.feeds import KEY, NEXT, NOW, ROOT, ROOT_SECRET, STATUS, STRANGER, file_of, vouched


def schema(name: str) -> Draft202012Validator:
    text = files("netcheck.crowd").joinpath(f"schema/{name}-1.json").read_text("utf-8")
    Draft202012Validator.check_schema(json.loads(text))
    return Draft202012Validator(json.loads(text))


def why(raw: bytes, *, country: str = "US", now: float = NOW, last: Mark | None = None) -> str:
    """What comes of reading it: `believed`, or the reason why not."""
    try:
        found = verified(raw, ROOT, country, now, last or Mark())
    except Ignored as ignored:
        return ignored.why.value
    assert found.status.sequence >= 0
    return "believed"


# --- form ---


def test_a_status_is_written_by_its_schema_and_read_back():
    raw = encode_status(STATUS)
    assert list(schema("status").iter_errors(json.loads(raw))) == []
    assert decode_status(raw) == STATUS
    assert json.loads(raw)["entries"][2] == {"carrier": "verizon_us", "state": "ok"}


def test_keys_are_written_by_their_schema_and_read_back():
    keys = FeedKeys(3, (FeedKey("k", jws.coded(ROOT), 1, 2),))
    assert list(schema("feed-keys").iter_errors(json.loads(encode_keys(keys)))) == []
    assert decode_keys(encode_keys(keys)) == keys


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("schema", "netcheck.status/2"),
        ("country", "us"),
        ("country", "USA"),
        ("sequence", -1),
        ("sequence", 1.5),
        ("sequence", True),
        ("issued", "now"),
        ("expires", 1 << 40),
        ("entries", {}),
        ("entries", [1]),
        ("entries", [{"carrier": "att_us"}]),
        ("entries", [{"state": "ok"}]),
        ("entries", [{"carrier": "AT&T", "state": "ok"}]),
        ("entries", [{"carrier": "att_us", "state": "on fire"}]),
        ("entries", [{"carrier": "att_us", "state": "ok", "region": "Texas"}]),
        ("entries", [{"carrier": "att_us", "state": "ok", "failing": "87"}]),
        ("entries", [{"carrier": "att_us", "state": "ok"}] * 2001),
    ],
)
def test_what_the_schema_refuses_is_no_status(field, value):
    told = json.loads(encode_status(STATUS)) | {field: value}
    assert list(schema("status").iter_errors(told)) != []
    with pytest.raises(Misfit):
        decode_status(json.dumps(told).encode())


def test_a_field_of_a_newer_feed_is_passed_over():
    told = json.loads(encode_status(STATUS)) | {"weather": "fine"}
    assert list(schema("status").iter_errors(told)) == []
    assert decode_status(json.dumps(told).encode()) == STATUS


# --- belief ---


def test_a_file_is_believed():
    found = verified(file_of(), ROOT, "US", NOW, Mark(1, 7))
    assert (found.status, found.mark) == (STATUS, Mark(1, 7))


def changed(line: int, old: bytes, new: bytes) -> bytes:
    """A file in which somebody changed one signed byte, and nothing else."""
    lines = file_of().decode().splitlines()
    head, payload, signature = lines[line].split(".")
    plain = jws.plain(payload)
    assert old in plain
    lines[line] = f"{head}.{jws.coded(plain.replace(old, new, 1))}.{signature}"
    return "\n".join(lines).encode()


OLD_KEYS, NEW_KEYS = vouched(KEY), vouched(NEXT, sequence=2)
FORGED = keys_line(FeedKeys(9, ()), STRANGER)


@pytest.mark.parametrize(
    ("raw", "more", "said"),
    [
        (file_of(), {}, "believed"),
        (changed(1, b"outage", b"ok"), {}, "damaged"),
        (changed(0, b"autumn", b"winter"), {}, "damaged"),
        (b"", {}, "damaged"),
        (b"\xff\n\xff\n", {}, "damaged"),
        (file_of() + b"more\n", {}, "damaged"),
        (file_of().splitlines()[1] + b"\n" + file_of().splitlines()[0], {}, "damaged"),
        (file_of() + b" " * MOST_BYTES, {}, "too-large"),
        (file_of(), {"country": "CA"}, "wrong-country"),
        (file_of(), {"now": NOW + 869}, "believed"),
        (file_of(), {"now": NOW + 870}, "expired"),
        (file_of(expires=NOW + 86_400), {}, "expired"),  # nobody may sign for so long
        (file_of(), {"now": NOW - 331}, "from-the-future"),
        (file_of(), {"now": NOW - 329}, "believed"),
        (file_of(), {"last": Mark(1, 7)}, "believed"),
        (file_of(), {"last": Mark(1, 8)}, "rolled-back"),
        (file_of(keys=FORGED), {}, "damaged"),
        (file_of(key=NEXT), {}, "unknown-key"),
        (file_of(keys=vouched(KEY, until=NOW)), {}, "unknown-key"),
    ],
)  # fmt: skip
def test_what_is_believed_and_why_not(raw, more, said):
    assert why(raw, **more) == said


def test_a_key_is_replaced_and_the_old_one_is_refused_from_then_on():
    """Rotation: both keys for a while, then the new one alone; the old file never again."""
    both, last = vouched(KEY, NEXT, sequence=2), Mark()
    for raw in (
        file_of(keys=OLD_KEYS),
        file_of(keys=both, sequence=8),
        file_of(keys=both, key=NEXT, sequence=9),
        file_of(keys=vouched(NEXT, sequence=3), key=NEXT, sequence=10),
    ):
        last = verified(raw, ROOT, "US", NOW, last).mark
    assert last == Mark(3, 10)
    assert why(file_of(keys=vouched(NEXT, sequence=3), sequence=11), last=last) == "unknown-key"
    assert why(file_of(keys=both, sequence=11), last=last) == "rolled-back"


def test_who_stole_a_key_cannot_shut_its_successor_out():
    stolen = verified(file_of(keys=OLD_KEYS, sequence=1 << 39), ROOT, "US", NOW, Mark()).mark
    assert why(file_of(keys=NEW_KEYS, key=NEXT), last=stolen) == "believed"


def test_a_status_cannot_pass_for_a_word_of_the_root():
    """What an online key signs is of another kind than what the root signs, whatever is in it."""
    line = jws.signed(
        encode_keys(FeedKeys(9, ())), secret=ROOT_SECRET, kid="root", typ="netcheck-status+jws"
    )
    assert why(f"{line}\n{file_of().decode().splitlines()[1]}\n".encode()) == "damaged"


def test_no_file_is_made_that_nobody_would_read():
    many = tuple(CrowdEntry(f"carrier-{n}", CrowdState.OK) for n in range(1500))
    with pytest.raises(TooMuch):
        file_of(replace(STATUS, entries=many))


@given(st.data())
def test_no_changed_byte_is_believed(data):
    raw = bytearray(file_of())
    place = data.draw(st.integers(0, len(raw) - 2))  # the last byte is the newline, which is free
    raw[place] ^= data.draw(st.integers(1, 255))
    assert why(bytes(raw)) != "believed"


def test_a_region_s_own_word_comes_before_the_country_s():
    assert STATUS.of("att_us").state == CrowdState.OUTAGE
    assert STATUS.of("att_us", "US-AK").state == CrowdState.OK
    assert STATUS.of("tmobile_us") is None
    assert STATUS.of_called("att_us", "tmobile_us").state == CrowdState.OUTAGE
    assert STATUS.of_called("att_us", "verizon_us", "US-AK").state == CrowdState.DEGRADED


def test_whom_nobody_reaches_is_told_to_every_caller():
    entry = CrowdEntry("", CrowdState.OUTAGE, called="verizon_us")
    found = decode_status(encode_status(replace(STATUS, entries=(entry,))))
    assert found.entries == (entry,)
    assert found.of_called("verizon_us", "att_us") == found.of_called("verizon_us", None) == entry
    assert found.of("verizon_us") is None


# --- the string in DNS ---


def from_text(string: str, *, now: float = NOW, country: str = "US", last: Mark | None = None):
    try:
        return txt.believed(string, vouched(KEY), ROOT, country, now, last or Mark()).status
    except Ignored as ignored:
        return ignored.why


def test_one_string_tells_of_whole_countries_the_bad_ones_first():
    string = txt.text(STATUS, KEY)
    assert string.startswith("nf1 US 7 1799999970 900 autumn att_us:o,verizon_us:k ")
    assert from_text(string) == replace(
        STATUS,
        entries=(
            CrowdEntry("att_us", CrowdState.OUTAGE),
            CrowdEntry("verizon_us", CrowdState.OK),
        ),
    )


def test_a_string_is_never_longer_than_dns_allows_and_drops_the_good_ones_first():
    many = tuple(CrowdEntry(f"carrier_{n:02}", CrowdState.OK) for n in range(60))
    string = txt.text(replace(STATUS, entries=(*many, *STATUS.entries)), KEY)
    assert len(string) <= 255
    kept = from_text(string)
    assert kept.entries[0] == CrowdEntry("att_us", CrowdState.OUTAGE)
    assert len(kept.entries) == 10


STRING = txt.text(STATUS, KEY)


@pytest.mark.parametrize(
    ("string", "more", "reason"),
    [
        (STRING.replace("att_us:o", "att_us:k"), {}, Unheard.DAMAGED),
        (STRING.replace(" US ", " CA "), {"country": "CA"}, Unheard.DAMAGED),
        (STRING, {"country": "CA"}, Unheard.WRONG_COUNTRY),
        (STRING, {"now": NOW + 870}, Unheard.EXPIRED),
        (STRING, {"last": Mark(1, 8)}, Unheard.ROLLED_BACK),
        (txt.text(STATUS, NEXT), {}, Unheard.UNKNOWN_KEY),
        (STRING[:-1], {}, Unheard.DAMAGED),
        (STRING + " ", {}, Unheard.DAMAGED),
        ("v=spf1 -all", {}, Unheard.DAMAGED),
        ("", {}, Unheard.DAMAGED),
    ],
)
def test_a_string_that_may_not_be_believed(string, more, reason):
    assert from_text(string, **more) == reason


def test_a_signature_over_a_string_is_none_over_a_file():
    """Both are of one key: what is signed begins differently."""
    message = file_of().decode().splitlines()[1].rpartition(".")[0]
    signature = jws.plain(STRING.rpartition(" ")[2])
    assert not signing.fits(signing.public_key(KEY.secret), signature, message.encode())
