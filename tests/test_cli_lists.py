"""What can be looked up: carriers, targets, checks, faults and codes."""

import json
from pathlib import Path

import pytest

from netcheck.agent.running import Request, Run
from netcheck.catalog import load
from netcheck.checks import ALL
from netcheck.diagnosis.code import encode
from netcheck.diagnosis.faults import FAULTS
from netcheck.model.verdict import Severity, Side, Verdict, Worded
from tests.command import netcheck


def ask(home: Path, *words: str, **env: str):
    return netcheck(home, *words, alone=False, env=env)


# --- carriers ---


def test_every_carrier_is_listed(tmp_path: Path) -> None:
    rows = json.loads(ask(tmp_path, "carriers", "--json").out)
    assert [row["id"] for row in rows] == [carrier.id for carrier in load().carriers]
    shown = ask(tmp_path, "carriers")
    assert (shown.code, shown.err) == (0, "")
    assert [row["name"] for row in rows if row["name"] not in shown.out] == []


@pytest.mark.parametrize("words", ["cricket", "CRICKET", "cricket wireless", "310150"])
def test_a_carrier_is_found_by_what_one_would_type(tmp_path: Path, words: str) -> None:
    assert ask(tmp_path, "carriers", words).out == (
        "\n    Cricket                 US, Cricket runs on AT&T's network\n"
    )


def test_carriers_are_found_by_country(tmp_path: Path) -> None:
    rows = json.loads(ask(tmp_path, "carriers", "gb", "--json").out)
    assert {row["country"] for row in rows} == {"GB"}


def test_one_s_own_carrier_is_marked(tmp_path: Path) -> None:
    ask(tmp_path, "carriers", "--keep", "cricket")
    assert ask(tmp_path, "carriers", "cricket").out.endswith("AT&T's network (yours)\n")


def test_an_unknown_carrier_is_not_kept(tmp_path: Path) -> None:
    ended = ask(tmp_path, "carriers", "--keep", "criket")
    assert (ended.code, ended.out) == (2, "")
    assert "Did you mean cricket?" in ended.err


def test_a_state_that_cannot_be_written_is_a_failure_here(tmp_path: Path) -> None:
    (tmp_path / ".local").write_text("in the way", encoding="utf-8")
    ended = ask(tmp_path, "carriers", "--keep", "cricket")
    assert (ended.code, ended.out) == (1, "")
    assert ended.err.startswith("Your answer could not be kept,")


# --- targets ---


def hosts(home: Path, *words: str, **env: str) -> set[str]:
    rows = json.loads(ask(home, "targets", "--json", *words, **env).out)
    return {row["host"] for row in rows if row["host"]}


def test_the_list_of_targets_is_the_one_that_the_network_door_holds(tmp_path: Path) -> None:
    catalog = load()
    run = Run(Request(catalog=catalog, own=catalog.carrier("cricket")))
    rows = json.loads(ask(tmp_path, "targets", "--json", "--carrier", "cricket").out)
    wanted = [
        (row.host, row.port, row.protocol.value, row.purpose, row.operator)
        for row in run.situation.net.allowed.rows
    ]
    keys = ("host", "port", "protocol", "purpose", "operator")
    assert [tuple(row[key] for key in keys) for row in rows] == wanted


def test_a_carrier_brings_its_hosts_and_its_controls_and_nobody_else_s(tmp_path: Path) -> None:
    found = hosts(tmp_path, "--carrier", "cricket")
    assert "epdg.epc.att.net" in found
    assert "epdg.epc.mnc030.mcc234.pub.3gppnetwork.org" not in found  # a British operator's


def test_the_called_person_s_carrier_brings_its_hosts_too(tmp_path: Path) -> None:
    alone = hosts(tmp_path, "--carrier", "cricket")
    called = hosts(tmp_path, "--carrier", "cricket", "--cannot-reach", "rogers")
    assert called > alone


def test_a_kept_carrier_counts(tmp_path: Path) -> None:
    ask(tmp_path, "carriers", "--keep", "cricket")
    assert hosts(tmp_path) == hosts(tmp_path, "--carrier", "cricket")


def test_a_fleet_s_own_anchors_replace_the_catalogue_s(tmp_path: Path) -> None:
    config = tmp_path / "fleet.toml"
    config.write_text(
        "".join(f'[[anchors]]\nid = "{n}"\nhost = "{n}.example"\noperator = "{n}"\n' for n in "ab"),
        encoding="utf-8",
    )
    found = hosts(tmp_path, "--config", str(config))
    assert {"a.example", "b.example"} <= found
    assert "www.google.com" not in found


def test_the_country_of_the_device_chooses_the_controls(tmp_path: Path) -> None:
    british = hosts(tmp_path, LANG="en_GB.UTF-8")
    american = hosts(tmp_path, LANG="en_US.UTF-8")
    assert british != american


def test_learned_addresses_are_named_classes_with_bounds(tmp_path: Path) -> None:
    rows = json.loads(ask(tmp_path, "targets", "--json").out)
    learned = [row for row in rows if row["host"] is None]
    assert {row["learned_from"] for row in learned} >= {"gateway", "resolver"}
    assert [row for row in learned if not row["bound"]] == []


def test_a_person_reads_the_targets_by_host(tmp_path: Path) -> None:
    shown = ask(tmp_path, "targets", "--carrier", "cricket").out
    assert (
        "\n  www.google.com (Google)\n    tcp 443             does the internet answer\n" in shown
    )
    assert "\n  your router\n" in shown


# --- checks ---


def test_every_check_is_listed_with_its_control(tmp_path: Path) -> None:
    rows = json.loads(ask(tmp_path, "checks", "--json").out)
    assert [row["id"] for row in rows] == [check.id for check in ALL]
    assert rows[0] == {
        "id": "interface-is-up",
        "stage": "device",
        "question": "Is there a network interface, and is it switched on?",
        "control": "The kernel's own list of interfaces; no packet is needed.",
        "packets": 0,
        "deadline_ms": ALL[0].spec.deadline_ms,
        "needs": [],
    }
    assert [row["id"] for row in rows if not (row["question"] and row["control"])] == []
    shown = ask(tmp_path, "checks").out
    assert [check.id for check in ALL if f"\n  {check.id}\n" not in shown] == []


# --- explain ---


@pytest.mark.parametrize("fault", [fault.id for fault in FAULTS])
def test_every_fault_is_explained_in_words(tmp_path: Path, fault: str) -> None:
    ended = ask(tmp_path, "explain", fault, COLUMNS="40")
    assert (ended.code, ended.err) == (0, "")
    assert f"\n  {fault}\n" in ended.out
    assert max(len(line) for line in ended.out.splitlines()) <= 40
    # An id without words is shown as the id.
    assert [word for word in ended.out.split() if word.startswith(("fault.", "step."))] == []


LAN_BLOCKS_IKE = """
  lan-blocks-ike

    side       your side
    how bad    works badly
    means      Most likely your router: it blocks Wi-Fi calling.
    for staff  IKE (UDP 500/4500) to own and control ePDGs unanswered or
               rejected at or before the gateway; other traffic passes.
    over when  The router lets Wi-Fi calling through again.
    settles    the same check on another network, such as a phone's hotspot

  What you can do
    1  Ask whoever runs the router to let Wi-Fi calling out. (UDP ports 500
       and 4500)
    2  Try another network, such as a phone's hotspot, and run this again.
    3  Call or write with a messaging app over your Wi-Fi.
    4  Emergency: try Wi-Fi calling, a landline, or a phone on another
       carrier. None is certain.
"""


def test_a_fault_is_told_to_a_person_and_to_staff(tmp_path: Path) -> None:
    assert ask(tmp_path, "explain", "lan-blocks-ike").out == LAN_BLOCKS_IKE


def test_a_fault_as_json_has_the_same(tmp_path: Path) -> None:
    told = json.loads(ask(tmp_path, "explain", "Lan-Blocks-IKE", "--json").out)
    assert (told["fault"], told["side"], told["severity"]) == (
        "lan-blocks-ike",
        "local",
        "degraded",
    )
    assert [step["id"] for step in told["steps"]][-1] == "step.emergency"


def code_of(side: Side, fault: str, confidence: float) -> str:
    verdict = Verdict(side, fault, Severity.DOWN, confidence, Worded(""))
    return encode(verdict, 1)


def test_a_code_read_out_over_the_phone_is_opened(tmp_path: Path) -> None:
    code = code_of(Side.CARRIER, "carrier-registration-outage", 0.84)
    assert ask(tmp_path, "explain", code).out == (
        f"\n  The code {code} says:\n"
        "\n"
        "  Most likely your carrier, not you.\n"
        "    side       your carrier\n"
        "    how bad    down\n"
        "  between 80 and 89 % sure · rules 1\n"
        "  See too: netcheck explain carrier-registration-outage\n"
    )


def test_a_code_may_be_spoken_in_any_way(tmp_path: Path) -> None:
    code = code_of(Side.LOCAL, "cable-out", 0.97)
    plain = ask(tmp_path, "explain", code, "--json")
    assert json.loads(plain.out) == {
        "code": code,
        "side": "local",
        "fault": "cable-out",
        "severity": "down",
        "confidence": {"least": 0.9, "most": 0.99},
        "rules_version": 1,
    }
    spoken = ask(tmp_path, "explain", *code.lower().split("-"), "--json")
    assert {**json.loads(spoken.out), "code": code} == json.loads(plain.out)


def test_the_code_of_an_open_question_says_where_it_leans_and_no_confidence(
    tmp_path: Path,
) -> None:
    code = code_of(Side.INCONCLUSIVE, "lan-blocks-ike", 0.5)
    said = ask(tmp_path, "explain", code).out
    assert "We can't tell yet where the fault is." in said
    assert "leans to   the router blocks Wi-Fi calling" in said
    assert "sure" not in said


@pytest.mark.parametrize("position", range(12))
def test_a_misheard_letter_is_noticed(tmp_path: Path, position: int) -> None:
    code = code_of(Side.LOCAL, "cable-out", 0.97)
    letter = "X" if code[position] != "X" else "Y"
    if code[position] == "-":
        letter = ""  # a missing hyphen is no mistake
    ended = ask(tmp_path, "explain", code[:position] + letter + code[position + 1 :])
    assert ended.code == (0 if letter == "" else 2)
