"""When a report is due: no sooner than news, never on the second, and never all at once."""

import pytest

from netcheck.report.timing import first_due_s, is_worth_one, next_try_s

NOW_S = 1_708_593_300.0
TRIES = 300


@pytest.mark.parametrize(
    ("verdict", "last", "ago_s", "worth"),
    [
        ("carrier down", "none ok", 1.0, True),
        ("none ok", "none ok", 1.0, False),
        ("none ok", "none ok", 3599.0, False),
        ("none ok", "none ok", 3600.0, True),
        ("none ok", "none ok", -60.0, True),  # a clock that was set back
        ("none ok", "", NOW_S, True),
    ],
)
def test_news_is_worth_a_report_and_so_is_an_hour(verdict, last, ago_s, worth):
    assert is_worth_one(verdict, last, NOW_S - ago_s, NOW_S) is worth


def test_a_report_waits_for_up_to_45_seconds_and_each_for_another_time():
    waits = [first_due_s(NOW_S) - NOW_S for _ in range(TRIES)]
    assert 0 <= min(waits) < 5
    assert 40 < max(waits) <= 45
    assert len({round(wait, 3) for wait in waits}) > TRIES * 0.9


@pytest.mark.parametrize(
    ("tries", "least_s", "most_s"),
    [(0, 30, 60), (1, 60, 120), (2, 120, 240), (5, 960, 1920), (6, 1800, 3600), (99, 1800, 3600)],
)
def test_each_try_in_vain_doubles_the_wait_up_to_an_hour(tries, least_s, most_s):
    waits = [next_try_s(tries, NOW_S) - NOW_S for _ in range(TRIES)]
    assert least_s <= min(waits) < least_s + (most_s - least_s) / 10
    assert most_s - (most_s - least_s) / 10 < max(waits) <= most_s


def test_a_collector_may_ask_for_hours_and_for_no_more():
    assert 600 <= next_try_s(0, NOW_S, 600.0) - NOW_S
    assert next_try_s(0, NOW_S, 30 * 86_400.0) - NOW_S == pytest.approx(0.9 * 6 * 3600)
    assert next_try_s(6, NOW_S, 1.0) - NOW_S >= 1800
