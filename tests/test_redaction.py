"""Redaction keeps what a help-desk needs and nothing that names anybody."""

import json
import random
import re
import time
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from netcheck.agent.replaying import replayed
from netcheck.cli import bundling
from netcheck.desk.redacting import Redactor, addresses_in
from netcheck.desk.searching import Left, left_in
from netcheck.desk.stand_ins import StandIns
from netcheck.desk.understanding import tools, understood
from netcheck.model.observation import Observation, RecordedFacts, Target
from netcheck.model.outcome import Outcome
from netcheck.render import json as as_json
from netcheck.render.read import read
from netcheck.text import words
from tests.canaries import ALL, planted_in
from tests.test_privacy_report import results

SECRET = b"\x07" * 32
RECORDED = sorted((Path(__file__).parent / "lab" / "recorded").glob("*.json"))
TOOLS = {(tool.system, tool.id): tool for tool in tools()}


@cache
def known():
    return bundling.known(words())


def redactor(*taken: str, secret: bytes = SECRET) -> Redactor:
    stand_ins = StandIns(secret)
    stand_ins.reserve(taken)
    return Redactor(stand_ins, known())


def saved(result):
    return read(as_json.render(result, words()))


def with_facts(check: str, facts: dict[str, object]):
    result = read(json.dumps(json.loads(RECORDED[0].read_text())["result"]))
    seen = Observation(
        check, Target("this device"), Outcome.OK, None, RecordedFacts(facts), 0.0, 1.0
    )
    return replace(result, observations=(seen,))


def facts_after(check: str, facts: dict[str, object]) -> dict[str, object]:
    safe = redactor().result(with_facts(check, facts))
    assert isinstance(safe.observations[0].facts, RecordedFacts)
    return dict(safe.observations[0].facts.values)


# --- addresses keep their class and their neighbours ---


@pytest.mark.parametrize(
    ("original", "within"),
    [
        ("10.43.136.14", "10."),
        ("192.168.1.1", "192.168."),
        ("169.254.7.9", "169.254."),
        ("62.115.0.9", "24"),
        ("2001:db8:6f6f:7:78de:adff:febe:ef41", "3fff:"),
        ("fd12:3456:789a::5", "fd"),
        ("fe80::78de:adff:febe:ef41", "fe80::"),
        ("::ffff:10.43.136.14", "::ffff:a"),
        ("ff02::1:ffbe:ef41", "ff02::1:ff"),
        ("64:ff9b::3e73:9", "64:ff9b::"),
    ],
)
def test_an_address_keeps_its_class_and_nothing_else(original, within):
    made = redactor(original).address(original)
    assert made.startswith(within)
    assert left_in({"x": made.encode()}, {"address": [original]}, "") == ([], 0)


def test_one_24_stays_one_24_and_two_stay_two():
    one = redactor()
    made = [one.address(a) for a in ("172.16.1.197", "172.16.1.1", "172.16.2.1", "62.115.0.9")]
    nets = [address.rpartition(".")[0] for address in made]
    assert nets[0] == nets[1]
    assert len(set(nets)) == 3
    assert len(set(made)) == 4


def test_a_net_is_still_written_as_one():
    one = redactor()
    made = [one.address(f"192.168.7.{last}") for last in (0, 9, 255)]
    net = made[1].rpartition(".")[0]
    assert (made[0], made[2]) == (f"{net}.0", f"{net}.255")
    assert one.address("2a02:8108:1:1::").endswith("::")


def test_one_64_stays_one_64():
    one = redactor()
    made = [one.address(f"2a02:8108:1:1::{last}") for last in ("2", "3")]
    assert made[0].split(":")[:4] == made[1].split(":")[:4]
    assert made[0] != made[1]


@pytest.mark.parametrize(
    "address", "127.0.0.53 0.0.0.0 255.255.255.255 255.255.255.0 224.0.0.251 ::1 :: ff02::2".split()
)
def test_what_names_no_place_stays(address):
    assert redactor().address(address) == address


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "9.9.9.9"])
def test_a_public_resolver_that_netcheck_itself_names_stays(address):
    assert redactor().address(address) == address


def test_a_scope_is_redacted_with_its_address():
    made = redactor().address("fe80::78de:adff:febe:ef41%wlx7adeadbeef41")
    assert planted_in(made.encode()) == []
    assert made.startswith("fe80::") and "%wlx" in made


def test_no_stand_in_looks_like_an_original():
    """Of a whole /16 of originals none comes out again, though stand-ins are of the same class."""
    originals = [f"192.168.{net}.{host}" for net in range(200) for host in (1, 77)]
    one = redactor(*originals)
    made = {one.address(original) for original in originals}
    assert made & set(originals) == set()
    assert len(made) == len(originals)


def test_a_ticket_gives_the_same_stand_ins_again_and_another_ticket_others():
    first = redactor()
    made = first.address("10.43.136.14"), first.text("Ålice's net", "ssid")
    again = StandIns(SECRET, first.stand_ins.table)
    again.reserve(["10.43.136.14"])
    later = Redactor(again, known())
    assert (later.address("10.43.136.14"), later.text("Ålice's net", "ssid")) == made
    assert redactor(secret=b"\x08" * 32).address("10.43.136.14") != made[0]


def test_a_stand_in_that_has_become_an_original_is_made_anew():
    first = redactor()
    made = first.address("192.168.1.1")
    again = StandIns(SECRET, first.stand_ins.table)
    again.reserve(["192.168.1.1", made])
    assert again.of_address("192.168.1.1") not in ("192.168.1.1", made)


# --- by field ---


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("eth0", "eth0"),
        ("wlp0s20f3", "wlp0s20f3"),
        ("enp0s31f6", "enp0s31f6"),
        ("wg0", "wg0"),
        ("alice", "interface-1"),
        ("wg-alice", "interface-1"),
    ],
)
def test_an_interface_keeps_a_name_that_the_system_gave(name, made):
    assert redactor().interface(name) == made


def test_an_interface_that_is_called_by_its_hardware_keeps_the_form_alone():
    one = redactor()
    made = one.interface("wlx00c0ca123456")
    hardware = one.stand_ins.of_hardware("00:c0:ca:12:34:56")
    assert made == "wlx" + hardware.replace(":", "")
    assert "00c0ca" not in made


def test_a_group_address_stays_one_and_a_stand_in_is_no_makers():
    made = redactor().stand_ins.of_hardware("33:33:00:00:00:01")
    assert int(made[:2], 16) & 0x03 == 0x03


@pytest.mark.parametrize(
    ("facts", "kept"),
    [
        ({"delay_ms": 4.5, "rcode": "NOERROR"}, {"delay_ms": 4.5, "rcode": "NOERROR"}),
        ({"issuer": "Alice Household CA"}, {"issuer": "text-1"}),
        ({"redirect_host": "login.alice.example"}, {"redirect_host": "name-1"}),
        ({"alice": 5}, {}),
        ({"delay_ms": float("nan")}, {"delay_ms": None}),
        ({"asn": 310410123456789}, {"asn": None}),
        ({"asn": 4_200_000_000}, {"asn": 4_200_000_000}),
        ({"country": "DE"}, {"country": "DE"}),
        ({"country": "Alice"}, {"country": "text-1"}),
        ({"addresses": [["so", {"alice": "alice"}]]}, {"addresses": [["text-1", {}]]}),
    ],
)
def test_a_fact_is_kept_where_it_is_understood(facts, kept):
    assert facts_after("nameserver-answers", facts) == kept


def test_a_public_address_in_the_facts_of_stun_gets_a_stand_in():
    facts = facts_after(
        "stun-answers", {"servers": [{"address": "62.115.0.9", "operator": "Google"}]}
    )
    server = facts["servers"][0]
    assert server["operator"] == "Google"
    assert server["address"].startswith("24")


def test_labels_and_details_are_left_out_and_counted():
    result = replace(with_facts("lease-holds", {}), labels={"desk": "Alice Canary"})
    result = replace(
        result, observations=(replace(result.observations[0], detail="alice was here"),)
    )
    one = redactor()
    safe = one.result(result)
    assert (dict(safe.labels), safe.observations[0].detail) == ({}, None)
    assert one.left_out == {"label": 1, "detail": 1}


def test_what_is_of_another_netcheck_is_left_out_and_counted():
    result = with_facts("alice-checks", {})
    one = redactor()
    assert one.result(result).observations == ()
    assert one.left_out == {"observation": 1}


@pytest.mark.parametrize("path", RECORDED[::9], ids=lambda path: path.stem[:40])
def test_the_verdict_of_what_is_left_is_the_same_byte_for_byte(path):
    told = replayed(read(json.dumps(json.loads(path.read_text())["result"])))
    one = redactor(*addresses_in(as_json.as_document(told, words())))
    safe = one.result(told)
    before = as_json.as_document(safe, words())["verdict"]
    again = as_json.as_document(replayed(read(as_json.render(safe, words()))), words())["verdict"]
    assert json.dumps(again) == json.dumps(before)
    assert safe.verdict.fault == told.verdict.fault
    assert safe.verdict.confidence == told.verdict.confidence


@pytest.mark.parametrize("path", RECORDED[::9], ids=lambda path: path.stem[:40])
def test_nothing_that_netcheck_measures_itself_is_lost(path):
    told = read(json.dumps(json.loads(path.read_text())["result"]))
    one = redactor()
    safe = one.result(told)
    assert len(safe.observations) == len(told.observations)
    assert [finding.id for finding in safe.findings] == [finding.id for finding in told.findings]
    assert set(one.left_out) <= {"detail", "field"}


@settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(result=results())
def test_no_result_whatever_brings_a_canary_into_a_bundle(result):
    one = redactor(*addresses_in(as_json.as_document(result, words())))
    safe = one.result(result)
    assert planted_in(as_json.render(safe, words()).encode()) == []


@settings(max_examples=150, deadline=None)
@given(
    entry=st.dictionaries(
        st.sampled_from(
            ["at", "run", "version", "carrier", "findings", "chain", "x", *ALL.values()]
        ),
        st.sampled_from(sorted(ALL.values())) | st.lists(st.sampled_from(sorted(ALL.values()))),
    )
)
def test_no_look_whatever_brings_a_canary_into_a_bundle(entry):
    safe = redactor().look({"at": "2026-11-25T12:00:00Z", **entry})
    assert planted_in(json.dumps(safe).encode()) == []


def test_a_look_fits_its_result_still_and_loses_its_digest():
    one = redactor()
    entry = {"at": "2026-11-25T12:00:00Z", "run": "9774d56d682e549c", "chain": "a" * 64}
    told = {**entry, "side": "local", "carrier": "Alice Mobile"}
    result = one.result(replace(with_facts("lease-holds", {}), run_id="9774d56d682e549c"))
    assert one.look(told) == {
        "at": "2026-11-25T12:00:00Z",
        "run": result.run_id,
        "side": "local",
        "carrier": "text-1",
    }
    assert result.run_id != "9774d56d682e549c"


# --- what the system's programs print ---


def rows(id: str, printed: str, system: str = "linux"):
    return understood(TOOLS[system, id], printed, redactor())


def test_of_json_the_known_fields_are_kept():
    printed = json.dumps(
        [
            {
                "ifname": "wlan0",
                "operstate": "UP",
                "address": "7a:de:ad:be:ef:41",
                "ifalias": "the desk of Alice",
                "addr_info": [{"local": "192.168.1.7", "prefixlen": 24, "label": "alice"}],
            }
        ]
    )
    found = rows("ip-address", printed)
    (row,) = found.rows
    assert row["ifname"] == "wlan0" and row["operstate"] == "UP"
    assert list(row["addr_info"][0]) == ["local", "prefixlen"]
    assert found.left_out == 2
    assert "alice" not in json.dumps(found.rows).lower()


@pytest.mark.parametrize(
    ("id", "printed", "kept"),
    [
        (
            "resolvectl",
            "Link 2 (eth0)\n  DNS Domain: corp.example\n  Fallback: x",
            [{"ifname": "eth0"}, {"domain": "name-1"}],
        ),
        (
            "nmcli-devices",
            "wlan0:wifi:connected\nalice:bridge:up",
            [
                {"ifname": "wlan0", "type": "wifi", "state": "connected"},
                {"ifname": "interface-1", "type": "bridge"},
            ],
        ),
        (
            "iw-devices",
            "Interface wlan0\n\tssid Ålice's net",
            [{"ifname": "wlan0"}, {"ssid": "wifi-1"}],
        ),
        (
            "ethtool-counters",
            "NIC statistics:\n rx_queue_0_drops: 7\n alice: 3",
            [{"counter": "rx_queue_0_drops", "count": 7}, {"count": 3}],
        ),
        ("clock", "Timezone=Alice/Town\nNTPSynchronized=yes", [{"right": "yes"}]),
        (
            "ss-summary",
            "TCP:   9 (estab 1, closed 3, orphaned 0, timewait 3)",
            [{"tcp": 9, "open": 1, "closed": 3, "orphaned": 0, "waiting": 3}],
        ),
    ],
)
def test_of_lines_the_known_ones_are_kept(id, printed, kept):
    assert rows(id, printed).rows == kept


def test_a_firewall_keeps_what_it_does_with_which_port():
    printed = json.dumps(
        {
            "nftables": [
                {"chain": {"family": "inet", "name": "alice", "hook": "output", "policy": "drop"}},
                {
                    "rule": {
                        "comment": "alice",
                        "expr": [
                            {
                                "match": {
                                    "left": {"payload": {"protocol": "udp", "field": "dport"}},
                                    "right": {"set": [500, 4500]},
                                }
                            },
                            {"drop": None},
                        ],
                    }
                },
            ]
        }
    )
    (row,) = rows("firewall", printed).rows
    chain, rule = row["nftables"]
    assert chain == {"chain": {"family": "inet", "hook": "output", "policy": "drop"}}
    assert rule["rule"]["expr"] == [
        {
            "match": {
                "left": {"payload": {"protocol": "udp", "field": "dport"}},
                "right": [500, 4500],
            }
        },
        {"drop": True},
    ]


@pytest.mark.parametrize("printed", ["not json", "[" * 100_000, '{"a": NaN}', "\x00", ""])
def test_output_of_another_form_is_left_out_whole(printed):
    found = rows("ip-address", printed)
    assert found.rows in (None, [], [{}])


@pytest.mark.parametrize("key", sorted(TOOLS))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_no_program_whatever_brings_a_canary_into_a_bundle(key, data):
    tool = TOOLS[key]
    values = st.sampled_from(sorted(ALL.values()))
    if tool.lines:
        made = data.draw(st.lists(st.tuples(st.sampled_from(tool.lines), values), max_size=5))
        printed = "\n".join(_filled(tool, line, value) for line, value in made)
    else:
        names = st.sampled_from([*tool.fields, "alice"])
        tree = st.recursive(
            values,
            lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=4),
            max_leaves=8,
        )
        printed = json.dumps(data.draw(tree))
    found = understood(tool, printed, redactor(*ALL.values()))
    assert planted_in(json.dumps(found.rows).encode()) == []


def _filled(tool, line, value: str) -> str:
    """A line as the pattern has it, the value in each place that is not for a number."""
    told = line.pattern
    for name in line.groupindex:
        told = re.sub(
            rf"\(\?P<{name}>(?:[^()]|\([^()]*\))*\)",
            lambda _, name=name: "7" if tool.fields[name] in ("number", "count") else value,
            told,
        )
    return (
        re.sub(r"\\[sS][*+]?", " ", told).replace(".*", "").replace("\\d+", "5").replace("\\", "")
    )


# --- the last look ---


@pytest.mark.parametrize(
    ("kind", "original", "told"),
    [
        ("address", "10.83.217.61", "host-10-83-217-61.isp.example"),
        ("address", "10.83.217.61", "61.217.83.10.in-addr.arpa"),
        ("address", "10.83.217.61", "010.083.217.061"),
        ("address", "10.83.217.61", "number 173267261 here"),
        ("address", "10.83.217.61", "0a53d93d"),
        ("address", "2001:db8::7", "2001:0db8:0000:0000:0000:0000:0000:0007"),
        ("hardware", "7a:de:ad:be:ef:41", "7A-DE-AD-BE-EF-41"),
        ("hardware", "7a:de:ad:be:ef:41", "7ade.adbe.ef41"),
        ("hardware", "7a:de:ad:be:ef:41", "fe80::78de:adff:febe:ef41"),
        ("wifi", 'Ålice\'s "home" 🐙 net', json.dumps('Ålice\'s "home" 🐙 net')),
        ("wifi", "a<b>&c net", "a&lt;b&gt;&amp;c net"),
        ("hardware", "7a:de:ad:be:ef:41", "wlx7adeadbeef41"),
        ("address", "10.83.217.61", "node10.83.217.61"),
        ("name", "anna", "/home/anna/x"),
        ("name", "alices-laptop", "xalices-laptopx"),
    ],
)
def test_the_last_look_finds_an_original_in_any_notation(kind, original, told):
    left, _ = left_in({"a.txt": told.encode()}, {kind: [original]}, "")
    assert left == [Left(kind, "a.txt")]


@pytest.mark.parametrize(
    ("kind", "original", "told"),
    [
        ("address", "172.16.1.1", "172.16.1.197"),
        ("address", "1.2.3.4", "11.2.3.45"),
        ("name", "anna", "hannah"),
        ("name", "home", "your home network"),
    ],
)
def test_the_last_look_is_not_misled(kind, original, told):
    assert left_in({"a.txt": told.encode()}, {kind: [original]}, "your home network")[0] == []


def test_the_last_look_takes_seconds_where_there_is_much_to_look_for():
    """More addresses than a bundle can hold, in files that are full of numbers like theirs."""
    chance = random.Random(1)
    octets = [[chance.randrange(256) for _ in range(4)] for _ in range(1000)]
    originals = {"address": [".".join(map(str, one)) for one in octets]}
    numbers = json.dumps([chance.randrange(256) for _ in range(300_000)]).encode()
    began_s = time.monotonic()
    assert left_in({"a.json": numbers, "b.json": numbers}, originals, "") == ([], 0)
    assert time.monotonic() - began_s < 20  # a slow machine, never the expected time


def test_what_cannot_be_told_from_our_own_words_is_counted():
    assert left_in({}, {"name": ["home", "max", "alices-laptop"]}, "your home") == ([], 2)
