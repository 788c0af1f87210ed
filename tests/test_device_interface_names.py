"""A card that is named after its hardware address: what it is called where that is kept."""

import json
import shutil
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import pytest

from netcheck.device.interface_names import told_names, without_addresses
from netcheck.model.observation import Facts, Family, Observation, Target
from netcheck.model.outcome import Outcome
from tests.command import isolation, netcheck

RADIO, OTHER, CABLE = "wlx0011223344aa", "wlx0011223344bb", "enx0a1b2c3d4e5f"
TOLD = {RADIO: "wlx…1", OTHER: "wlx…2", CABLE: "enx…1"}


def test_cards_are_numbered_by_kind_in_an_order_of_their_own():
    assert told_names([OTHER, "eth0", CABLE, RADIO, "lo", RADIO]) == TOLD
    assert told_names([RADIO, CABLE, OTHER]) == TOLD


@pytest.mark.parametrize("name", ["eth0", "wlp3s0", "enx", "wlx0011", "enx0a1b2c3d4e5f6", "wlan0"])
def test_a_name_without_an_address_stays_what_it_is(name):
    assert told_names([name]) == {}
    assert without_addresses(name, TOLD) == name


@dataclass(frozen=True, slots=True)
class Ways(Facts):
    gateway: str | None
    ways: tuple[str, ...]
    counts: dict[str, int]


class Pair(NamedTuple):
    name: str
    number: int


class Word(StrEnum):
    A_WORD_OF_OURS = "enx0a1b2c3d4e5f"


def test_an_observation_keeps_everything_but_the_address():
    before = Observation(
        check="route-exists",
        target=Target(RADIO, family=Family.IPV4),
        outcome=Outcome.OK,
        failure=None,
        facts=Ways(f"fe80::1%{RADIO}", (RADIO, "eth0", CABLE), {"hops": 3}),
        start_ms=1.0,
        duration_ms=2.0,
        interface=RADIO,
        detail=f"no way by {OTHER}.",
    )
    after = without_addresses(before, TOLD)
    assert after == Observation(
        check="route-exists",
        target=Target("wlx…1", family=Family.IPV4),
        outcome=Outcome.OK,
        failure=None,
        facts=Ways("fe80::1%wlx…1", ("wlx…1", "eth0", "enx…1"), {"hops": 3}),
        start_ms=1.0,
        duration_ms=2.0,
        interface="wlx…1",
        detail="no way by wlx…2.",
    )
    assert without_addresses(after, TOLD) == after


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        (7, 7),
        (b"enx0a1b2c3d4e5f", b"enx0a1b2c3d4e5f"),
        ([RADIO, 1.5], ["wlx…1", 1.5]),
        ({"name": CABLE}, {"name": "enx…1"}),
        (Pair(OTHER, 3), Pair("wlx…2", 3)),
        (Word.A_WORD_OF_OURS, Word.A_WORD_OF_OURS),
        ("wlxffffffffffff", "wlx…"),  # plugged in after the list was made
    ],
)
def test_values_of_every_kind_keep_their_shape(value, expected):
    after = without_addresses(value, TOLD)
    assert (type(after), after) == (type(expected), expected)


def test_what_holds_no_such_name_is_the_same_object():
    target = Target("eth0")
    assert without_addresses(target, TOLD) is target


# --- the whole command, in a namespace with one such card ---

CARD, ADDRESS = "enx021122334455", "021122334455"
PLUGGED_IN = f"""
ip link set lo up && ip link add {CARD} type veth peer name far0 && ip link set far0 up &&
ip link set {CARD} up && ip address add 192.0.2.20/24 dev {CARD} &&
ip route add default via 192.0.2.1 && exec "$@"
"""


@pytest.mark.skipif(shutil.which("ip") is None, reason="needs iproute2")
@pytest.mark.parametrize("words", [(), ("--interface", CARD), ("--all-paths",)])
def test_neither_what_is_kept_nor_what_is_written_for_programs_has_the_address(tmp_path, words):
    world = (*isolation(), "sh", "-c", PLUGGED_IN, "sh")
    ended = netcheck(tmp_path, "run", "--json", "--no-input", "--budget", "3", *words, within=world)
    told = json.dumps(json.loads(ended.out), ensure_ascii=False)
    assert "enx…1" in told
    kept = [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]
    assert kept
    assert [text for text in [told, *kept] if ADDRESS in text] == []


@pytest.mark.skipif(shutil.which("ip") is None, reason="needs iproute2")
def test_a_person_who_chooses_a_path_reads_the_real_name(tmp_path):
    world = (*isolation(), "sh", "-c", PLUGGED_IN, "sh")
    ended = netcheck(tmp_path, "run", "--all-paths", "--no-input", "--budget", "3", within=world)
    assert CARD in ended.out
