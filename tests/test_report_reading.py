"""Bytes from outside are a report, or are refused with the field that does not fit."""

import json
from contextlib import suppress
from dataclasses import asdict, replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netcheck.cli.reporting import known
from netcheck.model.device import LinkKind
from netcheck.model.outcome import Failure
from netcheck.model.phone import ServiceState
from netcheck.model.symptom import Symptom
from netcheck.model.verdict import Severity, Side
from netcheck.model.wifi import Security
from netcheck.report.build import About, build
from netcheck.report.form import FIELDS, SCHEMA, SIZES, encode
from netcheck.report.reading import NotAReport, read, schema
from tests.render_samples import HEALTHY, INCONCLUSIVE, SOS, TWO_FAULTS

KNOWN = known()
MADE = build(SOS, About("linux", "6.1", "US"), KNOWN, bytes(32))
VALID = Draft202012Validator(schema())


def written(**changes):
    """A body with these fields changed, padded to the size of a report."""
    told = {"schema": SCHEMA, **asdict(MADE), **changes}
    bare = json.dumps({**told, "pad": ""}, separators=(",", ":"))
    if "pad" not in changes:
        size = next(size for size in SIZES if len(bare) <= size)
        told["pad"] = "0" * (size - len(bare))
    return json.dumps(told, separators=(",", ":")).encode()


@pytest.mark.parametrize("result", [SOS, HEALTHY, INCONCLUSIVE, TWO_FAULTS])
def test_what_was_written_is_read_back(result):
    body = encode(build(result, About("linux", "6.1", "US"), KNOWN, bytes(32)))
    assert encode(read(body)) == body


@pytest.mark.parametrize(
    ("changes", "path", "reason"),
    [
        ({"side": "alice"}, "side", "is no word of its list"),
        ({"side": True}, "side", "is no word"),
        ({"schema": "netcheck.report/9"}, "schema", "is not netcheck.report/1"),
        ({"time": "2024-02-22T09:18Z"}, "time", "is not as it must be"),
        ({"time": "2024-02-22T09:15Z\n"}, "time", "is not as it must be"),
        ({"device_token": "١٢٣٤٥٦٧٨"}, "device_token", "is not as it must be"),
        ({"rules": 1.0}, "rules", "is not of the type integer"),
        ({"rules": True}, "rules", "is not of the type integer"),
        ({"rules": 70_000}, "rules", "is out of its range"),
        ({"provider_asn": 4_200_000_001}, "provider_asn", "is out of its range"),
        ({"interrupted": 0}, "interrupted", "is not of the type boolean"),
        ({"findings": ["link.connected", 7]}, "findings[1]", "is not of the type string"),
        ({"findings": ["a.b", "a.b"]}, "findings[1]", "is there twice"),
        ({"failures": ["no-portal:Alice's Wi-Fi"]}, "failures[0]", "is not as it must be"),
        ({"also": [f"fault-{n}" for n in range(21)]}, "also", "holds too many"),
        ({"ssid": "home"}, "", "holds a field that no report has"),
    ],
)
def test_a_field_that_does_not_fit_is_named(changes, path, reason):
    with pytest.raises(NotAReport) as refused:
        read(written(**changes))
    assert (refused.value.path, refused.value.reason) == (path, reason)


@pytest.mark.parametrize("name", FIELDS)
def test_a_field_that_is_missing_is_named(name):
    told = {"schema": SCHEMA, **asdict(MADE)}
    del told[name]
    raw = json.dumps(told, separators=(",", ":"))
    with pytest.raises(NotAReport) as refused:
        read(raw.encode() + b" " * (next(s for s in SIZES if len(raw) <= s) - len(raw)))
    assert (refused.value.path, refused.value.reason) == (name, "is missing")


BODY = encode(MADE)
TWICE = BODY.replace(b'"side":', b'"side":"356938035643809","side":', 1)
CUT_TO_SIZE = len(TWICE) - len(BODY)


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        BODY[:-1],
        BODY + b"\n",
        b" " + BODY[:-3] + b'"}',
        TWICE.replace(b"0" * CUT_TO_SIZE + b'"}', b'"}'),
        BODY.replace(b'"pad":"00', b'"pad": "0'),
        b"[" * SIZES[-1],
        b"\xff" * SIZES[0],
        b"9" * SIZES[-1],
    ],
)
def test_what_netcheck_would_not_write_is_none(raw):
    """A second key of the same name, a blank, another size: each is room for something else."""
    with pytest.raises(NotAReport):
        read(raw)


def test_the_key_that_is_there_twice_would_fit_but_for_that():
    raw = TWICE.replace(b"0" * CUT_TO_SIZE + b'"}', b'"}')
    assert len(raw) in SIZES
    VALID.validate(json.loads(raw))
    with pytest.raises(NotAReport, match="is not written as netcheck writes it"):
        read(raw)


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(deadline=None)
@given(name=st.sampled_from(FIELDS) | st.text(max_size=8), value=ANY)
def test_what_is_read_is_valid_by_another_reader_of_the_schema_too(name, value):
    raw = written(**{name: value})
    try:
        report = read(raw)
    except NotAReport as refused:
        assert refused.path.partition("[")[0] in ("", name)
        return
    VALID.validate(json.loads(raw))
    assert encode(report) == raw


@settings(deadline=None, max_examples=200)
@given(at=st.integers(0, len(BODY) - 1), byte=st.integers(0, 255))
def test_one_byte_that_changed_is_another_report_or_none(at, byte):
    raw = BODY[:at] + bytes([byte]) + BODY[at + 1 :]
    with suppress(NotAReport):
        assert encode(read(raw)) == raw


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_whatever_break_the_reader(raw):
    with pytest.raises(NotAReport):
        read(raw.ljust(SIZES[0]))


@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("symptom", Symptom),
        ("side", Side),
        ("severity", Severity),
        ("link", LinkKind),
        ("wifi_security", Security),
        ("phone_service", ServiceState),
    ],
)
def test_the_schemas_closed_lists_are_those_of_the_model(field, words):
    listed = {word for word in schema()["properties"][field]["enum"] if word is not None}
    assert listed == {word.value for word in words}


def test_every_id_that_a_report_may_hold_fits_the_schema():
    """Each for itself, so that the one that does not is named."""
    each = [
        *({"fault": fault} for fault in KNOWN.faults),
        *({"also": (fault,)} for fault in KNOWN.faults),
        *({"findings": (finding,)} for finding in KNOWN.findings),
        *({"failures": (f"{check}:{why.value}",)} for check in KNOWN.checks for why in Failure),
        *({"carrier": id, "plmn": plmn} for id, plmn in KNOWN.plmns.items()),
        *({"resolver": name} for name in KNOWN.resolvers.values()),
    ]
    assert len(each) > 300
    for fields in each:
        assert read(encode(replace(MADE, **fields))) is not None, fields
