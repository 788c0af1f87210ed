"""What of a report counts against its carrier, and what is laid to nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from netcheck.cli.reporting import known
from netcheck.fleet.attributing import called_outcomes, cells, outcomes
from netcheck.fleet.measured import Cell, Stage
from netcheck.report.form import Report

KNOWN = known()


def report(*findings, **more):
    assert set(findings) <= KNOWN.findings
    told = {"carrier": "att_us", "region": "US", "side": "carrier"} | more
    return Report(
        "0" * 32, "0" * 8, "2024-02-22T09:15Z", "0.1", 1, findings=tuple(sorted(findings)), **told
    )


WELL = ("own-zone.resolves", "control-zone.resolves", "own-epdg.answers", "control-epdg.answers")


def test_a_healthy_home_tells_that_names_and_gateways_work_and_nothing_of_registration():
    assert outcomes(report(*WELL, side="none")) == {Stage.NAMES: False, Stage.GATEWAYS: False}


@pytest.mark.parametrize(
    ("findings", "fails"),
    [
        (("phone-service.home",), False),
        (("phone-service.roaming",), False),
        (("phone-service.emergency-only",), True),
        (("phone-service.denied", "refusal.network-trouble"), True),
        (("phone-service.denied", "refusal.account"), True),  # as a broken register says it
        (("phone-service.searching",), True),
        (("phone-service.none",), True),
        (("phone-service.off",), None),
        (("phone-service.none", "sim.absent"), None),
        (("phone-service.emergency-only", "sim.locked"), None),
        (("phone-service.none", "airplane.on"), None),
        (("phone-service.home", "airplane.on"), False),
        (("symptom.sos",), None),  # a person's word
        ((), None),
    ],
)
def test_registration_is_the_phones_own_word_with_its_sim_and_radio_in_order(findings, fails):
    assert outcomes(report(*findings)).get(Stage.REGISTRATION) is fails


@pytest.mark.parametrize(
    ("service", "fails"),
    [
        ("home", False),
        ("denied", True),
        ("out-of-service", True),
        ("radio-off", None),
        (None, None),
    ],
)
def test_where_the_findings_were_cut_the_field_tells_of_the_phone(service, fails):
    assert outcomes(report(phone_service=service)).get(Stage.REGISTRATION) is fails


@pytest.mark.parametrize(
    ("findings", "side", "fails"),
    [
        (("own-zone.fails", "control-zone.resolves"), "carrier", True),
        (("own-zone.silent", "control-zone.resolves"), "inconclusive", True),
        (("own-zone.missing", "control-zone.resolves"), "carrier", True),
        (("own-zone.fails", "control-zone.fails"), "carrier", None),
        (("own-zone.fails",), "carrier", None),
        (("own-zone.fails", "control-zone.resolves"), "isp", None),
        (("own-zone.filtered", "control-zone.resolves"), "local", None),
        (("own-zone.unusable", "control-zone.resolves"), "carrier", None),
        (("own-zone.resolves", "control-zone.fails"), "isp", False),
    ],
)
def test_names_fail_only_while_other_operators_names_resolve(findings, side, fails):
    assert outcomes(report(*findings, side=side)).get(Stage.NAMES) is fails


@pytest.mark.parametrize(
    ("findings", "side", "fails"),
    [
        (("own-epdg.silent", "control-epdg.answers"), "carrier", True),
        (("own-epdg.silent", "control-epdg.answers", "ike-stops.beyond"), "carrier", True),
        (("own-epdg.silent", "control-epdg.mixed"), "inconclusive", True),
        (("own-epdg.rejected", "control-epdg.answers"), "carrier", True),
        (("own-epdg.not-ike", "control-epdg.answers"), "inconclusive", None),
        (("own-epdg.silent", "control-epdg.silent"), "local", None),
        (("own-epdg.silent",), "inconclusive", None),
        (("own-epdg.silent", "control-epdg.answers"), "isp", None),
        (("own-epdg.silent", "control-epdg.answers", "place.abroad"), "carrier", None),
        (("own-epdg.silent", "control-epdg.answers", "ike-stops.at-router"), "inconclusive", None),
        (("own-epdg.silent", "control-epdg.answers", "other-gateway.answers"), "remote", None),
        (("own-epdg.answers", "control-epdg.silent"), "none", False),
    ],
)
def test_gateways_fail_only_while_another_operators_answer(findings, side, fails):
    assert outcomes(report(*findings, side=side)).get(Stage.GATEWAYS) is fails


def test_without_a_carrier_nothing_is_told():
    assert outcomes(report(*WELL, carrier=None)) == {}
    assert cells(report(*WELL, "called-epdg.answers", carrier=None, called="verizon_us")) == {}


def test_of_the_called_carrier_its_names_and_gateways_are_told():
    seen = report(
        *("called-zone.fails", "control-zone.resolves"),
        *("called-epdg.silent", "control-epdg.answers"),
        called="verizon_us",
    )
    assert called_outcomes(seen) == {Stage.NAMES: True, Stage.GATEWAYS: True}


@pytest.mark.parametrize(
    ("findings", "called"),
    [
        (("called-epdg.silent", "control-epdg.silent"), "verizon_us"),
        (("called-epdg.silent", "control-epdg.answers"), None),  # nobody said whose it is
    ],
)
def test_no_blame_without_a_control_or_a_name(findings, called):
    assert called_outcomes(report(*findings, called=called)) == {}


def test_the_cells_of_a_bystander_who_cannot_reach_somebody():
    """The day in 2024: one's own carrier is well, and the other one's gateway answers too."""
    seen = report(
        *WELL, "symptom.cannot-reach", "called-epdg.answers", "called-zone.resolves",
        carrier="verizon_us", called="att_us", side="inconclusive",
    )  # fmt: skip
    assert cells(seen) == {
        Cell("verizon_us", "US", Stage.NAMES): False,
        Cell("verizon_us", "US", Stage.GATEWAYS): False,
        Cell("verizon_us", "US", Stage.NAMES, "att_us"): False,
        Cell("verizon_us", "US", Stage.GATEWAYS, "att_us"): False,
    }


@given(
    findings=st.sets(st.sampled_from(sorted(KNOWN.findings)), max_size=40),
    side=st.sampled_from(["carrier", "local", "isp", "inconclusive"]),
    service=st.sampled_from([None, "in-service", "out-of-service", "emergency-only", "radio-off"]),
    called=st.sampled_from([None, "verizon_us"]),
)
def test_cells_say_what_the_outcomes_say_whatever_else_was_found(findings, side, service, called):
    seen = report(*findings, side=side, phone_service=service, called=called)
    own = {Cell("att_us", "US", stage): fails for stage, fails in outcomes(seen).items()}
    others = called_outcomes(seen).items()
    assert cells(seen) == own | {Cell("att_us", "US", s, called): fails for s, fails in others}
