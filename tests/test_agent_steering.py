"""What ends a run early and what makes it look closer, from the tables alone."""

import json
from types import SimpleNamespace

import pytest

from netcheck.agent.concluding import About
from netcheck.agent.steering import Steering
from netcheck.catalog import load
from netcheck.checks import ALL
from netcheck.diagnosis.choosing import can_still_change, worth_looking
from netcheck.diagnosis.judging import Case
from netcheck.diagnosis.likelihoods import THINGS
from netcheck.diagnosis.weighing import weigh
from netcheck.model.finding import Finding
from tests.lab.scenario import RECORDED
from tests.test_diagnosis_verdict import CRICKET, NO_PACE, but

CASE = Case(CRICKET, None)
SPECS = [check.spec for check in ALL]
DEEP = [spec for spec in SPECS if spec.deep]


def test_every_thing_is_told_by_the_check_that_says_so():
    """What a check tells is what its findings are about, in every recorded run."""
    tells = {spec.id: set(spec.tells) for spec in SPECS}
    wrong = set()
    for path in RECORDED.glob("*.json"):
        for finding in json.loads(path.read_text())["result"]["findings"]:
            thing = finding["id"].partition(".")[0]
            by = finding["checks"][0] if finding["checks"] else None
            if thing in THINGS and by in tells and thing not in tells[by]:
                wrong.add((by, thing))
    assert wrong == set()


def test_every_thing_of_the_tables_is_told_by_some_check():
    told = {thing for spec in SPECS for thing in spec.tells}
    assert set(THINGS) - told == set()
    assert told - set(THINGS) == set()


def test_health_so_far_may_still_turn():
    findings = but("", "own-epdg own-epdg-pace control-epdg anchors own-zone")
    assert can_still_change({"own-epdg", "anchors", "own-zone"}, weigh(findings), CASE) > 0.01


def test_where_it_is_known_what_is_left_to_see_is_nothing():
    assert can_still_change((), weigh(but("")), CASE) == 0.0


@pytest.mark.parametrize(("case", "may_change"), [(CASE, True), (Case(None, None), False)])
def test_what_would_clear_or_blame_a_carrier_changes_nothing_where_none_was_chosen(
    case, may_change
):
    """Which sides may be named is one rule, that of the verdict itself."""
    sos = weigh(but("symptom.sos"))
    assert (can_still_change({"beside-me"}, sos, case) > 0.01) is may_change


def test_calls_that_fail_although_all_is_well_are_worth_a_closer_look():
    chosen = worth_looking(DEEP, but("symptom.calls-fail"), left_ms=60_000)
    assert "large-ike-answers" in chosen


def test_what_takes_longer_than_is_left_is_not_begun():
    assert worth_looking(DEEP, but("symptom.calls-fail"), left_ms=10) == []


def test_what_was_seen_is_not_looked_at_again():
    findings = but("symptom.calls-fail large-ike.passes")
    assert "large-ike-answers" not in worth_looking(DEEP, findings, left_ms=60_000)


def test_the_line_is_filled_only_for_those_who_asked_for_it(monkeypatch):
    found = tuple(but("symptom.calls-fail"))
    monkeypatch.setattr("netcheck.agent.steering.findings", lambda situation: found)
    assert "line-stays-quick" in worth_looking(DEEP, found, left_ms=600_000)
    steering = Steering(About(CRICKET), lambda: None)  # type: ignore[arg-type, return-value]
    began = [check.id for check in steering.further((), 600_000)]
    assert began
    assert "line-stays-quick" not in began


@pytest.mark.parametrize("changes", ["", "symptom.fine"])
def test_nothing_more_is_looked_at_where_all_is_well(changes, monkeypatch):
    found = tuple(but(changes))
    monkeypatch.setattr("netcheck.agent.steering.findings", lambda situation: found)
    steering = Steering(About(CRICKET), lambda: None)  # type: ignore[arg-type, return-value]
    assert steering.further((), 60_000) == []


def test_a_named_fault_with_a_silent_control_is_not_settled_before_it_is_heard():
    """A silent gateway blames nobody until the controls have had their say."""
    findings = but("own-epdg.silent", NO_PACE + " control-epdg ike-stops other-gateway")
    assert can_still_change({"control-epdg"}, weigh(findings), CASE) > 0.01


@pytest.mark.parametrize(
    ("world", "pending", "ends"),
    [
        ("a-captive-portal-waits-for-a-sign-in", (), True),
        ("a-captive-portal-waits-for-a-sign-in", ("epdg-answers-ike", "stun-answers"), True),
        # One page was swapped and two sites reset: the other answers were about to come.
        ("a-captive-portal-waits-for-a-sign-in", ("no-portal", "anchor-answers"), False),
        ("the-router-hangs", ("path-continues", "anchor-answers", "epdg-answers-ike"), True),
        ("the-router-hangs", ("gateway-answers", "anchor-answers"), False),
    ],
)
def test_a_run_ends_early_only_on_what_was_heard_whole(world, pending, ends, monkeypatch):
    recorded = json.loads((RECORDED / f"{world}.json").read_text())["result"]["findings"]
    found = tuple(Finding(one["id"], tuple(one["checks"])) for one in recorded)
    monkeypatch.setattr("netcheck.agent.steering.findings", lambda situation: found)
    steering = Steering(About(CRICKET), lambda: SimpleNamespace(catalog=load()))  # type: ignore[arg-type, return-value]
    assert steering.settled([check for check in ALL if check.id in pending]) is ends
