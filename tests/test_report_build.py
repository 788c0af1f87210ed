"""The report of a run: every field made coarse, every word from a list, every size fixed."""

import json
import re
from dataclasses import asdict, fields, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import netcheck.report
from netcheck.cli.reporting import known
from netcheck.model.finding import Finding
from netcheck.model.observation import Observation, RecordedFacts, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.model.verdict import Companion, Severity, Side
from netcheck.report.build import About, build, confidence_band, delay_bucket, signal_step
from netcheck.report.form import FIELDS, SIZES, Report, encode
from netcheck.text import Words
from tests.render_samples import CRICKET, HEALTHY, INCONCLUSIVE, SOS, TWO_FAULTS

SCHEMA = json.loads((Path(netcheck.report.__file__).parent / "schema/report-1.json").read_text())
VALID = Draft202012Validator(SCHEMA)
KNOWN = known()
LINUX = About("linux", "6.1", "US")
SECRET = bytes(range(32))


def report(result=SOS, about=LINUX, secret=SECRET):
    return build(result, about, KNOWN, secret)


def saw(check, role=Role.PATH, name="somebody", failure=None, **facts):
    """One observation as a file holds it."""
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target(name, role), outcome, failure, RecordedFacts(facts), 0.0, 1.0)


def of(*observations, **more):
    return report(replace(SOS, observations=observations, **more))


def test_the_whole_report_of_a_run_in_literal_words():
    seen = (
        saw("link-is-connected", kind="wifi", signal_dbm=-52, made_up=True),
        saw("device-has-address", kinds=["global", "private"]),
        saw("gateway-answers", name="192.168.1.1", delay_ms=2.2),
        saw("nameserver-answers", Role.OWN, "1.1.1.1", delay_ms=9.9),
        saw("internet-is-steady", delay_ms=14.0),
        saw("stun-answers", address_class="public", servers=[{"address": "203.0.113.9"}]),
        saw("provider-is-known", asn=7018, name="ATT-INTERNET4", country="US"),
        saw("wifi-air-carries", band_ghz=5.0, security="wpa2-psk"),
        saw("phone-is-registered", service="emergency-only"),
        saw("epdg-answers-ike", Role.OWN, ports=[{"answer": "sa", "delay_ms": 40.0}]),
        saw("no-portal", failure=Failure.TIMEOUT),
    )
    made = asdict(of(*seen, started_at="2024-02-22T09:18:59Z"))
    assert made == {
        "report_id": made["report_id"],
        "device_token": made["device_token"],
        "time": "2024-02-22T09:15Z",
        "netcheck": "0.1",
        "rules": SOS.rules_version,
        "system": "linux",
        "system_version": "6.1",
        "carrier": "cricket_us",
        "plmn": KNOWN.plmns["cricket_us"],
        "region": "US",
        "called": None,
        "symptom": "sos",
        "side": "carrier",
        "fault": "carrier-registration-outage",
        "severity": "down",
        "confidence": "80-89",
        "also": (),
        "calling_ready": True,
        "interrupted": False,
        "link": "wifi",
        "made_up_address": True,
        "wifi_band": "5",
        "wifi_signal": "-60..-51",
        "wifi_security": "wpa2-psk",
        "addresses": ("private", "global"),
        "seen_as": "public",
        "provider_asn": 7018,
        "provider_country": "US",
        "resolver": "cloudflare",
        "phone_service": "emergency-only",
        "router_delay": "2-4",
        "internet_delay": "8-16",
        "resolver_delay": "8-16",
        "gateway_delay": "32-64",
        "findings": made["findings"],
        "failures": ("no-portal:timeout",),
        "cut": False,
        "pad": "",
    }
    assert re.fullmatch("[0-9a-f]{32}", made["report_id"])
    assert re.fullmatch("[0-9a-f]{8}", made["device_token"])
    assert set(made["findings"]) <= {finding.id for finding in SOS.findings}


@pytest.mark.parametrize("result", [SOS, HEALTHY, INCONCLUSIVE, TWO_FAULTS])
def test_every_report_fits_the_schema_and_is_of_a_fixed_size(result):
    body = encode(report(result))
    VALID.validate(json.loads(body))
    assert len(body) in SIZES
    assert body == body.decode("ascii").encode()
    assert b"\n" not in body


def test_the_schema_and_the_form_name_the_same_fields_and_every_one_has_a_reason():
    assert list(SCHEMA["properties"]) == ["schema", *FIELDS]
    assert SCHEMA["required"] == ["schema", *FIELDS]
    assert SCHEMA["additionalProperties"] is False
    assert [f.name for f in fields(Report)] == list(FIELDS)
    words = Words("en", strict=True)
    reasons = [id.removeprefix("report.why.") for id in words.ids() if id.startswith("report.why.")]
    assert sorted(reasons) == sorted(FIELDS)


@pytest.mark.parametrize(
    ("delay_ms", "bucket"),
    [
        (None, None),
        (-1.0, None),
        (float("nan"), None),
        (0.0, "<1"),
        (0.99, "<1"),
        (1.0, "1-2"),
        (1.99, "1-2"),
        (2.0, "2-4"),
        (9.1, "8-16"),
        (4095.9, "2048-4096"),
        (4096.0, ">=4096"),
        (float("inf"), ">=4096"),
    ],
)
def test_delays_are_powers_of_two(delay_ms, bucket):
    assert delay_bucket(delay_ms) == bucket


@pytest.mark.parametrize(
    ("signal_dbm", "step"),
    [
        (None, None),
        (0, None),
        (-1, "-10..-1"),
        (-51, "-60..-51"),
        (-52, "-60..-51"),
        (-60, "-60..-51"),
        (-61, "-70..-61"),
        (-120, "-120..-111"),
        (-121, None),
    ],
)
def test_signals_are_steps_of_ten(signal_dbm, step):
    assert signal_step(signal_dbm) == step


@pytest.mark.parametrize(
    ("confidence", "band"),
    [(0.0, "0-9"), (0.09, "0-9"), (0.84, "80-89"), (0.9, "90-99"), (1.0, "90-99")],
)
def test_confidence_is_in_steps_of_ten(confidence, band):
    assert confidence_band(confidence) == band


@pytest.mark.parametrize(
    ("name", "network", "resolver"),
    [
        ("1.1.1.1", None, "cloudflare"),
        ("192.168.1.1", None, "private"),
        ("192.168.1.1", 7018, "AS7018"),
        ("192.168.1.1", 64512, "private"),  # RFC 6996: somebody's own number
        ("192.168.1.1", -1, "private"),
    ],
)
def test_a_resolver_is_a_well_known_name_or_a_network_or_private(name, network, resolver):
    made = of(
        saw("nameserver-answers", Role.OWN, name, delay_ms=1.0),
        saw("resolver-asks-from-here", Role.OWN, name, network=network),
    )
    assert made.resolver == resolver


def test_a_network_number_of_ones_own_is_not_told():
    assert of(saw("provider-is-known", asn=4_200_000_001)).provider_asn is None
    assert of(saw("provider-is-known", asn=True)).provider_asn is None


def test_controls_of_other_operators_are_not_ones_own_gateway():
    made = of(saw("epdg-answers-ike", Role.CONTROL, ports=[{"answer": "sa", "delay_ms": 40.0}]))
    assert made.gateway_delay is None


@pytest.mark.parametrize(
    ("role", "operator", "called"),
    [
        (Role.CALLED, "verizon_us", "verizon_us"),
        (Role.CALLED, "alices-carrier", None),  # no carrier of the catalogue
        (Role.CALLED, None, None),
        (Role.CONTROL, "verizon_us", None),
    ],
)
def test_the_called_persons_carrier_is_told_by_its_id(role, operator, called):
    asked = saw("epdg-resolves", role, "epdg.epc.vzw.example")
    made = of(replace(asked, target=replace(asked.target, operator=operator)))
    assert made.called == called
    VALID.validate(json.loads(encode(made)))


def test_a_port_that_did_not_answer_has_no_delay():
    made = of(saw("epdg-answers-ike", Role.OWN, ports=[{"answer": None, "delay_ms": 3000.0}]))
    assert made.gateway_delay is None


def test_what_is_no_word_of_netcheck_is_left_out():
    made = report(
        replace(
            SOS,
            carrier=replace(CRICKET, id="alices-home-carrier"),
            symptom="alice says hello",
            findings=(Finding("alice.home"), Finding("link.connected")),
            verdict=replace(SOS.verdict, fault="alices-router"),
            observations=(saw("alices-check", failure=Failure.TIMEOUT),),
            labels={"owner": "alice"},
        )
    )
    assert (made.carrier, made.plmn, made.symptom, made.fault) == (None,) * 4
    assert (made.findings, made.failures) == (("link.connected",), ())
    assert b"alice" not in encode(made)


def test_the_same_run_is_the_same_report_byte_for_byte():
    assert encode(report()) == encode(report())


def test_another_run_and_another_secret_are_another_report():
    ids = {
        report().report_id,
        report(replace(SOS, run_id="another")).report_id,
        report(secret=bytes(32)).report_id,
    }
    assert len(ids) == 3


def test_a_token_of_home_is_not_that_of_work():
    """On one day, with one carrier: else the two networks would be told to be one person's."""
    home, work = (of(saw("provider-is-known", asn=asn)) for asn in (7018, 3356))
    again = of(saw("provider-is-known", asn=7018), run_id="another")
    assert home.device_token == again.device_token
    assert home.device_token != work.device_token


def test_more_companions_than_a_report_has_room_for_leave_a_report_that_fits():
    many = tuple(Companion(f, Side.LOCAL, Severity.DOWN, 0.5) for f in sorted(KNOWN.faults))
    made = report(replace(SOS, verdict=replace(SOS.verdict, also=many)))
    assert len(made.also) == 20
    VALID.validate(json.loads(encode(made)))


def test_a_token_holds_for_a_day_a_carrier_and_a_region_and_is_linked_to_nothing_else():
    usual = report().device_token
    evening = replace(SOS, started_at="2024-02-22T23:59:00Z", run_id="evening")
    same_day = replace(SOS, started_at="2024-02-22T00:01:00Z", run_id="morning")
    assert report(evening).device_token == report(same_day).device_token
    others = [
        report(replace(evening, started_at="2024-02-23T00:01:00Z")),
        report(replace(evening, carrier=replace(CRICKET, id="att_us"))),
        report(evening, About("linux", "6.1", "CA")),
        report(evening, secret=bytes(32)),
    ]
    assert len({usual, *(one.device_token for one in others)}) == 5


def test_a_day_is_a_day_of_utc():
    here = replace(SOS, started_at="2024-02-22T23:30:00-05:00")
    there = replace(SOS, started_at="2024-02-23T04:30:00Z")
    assert report(here).device_token == report(there).device_token
    assert report(here).time == "2024-02-23T04:30Z"


def test_too_many_ids_are_cut_and_said_to_be():
    many = replace(report(), failures=tuple(f"check-{n:03}:timeout" for n in range(300)))
    body = encode(many)
    assert len(body) == SIZES[-1]
    assert json.loads(body)["cut"] is True
    VALID.validate(json.loads(body))


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)
NAMES = (
    "kind made_up signal_dbm band_ghz security kinds address_class asn country network service"
    " delay_ms ports"
).split()


@settings(
    suppress_health_check=[HealthCheck.too_slow], deadline=None
)  # a busy machine draws slowly
@given(
    facts=st.dictionaries(st.sampled_from(NAMES), JUNK),
    check=st.sampled_from(sorted(KNOWN.checks)),
    role=st.sampled_from(Role),
)
def test_facts_of_any_type_leave_a_report_that_fits(facts, check, role):
    made = of(saw(check, role, **facts))
    VALID.validate(json.loads(encode(made)))
