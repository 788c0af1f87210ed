"""802.11 reasons and statuses: every row whole, found however it is spelt, told by `explain`."""

import json

import pytest

from netcheck.catalog import load
from netcheck.catalog.wifi_codes import CodeKind, Says, WhoActs
from tests.command import netcheck

CODES = load().wifi_codes


def test_every_row_says_what_it_means_and_where_it_is_defined():
    assert [c.spelling for c in CODES.all() if not c.meaning.endswith(".")] == []
    assert {c.source.partition(",")[0] for c in CODES.all()} == {"IEEE 802.11-2020"}
    spellings = [code.spelling for code in CODES.all()]
    assert len(set(spellings)) == len(spellings)


def test_where_nothing_is_wrong_nobody_has_to_act():
    harmless = (Says.OK, Says.LATER, Says.LEAVING, Says.MOVED)
    wrong = [c.spelling for c in CODES.all() if c.who is WhoActs.NOBODY and c.says not in harmless]
    assert wrong == []


def test_a_reason_and_a_status_of_one_number_are_two_things():
    reason, status = CODES.reason(15), CODES.status(15)
    assert reason is not None and status is not None
    assert (reason.name, status.name) == ("4WAY_HANDSHAKE_TIMEOUT", "CHALLENGE_FAILURE")
    assert {reason.says, status.says} == {Says.PASSPHRASE}


@pytest.mark.parametrize("number", [None, 0, 999, -1])
def test_a_code_without_a_row_is_none(number):
    assert CODES.reason(number) is None
    assert CODES.status(number) is None


@pytest.mark.parametrize(
    ("asked", "spelling"),
    [
        ("wifi-reason-15", "wifi-reason-15"),
        ("Reason 15", "wifi-reason-15"),
        ("4way handshake timeout", "wifi-reason-15"),
        ("DENIED_NO_MORE_STAS", "wifi-status-17"),
        ("status-17", "wifi-status-17"),
    ],
)
def test_a_code_is_found_however_it_is_spelt(asked, spelling):
    found = CODES.find(asked)
    assert found is not None
    assert found.spelling == spelling


@pytest.mark.parametrize("asked", ["", "15", "wifi-reason-", "reason 999", "wifi-reason-15x"])
def test_what_is_no_code_is_none(asked):
    assert CODES.find(asked) is None


def test_explain_tells_a_code(tmp_path):
    ended = netcheck(tmp_path, "explain", "wifi-status-17", "--json", alone=False)
    told = json.loads(ended.out)
    assert (ended.code, told["wifi_code"], told["kind"]) == (0, 17, CodeKind.STATUS)
    assert (told["name"], told["who"], told["says"]) == ("DENIED_NO_MORE_STAS", "network", "full")
    page = netcheck(tmp_path, "explain", "wifi", "reason", "15", alone=False).out
    assert "4WAY_HANDSHAKE_TIMEOUT (reason 15)" in page
