"""Two faults at once: both are named, each with its confidence, and the complaint finds its own."""

import pytest

from netcheck.diagnosis.faults import BY_ID, PLACE
from netcheck.diagnosis.weighing import log_likelihood, log_prior, score, weigh
from netcheck.model.finding import Finding
from netcheck.model.verdict import Complaint
from tests.test_diagnosis_verdict import CUT_OFF, NO_PACE, but, verdict_on

ROUTER_DROPS_IKE = "own-epdg.silent control-epdg.silent ike-stops.at-router"
ROUTER_DEAD = (
    "path.hidden gateway.absent beyond-gateway.silent system-resolver.silent "
    "nameserver.silent-at-home public-resolver.silent anchors.unresolved"
)

PAIRS = [
    (
        "the router drops IKE, and the carrier's names fail",
        "own-zone.fails own-names.fail control-epdg.silent ike-stops.at-router",
        NO_PACE + " own-epdg",
        {("carrier", "carrier-names-outage"), ("local", "lan-blocks-ike")},
    ),
    (
        "the home link loses much, and the carrier's names fail",
        "home-loss.heavy internet-loss.heavy own-zone.fails own-names.fail",
        NO_PACE + " own-epdg",
        {("local", "home-link-lossy"), ("carrier", "carrier-names-outage")},
    ),
    (
        "the clock is a year off, and the router drops IKE",
        "anchors.wrong-time clock.wrong " + ROUTER_DROPS_IKE,
        NO_PACE,
        {("local", "clock-wrong"), ("local", "lan-blocks-ike")},
    ),
]


@pytest.mark.parametrize(
    ("changes", "without", "true"), [w[1:] for w in PAIRS], ids=[w[0] for w in PAIRS]
)
def test_both_faults_are_named(changes, without, true):
    verdict = verdict_on(but(changes, without))
    named = {(verdict.side.value, verdict.fault)}
    named |= {(other.side.value, other.fault) for other in verdict.also}
    assert named == true
    assert all(other.confidence >= 0.6 for other in verdict.also)


def test_one_fault_has_no_companion():
    assert verdict_on(but(ROUTER_DROPS_IKE, NO_PACE)).also == ()
    assert verdict_on(but("symptom.sos")).also == ()


def test_a_complaint_that_the_fault_explains_is_said_to_be_explained():
    told = verdict_on(but("symptom.calls-fail " + ROUTER_DROPS_IKE, NO_PACE)).complaint
    assert told == Complaint("calls-fail", "lan-blocks-ike")


def test_sos_is_another_trouble_than_a_dead_router():
    verdict = verdict_on(but("symptom.sos " + ROUTER_DEAD, CUT_OFF + " home-loss"))
    assert (verdict.side.value, verdict.fault) == ("local", "router-dead")
    assert verdict.complaint == Complaint("sos", None)


def test_a_phone_said_to_be_fine_complains_of_nothing():
    assert verdict_on(but("symptom.fine")).complaint is None


def test_the_verdict_is_the_fault_that_explains_the_complaint():
    """Both are certain; the person asked about the phone."""
    changes = "symptom.calls-fail own-zone.fails own-names.fail clock.wrong anchors.wrong-time"
    verdict = verdict_on(but(changes, NO_PACE + " own-epdg"))
    assert (verdict.side.value, verdict.fault) == ("carrier", "carrier-names-outage")
    assert [other.fault for other in verdict.also] == ["clock-wrong"]
    assert verdict.complaint == Complaint("calls-fail", "carrier-names-outage")


def test_beside_a_fault_at_home_nobody_is_told_to_leave_the_router_alone():
    changes = "home-loss.heavy internet-loss.heavy own-zone.fails own-names.fail"
    steps = [s.id for s in verdict_on(but(changes, NO_PACE + " own-epdg")).next_steps]
    assert "step.leave-router-alone" not in steps
    assert {"step.restart-router", "step.wait-carrier"} <= set(steps)


def test_what_the_second_fault_accounts_for_is_not_held_against_the_first():
    verdict = verdict_on(but("anchors.wrong-time clock.wrong " + ROUTER_DROPS_IKE, NO_PACE))
    against = {reason.finding for reason in verdict.against}
    assert not against & {"own-epdg.silent", "control-epdg.silent", "ike-stops.at-router"}


# The sum over two faults


def test_of_two_faults_the_one_the_table_names_speaks():
    pair = log_likelihood("signal.weak", "wifi-weak", "carrier-registration-outage")
    assert pair == log_likelihood("signal.weak", "wifi-weak")
    sos = log_likelihood("symptom.sos", "wifi-weak", "carrier-registration-outage")
    assert sos == log_likelihood("symptom.sos", "carrier-registration-outage")


def test_nothing_is_heard_from_behind_what_lets_nothing_pass():
    behind = log_likelihood("own-epdg.silent", "router-dead", "carrier-gateway-outage")
    assert behind == log_likelihood("own-epdg.silent", "router-dead")


def test_two_faults_that_let_things_pass_are_each_half_of_what_is_seen():
    both = log_likelihood("own-epdg.silent", "lan-blocks-ike", "carrier-gateway-outage")
    assert both == -25  # ln of the mean of 0.72 and 0.84


def test_two_faults_are_rarer_than_either_and_than_both_by_chance():
    pair = log_prior("wifi-weak", "carrier-registration-outage")
    by_chance = (
        log_prior("wifi-weak") + log_prior("carrier-registration-outage") - log_prior("all-well")
    )
    assert pair == by_chance - 139  # ln 0.25
    assert pair < min(log_prior("wifi-weak"), log_prior("carrier-registration-outage"))


def test_faults_of_one_place_are_rivals_and_no_pair():
    scores = weigh([Finding("signal.weak"), Finding("own-epdg.silent")]).scores
    pairs = [ids for ids in scores if len(ids) == 2]
    assert pairs
    assert [ids for ids in pairs if PLACE[ids[0]] == PLACE[ids[1]]] == []
    assert not {"all-well", "unknown"} & {id for ids in pairs for id in ids}


def test_every_fault_but_the_two_that_are_none_has_a_place():
    assert set(BY_ID) - set(PLACE) == {"all-well", "unknown"}


def test_the_pairs_left_out_would_change_nothing_that_is_shown():
    """What is weighed stands for all pairs: the rest together is less than a percent."""
    import itertools
    import math

    for changes, without, _ in (w[1:] for w in PAIRS):
        findings = but(changes, without)
        posterior = weigh(findings)
        best = max(posterior.scores.values())
        kept = math.fsum(math.exp((s - best) / 100) for s in posterior.scores.values())
        left = [
            pair
            for pair in itertools.combinations(PLACE, 2)
            if PLACE[pair[0]] != PLACE[pair[1]] and pair not in posterior.scores
        ]
        assert left
        lost = math.fsum(math.exp((score(findings, pair) - best) / 100) for pair in left)
        assert lost / (kept + lost) < 0.01
