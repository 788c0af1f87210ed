"""Which checks no scenario makes fail, and which none makes hold: named, each with its reason.

Read from what the lab's runs saw. A check that only tells facts cannot fail; what needs a lease
file or a validating resolver is shown elsewhere or not yet, and this list says so. A check that is
neither shown nor listed fails here, and so does a listed one that is shown by now.
"""

import json
from collections import defaultdict

import pytest

from netcheck.checks import ALL
from tests.lab.scenario import RECORDED

A_FACT = "tells a fact and never fails"
NOT_YET = "no scenario makes it so yet; held by tests of the check alone"
NO_FEED = "only where a status feed is set: shown beside one on loopback, in test_crowd_agent"
OVER_EVERY_WAY = "told only where the plan runs over several ways: shown in test_paths"

NEVER_FAILS_HERE = {
    "others-see-no-outage": NO_FEED,
    "another-way-works": OVER_EVERY_WAY,
    "wifi-keeps-joined": NOT_YET,
    "name-service-is-known": A_FACT,
    "address-is-routed": A_FACT,
    "lease-is-accounted-for": "the lab's DHCP client keeps no lease file",
    "link-counts-no-errors": "a virtual cable damages no frame",
    "resolvers-agree": NOT_YET,
    "ike-port-is-kept": NOT_YET,
    "translation-is-known": "what it finds is shown in test_translation, a failure nowhere yet",
    "other-resolvers-gateway-answers": NOT_YET,
    "phone-answers": "needs a modem that says it is broken: shown beside a stand-in on a bus",
}
NEVER_HOLDS_HERE = {
    "others-see-no-outage": NO_FEED,
    "another-way-works": OVER_EVERY_WAY,
    "redirected-gateway-answers": "the gateway that answers there is a control, and was asked",
    "wifi-joins": "asked only of a device that has not joined",
    "wifi-keeps-joined": NOT_YET,
    "lease-is-accounted-for": "the lab's DHCP client keeps no lease file",
    "signed-names-pass": "needs a device that insists on signatures, and signed zones",
    "bogus-names-fail": "the lab's zones are not signed, and its resolvers do not validate",
    "search-domains-leave-names-alone": "looks only where a search list is in use",
    "https-passes": "asked only where most sites fail to connect, and in the lab they then do",
}


@pytest.fixture(scope="module")
def outcomes():
    """What came of each check in all recorded runs."""
    found = defaultdict(set)
    for path in RECORDED.glob("*.json"):
        for one in json.loads(path.read_text())["result"]["observations"]:
            found[one["check"]].add(one["outcome"])
    return found


def test_every_check_is_made_to_fail_by_a_scenario_or_it_is_said_why_not(outcomes):
    unshown = {check.id for check in ALL if "failed" not in outcomes[check.id]}
    assert unshown == set(NEVER_FAILS_HERE)


def test_every_check_is_seen_to_hold_in_a_scenario_or_it_is_said_why_not(outcomes):
    unshown = {check.id for check in ALL if "ok" not in outcomes[check.id]}
    assert unshown == set(NEVER_HOLDS_HERE)


def test_every_reason_is_of_a_check_that_exists():
    known = {check.id for check in ALL}
    assert set(NEVER_FAILS_HERE) | set(NEVER_HOLDS_HERE) <= known
