"""A sample of the calibration, so that a change of the tables which spoils it is noticed.

The whole is `python -m tests.calibration`; its figures stand in tests/lab/RESULTS.md. Bounds are
wider than those aimed at there (0.05, and 1 of 50), by what a sample of this size may stray.
"""

from dataclasses import replace

import pytest

from tests.calibration import (
    BATCHES,
    Judged,
    brier_skill,
    costly,
    coverage,
    diagram,
    ece,
    measured,
    reliability,
    surest_wrong,
)

WORLDS = 200  # of each batch


@pytest.fixture(scope="module")
def sample() -> list[Judged]:
    return [one for batch in BATCHES for one in measured(replace(batch, worlds=WORLDS))]


@pytest.mark.patient
def test_netcheck_is_about_as_sure_as_it_is_right(sample):
    assert ece(sample) <= 0.08


@pytest.mark.patient
def test_what_is_nearly_certain_is_nearly_always_right(sample):
    wrong, sure = surest_wrong(sample)
    assert sure > 100
    assert wrong <= sure / 25


@pytest.mark.patient
def test_it_knows_more_than_the_priors_and_mostly_says_so(sample):
    assert brier_skill(sample) > 0.4
    assert coverage(sample) > 0.8


@pytest.mark.patient
def test_neither_the_carrier_nor_the_user_is_often_blamed_for_the_others_fault(sample):
    carrier, user = costly(sample)
    assert carrier <= len(sample) / 50
    assert user <= 2


# The figures themselves, on worlds whose figures are known


def world(confidence: float, right: bool, side: str = "local") -> Judged:
    true = frozenset({side if right else "isp"})
    return Judged(true, (), side, side, None, confidence)


def test_saying_seven_in_ten_and_being_right_seven_times_is_calibrated():
    worlds = [world(0.7, True)] * 7 + [world(0.7, False)] * 3
    assert ece(worlds) == pytest.approx(0.0)
    assert reliability(worlds) == [(pytest.approx(0.7), pytest.approx(0.7), 10)]


def test_being_too_sure_is_an_error_as_large_as_the_difference():
    worlds = [world(0.9, True)] * 5 + [world(0.9, False)] * 5
    assert ece(worlds) == pytest.approx(0.4)


def test_only_named_sides_are_wrong_with_certainty():
    worlds = [world(0.97, True), world(0.97, False), world(0.97, False, "inconclusive")]
    assert surest_wrong(worlds) == (1, 2)


def test_blaming_the_user_for_the_carrier_is_counted():
    worlds = [Judged(frozenset({"carrier"}), (), "local", "local", None, 0.8)]
    assert costly(worlds) == (0, 1)
    worlds = [Judged(frozenset({"local", "carrier"}), (), "local", "local", None, 0.8)]
    assert costly(worlds) == (0, 0)


def test_the_diagram_has_a_point_a_bin():
    drawn = diagram([(0.5, 0.4, 10), (0.9, 0.95, 40)])
    assert drawn.count("<circle") == 2
    assert "said 0.90, right 0.95, 40 worlds" in drawn
