"""What the checks of names make of what was seen, and what comes of it."""

from dataclasses import replace
from types import SimpleNamespace

import pytest

from netcheck import catalog
from netcheck.checks import (
    bogus_names_fail,
    epdg_resolves,
    fresh_names_resolve,
    gateways_are_named_alike,
    nameserver_answers,
    nobody_answers_elsewhere,
    other_resolvers_gateway,
    private_names_are_usual,
    resolver_asks_from_here,
)
from netcheck.checks.bogus_names_fail import BogusFacts
from netcheck.checks.contract import Seen
from netcheck.checks.epdg_resolves import EpdgNameFacts
from netcheck.checks.fresh_names_resolve import FreshNameFacts
from netcheck.checks.gateways_are_named_alike import NamedGatewaysFacts
from netcheck.checks.loss_counts import SteadyFacts
from netcheck.checks.nameserver_answers import NameserverFacts
from netcheck.checks.nobody_answers_elsewhere import NobodyFacts
from netcheck.checks.other_resolvers_gateway import OtherGatewayFacts
from netcheck.checks.private_names_are_usual import PrivateNameFacts
from netcheck.checks.provider_is_known import ProviderFacts
from netcheck.checks.resolver_asks_from_here import UpstreamFacts
from netcheck.checks.unknown_names_stay_unknown import UnknownNameFacts
from netcheck.checks.way_out import WAY_OUT, HopFacts, PathFacts
from netcheck.model.observation import Family, Observation, Role, Target
from netcheck.model.outcome import Failure, Outcome
from netcheck.probe.dns import DnsAnswer
from tests.test_diagnosis_verdict import but, verdict_on

STUB, UPSTREAM = "127.0.0.53", "192.168.1.1"
ROUTE = SimpleNamespace(gateway=UPSTREAM)


def seen(check, facts, *, who="there", role=Role.OWN, failure=None):
    outcome = Outcome.FAILED if failure else Outcome.OK
    return Observation(check, Target(who, role), outcome, failure, facts, 0.0, 1.0)


def situation(*observations, nameservers=(UPSTREAM,)):
    return SimpleNamespace(
        seen=Seen(observations),
        device=SimpleNamespace(nameservers=nameservers, default_routes=(ROUTE,), interfaces=()),
        catalog=catalog.load(),
        own=SimpleNamespace(id="att_us"),
    )


def told(check, *observations, **more):
    return [finding.id for finding in check.read(situation(*observations, **more))]


def nameserver(who=UPSTREAM, failure=None, itself_ms=2.0):
    rcode = None if failure else "NOERROR"
    facts = NameserverFacts(rcode, failure is None, 2.0, (), itself_ms)
    return seen("nameserver-answers", facts, who=who, failure=failure)


def lookups(own_ms, control_ms):
    for role, (first, second) in ((Role.OWN, own_ms), (Role.CONTROL, control_ms)):
        yield seen("fresh-names-resolve", FreshNameFacts("NXDOMAIN", (first,)), role=role)
        facts = UnknownNameFacts("NXDOMAIN", False, second)
        yield seen("unknown-names-stay-unknown", facts, role=role)


@pytest.mark.parametrize(
    ("own_ms", "control_ms", "itself_ms", "state"),
    [
        ((30, 30), (10, 10), 2, "prompt"),
        ((900, 900), (10, 10), 2, "slow-beyond"),
        ((900, 900), (10, 10), 900, "slow-at-home"),
        ((900, 900), (10, 10), None, "slow-unseen"),
        ((900, 30), (10, 10), 2, "prompt"),
        ((900, 900), (200, 200), 2, "prompt"),
    ],
)
def test_names_are_slow_only_twice_and_only_beside_a_quick_control(
    own_ms, control_ms, itself_ms, state
):
    observations = [*lookups(own_ms, control_ms), nameserver(itself_ms=itself_ms)]
    assert told(fresh_names_resolve.CHECK, *observations) == [f"dns-pace.{state}"]


def known(delay_ms):
    """How soon our nameserver answers for a gateway's name and for a site's."""
    facts = EpdgNameFacts("att_us", "configured", "NOERROR", ("192.0.2.1",), delay_ms)
    name = seen("epdg-resolves", facts)
    return [
        replace(name, target=replace(name.target, address=UPSTREAM)),
        seen("nameserver-answers", NameserverFacts("NOERROR", True, delay_ms), who=UPSTREAM),
    ]


@pytest.mark.parametrize(
    ("own_ms", "control_ms", "known_ms", "state"),
    [
        (896, 201, 8, "prompt"),  # far from the world's servers, which are asked four times
        (896, 201, 200, "prompt"),  # the same, by a forwarder that remembers nothing
        (600, 600, 600, "prompt"),  # by satellite, to a resolver beyond it
        (1200, 600, 600, "prompt"),
        (900, 200, 700, "slow-unseen"),  # every answer comes 700 ms late, the known ones too
        (1596, 201, 700, "slow-unseen"),  # and beside it the world takes its time
        (450, 10, 420, "slow-unseen"),
        (300, 10, 290, "prompt"),
    ],
)
def test_who_is_late_with_known_names_too_is_not_late_for_the_world_s_sake(
    own_ms, control_ms, known_ms, state
):
    paces = lookups((own_ms, own_ms), (control_ms, control_ms))
    assert told(fresh_names_resolve.CHECK, *paces, *known(known_ms)) == [f"dns-pace.{state}"]


@pytest.mark.parametrize(
    ("second_ms", "state"), [(1103, "slow-unseen"), (790, "prompt"), (210, "prompt")]
)
def test_a_resolver_far_away_is_given_less_time_for_the_second_name(second_ms, state):
    """It has just learnt where names below .com are asked for."""
    own = FreshNameFacts("NXDOMAIN", (1300.0, float(second_ms)))
    control = FreshNameFacts("NXDOMAIN", (201.0,))
    unknown = [
        seen("unknown-names-stay-unknown", UnknownNameFacts("NXDOMAIN", False, ms), role=role)
        for role, ms in ((Role.OWN, 1300.0), (Role.CONTROL, 201.0))
    ]
    asked = [
        seen("fresh-names-resolve", own),
        seen("fresh-names-resolve", control, role=Role.CONTROL),
    ]
    assert told(fresh_names_resolve.CHECK, *asked, *unknown, *known(8)) == [f"dns-pace.{state}"]


def test_without_a_control_nobody_is_slow():
    own = [one for one in lookups((900, 900), (1, 1)) if one.target.role == Role.OWN]
    assert told(fresh_names_resolve.CHECK, *own) == []


@pytest.mark.parametrize(
    ("said_ms", "kept_ms", "outcome"),
    [
        ((12.0,), (12.0,), Outcome.OK),
        ((700.0, 9.0), (700.0, 9.0), Outcome.OK),
        ((900.0, 910.0), (900.0, 910.0), Outcome.OK),
        ((900.0, None), (900.0,), Outcome.OK),
        ((None,), (), Outcome.FAILED),
    ],
)
def test_who_is_slow_is_asked_once_more_and_nobody_else(monkeypatch, said_ms, kept_ms, outcome):
    answers = [DnsAnswer(None if ms is None else "NXDOMAIN", delay_ms=ms) for ms in said_ms]
    monkeypatch.setattr(fresh_names_resolve, "ask", lambda *_: answers.pop(0))
    world = SimpleNamespace(net=None, catalog=catalog.load())
    observed = fresh_names_resolve.CHECK.observe(Target("192.168.1.1"), world)
    assert (observed.outcome, observed.facts.delays_ms, answers) == (outcome, kept_ms, [])


def test_a_train_counts_by_its_median():
    slow = FreshNameFacts("NXDOMAIN", (10.0, 900.0, 900.0, 900.0, 20.0))
    train = seen("fresh-names-keep-pace", slow)
    observations = [*lookups((10, 10), (10, 10)), train, nameserver()]
    assert told(fresh_names_resolve.CHECK, *observations) == ["dns-pace.slow-beyond"]


@pytest.mark.parametrize(
    ("stub", "upstream", "told_of_it"),
    [
        (None, None, ["stub.answers"]),
        (Failure.REFUSED, None, ["stub.fails"]),
        (Failure.REFUSED, Failure.TIMEOUT, []),
    ],
)
def test_a_stub_is_blamed_only_while_the_server_behind_it_answers(stub, upstream, told_of_it):
    observations = [nameserver(STUB, stub), nameserver(UPSTREAM, upstream)]
    found = told(nameserver_answers.CHECK, *observations, nameservers=(STUB, UPSTREAM))
    assert [id for id in found if id.startswith("stub")] == told_of_it


def test_the_place_of_the_server_behind_a_stub_is_told_whoever_answered_first():
    observations = [nameserver(STUB), nameserver("77.68.0.53")]
    found = told(nameserver_answers.CHECK, *observations, nameservers=(STUB, "77.68.0.53"))
    assert "nameserver-place.provider" in found


def test_a_server_on_a_second_router_is_at_home_once_that_router_is_known():
    behind = "192.168.0.1"
    silent = nameserver(behind, Failure.TIMEOUT)
    path = PathFacts((HopFacts(1, UPSTREAM, 1.0), HopFacts(2, behind, 2.0)), False, 2)
    traced = seen(WAY_OUT, path, failure=Failure.TIMEOUT)
    first, then = ((silent,), (silent, traced))
    assert told(nameserver_answers.CHECK, *first, nameservers=(behind,)) == [
        "nameserver-place.provider",
        "nameserver.silent-beyond",
    ]
    assert told(nameserver_answers.CHECK, *then, nameservers=(behind,)) == [
        "nameserver-place.home",
        "nameserver.silent-at-home",
    ]


def gateways(configured, public):
    for resolver, addresses in (("configured", configured), ("public", public)):
        yield seen("epdg-resolves", EpdgNameFacts("att_us", resolver, "NOERROR", addresses, 3.0))


def test_a_gateway_both_resolvers_name_is_the_same():
    both = gateways(("141.207.1.10",), ("141.207.1.10", "141.207.1.11"))
    assert told(other_resolvers_gateway.CHECK, *both) == ["other-gateway.same"]


@pytest.mark.parametrize(("answered", "state"), [(True, "answers"), (False, "silent")])
def test_another_gateway_counts_by_its_answer(answered, state):
    facts = OtherGatewayFacts("att_us", 0, answered, None)
    other = seen("other-resolvers-gateway-answers", facts)
    observations = [*gateways(("203.0.113.1",), ("141.207.1.10",)), other]
    assert told(other_resolvers_gateway.CHECK, *observations) == [f"other-gateway.{state}"]


def test_different_gateways_alone_say_nothing():
    differ = gateways(("203.0.113.1",), ("141.207.1.10",))
    assert told(other_resolvers_gateway.CHECK, *differ) == []


@pytest.mark.parametrize(("rcode", "state"), [(None, "free"), ("NOERROR", "taken")])
def test_an_answer_from_nobody_is_somebodys(rcode, state):
    observed = seen("nobody-answers-elsewhere", NobodyFacts(rcode, None))
    assert told(nobody_answers_elsewhere.CHECK, observed) == [f"dns-way.{state}"]


@pytest.mark.parametrize(
    ("signed", "bogus", "validates"),
    [
        (DnsAnswer("NOERROR"), DnsAnswer("SERVFAIL", failure=Failure.SERVFAIL), True),
        (DnsAnswer("NOERROR"), DnsAnswer("NOERROR"), False),
        (DnsAnswer("NOERROR"), DnsAnswer(failure=Failure.TIMEOUT), None),
        (DnsAnswer("SERVFAIL", failure=Failure.SERVFAIL), None, None),
    ],
)
def test_a_resolver_validates_when_the_bogus_name_alone_fails(
    monkeypatch, signed, bogus, validates
):
    said = {bogus_names_fail.SIGNED: signed, bogus_names_fail.BOGUS: bogus}
    monkeypatch.setattr(bogus_names_fail, "ask", lambda net, server, name: said[name])
    observed = bogus_names_fail.observe(Target(UPSTREAM), SimpleNamespace(net=None))
    assert observed.facts.validates is validates
    assert (observed.outcome == Outcome.OK) is (validates is True)


@pytest.mark.parametrize(
    ("found", "side", "fault"),
    [
        ("dns-pace.slow-beyond", "isp", "provider-dns-slow"),
        ("dns-pace.slow-at-home", "local", "router-dns-slow"),
        (
            "stub.fails system-resolver.fails anchors.unresolved",
            "local",
            "device-dns-dead",
        ),
        (
            "own-epdg.silent other-gateway.answers ike-stops.beyond",
            "local",
            "dns-misleads-calling",
        ),
        (
            "own-epdg.silent other-gateway.answers ike-stops.beyond nameserver-place.provider",
            "isp",
            "provider-dns-misleads-calling",
        ),
    ],
)
def test_what_is_concluded(found, side, fault):
    verdict = verdict_on(but(found, "own-epdg-pace"))
    assert (verdict.side, verdict.fault) == (side, fault)


# --- what a filter does, and what is none ---


def zone(resolver, *, failure=None, rcode="NOERROR", addresses=(), unusable=None, who="epdg.x"):
    facts = EpdgNameFacts("att_us", resolver, rcode, addresses, 3.0, unusable)
    observation = seen("epdg-resolves", facts, who=who, failure=failure)
    return replace(observation, target=replace(observation.target, family=Family.IPV4))


GIVEN = zone("public", addresses=("141.207.1.10",))


def names_of(*observations):
    here = situation(
        *observations, nameserver(), seen("public-resolver-answers", None, role=Role.CONTROL)
    )
    here.operators = ((Role.OWN, here.own),)
    here.has_ipv4 = True
    return [finding.id for finding in epdg_resolves.CHECK.read(here)]


@pytest.mark.parametrize(
    ("ours", "said"),
    [
        (zone("configured", addresses=("141.207.1.10",)), ["own-zone.resolves"]),
        (zone("configured", failure=Failure.NXDOMAIN), ["own-zone.filtered", "own-filter.denied"]),
        (zone("configured", failure=Failure.NO_DATA), ["own-zone.filtered", "own-filter.empty"]),
        (zone("configured", failure=Failure.REFUSED), ["own-zone.filtered", "own-filter.refused"]),
        (
            zone("configured", failure=Failure.WRONG_ANSWER, unusable="zero"),
            ["own-zone.filtered", "own-filter.zeroed"],
        ),
        (
            zone("configured", failure=Failure.WRONG_ANSWER, unusable="private"),
            ["own-zone.filtered", "own-filter.diverted"],
        ),
        (
            zone("configured", failure=Failure.TIMEOUT),
            ["own-zone.filtered", "own-filter.unanswered"],
        ),
    ],
)
def test_a_filter_is_told_by_the_way_it_holds_names_back(ours, said):
    assert names_of(ours, GIVEN) == said


def test_the_missing_ipv6_address_of_a_gateway_does_not_say_how_a_filter_works():
    without_six = zone("configured", failure=Failure.NO_DATA)
    without_six = replace(without_six, target=replace(without_six.target, family=Family.IPV6))
    denied = zone("configured", failure=Failure.NXDOMAIN)
    assert names_of(without_six, denied, GIVEN) == ["own-zone.filtered", "own-filter.denied"]


def test_questions_that_a_lossy_line_swallowed_are_no_filter():
    unanswered = zone("configured", failure=Failure.TIMEOUT)
    lossy = seen("internet-is-steady", SteadyFacts(3, 20, 6, 9.0, 1.0), failure=Failure.LOSS)
    assert names_of(unanswered, GIVEN, lossy) == ["own-zone.resolves"]


def test_what_a_filter_says_is_believed_on_a_lossy_line_too():
    denied = zone("configured", failure=Failure.NXDOMAIN)
    lossy = seen("internet-is-steady", SteadyFacts(3, 20, 6, 9.0, 1.0), failure=Failure.LOSS)
    assert names_of(denied, GIVEN, lossy) == ["own-zone.filtered", "own-filter.denied"]


@pytest.mark.parametrize(
    "ours",
    [
        zone("configured", failure=Failure.WRONG_ANSWER, unusable="loopback"),
        zone("configured", failure=Failure.NXDOMAIN),
    ],
)
def test_a_name_that_leads_to_the_phone_itself_everywhere_is_no_filter(ours):
    everywhere = zone("public", failure=Failure.WRONG_ANSWER, unusable="loopback")
    assert names_of(ours, everywhere) == ["own-zone.unusable"]


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        ("0.0.0.0", "zero"),
        ("::", "zero"),
        ("127.0.0.1", "loopback"),
        ("::1", "loopback"),
        ("192.168.1.1", "private"),
        ("fe80::1%eth0", "private"),
        ("100.64.1.1", "reserved"),
        ("224.0.0.1", "reserved"),
    ],
)
def test_addresses_that_no_phone_can_use(address, kind):
    assert epdg_resolves.unusable_kind(address) == kind


@pytest.mark.parametrize(
    ("ours", "told_of_it"),
    [
        (zone("configured", failure=Failure.NXDOMAIN, rcode="NXDOMAIN"), ["withheld"]),
        (zone("configured", failure=Failure.WRONG_ANSWER, unusable="private"), ["passed"]),
        (zone("configured", failure=Failure.TIMEOUT, rcode=None), []),
    ],
)
def test_a_filter_of_homes_addresses_shows_where_a_gateway_has_one(ours, told_of_it):
    everywhere = zone("public", failure=Failure.WRONG_ANSWER, unusable="private")
    found = told(private_names_are_usual.CHECK, ours, everywhere)
    assert found == [f"home-addresses.{state}" for state in told_of_it]


def test_a_closer_look_outweighs_it():
    facts = PrivateNameFacts(True, False, rebinding_filtered=False, search_domains=0)
    ours = zone("configured", failure=Failure.NXDOMAIN)
    everywhere = zone("public", failure=Failure.WRONG_ANSWER, unusable="private")
    closer = seen("private-names-are-usual", facts)
    found = told(private_names_are_usual.CHECK, closer, ours, everywhere)
    assert found == ["home-addresses.passed", "local-names.served"]


@pytest.mark.parametrize(
    ("validates", "claims", "state"),
    [(True, True, "checked"), (False, False, "unchecked"), (False, True, "claimed")],
)
def test_a_resolver_that_says_it_checks_and_does_not(validates, claims, state):
    facts = BogusFacts(validates, claims, None, "NOERROR")
    assert told(bogus_names_fail.CHECK, seen("bogus-names-fail", facts)) == [f"signatures.{state}"]
    assert told(bogus_names_fail.CHECK, seen("x", facts, role=Role.CONTROL)) == []


# --- who asks the world for us ---


@pytest.mark.parametrize(
    ("records", "address"),
    [
        (("77.68.0.53",), "77.68.0.53"),
        (("ns77.68.0.53",), "77.68.0.53"),
        (('"ns" "2a02:8108:0:53::53"',), "2a02:8108:0:53::53"),
        (("edns0-client-subnet 77.68.0.0/24", "77.68.0.53"), "77.68.0.53"),
        (("nothing here: 1.2.3", "::::"), None),
        ((), None),
    ],
)
def test_the_address_is_found_among_the_words_beside_it(records, address):
    assert resolver_asks_from_here.address_in(records) == address


@pytest.mark.parametrize(
    ("country", "public", "line", "state"),
    [
        ("DE", False, "DE", "same"),
        ("SG", False, "DE", "other"),
        ("US", True, "DE", "everywhere"),
        ("SG", False, None, None),
        (None, None, "DE", None),
    ],
)
def test_a_resolver_abroad_is_told_beside_the_line_and_a_public_one_apart(
    country, public, line, state
):
    upstream = UpstreamFacts("home", "Google", "public", True, 64500, country, public)
    provider = ProviderFacts(64500, "X", line, "stun")
    found = told(
        resolver_asks_from_here.CHECK,
        seen("resolver-asks-from-here", upstream),
        seen("provider-is-known", provider),
    )
    assert found == ([f"resolver-country.{state}"] if state else [])


@pytest.mark.parametrize(
    ("named", "state"),
    [
        ([("a", "b"), ("b",)], "alike"),
        ([("a",), ("b",)], "unlike"),
        ([("a",), ()], None),
        ([("a",)], None),
    ],
)
def test_resolvers_that_share_an_address_name_alike(named, state):
    each = [
        seen("gateways-are-named-alike", NamedGatewaysFacts("public", "NOERROR", one, 0))
        for one in named
    ]
    found = told(gateways_are_named_alike.CHECK, *each)
    assert found == ([f"gateway-names.{state}"] if state else [])
