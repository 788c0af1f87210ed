"""What the collector takes for a report: as the schema says, and without ids that nobody knows."""

import gzip
import json
from ipaddress import ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from netcheck.cli.reporting import known
from netcheck.fleet.attributing import cells
from netcheck.fleet.collector.caps import Caps
from netcheck.fleet.collector.incoming import MOST_REPORT_BYTES, Intake, NotTaken
from netcheck.fleet.collector.told import Shape
from netcheck.fleet.collector.unpacking import NotUnpacked, unpacked
from netcheck.report.reading import NotAReport, check, schema
from tests.fleet_service import body

INTAKE = Intake(known(), cells)
NOW_S = 1_708_593_310.5  # 2024-02-22T09:15:10.5Z
VALID = Draft202012Validator(schema())


def told(**more):
    return json.loads(body(**more))


def row(**more):
    return json.loads(INTAKE.one(body(**more), NOW_S).rows[0])


def refused(raw: bytes) -> tuple[str, str]:
    with pytest.raises(NotTaken) as wrong:
        INTAKE.one(raw, NOW_S)
    return wrong.value.path, wrong.value.reason


def test_a_row_says_when_it_came_to_the_minute_and_what_it_tells_of_the_carrier():
    made = row(device_token="0a0b0c0d")
    assert (made["received"], made["token"]) == (1_708_593_300, 0x0A0B0C0D)
    own = {key: value for key, value in made.items() if key.startswith("fails_")}
    assert own == {"fails_registration": 1, "fails_gateways": 1}


def test_what_is_told_of_the_called_carrier_is_kept_apart():
    made = row(
        called="verizon_us",
        phone_service="home",
        findings=("called-epdg.silent", "control-epdg.answers", "own-epdg.answers"),
    )
    own = {key: value for key, value in made.items() if key.startswith("fails_")}
    assert own == {"fails_registration": 0, "fails_gateways": 0, "fails_called_gateways": 1}


def test_ids_of_newer_agents_are_dropped_and_counted():
    taken = INTAKE.one(
        body(
            carrier="newcomer_us",
            plmn="310999",
            called="other-newcomer",
            fault="never-heard-of",
            also=("carrier-registration-outage", "unheard"),
            findings=("own-epdg.dances", "own-epdg.silent"),
            failures=("https-passes:bored", "https-passes:timeout", "new-check:timeout"),
            resolver="resolver9000",
        ),
        NOW_S,
    )
    made = json.loads(taken.rows[0])
    assert taken.unknown == 9
    assert [made[name] for name in ("carrier", "plmn", "called", "fault", "resolver")] == [None] * 5
    assert made["also"] == ["carrier-registration-outage"]
    assert made["findings"] == ["own-epdg.silent"]
    assert made["failures"] == ["https-passes:timeout"]


@pytest.mark.parametrize(
    ("path", "change"),
    [
        ("carrier", {"carrier": "AT&T"}),
        ("provider_asn", {"provider_asn": 0}),
        ("findings[1]", {"findings": ["a.b", "not an id"]}),
        ("findings[1]", {"findings": ["a.b", "a.b"]}),
        ("also", {"also": [f"f{at}" for at in range(21)]}),
        ("side", {"side": "somebody"}),
        ("router_delay", {"router_delay": "3-4"}),
        ("report_id", {"report_id": "0" * 31 + "\n"}),
        ("pad", {"pad": "00001"}),
        ("", {"phone_number": "+12025550123"}),
    ],
)
def test_the_field_that_does_not_fit_is_named(path, change):
    assert refused(json.dumps(told() | change).encode())[0] == path


@pytest.mark.parametrize(
    "raw",
    [b"", b"{", b"null", b"[]", b"\xff", b'"x"', b"[" * 5000, b"{}" * 2, b"0" * MOST_REPORT_BYTES],
)
def test_what_is_no_report_is_refused_without_a_field(raw):
    assert refused(raw)[0] in ("", "schema")


def test_a_refusal_does_not_repeat_what_came():
    path, reason = refused(json.dumps(told(carrier="att_us") | {"carrier": "+1 202 555"}).encode())
    assert "202" not in path + reason


FIELDS = sorted(schema()["properties"])
ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 1 << 33),
    st.sampled_from(["", "0", "wifi", "8-16", "att_us", "a.b", "US", "x" * 80, "1-2\n", "٣.١"]),
    st.lists(st.sampled_from(["private", "a.b", "c:timeout", "a-b", "\n"]), max_size=3),
    st.text(max_size=6),
)


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(FIELDS), ANYTHING)
def test_the_quick_reader_and_the_schema_agree(field, value):
    made = told() | {field: value}
    raw = json.dumps(made).encode()
    try:
        check(json.loads(raw))
        fits = True
    except NotAReport:
        fits = False
    # That library's `$` and digits are Python's own, not a schema's.
    assert value in ("1-2\n", "٣.١") or fits == VALID.is_valid(made)
    try:
        INTAKE.one(raw, NOW_S)
        taken = True
    except NotTaken:
        taken = False
    assert taken == fits


@pytest.mark.parametrize(
    "rule", [{"type": "string", "format": "date"}, {"type": "integer", "multipleOf": 2}]
)
def test_a_rule_that_is_not_read_is_not_passed_over(rule):
    with pytest.raises(KeyError):
        Shape({"properties": {"a": rule}, "required": ["a"], "additionalProperties": False})


def test_a_bomb_is_not_unpacked_beyond_its_bound():
    with pytest.raises(NotUnpacked) as wrong:
        unpacked(gzip.compress(bytes(50 << 20)), "gzip", most=1 << 20)
    assert wrong.value.status == 413


@pytest.mark.parametrize(
    ("raw", "packing", "status"),
    [
        (b"no gzip", "gzip", 400),
        (gzip.compress(b"whole", mtime=0)[:-3], "gzip", 400),
        (b"no zstd", "zstd", 400),
        (b"x", "br", 415),
        (b"x" * 101, "identity", 413),
    ],
)
def test_what_cannot_be_unpacked_is_refused(raw, packing, status):
    with pytest.raises(NotUnpacked) as wrong:
        unpacked(raw, packing, most=100)
    assert wrong.value.status == status


def test_several_gzip_members_are_one_body():
    assert unpacked(gzip.compress(b"one ") + gzip.compress(b"two"), "gzip") == b"one two"


# --- how much one source may send ---


class Clock:
    now = 1000.0

    def __call__(self):
        return self.now


def test_a_source_has_its_number_a_minute_and_is_told_when_to_come_again():
    clock = Clock()
    caps = Caps(most=3, clock=clock)
    assert [caps.wait_s("192.0.2.1", 1) for _ in range(5)] == [0, 0, 0, 60, 60]
    clock.now += 45.5
    assert caps.wait_s("192.0.2.1", 1) == 15
    clock.now += 15
    assert caps.wait_s("192.0.2.1", 3) == 0


def test_one_sources_bound_is_not_anothers():
    caps = Caps(most=1, clock=Clock())
    assert caps.wait_s("192.0.2.1", 1) == 0
    free = [caps.wait_s(f"198.51.100.{at}", 1) for at in range(100)]
    assert free.count(0) >= 98  # a hundred share 65,536 buckets


def test_a_v6_customer_is_one_source_whatever_its_address():
    caps = Caps(most=1, clock=Clock())
    assert caps.wait_s("2001:db8:1:2::1", 1) == 0
    assert caps.wait_s("2001:db8:1:2:ffff::9", 1) == 60
    assert caps.wait_s("2001:db8:1:3::1", 1) == 0


def test_a_batch_weighs_what_it_holds_and_ones_own_networks_are_free():
    caps = Caps(most=10, uncapped=(ip_network("10.0.0.0/8"),), clock=Clock())
    assert (caps.never("192.0.2.1", 11), caps.never("10.1.2.3", 11)) == (True, False)
    assert caps.wait_s("192.0.2.1", 10) == 0
    assert caps.wait_s("192.0.2.1", 1) == 60
    assert [caps.wait_s("10.1.2.3", 5000), caps.wait_s("::ffff:10.1.2.3", 5000)] == [0, 0]


def test_no_address_can_be_read_from_the_counters():
    caps = Caps(most=10, clock=Clock())
    caps.wait_s("203.0.113.77", 1)
    first = bytes(caps._counts)
    again = Caps(most=10, clock=Clock())
    again.wait_s("203.0.113.77", 1)
    assert sum(caps._counts) == 1
    assert first != bytes(again._counts)  # the place depends on a secret that nobody keeps
