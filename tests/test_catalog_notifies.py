"""What gateways may say: every row whole, found by number and by name, told by `explain`."""

import json
from pathlib import Path

import pytest

from netcheck.catalog import Exchange, WhoCanAct, is_emergency_name, load
from netcheck.wire.ikev2 import COOKIE, INVALID_KE_PAYLOAD, NO_PROPOSAL_CHOSEN, REDIRECT
from tests.command import netcheck

ALL = load().notifies


def test_every_row_says_what_it_means_who_can_act_and_where_it_is_defined():
    assert [n for n, one in ALL.items() if not one.meaning.endswith(".")] == []
    assert [n for n, one in ALL.items() if not one.source.startswith(("RFC ", "TS 24.302"))] == []
    assert len({one.name for one in ALL.values()}) == len(ALL)


def test_the_answers_that_the_check_reads_are_all_told():
    names = {ALL[n].name for n in (NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD, COOKIE, REDIRECT)}
    assert names == {"NO_PROPOSAL_CHOSEN", "INVALID_KE_PAYLOAD", "COOKIE", "REDIRECT"}
    assert all(ALL[n].seen for n in (NO_PROPOSAL_CHOSEN, INVALID_KE_PAYLOAD, COOKIE, REDIRECT))


def test_what_3gpp_added_comes_only_after_the_sim_was_shown():
    private = [one for one in ALL.values() if one.private]
    assert len(private) == 13
    assert {one.exchange for one in private} == {Exchange.AUTH}


@pytest.mark.parametrize(
    ("asked", "number"),
    [
        ("14", 14),
        ("NO_PROPOSAL_CHOSEN", 14),
        ("no-proposal-chosen", 14),
        ("illegal me", 9006),
        ("10500", 10500),
    ],
)
def test_a_notify_is_found_by_number_and_by_name(asked: str, number: int):
    found = load().notify(asked)
    assert found is not None
    assert found.number == number


@pytest.mark.parametrize("asked", ["13", "-14", "140000000000", "no proposal", "", "１４"])
def test_what_is_no_notify_is_none(asked: str):
    assert load().notify(asked) is None


def test_an_account_that_may_not_use_wifi_calling_is_for_the_user_to_settle():
    assert ALL[9000].who is WhoCanAct.USER
    assert ALL[10500].who is WhoCanAct.CARRIER
    assert ALL[17].who is WhoCanAct.NOBODY


def test_known_vendor_ids_have_a_name_and_others_none():
    assert load().vendor(bytes.fromhex("882fe56d6fd20dbc2251613b2ebe5beb")) == "strongSwan"
    assert load().vendor(b"CISCO-DELETE-REASON") == "Cisco"
    assert load().vendor(b"\x00" * 16) is None
    assert load().vendor(b"") is None


@pytest.mark.parametrize(
    ("name", "emergency"),
    [
        ("sos.epdg.epc.mnc410.mcc310.pub.3gppnetwork.org", True),
        ("tac-lb01.tac-hb02.tac.sos.epdg.epc.mnc410.mcc310.pub.3gppnetwork.org", True),
        ("sos.epdg.epc.mcc310.visited-country.pub.3gppnetwork.org.", True),
        ("epdg.epc.mnc410.mcc310.pub.3gppnetwork.org", False),
        ("sos.example.org", False),
        ("sos", False),
    ],
)
def test_names_of_emergency_gateways_are_recognised(name: str, emergency: bool):
    assert is_emergency_name(name) is emergency


def test_explain_tells_a_notify(tmp_path: Path):
    told = netcheck(tmp_path, "explain", "authentication_failed", alone=False)
    assert told.code == 0
    assert told.out.startswith("\n  AUTHENTICATION_FAILED (24)\n")
    assert "never sees this" in " ".join(told.out.split())


def test_explain_tells_a_notify_to_a_program(tmp_path: Path):
    told = json.loads(netcheck(tmp_path, "explain", "17", "--json", alone=False).out)
    assert told["name"] == "INVALID_KE_PAYLOAD"
    assert (told["who"], told["seen"], told["exchange"]) == ("nobody", True, "both")


def test_explain_says_that_emergency_gateways_are_left_alone(tmp_path: Path):
    name = "sos.epdg.epc.mnc410.mcc310.pub.3gppnetwork.org"
    told = json.loads(netcheck(tmp_path, "explain", name, "--json", alone=False).out)
    assert told["contacted"] is False
    assert "leaves it alone" in told["meaning"]
