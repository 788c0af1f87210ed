"""Receipts: who can say that a collector took a report, and who can't."""

import json

import pytest

from netcheck.seal.receipt import Receipt, decode, encode, is_genuine, receipt
from netcheck.seal.signing import public_key

SECRET = bytes(range(32))
BODY = b'{"schema":"netcheck.report/1"}'
GIVEN = receipt(SECRET, "0a" * 16, BODY, "2024-02-22T09:15Z")


def test_a_receipt_in_literal_words():
    assert encode(GIVEN) == {
        "schema": "netcheck.receipt/1",
        "report_id": "0a" * 16,
        "sha256": "c465a61688515dbbf8d8d9bbee24515c39e2bb53b145915b738f1654636bb0ee",
        "received": "2024-02-22T09:15Z",
        "key": "A6EHv/POEL4dcN0Y50vAmWfk1jCbpQ1fHdyGZBJVMbg=",
        "signature": GIVEN.signature,
    }
    assert decode(json.dumps(encode(GIVEN)).encode()) == GIVEN


def test_it_holds_for_these_bytes_and_this_key():
    assert is_genuine(GIVEN, BODY, public_key(SECRET))
    assert not is_genuine(GIVEN, BODY + b" ", public_key(SECRET))
    assert not is_genuine(GIVEN, BODY, public_key(bytes(32)))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("report_id", "0b" * 16),
        ("received", "2024-02-22T09:20Z"),
        ("signature", "AAAA"),
        ("signature", "not base64"),
        ("key", "AAAA"),
        ("sha256", "0" * 64),
    ],
)
def test_what_was_changed_does_not_hold(field, value):
    changed = decode(json.dumps(encode(GIVEN) | {field: value}).encode())
    assert not is_genuine(changed, BODY, public_key(SECRET))


def test_a_key_of_ones_own_in_the_receipt_proves_nothing():
    forged = receipt(bytes(32), GIVEN.report_id, BODY, GIVEN.received)
    assert not is_genuine(forged, BODY, public_key(SECRET))


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b"[" * 9999,
        b'{"schema":"netcheck.receipt/1"}',
        json.dumps(encode(GIVEN) | {"more": "x"}).encode(),
        json.dumps(encode(GIVEN) | {"key": 1}).encode(),
        json.dumps(encode(GIVEN) | {"schema": "netcheck.receipt/2"}).encode(),
    ],
)
def test_what_is_no_receipt_is_none(raw):
    assert decode(raw) is None


def test_a_receipt_has_no_place_for_a_sender():
    assert set(Receipt.__slots__) == {"report_id", "sha256", "received", "key", "signature"}
