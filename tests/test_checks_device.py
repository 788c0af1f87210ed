"""What the checks of this device make of what was seen."""

from types import SimpleNamespace

import pytest

from netcheck.checks import device_may_send, https_passes
from netcheck.checks.contract import Seen
from netcheck.checks.device_may_send import SendingFacts
from netcheck.checks.https_passes import HttpsPathFacts
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome


def seen(check, failure=None, facts=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target("there"), outcome, failure, facts, 0.0, 1.0)


def situation(*observations, **more):
    return SimpleNamespace(seen=Seen(observations), **more)


def told(check, *observations, **more):
    return [finding.id for finding in check.read(situation(*observations, **more))]


@pytest.mark.parametrize(
    ("counts", "state"),
    [
        ((4, 0, 12, 0), "free"),
        ((4, 4, 12, 0), "calling-forbidden"),
        ((0, 0, 12, 4), "forbidden"),
        ((4, 1, 12, 1), "some-forbidden"),
        ((0, 0, 3, 0), "free"),
    ],
)
def test_what_this_device_lets_out(counts, state):
    observed = seen("device-may-send", facts=SendingFacts(*counts))
    assert told(device_may_send.CHECK, observed) == [f"sending.{state}"]


def test_a_refusal_to_send_is_counted_by_whom_it_kept_from_being_asked():
    refused = Failure.NOT_PERMITTED
    observed = device_may_send.observe(
        Target("this device"),
        situation(
            seen("epdg-answers-ike", refused),
            seen("epdg-answers-ike", Failure.TIMEOUT),
            seen("no-portal"),
            seen("anchor-answers", refused),
            seen("gateway-answers", refused),
        ),
    )
    assert (observed.failure, observed.facts) == (refused, SendingFacts(2, 1, 2, 1))


@pytest.mark.parametrize(
    ("https_last", "control_last", "answered_at", "state"),
    [
        (1, 4, None, "at-router"),
        (1, 4, 2, "at-router"),
        (2, 4, None, "at-provider"),
        (2, 4, 3, "at-provider"),
        (3, 4, None, "beyond"),
        (3, 4, 4, "beyond"),
        (None, 4, None, "at-router"),
        (1, 1, None, "unseen"),
        (None, None, None, "unseen"),
    ],
)
def test_where_the_way_to_secure_sites_ends(https_last, control_last, answered_at, state):
    facts = HttpsPathFacts(https_last, control_last, answered_at)
    observed = seen("https-passes", Failure.TIMEOUT, facts)
    assert told(https_passes.CHECK, observed) == [f"https-stops.{state}"]
