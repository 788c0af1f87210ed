"""Counters of an interface over time: what was added, and when nobody can tell."""

import pytest

from netcheck.checks import own_traffic
from netcheck.checks.own_traffic import Meter
from netcheck.device.send_queue import SendQueue
from netcheck.device.sysfs import Counters

BEFORE = Counters(received_bytes=9000, sent_bytes=700, errors=4, drops=2)


@pytest.mark.parametrize(
    ("now", "added"),
    [
        (BEFORE, Counters(0, 0, 0, 0)),
        (Counters(9500, 800, 5, 2), Counters(500, 100, 1, 0)),
        (Counters(300, 40, 0, 0), None),  # it went and came back
        (Counters(9500, 800, 0, 2), None),  # its driver counts errors anew
    ],
)
def test_what_was_added_is_known_while_no_count_goes_down(now, added):
    assert now.since(BEFORE) == added


@pytest.fixture
def reads(monkeypatch):
    """Gives a meter these counters and queues, one after the other."""

    def given(counters, queues):
        told, waiting = iter(counters), iter(queues)
        monkeypatch.setattr(own_traffic, "counters", lambda _: next(told))
        monkeypatch.setattr(own_traffic, "send_queue", lambda _: next(waiting))

    return given


def test_a_meter_over_which_the_interface_came_back_says_nothing(reads):
    reads([BEFORE, Counters(300, 40, 0, 0)], [None, None])
    assert Meter("nobody0").read() is None


def test_a_queue_that_was_set_up_anew_has_thrown_away_nobody_knows_how_much(reads):
    reads([BEFORE, BEFORE], [SendQueue(0, 40), SendQueue(0, 3)])
    seen = Meter("nobody0").read()
    assert seen is not None
    assert (seen.new_errors, seen.queue_dropped) == (0, None)


def test_what_a_queue_threw_away_meanwhile_is_told(reads):
    reads([BEFORE, Counters(9500, 800, 6, 5)], [SendQueue(0, 40), SendQueue(0, 43)])
    seen = Meter("nobody0").read()
    assert seen is not None
    assert (seen.new_errors, seen.new_drops, seen.queue_dropped) == (2, 3, 3)
