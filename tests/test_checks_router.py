"""What the checks of the router and the provider make of addresses, datagrams and silence."""

from types import SimpleNamespace

import pytest

from netcheck.checks import (
    address_is_routed,
    large_ike_answers,
    path_continues,
    stun_answers,
    udp_passes,
)
from netcheck.checks.address_is_routed import TranslationFacts, translations
from netcheck.checks.contract import Seen
from netcheck.checks.epdg_answers_ike import IkeFacts
from netcheck.checks.large_ike_answers import LargeIkeFacts
from netcheck.checks.stun_answers import StunFacts, StunServerFacts, class_of
from netcheck.checks.udp_passes import UdpFacts
from netcheck.checks.way_out import HopFacts, PathFacts, home_hops, second_router
from netcheck.checks.ways_arrive import WayFacts, compared
from netcheck.model.observation import Observation, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.stun import SeenAs

ENDED_PATH = PathFacts((HopFacts(1, "192.168.1.1", 1.0),), False, 1)
WHOLE_PATH = PathFacts((), True, 4)
SILENT_STUN = StunFacts((), None, None, None)
SILENT_IKE = IkeFacts("att", ())


def seen(check, facts, failure=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target("there"), outcome, failure, facts, 0.0, 1.0)


def situation(*observations):
    return SimpleNamespace(seen=Seen(observations))


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("77.68.20.57", "public"),
        ("192.168.1.1", "private"),
        ("100.64.0.1", "shared"),
        ("100.127.255.254", "shared"),
        ("100.128.0.1", "public"),
        ("2a02:8108::1", "public"),
        ("fe80::1%eth0", "private"),
    ],
)
def test_what_kind_of_address_it_is(address, kind):
    assert class_of(address) == kind


@pytest.mark.parametrize(
    ("hops", "told"),
    [
        (("77.68.20.1",), TranslationFacts("public", "public", False, False)),
        (("192.168.0.1", "77.68.20.1"), TranslationFacts("private", "public", True, False)),
        (("10.0.0.1", None), TranslationFacts("private", "public", True, None)),
        (("192.168.0.1", "100.64.0.1"), TranslationFacts("private", "public", True, True)),
        (("100.64.3.1",), TranslationFacts("shared", "public", False, True)),
        (("10.20.0.1",), TranslationFacts("private", "public", False, True)),
        ((None,), TranslationFacts(None, "public", None, None)),
    ],
)
def test_who_translates_besides_the_router(hops, told):
    assert translations(hops, "77.68.20.57") == told


@pytest.mark.parametrize(
    ("facts", "finding"),
    [
        (TranslationFacts("public", "public", False, False, True), ["translation.once"]),
        (TranslationFacts("public", "public", False, False, False), ["translation.none"]),
        (TranslationFacts("shared", "public", False, True, True), ["translation.by-provider"]),
        (TranslationFacts("private", "public", True, None, True), ["translation.by-two-routers"]),
        (TranslationFacts("public", None, False, False, None), []),
    ],
)
def test_what_is_said_of_translations(facts, finding):
    here = situation(seen("address-is-routed", facts))
    assert [one.id for one in address_is_routed.read(here)] == finding


def test_a_second_router_of_the_home_makes_it_one_hop_longer():
    path = PathFacts((HopFacts(1, "192.168.86.1", 1.0), HopFacts(2, "192.168.1.1", 2.0)), False, 2)
    here = situation(seen("path-continues", path, Failure.TIMEOUT))
    assert (home_hops(here), second_router(here)) == (2, "192.168.1.1")
    assert [one.id for one in path_continues.read(here)] == ["path.ends-at-router"]


def test_a_second_hop_that_says_nothing_leaves_it_unmeasured():
    observed = address_is_routed.observe(
        Target("the way out"), situation(seen("path-continues", ENDED_PATH, Failure.TIMEOUT))
    )
    assert (observed.outcome, observed.unmet) == (Outcome.SKIPPED, "path-continues")


def test_the_second_hop_is_read_beside_what_servers_see():
    path = PathFacts((HopFacts(1, "192.168.1.1", 1.0), HopFacts(2, "100.64.0.1", 3.0)), True, 4)
    stun = StunFacts((StunServerFacts("S", "77.68.20.57", 4000, 9.0, None),), "public", True, None)
    observed = address_is_routed.observe(
        Target("the way out"), situation(seen("path-continues", path), seen("stun-answers", stun))
    )
    assert observed.facts == TranslationFacts("shared", "public", False, True, True)


@pytest.mark.parametrize(
    ("ends", "mapping"),
    [
        ([("77.68.20.57", 4000)], None),
        ([("77.68.20.57", 4000), ("77.68.20.57", 4000)], "endpoint-independent"),
        ([("77.68.20.57", 4000), ("77.68.20.57", 4001)], "endpoint-dependent"),
        ([("77.68.20.57", 4000), ("77.68.20.58", 4000)], "endpoint-dependent"),
    ],
)
def test_how_the_router_maps_one_socket_towards_two_servers(ends, mapping):
    assert stun_answers._mapping([SeenAs("s", 3478, *end) for end in ends]) == mapping


def udp(*observations):
    return udp_passes.observe(Target("beyond the router"), situation(*observations))


SILENCE = (
    seen("stun-answers", SILENT_STUN, Failure.TIMEOUT),
    seen("epdg-answers-ike", SILENT_IKE, Failure.TIMEOUT),
    seen("path-continues", ENDED_PATH, Failure.TIMEOUT),
)
WEB = seen("anchor-answers", None)


def test_any_answer_over_udp_shows_that_it_passes():
    observed = udp(*SILENCE[:2], seen("path-continues", WHOLE_PATH), WEB)
    assert observed.facts == UdpFacts(("stun", "ike", "path"), ("path",), 4)


def test_silence_to_everything_counts_while_the_web_answers():
    observed = udp(*SILENCE, WEB)
    assert observed.failure == Failure.TIMEOUT
    assert observed.facts == UdpFacts(("stun", "ike", "path"), (), 1)


def test_silence_counts_for_nothing_where_everything_is_silent():
    assert udp(*SILENCE).unmet == "provider-carries-traffic"


def test_silence_counts_for_nothing_while_a_witness_is_missing():
    assert udp(*SILENCE[:1], *SILENCE[2:], WEB).unmet == "epdg-answers-ike"


@pytest.mark.parametrize(
    ("answered", "last_ttl", "state"),
    [
        (("stun",), None, "passes"),
        ((), 1, "silent-at-router"),
        ((), 2, "silent-beyond"),
        ((), None, "silent-unseen"),
    ],
)
def test_what_the_silence_of_udp_is_called(answered, last_ttl, state):
    facts = UdpFacts(("stun", "ike", "path"), answered, last_ttl)
    found = udp_passes.read(situation(seen("udp-passes", facts, None if answered else "timeout")))
    assert [finding.id for finding in found] == [f"udp.{state}"]


@pytest.mark.parametrize(
    ("answer", "large", "small", "state"),
    [
        ("sa", None, None, "passes"),
        (None, None, 5, "stop-at-router"),
        (None, 1, 5, "stop-at-router"),
        (None, 2, 5, "stop-beyond"),
        (None, 4, 5, "unanswered"),
        (None, 5, 5, "unanswered"),
        (None, None, None, "stop-unseen"),
        (None, None, 1, "stop-unseen"),
    ],
)
def test_where_a_large_request_is_lost(answer, large, small, state):
    facts = LargeIkeFacts("att", 1200, answer, None, large, small)
    failure = None if answer else Failure.TIMEOUT
    found = large_ike_answers.read(situation(seen("large-ike-answers", facts, failure)))
    assert [finding.id for finding in found] == [f"large-ike.{state}"]


def test_one_gateway_that_dislikes_padding_is_outvoted_by_another():
    picky = LargeIkeFacts("att", 1200, None, None, None, None)
    open_way = LargeIkeFacts("verizon", 1200, "sa", 20.0)
    found = large_ike_answers.read(
        situation(
            seen("large-ike-answers", picky, Failure.TIMEOUT),
            seen("large-ike-answers", open_way),
        )
    )
    assert [finding.id for finding in found] == ["large-ike.passes"]


def way(family, last_ttl, *, reached=False):
    return WayFacts("there", family, reached, last_ttl, None)


@pytest.mark.parametrize(
    ("ways", "ends", "behind"),
    [
        ([way("ipv4", 4, reached=True), way("ipv6", 4, reached=True)], "nowhere", None),
        ([way("ipv4", 4, reached=True), way("ipv4", 2)], "some-targets", None),
        ([way("ipv4", 4, reached=True), way("ipv6", 1), way("ipv6", 1)], "one-family", None),
        ([way("ipv4", 2), way("ipv4", 2), way("ipv6", 2)], "behind-one-hop", 2),
        ([way("ipv4", 2), way("ipv4", 3)], "apart", None),
        ([way("ipv4", 2), way("ipv4", None)], "unseen", None),
    ],
)
def test_one_target_is_told_from_everything_behind_a_hop(ways, ends, behind):
    facts = compared(ways)
    assert (facts.ends, facts.behind) == (ends, behind)
