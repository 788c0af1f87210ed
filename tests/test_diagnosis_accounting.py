"""The sum read out: its terms add up to the verdict's own score, and a turn really turns it."""

import pytest

from netcheck.diagnosis.accounting import account, turn
from netcheck.diagnosis.judging import Case, judge
from netcheck.diagnosis.weighing import weigh
from netcheck.model.account import Turn
from netcheck.model.finding import Finding
from netcheck.model.verdict import Side
from tests.test_diagnosis_verdict import CRICKET, NO_PACE, WORLDS, but

CASE = Case(CRICKET, True)


@pytest.mark.parametrize(
    ("changes", "without"), [w[1:3] for w in WORLDS], ids=[w[0] for w in WORLDS]
)
def test_the_terms_add_up_to_what_was_weighed(changes, without):
    findings = but(changes, without)
    told, posterior = account(findings), weigh(findings)
    assert told.hypotheses[0] == posterior.likeliest()
    for column, hypothesis in enumerate(told.hypotheses):
        total = told.priors[column] + sum(term.votes[column] for term in told.terms)
        assert total == told.sums[column] == posterior.scores[hypothesis]


def test_every_finding_stands_in_one_term():
    findings = but("symptom.sos")
    told = [id for term in account(findings).terms for id in term.findings]
    assert sorted(told) == sorted(finding.id for finding in findings)


def test_what_parts_the_two_most_comes_first():
    told = account(but("symptom.sos"))
    assert told.hypotheses == (("carrier-registration-outage",), ("all-well",))
    assert told.terms[0].findings == ("symptom.sos",)


def test_one_word_of_the_user_turns_sos():
    assert turn(but("symptom.sos"), CASE) == Turn(
        ("symptom.sos",), ("symptom.fine",), Side.NONE, "all-well"
    )


def test_where_ike_stops_is_what_parts_the_router_from_the_provider():
    blocked = but("own-epdg.silent control-epdg.silent ike-stops.at-router", NO_PACE)
    assert turn(blocked, CASE) == Turn(
        ("ike-stops.at-router",), ("ike-stops.at-provider",), Side.ISP, "provider-blocks-ike"
    )


def test_a_verdict_with_much_behind_it_needs_two_things_to_be_otherwise():
    findings = but("own-zone.fails own-names.fail", "own-epdg own-epdg-pace")
    told = turn(findings, CASE)
    assert told is not None
    instead = dict(zip(told.seen, told.instead, strict=True))
    changed = [Finding(instead.get(finding.id, finding.id)) for finding in findings]
    assert judge(findings, CASE).side == Side.CARRIER
    assert judge(changed, CASE).side == told.side != Side.CARRIER


def test_nothing_turns_a_verdict_on_nothing():
    assert turn([], CASE) is None
